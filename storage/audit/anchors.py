"""Anchors: how long the chain was and how it ended, kept outside of the database, where whoever rebuilds the chain does not reach."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from storage.audit.chain import Head
from storage.database import Tx
from storage.schema import EventRow

ANCHORED = "audit.anchored"
# what anchors are about: the trail, not a customer
SUBJECT = "audit"
_WRITTEN = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)
_LINE = re.compile(rf"(?:(\S+)\s+)?{_WRITTEN.pattern}(?:\s+\S+)?", re.ASCII)


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
    """The hash of the link at this place, which is how many there were then."""

    count: int
    hash: str

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
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {self.anchor} {self.key_id}"


def facts(head: Head) -> dict[str, object]:
    """What the event of an anchor says."""
    return {"count": head.count, "hash": head.hash, "key": head.key_id}


def recorded(tx: Tx, *, limit: int) -> list[Anchored]:
    """The newest anchors on record, oldest first."""
    query = select(EventRow.payload, EventRow.at).where(EventRow.subject == SUBJECT, EventRow.kind == ANCHORED)
    rows = tx.connection.execute(query.order_by(EventRow.id.desc()).limit(limit)).all()
    return [Anchored(Anchor(told["count"], told["hash"]), told["key"], at) for told, at in reversed(rows) if told]


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
            found.append(Anchor(int(match[2]), match[3]))
    return found


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
    _append(path, lines if not known or known.endswith("\n") else f"\n{lines}")
    return missing


def _append(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
