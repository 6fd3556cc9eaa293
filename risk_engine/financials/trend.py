"""Trend: the direction of a figure, the time until it crosses a threshold, and its rank among peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Floats

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trend:
    """The line fitted to every customer's readings; NaN is not computable.

    ``readings`` counts the known readings, and ``last`` is the period of the latest one, -1 without any. ``latest`` is that reading,
    ``fitted`` the line at that period and ``slope`` its rise per period. ``since_previous`` is the change from the previous known
    reading, ``since_year`` the change from a year before.
    """

    readings: Counts
    last: Counts
    latest: Floats
    slope: Floats
    fitted: Floats
    since_previous: Floats
    since_year: Floats


def trend(values: ArrayLike, *, periods_a_year: int = 4, least: int = 2) -> Trend:
    """Fit a least-squares line to every customer's readings; a missing period neither confirms nor breaks it.

    Missing periods still take time: 1, missing, 3 rises by 1 per period.

    Args:
        values: shape (periods, customers), oldest first and equally far apart; one row of values is one customer.
        periods_a_year: 4 for quarters, 12 for months, 1 for years.
        least: the number of readings that a line needs, 2 or more.

    Raises:
        Impossible: a value is infinite, or ``periods_a_year`` or ``least`` is too small.

    Source: ordinary least squares on the period's number.
    """
    checks.positive("periods_a_year", periods_a_year)
    checks.not_negative("least", least - 2)
    series = _periods(values)
    readings, last, latest, previous = _ends(series)
    slope, fitted = _line(series, readings, last, latest)
    enough = readings >= least
    return Trend(
        readings,
        last,
        latest,
        np.where(enough, slope, np.nan),
        np.where(enough, fitted, np.nan),
        latest - previous,
        latest - _at(series, last - periods_a_year),
    )


def crossing(found: Trend, threshold: ArrayLike, bad: Literal["low", "high"]) -> Floats:
    """Return the periods from the latest reading until the line meets the threshold; 0 past it, infinite if never.

    A reading on the threshold has crossed it. Infinite means a level line or one that leads away; NaN, no line or no threshold.

    Args:
        threshold: one for all, or one per customer, in the figure's unit.
        bad: the side on which crossing is bad; a cover falls to its threshold, a debt ratio rises to it.

    Raises:
        Impossible: a threshold is infinite.
    """
    sign = 1.0 if bad == "high" else -1.0
    bound = checks.column("threshold", threshold)
    room, pace = sign * (bound - found.fitted), sign * found.slope
    periods = np.where(np.isnan(room), np.nan, np.inf)
    # a slope close to 0 may overflow to infinity
    with np.errstate(over="ignore"):
        np.divide(room, pace, out=periods, where=pace > 0)
    crossed = sign * (found.latest - bound) >= 0
    # the line may be past the threshold while the latest reading is not: the crossing is then now, not in the past
    return np.where(crossed, 0.0, np.maximum(periods, 0.0))


def percentile(values: ArrayLike, sectors: NDArray[np.integer], least: int) -> Floats:
    """Return each figure's rank in its sector as a share: the figures below it and half of the equal ones, itself included.

    NaN for a missing figure, an unknown sector, and a sector with too few known figures.

    Args:
        sectors: codes; below 0 is unknown.
        least: the number of known figures that a sector needs.

    Raises:
        Impossible: a value is infinite.

    Source: percentile rank, the mean of its strict and its weak definition.
    """
    figures = checks.column("values", values)
    places = np.flatnonzero(~np.isnan(figures) & (sectors >= 0))
    order = places[np.lexsort((figures[places], sectors[places]))]
    sector, sizes, starts = _runs(sectors[order][:, np.newaxis])
    equal, ties, firsts = _runs(np.column_stack([sectors[order].astype(np.float64), figures[order]]))
    below = firsts[equal] - starts[sector]
    ranks = (below + 0.5 * ties[equal]) / sizes[sector]
    found = np.full(len(figures), np.nan)
    found[order] = np.where(sizes[sector] >= least, ranks, np.nan)
    return found


def _periods(values: ArrayLike) -> Floats:
    series = checks.column("values", values)
    return series[:, np.newaxis] if series.ndim == 1 else series


def _ends(series: Floats) -> tuple[Counts, Counts, Floats, Floats]:
    """Return the number of readings, the period of the latest, its value, and the value before it."""
    customers = series.shape[1]
    readings, last = np.zeros(customers, dtype=np.int64), np.full(customers, -1, dtype=np.int64)
    latest, previous = np.full(customers, np.nan), np.full(customers, np.nan)
    for period, row in enumerate(series):
        seen = ~np.isnan(row)
        readings += seen
        last = np.where(seen, period, last)
        previous = np.where(seen, latest, previous)
        latest = np.where(seen, row, latest)
    return readings, last, latest, previous


def _line(series: Floats, readings: Counts, last: Counts, latest: Floats) -> tuple[Floats, Floats]:
    """Return the slope, and the line at the latest reading; periods are added one by one, so batch size does not matter."""
    customers = series.shape[1]
    # measured from the latest reading, a level series is exactly level
    apart = [np.where(np.isnan(row), 0.0, row - latest) for row in series]
    times, heights = np.zeros(customers), np.zeros(customers)
    for period, row in enumerate(series):
        times += np.where(np.isnan(row), 0.0, float(period))
        heights += apart[period]
    none = np.full(customers, np.nan)
    mean_time = np.divide(times, readings, out=none.copy(), where=readings > 0)
    mean_height = np.divide(heights, readings, out=none.copy(), where=readings > 0)
    spread, moment = np.zeros(customers), np.zeros(customers)
    for period, row in enumerate(series):
        away = np.where(np.isnan(row), 0.0, period - mean_time)
        spread += away * away
        moment += away * apart[period]
    slope = np.divide(moment, spread, out=none, where=spread > 0)
    return slope, latest + (mean_height + slope * (last - mean_time))


def _at(series: Floats, periods: Counts) -> Floats:
    """Return each customer's value at a period; NaN before the first period."""
    found = np.full(series.shape[1], np.nan)
    for period, row in enumerate(series):
        found = np.where(periods == period, row, found)
    return found


def _runs(rows: NDArray[np.generic]) -> tuple[Counts, Counts, Counts]:
    """Return, for sorted rows, the index of each row's run of equals, and each run's size and first place."""
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    firsts = np.flatnonzero(new)
    return np.cumsum(new) - 1, np.diff(np.append(firsts, len(rows))), firsts
