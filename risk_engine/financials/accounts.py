"""Accounts: every customer's twelve months up to its newest statement, and the twelve before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Accounts, Dates, Floats, Places
from risk_engine.facts.statements import FLOWS, STOCKS, Statements, completed
from risk_engine.financials.periods import Calendar, Twelve


def accounts(
    owner: Places,
    ids: Places,
    period_end: Dates,
    months: Places,
    consolidated: NDArray[np.bool_],
    currencies: Coded,
    amounts: Mapping[str, Floats],
    count: int,
) -> Accounts:
    """Combine every customer's statements; consolidated ones are used alone where a customer has any.

    Args:
        owner: the customer of each statement, 0 to ``count`` - 1; of two for equal months the later row counts.
        amounts: the columns of ``statements.NAMES``, in each statement's own currency.
    """
    has_group = np.bincount(owner[consolidated], minlength=count) > 0
    kept = np.flatnonzero(consolidated == has_group[owner])
    rows = completed(Statements.of({name: values[kept] for name, values in amounts.items()}))
    calendar = Calendar(owner[kept], period_end[kept], months[kept], count)
    newest = calendar.newest()
    before = calendar.year_before(newest)
    return Accounts(
        ids=np.append(ids[kept], 0)[newest],
        as_of=np.append(period_end[kept], NO_DATE)[newest],
        currencies=_at(currencies[kept], newest),
        twelve=(now := calendar.twelve(newest)).ways,
        now=_together(rows, now, currencies[kept]),
        before=_together(rows, calendar.twelve(before), currencies[kept]),
    )


def _at(column: Coded, places: Places) -> Coded:
    return Coded(np.append(column.codes, np.int32(-1))[places], column.names)


def _together(rows: Statements, twelve: Twelve, currencies: Coded) -> Statements:
    """Return twelve months' flows and the newest balances; NaN for a sum over several currencies."""
    one_currency = np.ones(len(twelve.newest), dtype=bool)
    codes = np.append(currencies.codes, np.int32(-1))
    for places, signs in zip(twelve.places, twelve.signs, strict=True):
        one_currency &= (signs == 0) | (codes[places] == codes[twelve.newest])
    flows = {name: np.where(one_currency, twelve.flows(rows[name]), np.nan) for name in FLOWS}
    stocks = {name: twelve.stocks(rows[name]) for name in STOCKS}
    return Statements(stocks | flows)


def recent(found: Accounts, oldest: np.datetime64) -> Accounts:
    """Return the accounts without customers whose newest statement ends before a day."""
    stale = ~(found.as_of >= oldest)
    if not stale.any():
        return found

    def emptied(statements: Statements) -> Statements:
        return Statements({name: np.where(stale, np.nan, column) for name, column in statements.items()})

    return replace(
        found,
        ids=np.where(stale, 0, found.ids),
        as_of=np.where(stale, NO_DATE, found.as_of),
        twelve=np.where(stale, 0, found.twelve).astype(np.int8),
        now=emptied(found.now),
        before=emptied(found.before),
    )
