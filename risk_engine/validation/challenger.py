"""Champion against challenger: the discrimination of two scores on one set of customers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, normal
from risk_engine.checks import Impossible
from risk_engine.validation.discrimination import Better, Floats, auc, outcomes, tally


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both AUCs over the customers with both scores, and the challenger's advantage, its standard error and p-value.

    ``p`` is two-sided: the probability that chance alone gives such a difference. NaN without pairs to compare.
    """

    champion: float
    challenger: float
    advantage: float
    error: float
    p: float
    bads: int
    goods: int
    left_out: int


def compare(champion: ArrayLike, challenger: ArrayLike, bad: ArrayLike, *, better: tuple[Better, Better]) -> Comparison:
    """Compare two scores of one set of customers by DeLong's paired test.

    Args:
        champion, challenger: one score per customer; NaN for none. A customer without both is left out.
        bad: 1 bad, 0 good, NaN where the outcome is unknown.
        better: the good side of the champion and of the challenger.

    Raises:
        Impossible: an infinite score, an outcome other than 0 and 1, or columns of different lengths.

    Source: DeLong, DeLong, Clarke-Pearson (1988), Comparing the areas under two or more correlated ROC curves.
    """
    first, second = checks.column("champion", champion), checks.column("challenger", challenger)
    if len(first) != len(second):
        raise Impossible(field="challenger", value=len(second), accepted=f"{len(first)} scores")
    happened = outcomes(bad, len(first))
    known = ~np.isnan(first) & ~np.isnan(second) & ~np.isnan(happened)
    first, second, happened = first[known], second[known], happened[known]
    areas = [auc(tally(score, happened, better=side)) for score, side in zip((first, second), better, strict=True)]
    of_bads, of_goods = (
        new - old for old, new in zip(_placements(first, happened, better[0]), _placements(second, happened, better[1]), strict=True)
    )
    advantage = areas[1] - areas[0]
    error = _error(of_bads, of_goods)
    return Comparison(areas[0], areas[1], advantage, error, _two_sided(advantage, error), len(of_bads), len(of_goods), int((~known).sum()))


def _placements(score: Floats, happened: Floats, better: Better) -> tuple[Floats, Floats]:
    """Return each bad's share of better goods, and each good's share of worse bads; ties count half."""
    risk = score if better == "low" else -score
    bads, goods = risk[happened == 1], risk[happened == 0]
    # negation turns the count of bads above into a count below
    return _share_below(goods, bads), _share_below(-bads, -goods)


def _share_below(others: NDArray[np.float64], own: Floats) -> Floats:
    """Return, for each of ``own``, the share of ``others`` below it; ties count half."""
    ranked = np.sort(others)
    below = np.searchsorted(ranked, own, side="left") + np.searchsorted(ranked, own, side="right")
    found: Floats = below / max(2 * len(ranked), 1)
    return found


def _error(of_bads: Floats, of_goods: Floats) -> float:
    """Return the standard error of a difference of AUCs, from the differences of the placements; NaN without variation."""
    if len(of_bads) < 2 or len(of_goods) < 2:
        return math.nan
    variance = _variance_of_mean(of_bads) + _variance_of_mean(of_goods)
    return math.sqrt(variance) if variance > 0 else math.nan


def _variance_of_mean(values: Floats) -> float:
    count = len(values)
    mean = math.fsum(values.tolist()) / count
    return math.fsum(((values - mean) ** 2).tolist()) / (count * (count - 1))


def _two_sided(difference: float, error: float) -> float:
    return 2.0 * float(normal.cumulative(np.array([-abs(difference) / error]))[0])
