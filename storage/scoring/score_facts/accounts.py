"""Financial statements as columns: each customer's twelve months up to the newest one, and the twelve before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select

from risk_engine.credit import Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Accounts, Dates
from risk_engine.facts.statements import NAMES
from risk_engine.financials import accounts
from risk_engine.financials.accounts import Filed
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, scaled
from storage.queries.prepared import Prepared
from storage.schema import StatementVersionRow
from storage.scoring.score_facts.asked import Asked, whose
from storage.scoring.score_facts.owned import Book, coded, flags, numbers, owned

# the newest statement's own year, and the year before it
_YEARS = timedelta(days=2 * 366 + 31)


def read(tx: Tx, book: Book, as_of: date, at: datetime | None, *, max_age_days: int) -> Accounts:
    """Return the accounts of customers whose newest statement is recent enough; of the others the day of their newest one."""
    found = accounts.accounts(filed(tx, book, as_of, at, max_age_days=max_age_days), len(book))
    found = accounts.recent(found, np.datetime64(as_of - timedelta(days=max_age_days)))
    unknown = (found.ids == 0) & np.isnat(found.outdated)
    if not unknown.any():
        return found
    older = _newest_before(tx, book, as_of - timedelta(days=max_age_days) - _YEARS, as_of, at)
    return replace(found, outdated=np.where(unknown, older, found.outdated))


def _newest_before(tx: Tx, book: Book, day_: date, as_of: date, at: datetime | None) -> Dates:
    """Return the end of each customer's newest statement before a day, of those published by the day of the score; NaT without one."""
    table = StatementVersionRow
    query = select(table.customer_id, day(tx, func.max(table.period_end)))
    query = query.where(known(table, at), table.period_end < day_, _published(as_of))
    owner, (ends,) = owned(tx, book, query.group_by(table.customer_id))
    found = np.full(len(book), NO_DATE)
    found[owner] = dates(ends)
    return found


def filed(tx: Tx, book: Book, as_of: date, at: datetime | None, *, max_age_days: int) -> Filed:
    """The statements that make up the accounts of a day."""
    query = _statements(tx, NAMES, until=as_of, since=as_of - timedelta(days=max_age_days) - _YEARS, at=at)
    return _filed(NAMES, *owned(tx, book, query))


def filed_of(tx: Tx, asked: Asked, as_of: date, at: datetime | None, *, max_age_days: int, lines: Collection[str]) -> Filed:
    """Return these lines of the statements that make up the accounts of these customers on a day."""
    names = tuple(name for name in NAMES if name in lines)
    since = as_of - timedelta(days=max_age_days) - _YEARS
    return _filed(names, *asked.ask(tx, _STATEMENTS, names, until=as_of, since=since, at=at))


def _statements(tx: Tx, names: Sequence[str], *, until: Any, since: Any, at: Any, **who: Any) -> Any:
    table = StatementVersionRow
    query = select(
        table.customer_id,
        table.id,
        day(tx, table.period_end),
        table.months,
        table.basis,
        table.audited,
        table.currency,
        *(scaled(getattr(table, name)) for name in names),
    )
    query = query.where(known(table, at), table.period_end <= until, table.period_end >= since, *whose(tx, table.customer_id, **who))
    return query.where(_published(until)).order_by(table.id)


def _published(as_of: Any) -> Any:
    """Return the condition that a statement was published by a day: before, it could not be known."""
    published = StatementVersionRow.published
    return or_(published.is_(None), published <= as_of)


_STATEMENTS = Prepared(_statements)


def _filed(names: Sequence[str], owner: Places, columns_: Sequence[Any]) -> Filed:
    ids, ends, months, bases, audited, currencies, *columns = columns_
    return Filed(
        owner,
        numbers(ids),
        dates(ends),
        numbers(months),
        bases == "consolidated",
        flags(audited) == 1,
        coded(currencies),
        dict(zip(names, map(amounts, columns), strict=True)),
    )
