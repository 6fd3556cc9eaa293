"""Traces of a lost trail when the database is empty: head files of this address, or an anchor file in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage.audit.anchoring import anchors, heads
from storage.audit.anchoring.anchors import BadAnchor
from storage.audit.chain import Key
from storage.database import Database
from storage.schema import EventRow
from storage.sight import EVERYTHING


@dataclass(frozen=True, slots=True)
class Remembered:
    """A trail with this number of entries, according to this file."""

    entries: int
    file: Path


def is_empty(database: Database) -> bool:
    """Return True if the database has no events."""
    with database.begin(EVERYTHING) as tx:
        return tx.connection.execute(select(EventRow.id).limit(1)).scalar() is None


def remembered(database: Database, anchor_file: str, keys: Mapping[str, Key]) -> Remembered | None:
    """Return the lost trail that an empty database should contain; None if there are no traces.

    A head file names the address of its database. An anchor file does not, and several databases may share one: it counts only in
    the database's own folder.
    """
    if not anchor_file:
        return None
    here = [Remembered(kept.known.count, path) for path, kept in heads.at_address(anchor_file, database.place, keys)]
    beside = Path(database.place).parent == Path(anchor_file).resolve().parent
    return max(here, key=lambda each: each.entries, default=None) or (_anchored(Path(anchor_file)) if beside else None)


def _anchored(file: Path) -> Remembered | None:
    try:
        found = anchors.read(file)
    except (OSError, BadAnchor):
        # an invalid anchor file proves nothing; the verification reports it
        return None
    return Remembered(found[-1].count, file) if found else None
