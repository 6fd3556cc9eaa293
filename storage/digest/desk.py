"""Entries that wait for one person, by that person's names."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from risk_engine.indicators.breach import BreachState as BreachState
from risk_engine.indicators.monitoring import Colour
from storage.customers.customers import known
from storage.database import Tx
from storage.events import Recorded, recorded
from storage.schema import ApprovalRow, BreachRow, CustomerVersionRow, EventRow, RiskRow
from storage.visibility import seen, visible, visible_or_none

# the number of recent events that are searched
NEWS = 500


def to_acknowledge(tx: Tx, names: Collection[str], *, limit: int) -> tuple[int, list[str]]:
    """Return the keys of open breaches of this person, or of nobody; red before amber, then oldest first."""
    mine = or_(_named(BreachRow.owner, names), BreachRow.owner.is_(None))
    conditions = (BreachRow.state == BreachState.OPEN.value, mine, *visible(tx, BreachRow.customer_id))
    count = tx.connection.execute(select(func.count()).select_from(BreachRow).where(*conditions)).scalar_one()
    query = select(BreachRow.key).where(*conditions).order_by(BreachRow.colour.desc(), BreachRow.opened_at, BreachRow.id).limit(limit)
    return count, list(tx.connection.execute(query).scalars())


def customers_of(tx: Tx, names: Collection[str]) -> set[str]:
    """Return the customers that this person looks after."""
    who = CustomerVersionRow
    query = select(who.customer_id).where(known(who, None), _named(who.manager, names), *seen(tx, who))
    return set(tx.connection.execute(query).scalars())


def news(tx: Tx, customers: Collection[str], since: datetime, kinds: Collection[str]) -> list[Recorded]:
    """Return recent events about these customers since a moment, newest first, among the last few hundred of these kinds."""
    row = EventRow
    query = select(row.id, row.kind, row.subject, row.actor, row.at, row.payload).where(row.at > since, row.kind.in_(kinds))
    found = (recorded(each) for each in tx.connection.execute(query.order_by(row.id.desc()).limit(NEWS)))
    return [one for one in found if (one.facts or {}).get("customer") in customers]


def standing(tx: Tx) -> tuple[int, int, int, int]:
    """Return four totals of the book: customers, open risks, red breaches, pending approvals."""
    red, waits = (BreachRow.state != BreachState.CLOSED.value, BreachRow.colour == int(Colour.RED)), ApprovalRow.verdict.is_(None)
    counts: list[Any] = [
        select(func.count()).select_from(CustomerVersionRow).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow)),
        select(func.count()).select_from(RiskRow).where(RiskRow.open, *visible(tx, RiskRow.customer_id)),
        select(func.count()).select_from(BreachRow).where(*red, *visible(tx, BreachRow.customer_id)),
        select(func.count()).select_from(ApprovalRow).where(waits, *visible_or_none(tx, ApprovalRow.customer_id)),
    ]
    customers, risks, reds, waiting = (tx.connection.execute(query).scalar_one() for query in counts)
    return customers, risks, reds, waiting


def _named(column: Any, names: Collection[str]) -> ColumnElement[bool]:
    return func.lower(column).in_([name.lower() for name in names])
