"""Whether the trail in the database goes on from where it was known to be: nobody seals what comes after a cut or a forgery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from storage.audit import rows
from storage.audit.anchoring.anchors import ANCHORED, SUBJECT
from storage.audit.anchoring.known import Identity, Known, identity
from storage.audit.chain import PLAIN, Key
from storage.database import Tx
from storage.schema import EventRow, SealRow

RESEALED, RESTORED, REKEYED, ALARM = "audit.resealed", "audit.restored", "audit.rekeyed", "audit.alarm"
VERIFIED = "audit.verified"
# entries by which a person has said, with the key, that the trail goes on from elsewhere
ACCEPTED = (RESEALED, RESTORED)
# so many of the newest anchors are looked at: older ones say less
_NEWEST = 50


class Doubt(StrEnum):
    """How a database does not go on from where it was."""

    GONE = "gone"  # no seal is left
    CUT = "cut"  # there are fewer
    REBUILT = "rebuilt"  # as many, and not the same
    OTHER = "other"  # it is another database
    KEY = "key"  # sealed with a key that is not known here
    FILE = "file"  # what was known is not readable: somebody was at the file, or it was written with another key


@dataclass(frozen=True, slots=True)
class Behind:
    """What is wrong: against which known end, and how the trail ends in the database now."""

    doubt: Doubt
    known: Known | None
    count: int
    key: str


class WentBack(Exception):
    """The trail does not go on from where it was known to be; nothing was sealed."""

    def __init__(self, behind: Behind) -> None:
        super().__init__(behind.doubt)
        self.behind = behind


def behind(tx: Tx, known: Known, keys: Mapping[str, Key]) -> Behind | None:
    """Whether the trail does not go on from a known end, and no person has accepted that since; None if all is well."""
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
    """Whether the trail ends with a link under a key that is not known here."""
    head = rows.head(tx)
    return None if head.key_id == PLAIN or head.key_id in keys else Behind(Doubt.KEY, None, head.count, head.key_id)


def standing(tx: Tx, keys: Mapping[str, Key]) -> tuple[Identity, int]:
    """Whose trail this is and the epoch that the last accepted break began, by what is signed; unsigned, what the database says."""
    newest = max(_signed(tx, keys), key=lambda known: known.epoch, default=None)
    return (identity(tx), 0) if newest is None else (newest.whose, newest.epoch)


def last_anchor(tx: Tx, keys: Mapping[str, Key]) -> Known | None:
    """The furthest end of the trail that the database's own anchors know."""
    return max(_signed(tx, keys), key=lambda known: (known.epoch, known.count), default=None)


def hash_at(tx: Tx, seq: int) -> str | None:
    """The hash of a link; None if it is not there."""
    return tx.connection.execute(select(SealRow.hash).where(SealRow.seq == seq)).scalar_one_or_none()


def _signed(tx: Tx, keys: Mapping[str, Key]) -> list[Known]:
    row = EventRow
    anchors = select(row.payload).where(row.subject == SUBJECT, row.kind == ANCHORED).order_by(row.id.desc()).limit(_NEWEST)
    accepted = select(row.payload).where(row.subject == SUBJECT, row.kind.in_(ACCEPTED))
    told = [*tx.connection.execute(anchors).scalars(), *tx.connection.execute(accepted).scalars()]
    read = [known for known in map(Known.read, told) if known is not None and known.is_genuine(keys)]
    keyed = [known for known in read if known.key != PLAIN]
    return keyed or read
