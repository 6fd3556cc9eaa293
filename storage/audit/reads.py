"""Who was shown which customers: one event a look, and a row a customer, so that a customer's readers are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from risk_engine.events import Event
from storage.database import Tx
from storage.schema import DisclosureRow, EventRow

KIND = "detail.read"


def known(tx: Tx, look: Event, *, since: datetime) -> bool:
    """Whether the same person was shown the same by the same command since a moment."""
    row = EventRow
    same = (row.kind == KIND, row.actor == look.actor, row.subject == look.subject, row.at >= since, row.at <= look.at)
    before = tx.connection.execute(select(row.payload).where(*same)).scalars()
    return any(facts is not None and all(facts[name] == look.facts[name] for name in ("command", "customers", "count")) for facts in before)


def disclosed(tx: Tx, event_id: int, customers: Sequence[str]) -> None:
    """Remember that an event showed these customers."""
    if customers:
        tx.connection.execute(insert(DisclosureRow), [{"event_id": event_id, "customer_id": id} for id in dict.fromkeys(customers)])
