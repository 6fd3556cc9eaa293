"""Champion against challenger: two scores of the same customers, and whether one sets the bads apart better than the other."""

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
    """Both AUCs over the customers whom both score, the challenger's advantage with its standard error, and how sure that is.

    ``p`` is two-sided: how often chance alone makes so large a difference. NaN where there is nothing to compare.
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
    """Compare two scores of the same customers by DeLong's paired test.

    Args:
        champion, challenger: one score a customer; NaN for none. Whoever lacks either is left out of both.
        bad: 1 bad, 0 good, NaN where the outcome is not known.
        better: which side is good, of the champion and of the challenger.

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
    """For each bad the share of goods that it is worse than, for each good the share of bads worse than it; ties half."""
    risk = score if better == "low" else -score
    bads, goods = risk[happened == 1], risk[happened == 0]
    # the negated goods turn "how many bads lie above" into "how many lie below"
    return _share_below(goods, bads), _share_below(-bads, -goods)


def _share_below(others: NDArray[np.float64], own: Floats) -> Floats:
    """The share of the others that lie below each of one's own, ties half."""
    ranked = np.sort(others)
    below = np.searchsorted(ranked, own, side="left") + np.searchsorted(ranked, own, side="right")
    found: Floats = below / max(2 * len(ranked), 1)
    return found


def _error(of_bads: Floats, of_goods: Floats) -> float:
    """The standard error of a difference of AUCs from the differences of the placements; NaN where they do not vary."""
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
