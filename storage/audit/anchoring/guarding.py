"""Guard against a cut or forged trail: nothing is sealed unless the trail continues from its last known end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import select

from risk_engine.events import Event, kinds
from storage.audit import rows
from storage.audit.anchoring.anchors import SUBJECT, TrailAnchored
from storage.audit.anchoring.known import Identity, Known, identity
from storage.audit.chain import PLAIN, Key
from storage.database import Tx
from storage.schema import EventRow, SealRow

# the number of newest anchors that are read: older ones add nothing
_NEWEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailResealed(Event):
    """A person with the key accepted that the trail does not go on from where it was: ``what`` was wrong, and ``sealed`` entries follow."""

    kind: ClassVar = "audit.resealed"

    reason: str
    what: str
    known: str | None
    sealed: int
    signed: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRestored(Event):
    """A backup was restored; ``replaced`` is the end of the trail that was in its place."""

    kind: ClassVar = "audit.restored"

    file: str
    replaced: str | None
    replaced_database: str | None
    known: str | None
    sealed: int
    signed: Known


# entries by which a person has accepted, with the key, that the trail continues from another end
ACCEPTED = (TrailResealed, TrailRestored)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRekeyed(Event):
    """The trail goes on under another key."""

    kind: ClassVar = "audit.rekeyed"
    stored_as: ClassVar = {"before": "from", "after": "to"}

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailAlarm(Event):
    """The trail does not go on from where it was known to be; nothing is sealed."""

    kind: ClassVar = "audit.alarm"

    what: str
    known: str | None
    count: int
    key: str
    known_facts: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailVerified(Event):
    """The trail was verified after entry ``since``; ``register`` is how many rows are not as it says."""

    kind: ClassVar = "audit.verified"

    outcome: str
    count: int
    hash: str
    since: int
    broken: Mapping[str, Any] | None
    register: int


class Doubt(StrEnum):
    """The way in which a database does not continue from its known end."""

    GONE = "gone"  # no seal is left
    CUT = "cut"  # there are fewer seals
    REBUILT = "rebuilt"  # enough seals, but different ones
    OTHER = "other"  # the database is another one
    KEY = "key"  # sealed with an unknown key
    FILE = "file"  # the head file is not readable: it was tampered with, or written with another key


@dataclass(frozen=True, slots=True)
class Behind:
    """A discontinuity: the known end that is missing, and the end of the trail in the database."""

    doubt: Doubt
    known: Known | None
    count: int
    key: str


class WentBack(Exception):
    """The trail does not continue from its known end; nothing was sealed."""

    def __init__(self, behind: Behind) -> None:
        super().__init__(behind.doubt)
        self.behind = behind


def behind(tx: Tx, known: Known, keys: Mapping[str, Key]) -> Behind | None:
    """Return the discontinuity from a known end, unless a person has accepted it since; None if all is well."""
    head = rows.head(tx)

    def found(doubt: Doubt) -> Behind:
        return Behind(doubt, known, head.count, head.key_id)

    ours = identity(tx).database == known.database
    if ours and (not known.count or hash_at(tx, known.count) == known.hash):
        return None
    if standing(tx, keys)[1] > (known.epoch if ours else 0):
        return None
    if not ours:
        return found(Doubt.OTHER)
    if head.count < known.count:
        return found(Doubt.CUT if head.count else Doubt.GONE)
    return found(Doubt.REBUILT)


def of_a_foreign_key(tx: Tx, keys: Mapping[str, Key]) -> Behind | None:
    """Return a discontinuity if the trail ends with a link under an unknown key."""
    head = rows.head(tx)
    return None if head.key_id == PLAIN or head.key_id in keys else Behind(Doubt.KEY, None, head.count, head.key_id)


def standing(tx: Tx, keys: Mapping[str, Key]) -> tuple[Identity, int]:
    """Return the trail's identity and the epoch of the last accepted break, from signed entries or else from the database."""
    newest = max(_signed(tx, keys), key=lambda known: known.epoch, default=None)
    return (identity(tx), 0) if newest is None else (newest.whose, newest.epoch)


def last_anchor(tx: Tx, keys: Mapping[str, Key]) -> Known | None:
    """Return the furthest end of the trail among the database's own anchors."""
    return max(_signed(tx, keys), key=lambda known: (known.epoch, known.count), default=None)


def hash_at(tx: Tx, seq: int) -> str | None:
    """Return the hash of a link; None if there is none."""
    return tx.connection.execute(select(SealRow.hash).where(SealRow.seq == seq)).scalar_one_or_none()


def _signed(tx: Tx, keys: Mapping[str, Key]) -> list[Known]:
    row = EventRow
    anchors = select(row.payload).where(row.subject == SUBJECT, row.kind == TrailAnchored.kind).order_by(row.id.desc()).limit(_NEWEST)
    accepted = select(row.payload).where(row.subject == SUBJECT, row.kind.in_(kinds(*ACCEPTED)))
    told = [*tx.connection.execute(anchors).scalars(), *tx.connection.execute(accepted).scalars()]
    read = [known for known in map(Known.read, told) if known is not None and known.is_genuine(keys)]
    keyed = [known for known in read if known.key != PLAIN]
    return keyed or read
