"""Verdicts: the state of each customer's indicator by its settled values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.credit import Places
from risk_engine.facts.facts import Dates, Floats, Texts
from risk_engine.indicators import series
from risk_engine.indicators.monitoring import Levels
from risk_engine.indicators.series import Points
from risk_engine.indicators.settling import Bools
from risk_engine.policy.policy import Kri


@dataclass(frozen=True, slots=True)
class Verdicts:
    """One row per customer with a value: its place, the colour, the value with date and source, and whether it is stale."""

    places: Places
    colours: Levels
    values: Floats
    days: Dates
    sources: Texts
    stale: Bools
    reported: Bools


def verdicts(kri: Kri, points: Points, count: int, today: np.datetime64) -> Verdicts:
    """Run every customer's settled values through the indicator's state machine; return each customer's last state.

    Args:
        points: settled values, see :func:`series.settled`; a customer whose last value is not computable has no verdict.
        count: the number of customers.
    """
    last = points.last(count)
    places = np.flatnonzero(last >= 0)
    rows = last[places]
    known = ~np.isnan(points.values[rows])
    places, rows = places[known], rows[known]
    days = points.days[rows]
    good = series.stale_after(kri, points)[rows].astype(np.int64).astype("timedelta64[D]")
    colours = series.colours(kri, points)[rows]
    told = series.anything_reported(points, count)[places]
    return Verdicts(places, colours, points.values[rows], days, points.sources[rows].texts(), days + good < today, told)
