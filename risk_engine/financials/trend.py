"""Trend: where a figure is heading, when it would cross a threshold, and where it stands among its peers."""

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
    """Every customer's line through its readings; NaN is not computable.

    ``readings`` counts those that are known and ``last`` is the period of the latest one, -1 without any. ``latest`` is
    that reading, ``fitted`` the line at that period and ``slope`` its rise a period. ``since_previous`` is the step from
    the known reading before, ``since_year`` that from the same period a year before.
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

    The time goes on over a missing period: 1, missing, 3 rises by 1 a period.

    Args:
        values: shape (periods, customers), oldest first and equally far apart; one row of values is one customer.
        periods_a_year: 4 for quarters, 12 for months, 1 for years.
        least: how many readings a line needs, 2 or more.

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
    """How many periods after its latest reading a customer's line meets the threshold; 0 past it, infinite if never.

    A reading on the threshold has crossed it. Infinite is a line that is level or leads away; NaN, no line or no threshold.

    Args:
        threshold: one for all, or one a customer, in the figure's unit.
        bad: the side on which crossing is bad; a cover falls to its threshold, a debt ratio rises to it.

    Raises:
        Impossible: a threshold is infinite.
    """
    sign = 1.0 if bad == "high" else -1.0
    bound = checks.column("threshold", threshold)
    room, pace = sign * (bound - found.fitted), sign * found.slope
    periods = np.where(np.isnan(room), np.nan, np.inf)
    # a pace of next to nothing takes next to forever
    with np.errstate(over="ignore"):
        np.divide(room, pace, out=periods, where=pace > 0)
    crossed = sign * (found.latest - bound) >= 0
    # the line may be past the threshold while the latest reading is not: that is now, not in the past
    return np.where(crossed, 0.0, np.maximum(periods, 0.0))


def percentile(values: ArrayLike, sectors: NDArray[np.integer], least: int) -> Floats:
    """Where each figure stands among its sector's, as a share: those below it and half of those equal, itself among them.

    NaN for a missing figure, an unknown sector, and a sector with too few known figures.

    Args:
        sectors: codes; below 0 is unknown.
        least: from how many known figures on a sector is compared.

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
    """How many readings, the period of the latest, the latest itself and the one before it."""
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
    """The slope, and the line at the latest reading; periods are added up one by one, so that no batch size matters."""
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
    """Each customer's value at a period; NaN where that is before the first one."""
    found = np.full(series.shape[1], np.nan)
    for period, row in enumerate(series):
        found = np.where(periods == period, row, found)
    return found


def _runs(rows: NDArray[np.generic]) -> tuple[Counts, Counts, Counts]:
    """Of sorted rows, the number of each one's run of equals, and each run's size and first place."""
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    firsts = np.flatnonzero(new)
    return np.cumsum(new) - 1, np.diff(np.append(firsts, len(rows))), firsts
