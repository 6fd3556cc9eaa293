"""Customers' credit events as known at a moment, and the start of each relationship."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from risk_engine.facts.cohort import BAD, Outcomes
from risk_engine.facts.facts import Dates, Texts
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import dates, day
from storage.schema import CustomerVersionRow, OutcomeVersionRow
from storage.scoring.score_facts.owned import Book, owned


def read(tx: Tx, customers: Texts, *, at: datetime | None = None) -> Outcomes:
    """Return every credit event of these customers, sorted by id, as known at a moment; None is now."""
    table = OutcomeVersionRow
    query = select(table.customer_id, table.event, day(tx, table.as_of)).where(known(table, at)).order_by(table.as_of, table.id)
    owner, (events, days) = owned(tx, _book(customers), query)
    return Outcomes(owner, np.isin(events.astype(str), BAD), dates(days))


def newest(tx: Tx, *, at: datetime | None = None) -> date | None:
    """Return the day of the newest default, stage 3 or bankruptcy on record."""
    table = OutcomeVersionRow
    return tx.connection.execute(select(func.max(table.as_of)).where(known(table, at), table.event.in_(BAD))).scalar_one()


def since(tx: Tx, customers: Texts, *, at: datetime | None = None) -> Dates:
    """Return the day on which each of these became a customer; NaT if unknown."""
    table = CustomerVersionRow
    query = select(table.customer_id, day(tx, table.since)).where(known(table, at), table.since.is_not(None))
    owner, (days,) = owned(tx, _book(customers), query)
    found: NDArray[np.datetime64] = np.full(len(customers), "NaT", dtype="datetime64[D]")
    found[owner] = dates(days)
    return found


def _book(customers: Texts) -> Book:
    return Book(customers.astype(str))
