"""Verification of a chain, link by link, up to the first broken one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from storage.audit.anchoring.anchors import Anchor
from storage.audit.anchoring.known import Identity
from storage.audit.chain import GENESIS, PLAIN, Fact, Key, Link, is_whole
from storage.audit.detours import detour
from storage.audit.erased import Ranges, TrailErased, facts_of, is_signed, ranges_of
from storage.audit.findings import Broken, Detour, Fault, Stretch, Verified


@dataclass(slots=True)
class _Doubt:
    """A mismatched link, until its cause is known: its expected values, given the preceding link."""

    broken: Broken
    hash: str
    fact: Fact
    previous: str
    key: Key


@dataclass(slots=True)
class Verifier:
    """A verifier that takes links in order, in any number of portions; then call :meth:`result`.

    Args:
        keys: the keys by name; the plain hash is always known.
        places: the links whose hashes are requested.
        whose: the identity of the trail, for the signatures of erasures; None trusts the erasures' own.
        after: the trusted link after which it begins; None begins with the first.
        extract: links are omitted, and each carries the preceding hash; omitted links are not verified.
    """

    keys: Mapping[str, Key]
    places: Collection[int] = ()
    whose: Identity | None = None
    after: Anchor | None = None
    extract: bool = False
    _count: int = 0
    _seq: int = 0
    _hash: str = GENESIS
    _first_at: str | None = None
    _last_at: str | None = None
    _broken: Broken | None = None
    _doubt: _Doubt | None = None
    # the broken link may have been the record of an erasure: the payloads that it named are no separate fault
    _record_is_lost: bool = False
    _stretches: dict[str, Stretch] = field(default_factory=dict)
    _at: dict[int, str] = field(default_factory=dict)
    # runs of events without a payload: first and last number, and the first one's place
    _bare: list[tuple[int, int, int]] = field(default_factory=list)
    # records of erasures with their place and the name of the key over them
    _erasures: list[tuple[Fact, int, str]] = field(default_factory=list)
    _detours: list[Detour] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keys = {PLAIN: Key.of(None), **self.keys}
        if self.after is not None:
            self._count = self._seq = self.after.count
            self._hash = self.after.hash

    @property
    def head(self) -> Anchor | None:
        """Return the number of links taken, and the last one's hash."""
        return Anchor(self._count, self._hash) if self._count else None

    def take(self, links: Iterable[Link]) -> None:
        """Verify the next links."""
        for link in links:
            if self.extract and link.previous is not None and link.seq > self._seq + 1:
                self._seq, self._hash = link.seq - 1, link.previous
            if self._doubt is not None:
                self._explain(self._doubt, link)
            if self._broken is None:
                self._broken = self._look_at(link)
                self._record_is_lost = self._broken is not None and self._was_a_record(link)
            self._note(link)

    def result(self, unsealed_erasures: Iterable[Fact] = ()) -> Verified:
        """Return the result.

        Args:
            unsealed_erasures: records of erasures that are not sealed yet.
        """
        last = next(reversed(self._stretches), PLAIN)
        records = [*self._erasures, *((fact, 0, last) for fact in unsealed_erasures)]
        signed, forged = self._signed(records)
        bare = None if self.extract or self._record_is_lost else self._not_on_record(signed, forged)
        claim = next((Broken(Fault.RECORD, seq, fact.id, fact.subject) for fact, seq in forged if seq), None)
        return Verified(
            count=self._count,
            head=self._hash,
            first_at=self._first_at,
            last_at=self._last_at,
            broken=self._first(bare, claim),
            keys=self._stretches,
            unknown=[name for name in self._stretches if name not in self.keys],
            erased=sum(last - first + 1 for first, last, _place in self._bare),
            at=self._at,
            detours=self._detours,
        )

    def _look_at(self, link: Link) -> Broken | None:
        if link.seq != self._seq + 1:
            expected = self._seq + 1
            return _broken(Fault.MISSING, link, seq=expected, other=link.seq) if link.seq > expected else _broken(Fault.ROW, link)
        if link.fact is None:
            return _broken(Fault.EVENT, link)
        if fault := self._row_fault(link, link.fact):
            return _broken(fault, link)
        return None if is_whole(link.fact) else _broken(Fault.PAYLOAD, link)

    def _row_fault(self, link: Link, fact: Fact) -> Fault | None:
        key = self.keys.get(link.key_id)
        if key is None:
            # the hash covers the name of the key too: the link may match under another name only
            renamed = any(known.seal(link.seq, self._hash, fact) == link.hash for known in self.keys.values())
            return Fault.ROW if renamed else None
        if key.seal(link.seq, self._hash, fact) != link.hash:
            self._doubt = _Doubt(_broken(Fault.ROW, link), link.hash, fact, self._hash, key)
            return Fault.ROW
        return Fault.PLAIN if key.id == PLAIN and any(name != PLAIN for name in self._stretches) else None

    def _was_a_record(self, link: Link) -> bool:
        if link.seq != self._seq + 1 or link.fact is None or link.fact.kind == TrailErased.kind:
            return True
        key = self.keys.get(link.key_id)
        return key is not None and key.seal(link.seq, self._hash, link.fact._replace(kind=TrailErased.kind)) == link.hash

    def _explain(self, doubt: _Doubt, later: Link) -> None:
        """Find out whether a later link explains the mismatch of an earlier one."""
        seq, right = doubt.broken.seq, doubt.key.seal(doubt.broken.seq, doubt.previous, doubt.fact)
        if later.fact is None:
            return
        next_key = self.keys.get(later.key_id, doubt.key)
        if later.seq == seq + 1 and next_key.seal(later.seq, right, later.fact) == later.hash:
            self._broken, self._doubt = replace(doubt.broken, fault=Fault.SEAL), None
            return
        # swapped: the events under the seals, the columns of the rows, or the places of the seals
        swaps = ((later.fact, doubt.hash), (later.fact._replace(id=doubt.fact.id), doubt.hash), (later.fact, later.hash))
        if any(doubt.key.seal(seq, doubt.previous, swapped) == hash for swapped, hash in swaps):
            self._broken, self._doubt = replace(doubt.broken, fault=Fault.SWAPPED, other=later.seq), None

    def _note(self, link: Link) -> None:
        self._count, self._seq, self._hash = self._count + 1, link.seq, link.hash
        stretch = self._stretches.setdefault(link.key_id, Stretch(0, link.seq, link.seq))
        stretch.count, stretch.last = stretch.count + 1, link.seq
        if link.seq in self.places:
            self._at[link.seq] = link.hash
        if fact := link.fact:
            self._first_at, self._last_at = self._first_at or fact.at, fact.at
            if fact.payload is None:
                self._bare_one(fact, link.seq)
            elif fact.kind == TrailErased.kind:
                self._erasures.append((fact, link.seq, link.key_id))
            elif (left := detour(fact, self.keys)) is not None:
                self._detours.append(left)

    def _bare_one(self, fact: Fact, seq: int) -> None:
        first, last, place = self._bare[-1] if self._bare else (0, -1, 0)
        if (fact.id, seq) == (last + 1, place + last + 1 - first):
            self._bare[-1] = (first, fact.id, place)
        else:
            self._bare.append((fact.id, fact.id, seq))

    def _signed(self, records: Iterable[tuple[Fact, int, str]]) -> tuple[list[Fact], list[tuple[Fact, int]]]:
        """Return the valid records of erasures, and the forged ones with their places."""
        signed, forged = list[Fact](), list[tuple[Fact, int]]()
        for fact, seq, sealed_with in records:
            if self.whose is None or is_signed(fact, sealed_with, self.keys, self.whose):
                signed.append(fact)
            else:
                forged.append((fact, seq))
        return signed, forged

    def _not_on_record(self, signed: Iterable[Fact], forged: Iterable[tuple[Fact, int]]) -> Broken | None:
        """Return the first link without a payload that no erasure names, without its subject."""
        named = Ranges(each for fact in signed if is_whole(fact) for each in ranges_of(facts_of(fact)))
        outside = ((named.first_outside(first, last), first, place) for first, last, place in self._bare)
        found = [(place + id - first, id) for id, first, place in outside if id is not None]
        if not found:
            return None
        seq, event = min(found)
        claimed = (fact.id for fact, _seq in forged for first, last in ranges_of(facts_of(fact)) if first <= event <= last)
        claim = next(claimed, None)
        return Broken(Fault.ERASED if claim is None else Fault.FORGED, seq, event, None, claim)

    def _first(self, *others: Broken | None) -> Broken | None:
        found = [each for each in (self._broken, *others) if each is not None]
        return min(found, key=lambda each: each.seq, default=None)


def _broken(fault: Fault, link: Link, *, seq: int | None = None, other: int | None = None) -> Broken:
    subject = link.fact.subject if link.fact else None
    if fault is Fault.MISSING:
        return Broken(fault, link.seq if seq is None else seq, None, None, other)
    return Broken(fault, link.seq, link.event_id, subject, other)
