"""Anchors: how long the chain was and how it ended, kept outside of the database, where whoever rebuilds the chain does not reach."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import exists, select

from storage import private
from storage.audit import rows
from storage.audit.anchoring.known import Identity, Known, identity
from storage.audit.chain import PLAIN, Fact, Key
from storage.database import Tx
from storage.schema import EventRow

ANCHORED = "audit.anchored"
# what anchors are about: the trail, not a customer
SUBJECT = "audit"
_WRITTEN = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)
_LINE = re.compile(rf"(?:(\S+)\s+)?{_WRITTEN.pattern}(?:\s+\S+)?(?:\s+(?P<database>[0-9a-f]{{16}}))?", re.ASCII)


class BadAnchor(Exception):
    """This is no anchor.

    Attributes:
        text: what was found there.
        line: where in a file; None outside of one.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.text, self.line = text, line


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash of the link at this place, which is how many there were then; of which database and from when, where that is said."""

    count: int
    hash: str
    database: str | None = None
    at: datetime | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Read ``COUNT:HASH``.

        Raises:
            BadAnchor: it is something else.
        """
        match = _WRITTEN.fullmatch(text.strip().lower())
        if match is None:
            raise BadAnchor(text)
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Anchored:
    """An anchor as it was taken, at a moment, of a chain that went on with this key."""

    anchor: Anchor
    key_id: str
    at: datetime

    def line(self) -> str:
        """Its line in the file."""
        words = (f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", str(self.anchor), self.key_id, self.anchor.database)
        return " ".join(word for word in words if word)


def recorded(tx: Tx, *, limit: int) -> list[Anchored]:
    """The newest anchors on record, oldest first."""
    query = select(EventRow.payload, EventRow.at).where(EventRow.subject == SUBJECT, EventRow.kind == ANCHORED)
    found = tx.connection.execute(query.order_by(EventRow.id.desc()).limit(limit)).all()
    return [Anchored(Anchor(told["count"], told["hash"], told.get("database")), told["key"], at) for told, at in reversed(found) if told]


@dataclass(frozen=True, slots=True)
class Last:
    """The newest anchor on record.

    Attributes:
        told: when the audit channel was last told of one, as far back as was asked.
        since: whether something has happened after it, beside entries of these kinds.
    """

    at: datetime
    told: datetime | None
    since: bool


def last(tx: Tx, *, told_since: datetime, beside: Sequence[str]) -> Last | None:
    """The newest anchor on record, and what came after it; None before the first."""
    row, these = EventRow, (EventRow.subject == SUBJECT, EventRow.kind == ANCHORED)
    newest = tx.connection.execute(select(row.id, row.at).where(*these).order_by(row.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return None
    lately = tx.connection.execute(select(row.at, row.payload).where(*these, row.at > told_since).order_by(row.id.desc()))
    # the older ones do not say whether the channel was told, because it always was
    told = next((at for at, facts in lately if facts and facts.get("told", True)), None)
    since = tx.connection.execute(select(exists().where(row.id > newest.id, row.kind.not_in(beside)))).scalar_one()
    return Last(newest.at, told, bool(since))


def whose(tx: Tx, keys: Mapping[str, Key]) -> Identity:
    """Whose trail this is, by its first anchor that one of the keys has signed; before there is one, by what the database says."""
    query = select(*rows.columns(tx)).where(EventRow.subject == SUBJECT, EventRow.kind == ANCHORED).order_by(EventRow.id)
    return first_signed((Fact(*row) for row in tx.connection.execute(query)), keys) or identity(tx)


def first_signed(facts: Iterable[Fact], keys: Mapping[str, Key]) -> Identity | None:
    """The identity that the first signed anchor tells; one that anybody can sign counts only where there is no other."""
    anybodys: Identity | None = None
    for fact in facts:
        known = known_by(fact)
        if known is not None and known.is_genuine(keys):
            if known.key != PLAIN:
                return known.whose
            anybodys = anybodys or known.whose
    return anybodys


def known_by(fact: Fact) -> Known | None:
    """The end of the trail that an anchor's event tells, if it is one of the signed ones."""
    return read_known(fact.payload)


def read_known(text: object) -> Known | None:
    """The same of a text; None of anything else."""
    try:
        return Known.read(json.loads(text)) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def read(path: Path) -> list[Anchor]:
    """The anchors of a file, in its order; empty lines are passed over.

    Raises:
        OSError: it cannot be read.
        BadAnchor: a line is no anchor.
    """
    found = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        if line.strip():
            match = _LINE.fullmatch(line.strip())
            if match is None:
                raise BadAnchor(line.strip(), number)
            found.append(Anchor(int(match[2]), match[3], match["database"], _moment(match[1])))
    return found


def _moment(text: str | None) -> datetime | None:
    """When an anchor was taken, by its line; None where the line begins with something else."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def append(path: Path, newest: Sequence[Anchored]) -> Sequence[Anchored]:
    """Write the anchors after the last that the file has; if it has none of them, the last one only. Returns what was written.

    Raises:
        OSError: it cannot be read or written.
    """
    known = path.read_text("utf-8", errors="replace") if path.exists() else ""
    there = [place for place, each in enumerate(newest) if str(each.anchor) in known]
    missing = newest[there[-1] + 1 :] if there else newest[-1:]
    if not missing:
        return []
    lines = "".join(f"{each.line()}\n" for each in missing)
    # somebody's last line may have been cut short
    private.append(path, lines if not known or known.endswith("\n") else f"\n{lines}")
    return missing
