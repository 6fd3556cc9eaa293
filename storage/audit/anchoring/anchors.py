"""Anchors: length and last hash of the chain, kept outside the database, out of reach of a forger."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import exists, select

from risk_engine.events import Event, kinds
from storage import private
from storage.audit import rows
from storage.audit.anchoring.known import Identity, Known, identity
from storage.audit.chain import PLAIN, Fact, Key
from storage.database import Tx
from storage.schema import EventRow

# the subject of anchors: the trail, not a customer
SUBJECT = "audit"
_WRITTEN = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)
_LINE = re.compile(rf"(?:(\S+)\s+)?{_WRITTEN.pattern}(?:\s+\S+)?(?:\s+(?P<database>[0-9a-f]{{16}}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailAnchored(Event):
    """The end of the chain was anchored; ``told`` is whether the audit channel was told. Older anchors do not say, and were told."""

    kind: ClassVar = "audit.anchored"

    signed: Known
    told: bool | None = None


class BadAnchor(Exception):
    """The text is no anchor.

    Attributes:
        text: the text found instead.
        line: the line in the file; None outside a file.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.text, self.line = text, line


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash of the link at a place, which equals the number of links then; with database and time, where known."""

    count: int
    hash: str
    database: str | None = None
    at: datetime | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Parse ``COUNT:HASH``.

        Raises:
            BadAnchor: the text has another form.
        """
        match = _WRITTEN.fullmatch(text.strip().lower())
        if match is None:
            raise BadAnchor(text)
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Anchored:
    """An anchor with its time, and the id of the key that the chain continued with."""

    anchor: Anchor
    key_id: str
    at: datetime

    def line(self) -> str:
        """Return the anchor's line in the file."""
        words = (f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", str(self.anchor), self.key_id, self.anchor.database)
        return " ".join(word for word in words if word)


def recorded(tx: Tx, *, limit: int) -> list[Anchored]:
    """Return the newest anchors on record, oldest first."""
    query = select(EventRow.payload, EventRow.at).where(EventRow.subject == SUBJECT, EventRow.kind == TrailAnchored.kind)
    found = tx.connection.execute(query.order_by(EventRow.id.desc()).limit(limit)).all()
    return [Anchored(Anchor(told["count"], told["hash"], told.get("database")), told["key"], at) for told, at in reversed(found) if told]


@dataclass(frozen=True, slots=True)
class Last:
    """The newest anchor on record.

    Attributes:
        told: the time of the last anchor posted to the audit channel, within the period asked for.
        since: whether later events exist, other than those of the ignored kinds.
    """

    at: datetime
    told: datetime | None
    since: bool


def last(tx: Tx, *, told_since: datetime, beside: Sequence[type[Event]]) -> Last | None:
    """Return the newest anchor on record, and the events after it; None before the first."""
    row, these = EventRow, (EventRow.subject == SUBJECT, EventRow.kind == TrailAnchored.kind)
    newest = tx.connection.execute(select(row.id, row.at).where(*these).order_by(row.id.desc()).limit(1)).one_or_none()
    if newest is None:
        return None
    lately = tx.connection.execute(select(row.at, row.payload).where(*these, row.at > told_since).order_by(row.id.desc()))
    # older ones lack the flag, because the channel was always told
    told = next((at for at, facts in lately if facts and facts.get("told", True)), None)
    since = tx.connection.execute(select(exists().where(row.id > newest.id, row.kind.not_in(kinds(*beside))))).scalar_one()
    return Last(newest.at, told, bool(since))


def whose(tx: Tx, keys: Mapping[str, Key]) -> Identity:
    """Return the identity of the trail, from its first anchor signed with a known key, or else from the database."""
    query = select(*rows.columns(tx)).where(EventRow.subject == SUBJECT, EventRow.kind == TrailAnchored.kind).order_by(EventRow.id)
    return first_signed((Fact(*row) for row in tx.connection.execute(query)), keys) or identity(tx)


def first_signed(facts: Iterable[Fact], keys: Mapping[str, Key]) -> Identity | None:
    """Return the identity in the first signed anchor; an unsigned one counts only if there is no other."""
    anybodys: Identity | None = None
    for fact in facts:
        known = known_by(fact)
        if known is not None and known.is_genuine(keys):
            if known.key != PLAIN:
                return known.whose
            anybodys = anybodys or known.whose
    return anybodys


def known_by(fact: Fact) -> Known | None:
    """Return the end of the trail in an anchor's event, if the event is signed."""
    return read_known(fact.payload)


def read_known(text: object) -> Known | None:
    """Return the end of the trail in a stored text; None for any other text."""
    try:
        return Known.read(json.loads(text)) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def read(path: Path) -> list[Anchor]:
    """Return the anchors of a file, in order; empty lines are skipped.

    Raises:
        OSError: the file cannot be read.
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
    """Return the time in an anchor's line; None if the line begins differently."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else None


def append(path: Path, newest: Sequence[Anchored]) -> Sequence[Anchored]:
    """Append to the file the anchors after its last one (only the newest if it has none of them), and return those written.

    Raises:
        OSError: the file cannot be read or written.
    """
    known = path.read_text("utf-8", errors="replace") if path.exists() else ""
    there = [place for place, each in enumerate(newest) if str(each.anchor) in known]
    missing = newest[there[-1] + 1 :] if there else newest[-1:]
    if not missing:
        return []
    lines = "".join(f"{each.line()}\n" for each in missing)
    # the last line may have been cut short
    private.append(path, lines if not known or known.endswith("\n") else f"\n{lines}")
    return missing
