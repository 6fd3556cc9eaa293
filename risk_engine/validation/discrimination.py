"""Discrimination: the power of a score to separate bads from goods."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, normal
from risk_engine.checks import Impossible

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Better = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Tally:
    """The distinct scores from worst to best, with their bads and goods; ``left_out`` lacked a score or an outcome."""

    score: Floats
    bads: Counts
    goods: Counts
    left_out: int

    @property
    def pairs(self) -> int:
        """Return the number of pairs of a bad and a good; without any, the score cannot be judged."""
        return int(self.bads.sum()) * int(self.goods.sum())


@dataclass(frozen=True, slots=True)
class Separation:
    """The Kolmogorov-Smirnov distance, and the score that gives it: customers at it or worse against the others."""

    distance: float
    at: float


def outcomes(bad: ArrayLike, count: int) -> Floats:
    """Return each customer's outcome: 1 bad, 0 good, NaN unknown.

    Raises:
        Impossible: another value, or a wrong number of customers.
    """
    found = checks.column("bad", bad)
    if len(found) != count:
        raise Impossible(field="bad", value=len(found), accepted=f"{count} outcomes")
    wrong = np.flatnonzero((found != 0) & (found != 1) & ~np.isnan(found))
    if len(wrong):
        raise Impossible(field="bad", value=float(found[wrong[0]]), accepted="0 or 1", place=int(wrong[0]))
    return found


def tally(score: ArrayLike, bad: ArrayLike, *, better: Better) -> Tally:
    """Count the bads and the goods at every distinct score, from the worst to the best.

    Args:
        score: one per customer; NaN for none. Only its order matters.
        bad: 1 bad, 0 good, NaN where the outcome is unknown.
        better: the good side of the score: "high" for points, "low" for PDs.

    Raises:
        Impossible: an infinite score, an outcome other than 0 and 1, or columns of different lengths.
    """
    scores = checks.column("score", score)
    happened = outcomes(bad, len(scores))
    known = ~np.isnan(scores) & ~np.isnan(happened)
    sign = 1.0 if better == "high" else -1.0
    steps, place = np.unique(sign * scores[known], return_inverse=True)
    went_bad = happened[known] == 1
    bads, everybody = np.bincount(place[went_bad], minlength=len(steps)), np.bincount(place, minlength=len(steps))
    return Tally(sign * steps, bads, everybody - bads, int((~known).sum()))


def auc(cases: Tally) -> float:
    """Return the probability that a bad has a worse score than a good, ties counted half; NaN unless there are both.

    0.5 is a score without power, 1 a perfect one, below 0.5 one that is read the wrong way round. The pairs are counted as whole
    numbers, so neither the order of the customers nor rounding can change the result.

    Source: Hanley, McNeil (1982), The meaning and use of the area under a ROC curve; y 0, 0, 1, 1 at .1 .4 .35 .8 → .75.
    """
    if not cases.pairs:
        return math.nan
    return int((cases.bads * _twice_after(cases.goods)).sum()) / (2 * cases.pairs)


def gini(area: float) -> float:
    """Return 2 AUC - 1, the accuracy ratio: 0 for a score without power, 1 for a perfect one.

    Source: Engelmann, Hayden, Tasche (2003), Testing rating accuracy.
    """
    return 2.0 * area - 1.0


def standard_error(cases: Tally) -> float:
    """Return the AUC's standard error after DeLong.

    NaN with fewer than two bads or two goods, and where all pairs are alike (all tied, or perfectly separated), as a small sample
    without error does not prove that there is none.

    Source: DeLong, DeLong, Clarke-Pearson (1988), Comparing the areas under two or more correlated ROC curves; 0.0307 for
    the readings of Hanley, McNeil (1982), table I, as Stata's roctab prints it.
    """
    bads, goods = int(cases.bads.sum()), int(cases.goods.sum())
    if bads < 2 or goods < 2:
        return math.nan
    area = auc(cases)
    of_bads = _twice_after(cases.goods) / (2 * goods) - area
    of_goods = _twice_after(cases.bads[::-1])[::-1] / (2 * bads) - area
    variance = _spread(of_bads, cases.bads) / (bads * (bads - 1)) + _spread(of_goods, cases.goods) / (goods * (goods - 1))
    return math.sqrt(variance) if variance > 0 else math.nan


def interval(area: float, error: float, confidence: float) -> tuple[float, float]:
    """Return the AUC's confidence interval by the normal law, within 0 to 1; NaN if the standard error is NaN."""
    if math.isnan(error):
        return math.nan, math.nan
    reach = float(normal.quantile(np.array([(1.0 + confidence) / 2.0]))[0]) * error
    return max(area - reach, 0.0), min(area + reach, 1.0)


def kolmogorov_smirnov(cases: Tally) -> Separation:
    """Return the largest distance between the shares of bads and goods up to a score, and the worst score that gives it.

    NaN unless there are bads and goods. If all are tied, the distance is 0 and has no score.
    """
    if not cases.pairs:
        return Separation(math.nan, math.nan)
    gaps = np.abs(np.cumsum(cases.bads) * cases.goods.sum() - np.cumsum(cases.goods) * cases.bads.sum())
    place = int(np.argmax(gaps))
    return Separation(int(gaps[place]) / cases.pairs, float(cases.score[place]) if gaps[place] else math.nan)


def _twice_after(counts: Counts) -> Counts:
    """Return twice the counts at later places plus those at the place itself: pairs won plus half the ties, doubled."""
    found: Counts = 2 * (counts.sum() - np.cumsum(counts)) + counts
    return found


def _spread(deviations: Floats, weights: Counts) -> float:
    """Return the sum of the squares, rounded once."""
    return math.fsum((deviations * deviations * weights).tolist())
