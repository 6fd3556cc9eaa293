"""Events of a subject as people read them, with their places in the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from storage.audit.about import about_things
from storage.database import Tx
from storage.events import Recorded, recorded
from storage.schema import EventRow, SealRow


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the chain; ``seq`` and ``hash`` are None for about a second, until it is sealed."""

    seq: int | None
    hash: str | None
    event: Recorded
    policy_version: int | None


def of_subject(tx: Tx, subject: str, limit: int, before: int | None = None) -> list[Entry]:
    """Return the events about a thing such as a risk, newest first.

    Args:
        before: only events with a smaller number, for the next page.
    """
    query = linked().where(about_things([subject])).order_by(EventRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(EventRow.id < before)
    return [entry(row) for row in tx.connection.execute(query)]


def linked() -> Select[Any]:
    """Return the query of every event with its seal, as :func:`entry` expects."""
    row = EventRow
    columns = (SealRow.seq, SealRow.hash, row.policy_version, row.id, row.kind, row.subject, row.actor, row.at, row.payload)
    return select(*columns).outerjoin(SealRow, SealRow.event_id == row.id)


def entry(row: Any) -> Entry:
    """Return the entry of a row of :func:`linked`."""
    seq, hash, version, *event = row
    return Entry(seq, hash, recorded(event), version)


def subject_of(tx: Tx, event: int) -> str | None:
    """Return the subject of the event with this number."""
    return tx.connection.execute(select(EventRow.subject).where(EventRow.id == event)).scalar_one_or_none()
