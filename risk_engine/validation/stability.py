"""Population stability: the shift of the population since the score was developed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.validation_policy import Stability

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shift:
    """The index, the contribution of each cell, the floored cells, and the light; NaN and no light without a population."""

    index: float
    parts: Floats
    floored: NDArray[np.bool_]
    light: Colour


def cells(figures: ArrayLike, bounds: Sequence[float]) -> NDArray[np.int64]:
    """Count the figures in each band; a figure on a bound belongs to the band above, missing figures to the last cell.

    Args:
        bounds: rising, one less than bands.
    """
    values = checks.column("figures", figures)
    bands = np.searchsorted(np.asarray(bounds, dtype=np.float64), values, side="right")
    bands[np.isnan(values)] = len(bounds) + 1
    return np.bincount(bands, minlength=len(bounds) + 2)


def population_stability(policy: Stability, expected: ArrayLike, actual: ArrayLike) -> Shift:
    """Return Σ (a - e) ln(a/e) over the cells' shares; shares below the policy's floor are raised to it and flagged.

    Args:
        expected, actual: the number (or share) of each population in each cell; both are scaled to 1.

    Raises:
        Impossible: a number below 0 or missing, or different numbers of cells.

    Source: Siddiqi (2006), Credit risk scorecards: below .10 no change, from .25 on a shift; .4/.3/.3 → .35/.25/.4 = .044561.
    """
    first, second = _counted("expected", expected), _counted("actual", actual)
    if len(first) != len(second):
        raise Impossible(field="actual", value=len(second), accepted=f"{len(first)} cells")
    if not first.any() or not second.any():
        return Shift(math.nan, np.full(len(first), np.nan), np.zeros(len(first), dtype=bool), Colour.NONE)
    e, a = first / math.fsum(first.tolist()), second / math.fsum(second.tolist())
    floored = (e < policy.floor) | (a < policy.floor)
    e, a = np.maximum(e, policy.floor), np.maximum(a, policy.floor)
    parts = (a - e) * np.log(a / e)
    index = math.fsum(parts.tolist())
    return Shift(index, parts, floored, Colour((index >= policy.amber) + (index >= policy.red)))


def _counted(name: str, values: ArrayLike) -> Floats:
    found = checks.not_negative(name, values)
    if np.isnan(found).any():
        raise Impossible(field=name, value=math.nan, accepted="0 or more", place=int(np.flatnonzero(np.isnan(found))[0]))
    return found
