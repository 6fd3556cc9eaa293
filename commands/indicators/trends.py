"""Trends of figures: a sparkline, and the last step."""

from __future__ import annotations

from collections.abc import Sequence

from commands.indicators.indicators import IndicatorState
from commands.kit.wording import words
from risk_engine.policy.policy import Kri

READINGS = 8
_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], span: float = 0.0) -> str:
    """Return a bar per value, the lowest value lowest; equal values give a flat line.

    Args:
        span: the least difference between the lowest and the highest bar, so that a small change does not look like a collapse.
    """
    low, high = min(values), max(values)
    if high == low:
        return _BARS[3] * len(values)
    scale = max(high - low, span)
    # a small movement stands in the middle of the bars
    bottom = (low + high - scale) / 2
    return "".join(_BARS[round((value - bottom) / scale * (len(_BARS) - 1))] for value in values)


def trend(standing: IndicatorState) -> str:
    """Return the last readings of an indicator as bars of fixed width, so that the steps after them align."""
    values = [reading.value for reading in standing.readings[-READINGS:] if reading.value is not None]
    return sparkline(values, _span(standing.kri, values)).rjust(READINGS, "·")


def _span(kri: Kri, values: Sequence[float]) -> float:
    """Return the difference that fills all bars: twice the distance between the thresholds, or a fifth of the largest value."""
    thresholds = max((abs(red - amber) for _sign, amber, red in kri.sides), default=0.0)
    return max(2 * thresholds, max(map(abs, values)) / 5)


def last_step(standing: IndicatorState) -> str:
    """Return the change since the previous reading: ``▼0.23× worse``; ``=`` for none, a dash without a previous reading."""
    before, after = standing.previous, standing.newest.value
    if before is None or before.value is None or after is None:
        return "–"
    return words.difference(after - before.value, standing.kri.unit, worse=_worse(standing.kri, after - before.value))


def _worse(kri: Kri, change: float) -> bool | None:
    """Return whether a change goes towards the threshold; None for an indicator with thresholds on both sides."""
    return bool(kri.sides[0][0] * change > 0) if len(kri.sides) == 1 else None
