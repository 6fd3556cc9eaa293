"""Accounts: every customer's twelve months up to its newest statement, and the twelve before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.facts import ageing
from risk_engine.facts.facts import Accounts, Dates, Floats, Places
from risk_engine.facts.statements import FLOWS, STOCKS, Statements, completed
from risk_engine.financials.periods import Calendar, Twelve, Way


@dataclass(frozen=True, slots=True)
class Filed:
    """Statements as filed, a row each; of two of one customer that cover the same months the later row counts.

    ``owner`` is the customer's place, amounts are the columns of ``statements.NAMES`` in each statement's own currency.
    """

    owner: Places
    ids: Places
    period_end: Dates
    months: Places
    consolidated: NDArray[np.bool_]
    audited: NDArray[np.bool_]
    currencies: Coded
    amounts: Mapping[str, Floats]

    def of_one_basis(self, count: int) -> Filed:
        """Return the consolidated statements of those who have any, and of others their own."""
        has_group = np.bincount(self.owner[self.consolidated], minlength=count) > 0
        return self.at(np.flatnonzero(self.consolidated == has_group[self.owner]))

    def at(self, rows: Places) -> Filed:
        """Return some of the rows."""
        amounts = {name: values[rows] for name, values in self.amounts.items()}
        dated = (self.ids[rows], self.period_end[rows], self.months[rows])
        return Filed(self.owner[rows], *dated, self.consolidated[rows], self.audited[rows], self.currencies[rows], amounts)


def accounts(filed: Filed, count: int) -> Accounts:
    """Put the statements of every customer together: the twelve months up to its newest one, and the twelve before them."""
    kept = filed.of_one_basis(count)
    rows = completed(Statements.of(kept.amounts))
    calendar = Calendar(kept.owner, kept.period_end, kept.months, count)
    newest = calendar.newest()
    before = calendar.year_before(newest)
    return Accounts(
        ids=np.append(kept.ids, 0)[newest],
        as_of=np.append(kept.period_end, NO_DATE)[newest],
        audited=np.append(kept.audited, False)[newest],
        consolidated=np.append(kept.consolidated, False)[newest],
        currencies=_at(kept.currencies, newest),
        twelve=(now := calendar.twelve(newest)).ways,
        flows_as_of=np.append(kept.period_end, NO_DATE)[now.places[0]],
        outdated=np.full(count, NO_DATE),
        now=_together(rows, now, kept.currencies),
        before=_together(rows, calendar.twelve(before), kept.currencies),
    )


@dataclass(frozen=True, slots=True)
class Periods:
    """Twelve months of a customer up to the end of each of its statements, a row each, by customer and then by date."""

    owner: Places
    as_of: Dates
    months: Places
    audited: NDArray[np.bool_]
    amounts: Statements


def periods(filed: Filed, count: int) -> Periods:
    """Put the statements together as :func:`accounts` does, with each of them as the newest."""
    kept = filed.of_one_basis(count)
    rows = completed(Statements.of(kept.amounts))
    calendar = Calendar(kept.owner, kept.period_end, kept.months, count)
    places = calendar.each_month()
    twelve = calendar.twelve(places, kept.owner[places])
    amounts = _together(rows, twelve, kept.currencies)
    return Periods(kept.owner[places], kept.period_end[places], kept.months[places], kept.audited[places], amounts)


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
    """Return the accounts without customers whose newest statement ends before a day; it becomes their outdated one.

    So do flows of an annual statement that ended before that day, where a newer interim one gives the balance sheet alone.
    """
    stale = ageing.outdated(found.as_of, oldest)
    unmoved = ~stale & (found.twelve == Way.LAST_YEAR) & ageing.outdated(found.flows_as_of, oldest)
    if not (stale | unmoved).any():
        return found

    def emptied(statements: Statements) -> Statements:
        gone = {name: stale | unmoved if name in FLOWS else stale for name in statements}
        return Statements({name: np.where(gone[name], np.nan, column) for name, column in statements.items()})

    return replace(
        found,
        ids=np.where(stale, 0, found.ids),
        as_of=np.where(stale, NO_DATE, found.as_of),
        audited=found.audited & ~stale,
        consolidated=found.consolidated & ~stale,
        currencies=Coded(np.where(stale, np.int32(-1), found.currencies.codes), found.currencies.names),
        twelve=np.where(stale | unmoved, 0, found.twelve).astype(np.int8),
        outdated=np.select([stale, unmoved], [found.as_of, found.flows_as_of], found.outdated),
        now=emptied(found.now),
        before=emptied(found.before),
    )
