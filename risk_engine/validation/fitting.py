"""Fitting of a calibration: the line from points to log-odds of default that makes the observed outcomes most likely."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.validation.discrimination import outcomes

Floats = NDArray[np.float64]

_FOLDS, _TURNS, _CLOSE = 5, 60, 1e-10


@dataclass(frozen=True, slots=True)
class Fitted:
    """The line ln(PD / (1 − PD)) = ``intercept`` + ``slope`` · points; NaN where no line fits best, as when points separate all bads."""

    slope: float
    intercept: float

    @property
    def usable(self) -> bool:
        """Return True if more points mean a lower PD."""
        return self.slope < 0

    def pd(self, points: Floats) -> Floats:
        """Return the PD at these points."""
        found: Floats = 1.0 / (1.0 + np.exp(-(self.intercept + self.slope * points)))
        return found


def fit(points: ArrayLike, bad: ArrayLike) -> Fitted:
    """Fit a logit on the points by maximum likelihood (Newton's method).

    Args:
        points: one per customer; NaN is left out.
        bad: 1 bad, 0 good, NaN where the outcome is unknown, which is left out.

    Raises:
        Impossible: an infinite number of points, an outcome other than 0 and 1, or columns of different lengths.

    Source: McCullagh, Nelder (1989), Generalized linear models, 4.4.
    """
    scores = checks.column("points", points)
    happened = outcomes(bad, len(scores))
    known = ~np.isnan(scores) & ~np.isnan(happened)
    scores, happened = scores[known], happened[known]
    if not len(scores) or not 0 < happened.sum() < len(happened) or np.ptp(scores) == 0:
        return Fitted(math.nan, math.nan)
    middle, spread = scores.mean(), scores.std()
    line = _newton((scores - middle) / spread, happened)
    slope = line[1] / spread
    return Fitted(float(slope), float(line[0] - slope * middle))


def _newton(values: Floats, happened: Floats) -> Floats:
    """Return intercept and slope over standardised values; NaN where the steps do not end."""
    design = np.column_stack([np.ones(len(values)), values])
    share = happened.mean()
    line = np.array([math.log(share / (1.0 - share)), 0.0])
    for _turn in range(_TURNS):
        chance = 1.0 / (1.0 + np.exp(-(design @ line)))
        curved = (design * (chance * (1.0 - chance))[:, None]).T @ design
        # with separated outcomes the line gets ever steeper, until nothing is left to chance
        if np.linalg.cond(curved) > 1e12:
            break
        step = np.linalg.solve(curved, design.T @ (happened - chance))
        line = line + step
        if np.abs(step).max() < _CLOSE:
            return line
    return np.array([math.nan, math.nan])


def out_of_fold(points: Floats, bad: Floats) -> Floats:
    """Return each customer's PD by the line of the other folds, so that tests see PDs that were not fitted to these outcomes.

    Bads and goods are dealt to the folds in turn, in the order of the points; NaN for customers without points or outcome.

    Raises:
        Impossible: see :func:`fit`.
    """
    known = ~np.isnan(points) & ~np.isnan(bad)
    fold, found = np.full(len(points), -1), np.full(len(points), np.nan)
    for event in (0.0, 1.0):
        who = np.flatnonzero(known & (bad == event))
        who = who[np.argsort(points[who], kind="stable")]
        fold[who] = np.arange(len(who)) % _FOLDS
    for one in range(_FOLDS):
        line = fit(points[known & (fold != one)], bad[known & (fold != one)])
        found[fold == one] = line.pd(points[fold == one])
    return found
