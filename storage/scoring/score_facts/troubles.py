"""Open breaches and threats of customers, as columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from risk_engine.credit import Places
from risk_engine.facts.facts import Troubles
from risk_engine.indicators.breach import BreachState
from risk_engine.register.assessment import RiskKind
from storage.database import Tx
from storage.queries.columns import dates, day, day_of, floats
from storage.schema import BreachRow, RiskRow
from storage.scoring.score_facts.owned import Book, numbers, owned


def breaches(tx: Tx, book: Book, at: datetime | None) -> Troubles:
    """Return open breaches with their colour, amber or red."""
    table = BreachRow
    still = table.state != BreachState.CLOSED.value
    open_ = still if at is None else and_(table.opened_at <= at, or_(still, table.closed_at > at))
    query = select(table.customer_id, table.id, table.colour, table.value, day(tx, table.as_of)).where(open_).order_by(table.id)
    return _troubles(*owned(tx, book, query))


def threats(tx: Tx, book: Book, at: datetime | None) -> Troubles:
    """Return open threats of the register with their level."""
    table = RiskRow
    logged = [] if at is None else [table.logged_at <= at]
    query = select(table.customer_id, table.id, table.residual_level, table.residual_level, day_of(tx, table.logged_at))
    return _troubles(*owned(tx, book, query.where(table.open, table.kind == RiskKind.THREAT.value, *logged).order_by(table.id)))


def _troubles(owner: Places, columns: list[Any]) -> Troubles:
    ids, badness, values, days = columns
    return Troubles(owner, numbers(ids), floats(badness), floats(values), dates(days))
