"""The curves of a score: ROC and CAP, thinned to the points that a chart can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine.validation.discrimination import Tally

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from (0, 0) to (1, 1); a point catches customers with ``score`` or worse; NaN at the first, which catches none.

    Empty where there are no bads or no goods.
    """

    x: Floats
    y: Floats
    score: Floats


def roc(cases: Tally, points: int = 200) -> Curve:
    """Return the receiver operating characteristic: the share of goods caught against that of bads; its area is the AUC.

    Source: Hanley, McNeil (1982).
    """
    return _curve(cases, cases.goods, points)


def cap(cases: Tally, points: int = 200) -> Curve:
    """Return the cumulative accuracy profile: the share of all customers caught against that of bads.

    Source: Sobehart, Keenan, Stein (2000), Benchmarking quantitative default risk models.
    """
    return _curve(cases, cases.bads + cases.goods, points)


def _curve(cases: Tally, across: NDArray[np.int64], points: int) -> Curve:
    if not cases.pairs:
        nothing = np.zeros(0)
        return Curve(nothing, nothing, nothing)
    x, y = _shares(across), _shares(cases.bads)
    kept = _spread_along((x + y) / 2.0, points)
    return Curve(x[kept], y[kept], np.append(np.nan, cases.score)[kept])


def _shares(counts: NDArray[np.int64]) -> Floats:
    """Return cumulative shares, from 0 on."""
    found: Floats = np.append(0, np.cumsum(counts)) / counts.sum()
    return found


def _spread_along(way: Floats, points: int) -> NDArray[np.int64]:
    """Return at most ``points`` places at even steps of ``way``, including both ends."""
    if len(way) <= points:
        return np.arange(len(way))
    return np.unique(np.searchsorted(way, np.linspace(0.0, 1.0, points)))
