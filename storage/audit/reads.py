"""Who was shown which customers: one event a look, and a row a customer, so that a customer's readers are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from risk_engine.events import Event
from storage.database import Tx
from storage.schema import DisclosureRow, EventRow

KIND = "detail.read"


def known(tx: Tx, look: Event, *, since: datetime) -> bool:
    """Whether the same person was shown the same by the same command since a moment."""
    row = EventRow
    # the last minutes by their time alone: by subject, a list that is asked for every day would be read from its first day on
    lately = (row.at >= since, row.at <= look.at, row.kind == KIND, row.actor == look.actor)
    before = tx.connection.execute(select(row.subject, row.payload).where(*lately))
    return any(subject == look.subject and facts is not None and _same(facts, look.facts) for subject, facts in before)


def _same(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(before.get(name) == now[name] for name in ("command", "customers", "count"))


def disclosed(tx: Tx, event_id: int, customers: Sequence[str]) -> None:
    """Remember that an event showed these customers."""
    if customers:
        tx.connection.execute(insert(DisclosureRow), [{"event_id": event_id, "customer_id": id} for id in dict.fromkeys(customers)])
