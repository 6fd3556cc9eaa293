"""Trends of figures: a sparkline, and the last step."""

from __future__ import annotations

from collections.abc import Sequence

from commands.indicators.indicators import IndicatorState
from commands.kit.wording import words

READINGS = 8
_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """Return a bar per value, the lowest value lowest; equal values give a flat line."""
    low, high = min(values), max(values)
    if high == low:
        return _BARS[3] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)


def step(before: float | None, after: float | None, unit: str) -> str:
    """Return the change since the previous reading, as ``▼0.23×``; ``=`` for none, a dash without a previous one."""
    return "–" if before is None or after is None else words.difference(after - before, unit)


def trend(standing: IndicatorState) -> str:
    """Return the last readings of an indicator as bars of fixed width, so that the steps after them align."""
    values = [reading.value for reading in standing.readings[-READINGS:] if reading.value is not None]
    return sparkline(values).rjust(READINGS, "·")


def last_step(standing: IndicatorState) -> str:
    return step(standing.previous.value if standing.previous else None, standing.newest.value, standing.kri.unit)
