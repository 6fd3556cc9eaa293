"""How a figure went: a line of little bars, and the last step."""

from __future__ import annotations

from collections.abc import Sequence

from commands.indicators.indicators import IndicatorState
from commands.kit.wording import words

READINGS = 8
_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float]) -> str:
    """A bar a value, the lowest lowest; values that are all alike are a flat line."""
    low, high = min(values), max(values)
    if high == low:
        return _BARS[3] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)


def step(before: float | None, after: float | None, unit: str) -> str:
    """``▼0.23×``: what was added or taken since the reading before; ``=`` where nothing was, a dash where there is none."""
    return "–" if before is None or after is None else words.difference(after - before, unit)


def trend(standing: IndicatorState) -> str:
    """The last readings of an indicator as bars, set to one width, so that the steps behind them stand in a column."""
    values = [reading.value for reading in standing.readings[-READINGS:] if reading.value is not None]
    return sparkline(values).rjust(READINGS, "·")


def last_step(standing: IndicatorState) -> str:
    return step(standing.previous.value if standing.previous else None, standing.newest.value, standing.kri.unit)
