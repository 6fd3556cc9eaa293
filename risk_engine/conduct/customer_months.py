"""Customers' months: the months of all accounts of a customer together, those without transactions filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.days import ONE_DAY, ONE_MONTH
from risk_engine.facts.facts import AccountMonths, Dates, Floats, Places

Bools = NDArray[np.bool_]
# months in which an account is at rest are filled in up to this number, beyond every window
_LONGEST_REST = 36
_CALENDAR = 1 << 16
_FIRST = np.datetime64("1900-01", "M")


@dataclass(frozen=True, slots=True)
class CustomerMonths:
    """One row per customer and month, sorted; amounts in one currency, NaN where a rate is missing.

    ``whole`` is False for a month that is not over. Amounts and counts are sums over the accounts; ``overdraft_days`` are those of
    the worst account, as a balance elsewhere does not repay an overdraft.
    """

    owner: Places
    month: Places
    until: Dates
    whole: Bools
    columns: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.owner)

    def last(self) -> Places:
        """Return the places of the customers' newest months."""
        ends = np.ones(len(self), dtype=bool)
        ends[:-1] = self.owner[1:] != self.owner[:-1]
        return np.flatnonzero(ends)

    def back(self, rows: Places, months: int) -> Places:
        """Return the places of the months up to each row, the newest first, as (rows, months); -1 where one is not known."""
        number = self.owner * _CALENDAR + self.month
        wanted = number[rows][:, None] - np.arange(months)
        place = np.minimum(np.searchsorted(number, wanted), len(number) - 1)
        return np.where(number[place] == wanted, place, -1)


_AMOUNTS, _COUNTS = ("lowest", "mean", "inflow", "outflow"), ("returned", "charged")


def together(rows: AccountMonths, factors: Mapping[str, float], count: int) -> CustomerMonths:
    """Combine the accounts of each customer by month.

    A month without transactions has the balance of the month before, unless the next month begins with another: then transactions
    are missing, and the month is not known. The month in which an account was opened is left out, as every account begins at zero.

    Args:
        factors: the value of a unit of each currency in one of them; asked only of customers with accounts in several.
    """
    rows = _without_opening(_rested(rows))
    factor = _factors(rows, factors, count)
    number = rows.owner * _CALENDAR + rows.month
    months, place = np.unique(number, return_inverse=True)
    amounts = {name: getattr(rows, name) * factor for name in _AMOUNTS} | {name: getattr(rows, name) for name in _COUNTS}
    # for comparison with other amounts, in the currency of the factors also for a customer with one currency
    amounts["inflow_converted"] = rows.inflow * rows.currencies.figures(factors, np.nan)
    columns = {name: credit.total(place, column, len(months)) for name, column in amounts.items()}
    worst = np.full(len(months), -np.inf)
    np.maximum.at(worst, place, rows.overdraft_days)
    until = np.full(len(months), np.datetime64("0001-01-01", "D"))
    np.maximum.at(until, place, rows.until)
    month = months % _CALENDAR
    return CustomerMonths(months // _CALENDAR, month, until, until >= _end_of(month), columns | {"overdraft_days": worst})


def _factors(rows: AccountMonths, factors: Mapping[str, float], count: int) -> Floats:
    lowest, highest = np.full(count, np.iinfo(np.int32).max), np.full(count, -2)
    np.minimum.at(lowest, rows.owner, rows.currencies.codes)
    np.maximum.at(highest, rows.owner, rows.currencies.codes)
    return np.where((lowest == highest)[rows.owner], 1.0, rows.currencies.figures(factors, np.nan))


def _rested(rows: AccountMonths) -> AccountMonths:
    """Return the rows with one more for each month in which an account was at rest, up to its customer's newest month."""
    rows = _taken(rows, np.lexsort((rows.month, rows.account, rows.owner)))
    if not len(rows.owner):
        return rows
    newest, known = np.zeros(rows.owner[-1] + 1, dtype=np.int64), np.full(rows.owner[-1] + 1, np.datetime64("0001-01-01", "D"))
    np.maximum.at(newest, rows.owner, rows.month)
    np.maximum.at(known, rows.owner, rows.until)
    continues = np.zeros(len(rows.owner), dtype=bool)
    continues[:-1] = (rows.owner[1:] == rows.owner[:-1]) & (rows.account[1:] == rows.account[:-1])
    rest = np.where(continues, np.append(rows.month[1:], 0) - 1, newest[rows.owner]) - rows.month
    # where the balance has moved meanwhile, the months in between are not at rest but missing
    moved = continues & ~(np.append(rows.opening[1:], np.nan) == rows.closing)
    rest = np.where(moved, 0, np.minimum(rest, _LONGEST_REST))
    place = np.repeat(np.arange(len(rows.owner)), rest + 1)
    later = np.arange(len(place)) - np.repeat(np.cumsum(rest + 1) - (rest + 1), rest + 1)
    filled = _taken(rows, place)
    month = filled.month + later
    until = np.where(later > 0, np.minimum(_end_of(month), known[filled.owner]), filled.until)
    days = (until - _start_of(month) + ONE_DAY).astype(np.int64)
    resting: dict[str, Any] = dict.fromkeys(("opening", "lowest", "mean"), filled.closing)
    resting |= {name: getattr(filled, name) * 0.0 for name in ("inflow", "outflow", "returned", "charged")}
    resting["overdraft_days"] = np.where(filled.closing < 0, days, 0)
    columns = {name: np.where(later > 0, column, getattr(filled, name)) for name, column in resting.items()}
    return replace(filled, month=month, until=until, **columns)


def _without_opening(rows: AccountMonths) -> AccountMonths:
    """Return the rows without an account's first month where it began at zero, unless it has no other."""
    if not len(rows.owner):
        return rows
    new = np.ones(len(rows.owner), dtype=bool)
    new[1:] = (rows.owner[1:] != rows.owner[:-1]) | (rows.account[1:] != rows.account[:-1])
    alone = new & np.append(new[1:], True)
    return _taken(rows, np.flatnonzero(~(new & ~alone & (rows.opening == 0))))


def _taken(rows: AccountMonths, place: Places) -> AccountMonths:
    columns: dict[str, Any] = {name: getattr(rows, name)[place] for name in AccountMonths.__dataclass_fields__}
    return AccountMonths(**columns)


def numbers_of(months: Dates) -> Places:
    """Return the numbers of months, counted from January 1900."""
    found: Places = (months.astype("datetime64[M]") - _FIRST).astype(np.int64)
    return found


def _start_of(month: Places) -> Dates:
    found: Dates = (_FIRST + month * ONE_MONTH).astype("datetime64[D]")
    return found


def _end_of(month: Places) -> Dates:
    found: Dates = _start_of(month + 1) - ONE_DAY
    return found
