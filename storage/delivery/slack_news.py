"""Slack's events about people and channels, shared among replicas before they trust their caches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from storage.database import Tx
from storage.rows import next_number
from storage.schema import SlackNewsRow

# twice the lifetime of cached answers: the clocks of replicas may differ by minutes
KEPT = timedelta(minutes=20)
# distinct from the letters of ids
_COUNTER = "@"
_NUMBER = select(SlackNewsRow.id).order_by(SlackNewsRow.id.desc()).limit(1)


def tell(tx: Tx, event: Mapping[str, Any], *, at: datetime) -> int:
    """Store an event and delete outdated ones; return its number.

    Numbers have no gaps and become visible in order: concurrent writers wait for the counter.
    """
    number = next_number(tx, _COUNTER)
    tx.connection.execute(insert(SlackNewsRow).values(id=number, event=dict(event), at=at))
    tx.connection.execute(delete(SlackNewsRow).where(SlackNewsRow.at < at - KEPT))
    return number


def newest(tx: Tx) -> int:
    """Return the number of the newest event; 0 if there was none."""
    return tx.connection.execute(_NUMBER).scalar_one_or_none() or 0


def after(tx: Tx, number: int, *, now: datetime) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the events after a number that are not outdated, oldest first, with their numbers.

    Outdated ones stay until the next event is stored, which may be days later; Slack may have undone them since.
    """
    query = select(SlackNewsRow.id, SlackNewsRow.event).where(SlackNewsRow.id > number, SlackNewsRow.at >= now - KEPT)
    return [(id, event) for id, event in tx.connection.execute(query.order_by(SlackNewsRow.id))]
