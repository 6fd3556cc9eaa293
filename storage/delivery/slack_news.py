"""What Slack has told one replica about people and channels, so that the others know it too before they trust what they remember."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from storage.database import Tx
from storage.rows import next_number
from storage.schema import SlackNewsRow

# twice as long as anybody remembers an answer of Slack's: the clocks of replicas may differ by minutes
KEPT = timedelta(minutes=20)
# beside the letters that people type
_COUNTER = "@"


def tell(tx: Tx, event: Mapping[str, Any], *, at: datetime) -> int:
    """Write an event down and sweep those that nobody needs any more; returns its number.

    Numbers have no gaps and become visible in their order: whoever writes at the same time waits for the counter.
    """
    number = next_number(tx, _COUNTER)
    tx.connection.execute(insert(SlackNewsRow).values(id=number, event=dict(event), at=at))
    tx.connection.execute(delete(SlackNewsRow).where(SlackNewsRow.at < at - KEPT))
    return number


def newest(tx: Tx) -> int:
    """The number of the newest event; 0 if there was none."""
    found = tx.connection.execute(select(SlackNewsRow.id).order_by(SlackNewsRow.id.desc()).limit(1)).scalar_one_or_none()
    return found or 0


def after(tx: Tx, number: int) -> list[tuple[int, Mapping[str, Any]]]:
    """The events after a number, oldest first, each with its own."""
    query = select(SlackNewsRow.id, SlackNewsRow.event).where(SlackNewsRow.id > number).order_by(SlackNewsRow.id)
    return [(id, event) for id, event in tx.connection.execute(query)]
