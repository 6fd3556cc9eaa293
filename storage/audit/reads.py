"""The read log: each look is an event with one row per customer, so that a customer's readers can be found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from risk_engine.audit.events import AnswerExported, DetailRead
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import DisclosureRow, EventRow

# a person's files are counted one at a time on PostgreSQL, as SQLite's write lock does
LOCK = 611_953


def known(tx: Tx, look: DetailRead, *, since: datetime) -> bool:
    """Return True if this person has seen these customers with this command since a moment."""
    before = _looks(tx, since=since, until=look.at, actor=look.actor)
    return any(subject == look.subject and facts is not None and _same(facts, look.facts) for subject, facts in before)


@prepared
def _looks(_tx: Tx, *, since: Any, until: Any, actor: Any) -> Any:
    row = EventRow
    # filtered by time alone: by subject, a list requested daily would be scanned from its first day
    lately = (row.at >= since, row.at <= until, row.kind == DetailRead.kind, row.actor == actor)
    return select(row.subject, row.payload).where(*lately)


def _same(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return all(before.get(name) == now[name] for name in ("command", "customers", "count"))


def disclosed(tx: Tx, event_id: int, customers: Sequence[str]) -> None:
    """Record that an event showed these customers."""
    if customers:
        tx.connection.execute(insert(DisclosureRow), [{"event_id": event_id, "customer_id": id} for id in dict.fromkeys(customers)])


def taken(tx: Tx, accounts: Sequence[str], *, since: datetime) -> frozenset[str]:
    """Return the customers in the files exported by a person since a moment; their next file waits for this transaction.

    Args:
        accounts: all accounts of the person, the representing one first.
    """
    if tx.dialect == "postgresql" and tx.writes:
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK, func.hashtext(accounts[0]))))
    query = select(DisclosureRow.customer_id).join(EventRow, EventRow.id == DisclosureRow.event_id).distinct()
    files = query.where(EventRow.kind == AnswerExported.kind, EventRow.actor.in_(accounts), EventRow.at >= since)
    return frozenset(tx.connection.execute(files).scalars())
