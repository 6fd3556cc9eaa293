"""Figures of conduct: balances against turnover, overdrafts, returned payments, and the use of limits, each over its window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine.conduct.conduct_policy import Conduct
from risk_engine.conduct.customer_months import CustomerMonths
from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates, Floats, Places
from risk_engine.measure import Measure, divided, table

# days in a mean month
MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Observed:
    """The columns of :data:`CONDUCT` for customers, each up to a day."""

    owner: Places
    as_of: Dates
    columns: Mapping[str, Floats]


def minimum_balance(lowest: Floats, inflow: Floats, outflow: Floats) -> Floats:
    """Return the lowest balance as a share of a usual month's turnover: its inflow or its outflow, the larger.

    A share, so that neither the size of a customer nor its currency matters.
    """
    return divided(lowest, np.fmax(inflow, outflow))


def cash_buffer_days(mean: Floats, outflow: Floats) -> Floats:
    """Return for how many days the mean balance pays the usual outflow; NaN without outflow."""
    return divided(mean * MONTH, outflow)


_BUFFER = "JPMorgan Chase Institute, Cash is King (2016): average daily balance / average daily outflow"
CONDUCT = table(
    (
        Measure("minimum_balance", "percent", ("lowest", "inflow", "outflow"), minimum_balance, "high", "our own"),
        Measure("cash_buffer_days", "days", ("mean", "outflow"), cash_buffer_days, "high", _BUFFER),
        Measure("overdraft_days", "days", ("overdraft_days",), lambda days: days, "low", "the worst account"),
        Measure("returned_payments", "number", ("returned",), lambda number: number, "low", "over all accounts"),
        Measure("overdraft_charges", "number", ("charged",), lambda number: number, "low", "over all accounts"),
    )
)
_COLUMNS = ("lowest", "mean", "inflow", "outflow", "inflow_converted", "overdraft_days", "returned", "charged")
# of the ledgers within the window: drawn / limit over all facilities, of customers with a revolving one
LIMITS = table(
    (
        Measure("average_utilisation", "percent", ("mean_use",), lambda use: use, "low", "mean over the ledgers of the window"),
        Measure("peak_utilisation", "percent", ("peak_use",), lambda use: use, "low", "the highest of the window"),
    )
)


def observed(policy: Conduct, months: CustomerMonths, rows: Places) -> Observed:
    """Return the columns up to each of these rows; NaN with fewer known months than the policy needs.

    Usual flows are medians over whole months, so that one large receipt does not hide a thin balance; their mean where the median is
    0. Of one unknown count the sum is unknown.
    """
    if not len(rows):
        return Observed(months.owner[rows], months.until[rows], dict.fromkeys(_COLUMNS, np.empty(0)))
    year = months.back(rows, policy.balance_months)
    enough = (year >= 0).sum(axis=1) >= policy.least_months
    whole = np.where(np.append(months.whole, False)[year], year, -1)
    # a customer of whom no month is over is judged by what there is
    flows = np.where(np.any(whole >= 0, axis=1, keepdims=True), whole, year)
    columns = {
        "lowest": _smallest(_laid(months, "lowest", year)),
        "mean": _mean(_laid(months, "mean", year)),
        "inflow": _usual(_laid(months, "inflow", flows)),
        "outflow": _usual(_laid(months, "outflow", flows)),
        "inflow_converted": _usual(_laid(months, "inflow_converted", flows)),
        "overdraft_days": _sum(months, "overdraft_days", months.back(rows, policy.overdraft_months)),
        "returned": _sum(months, "returned", months.back(rows, policy.incident_months)),
        "charged": _sum(months, "charged", months.back(rows, policy.incident_months)),
    }
    return Observed(months.owner[rows], months.until[rows], {name: np.where(enough, column, np.nan) for name, column in columns.items()})


def _laid(months: CustomerMonths, name: str, place: Places) -> Floats:
    laid: Floats = np.append(months.columns[name], np.nan)[place]
    return laid


def _sum(months: CustomerMonths, name: str, place: Places) -> Floats:
    summed: Floats = np.append(months.columns[name], 0.0)[place].sum(axis=1)
    return summed


def _smallest(laid: Floats) -> Floats:
    found: Floats = np.fmin.reduce(laid, axis=1)
    return found


def _mean(laid: Floats) -> Floats:
    known = ~np.isnan(laid)
    return divided(np.where(known, laid, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def _usual(laid: Floats) -> Floats:
    """Return the median of each line, or its mean where that is 0."""
    ordered, known = np.sort(laid, axis=1), (~np.isnan(laid)).sum(axis=1)
    line = np.arange(len(laid))
    low, high = (ordered[line, np.maximum(place, 0)] for place in ((known - 1) // 2, known // 2 - (known == 0)))
    median: Floats = (low + np.where(known > 0, high, np.nan)) / 2.0
    return np.where(median == 0, _mean(laid), median)


def inflow_cover(inflow: Floats, due: Floats) -> Floats:
    """Return a year's usual inflow over the payments due within the year, both in one currency; NaN where nothing is due."""
    return divided(inflow * 12.0, due)


def limits_used(policy: Conduct, owner: Places, days: Dates, use: Floats) -> Mapping[str, Floats]:
    """Return mean and peak of the use of limits over the window up to each ledger; NaN with fewer ledgers than the policy needs.

    Args:
        owner, days, use: one row per customer and ledger, sorted.
    """
    reach = np.timedelta64(round(policy.limit_months * MONTH), "D")
    total, peak, known = np.zeros(len(owner)), np.full(len(owner), np.nan), np.zeros(len(owner), dtype=np.int64)
    for back in range(int(_within(owner, days, reach).max(initial=-1)) + 1):
        place = np.arange(len(owner)) - back
        there = (place >= 0) & (owner[place] == owner) & (days - days[place] < reach)
        value = np.where(there, use[place], np.nan)
        total, peak, known = total + np.nan_to_num(value), np.fmax(peak, value), known + ~np.isnan(value)
    enough = (known >= policy.least_ledgers) & ~np.isnan(use)
    return {"mean_use": np.where(enough, total / np.maximum(known, 1), np.nan), "peak_use": np.where(enough, peak, np.nan)}


def _within(owner: Places, days: Dates, reach: np.timedelta64) -> NDArray[np.int64]:
    """Return how many ledgers before each row lie within its window."""
    calendar = 1 << 22
    number = owner * calendar + days.astype(np.int64) + calendar // 2
    found: NDArray[np.int64] = np.arange(len(owner)) - np.searchsorted(number, number - (reach // ONE_DAY) + 1)
    return found
