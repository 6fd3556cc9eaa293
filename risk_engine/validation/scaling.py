"""Scorecard points: a PD on a points scale, on which a fixed number of points doubles the odds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.validation.validation_policy import Scaling

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """The line points = ``offset`` + ``factor`` · ln(odds of good to bad)."""

    factor: float
    offset: float


def line(policy: Scaling) -> Line:
    """Return the line through the policy's points and odds, which rises by its points when the odds double.

    Source: Siddiqi (2006), Credit risk scorecards; 600 at 50:1, 20 to double → factor 28.853901, offset 487.122876.
    """
    factor = policy.doubling / math.log(2.0)
    return Line(factor, policy.points - factor * math.log(policy.odds))


def points(policy: Scaling, pd: ArrayLike) -> Floats:
    """Return the points of each PD, more for a lower one; NaN at 0 and 1, where there are no odds.

    Raises:
        Impossible: a PD outside 0 to 1.
    """
    estimate, scale = checks.share("pd", pd), line(policy)
    inside = np.where((estimate > 0) & (estimate < 1), estimate, np.nan)
    return scale.offset + scale.factor * (np.log1p(-inside) - np.log(inside))


def pd_of(policy: Scaling, points: ArrayLike) -> Floats:
    """Return the PD of each number of points; the inverse of :func:`points`.

    Raises:
        Impossible: infinite points.
    """
    scale = line(policy)
    # points beyond the range of floats give a PD of 0
    with np.errstate(over="ignore"):
        odds = np.exp((checks.column("points", points) - scale.offset) / scale.factor)
    return 1.0 / (1.0 + odds)
