"""The chain itself, pure: what a seal covers, and how it is made. Whoever verifies it needs nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

PLAIN = "plain"
# bytes of a key: as many as the hash has
LONG_ENOUGH = 32
# what the first link has for a hash before it
GENESIS = ""
_SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr).encode


class Fact(NamedTuple):
    """An event as it is stored, its moment and its payload spelled as in the file; ``payload`` is None once it is erased."""

    id: int
    kind: str
    subject: str
    actor: str
    at: str
    request_key: str | None
    policy_version: int | None
    digest: str
    salt: str
    payload: str | None


class Link(NamedTuple):
    """One seal, and the event that it is over; None if there is no such event.

    ``previous`` is the hash before it, where it comes along: in an extract, which leaves links out.
    """

    seq: int
    event_id: int
    key_id: str
    hash: str
    fact: Fact | None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many links, and the last one's hash and key."""

    count: int
    hash: str
    key_id: str


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What seals are made with; ``id`` tells keys apart and does not tell the key.

    Attributes:
        secret: None seals with a plain hash, which anybody can make.
    """

    id: str
    secret: bytes | None

    @classmethod
    def of(cls, secret: str | None) -> Key:
        """The key of this secret; without one, the plain hash."""
        if not secret:
            return cls(PLAIN, None)
        key = secret.encode()
        return cls(hmac.digest(key, b"riskbot audit key", "sha256").hex()[:16], key)

    @property
    def is_short(self) -> bool:
        """Whether somebody who tries keys one after the other may come upon it."""
        return self.secret is not None and len(self.secret) < LONG_ENOUGH

    def sign(self, purpose: str, *values: object) -> str:
        """The code by which whoever has the key knows that it was made with it, and for what; never the hash of a link."""
        covered = _SPELL([f"riskbot {purpose}", *values, self.id]).encode("utf-8", "surrogatepass")
        return self._hash(covered)

    def seal(self, seq: int, previous: str, fact: Fact) -> str:
        """The hash of a link: HMAC-SHA256, or SHA-256 without a secret, over everything but salt and payload, which the digest covers."""
        # two texts that differ never have the same bytes, not even where they are broken
        covered = _SPELL([seq, previous, *fact[:8], self.id]).encode("utf-8", "surrogatepass")
        return self._hash(covered)

    def _hash(self, covered: bytes) -> str:
        return hashlib.sha256(covered).hexdigest() if self.secret is None else hmac.digest(self.secret, covered, "sha256").hex()


def sealed(facts: Iterable[Fact], head: Head, key: Key) -> Iterator[Link]:
    """The links that go on from the head, over these events in this order."""
    seq, previous = head.count, head.hash
    for fact in facts:
        seq += 1
        previous = key.seal(seq, previous, fact)
        yield Link(seq, fact.id, key.id, previous, fact)


def is_whole(fact: Fact) -> bool:
    """Whether salt and payload are those of the digest; an erased payload leaves no salt behind, by which it could be guessed."""
    if fact.payload is None:
        return fact.salt == ""
    return hashlib.sha256(f"{fact.salt}\n{fact.payload}".encode("utf-8", "surrogatepass")).hexdigest() == fact.digest
