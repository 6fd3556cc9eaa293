"""Financial statements as columns: each customer's twelve months up to the newest one, and the twelve before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import or_, select

from risk_engine.facts.facts import Accounts
from risk_engine.facts.statements import NAMES
from risk_engine.financials import accounts
from storage.columns import amounts, dates, day, scaled
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import StatementVersionRow
from storage.scoring.score_facts.owned import Book, coded, numbers, owned

# the newest statement's own year, and the year before it
_YEARS = timedelta(days=2 * 366 + 31)


def read(tx: Tx, book: Book, as_of: date, at: datetime | None, *, max_age_days: int) -> Accounts:
    """Return the accounts of customers whose newest statement is recent enough."""
    table = StatementVersionRow
    query = select(
        table.customer_id,
        table.id,
        day(tx, table.period_end),
        table.months,
        table.basis,
        table.currency,
        *(scaled(getattr(table, name)) for name in NAMES),
    )
    query = query.where(known(table, at), table.period_end <= as_of, table.period_end >= as_of - timedelta(days=max_age_days) - _YEARS)
    # unpublished statements could not be known
    query = query.where(or_(table.published.is_(None), table.published <= as_of)).order_by(table.id)
    owner, (ids, ends, months, bases, currencies, *columns) = owned(tx, book, query)
    found = accounts.accounts(
        owner,
        numbers(ids),
        dates(ends),
        numbers(months),
        bases == "consolidated",
        coded(currencies),
        dict(zip(NAMES, map(amounts, columns), strict=True)),
        len(book),
    )
    return accounts.recent(found, np.datetime64(as_of - timedelta(days=max_age_days)))
