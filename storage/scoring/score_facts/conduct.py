"""Months of accounts and the use of limits over time, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select

from risk_engine.conduct import conduct, customer_months
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import AccountMonths, Readings
from risk_engine.indicators import derived
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.columns import amounts, dates, day, fetched, floats, scaled
from storage.schema import AccountMonthVersionRow, CustomerVersionRow, FacilityVersionRow
from storage.scoring.score_facts import ledger_days
from storage.scoring.score_facts.asked import Asked
from storage.scoring.score_facts.owned import Book, coded, owned

_MONTH = 31


def account_months(
    tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None, where: Sequence[Any] = (), *, days: int | None = None
) -> AccountMonths:
    """Return the months of accounts that count for values of the last days; by default for those that a score takes.

    An account without a currency has that of its facility, or of its customer. A score also takes each customer's newest month, however
    old: transactions that have become too old are named.
    """
    table, lent, who = AccountMonthVersionRow, FacilityVersionRow, CustomerVersionRow
    windows = policy.conduct
    # one month more, in which an account may have been opened
    reach = 1 + max(windows.balance_months, windows.overdraft_months, windows.incident_months)
    oldest = as_of - timedelta(days=(policy.scoring.reading_max_age_days if days is None else days) + _MONTH * reach)
    money = (table.opening, table.lowest, table.mean, table.closing, table.inflow, table.outflow)
    columns = (
        table.account,
        day(tx, table.month),
        func.coalesce(table.currency, lent.currency, who.currency),
        *map(scaled, money),
        table.overdraft_days,
        table.returned,
        table.charged,
        day(tx, table.until),
    )
    query = (
        select(table.customer_id, *columns)
        .outerjoin(lent, (lent.facility == table.facility) & known(lent, at))
        .outerjoin(who, (who.customer_id == table.customer_id) & known(who, at))
        .where(known(table, at), table.until <= as_of, *where)
        .order_by(table.account, table.month)
    )
    if days is None:
        newest = _newest(tx, book, as_of, at)
        query = query.join(newest, newest.c.customer_id == table.customer_id)
        query = query.where(or_(table.month >= oldest, table.until == newest.c.until))
    else:
        query = query.where(table.month >= oldest)
    owner, (names, month, currencies, *figures, until) = owned(tx, book, query)
    opening, lowest, mean, closing, inflow, outflow = (amounts(column) for column in figures[: len(money)])
    overdraft_days, returned, charged = (floats(column) for column in figures[len(money) :])
    return AccountMonths(
        owner=owner,
        account=coded(names).codes.astype(np.int64),
        month=customer_months.numbers_of(dates(month)),
        currencies=coded(currencies),
        opening=opening,
        lowest=lowest,
        mean=mean,
        closing=closing,
        inflow=inflow,
        outflow=outflow,
        overdraft_days=overdraft_days,
        returned=returned,
        charged=charged,
        until=dates(until),
    )


def _newest(tx: Tx, book: Book, as_of: date, at: datetime | None) -> Any:
    """Return the last day of each customer's transactions."""
    table = AccountMonthVersionRow
    query = select(table.customer_id, func.max(table.until).label("until")).where(known(table, at), table.until <= as_of)
    return query.where(*book.where(tx, table.customer_id)).group_by(table.customer_id).subquery()


def limits_used(tx: Tx, book: Book, policy: Policy, as_of: date, at: datetime | None) -> dict[str, Readings]:
    """Return mean and peak of the use of limits by the ledgers of the window, of customers with several ledgers and a revolving line."""
    table = FacilityVersionRow
    since = as_of - timedelta(days=limits_reach(policy))
    # customers of whom nothing has changed have one ledger, and need no look at the past
    query = select(table.customer_id).where(table.kind == "revolver", table.superseded_at.is_not(None), *book.where(tx, table.customer_id))
    (ids,) = fetched(tx, query.where(*([] if at is None else [table.superseded_at <= at])).distinct())
    found = {measure.inputs[0]: Readings.none(len(book)) for measure in conduct.LIMITS.values()}
    for asked in Asked.of(ids[book.places(ids) >= 0].tolist()).parts():
        owner, told = ledger_days.read(tx, policy, asked, as_of, at, since=since, arrears=False)
        used = conduct.limits_used(policy.conduct, owner, told.as_of, derived.LEDGER["utilisation"].of(told.columns))
        last = np.flatnonzero(np.append(owner[1:] != owner[:-1], True)[: len(owner)])
        place = book.places(asked.book.ids[owner[last]])
        last, place = last[place >= 0], place[place >= 0]
        for name, column in used.items():
            found[name].values[place] = column[last]
            found[name].as_of[place] = np.where(np.isnan(column[last]), NO_DATE, told.booked[last])
    return found


def limits_reach(policy: Policy) -> int:
    """Return how many days before the day of a score a ledger may have been replaced that still counts for the use of limits."""
    return _MONTH * policy.conduct.limit_months
