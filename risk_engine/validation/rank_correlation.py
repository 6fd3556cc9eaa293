"""Rank correlation: whether two orders of the same customers, as the grade and a rating's letter, agree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """-1 opposite to 1 the same order, over the customers who have both; NaN where one of the two puts them all on one place."""

    spearman: float
    kendall: float
    count: int


def agreement(first: ArrayLike, second: ArrayLike) -> Agreement:
    """Spearman's rho and Kendall's tau-b, ties counted as ties; whoever lacks one of the two is left out.

    Args:
        first, second: any figures of which only the order matters, both rising towards the worse; NaN is missing.

    Raises:
        Impossible: an infinite figure, or columns of different lengths.

    Source: Kendall (1938), A new measure of rank correlation, and (1945), The treatment of ties in ranking problems.
    """
    x, y = checks.column("first", first), checks.column("second", second)
    if len(x) != len(y):
        raise Impossible(field="second", value=len(y), accepted=f"{len(x)} figures")
    known = ~np.isnan(x) & ~np.isnan(y)
    left, right = _places(x[known]), _places(y[known])
    return Agreement(_spearman(left, right), _kendall(left, right), int(known.sum()))


def _places(values: NDArray[np.float64]) -> Places:
    """The place of each value among the different ones, from 0."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _spearman(left: Places, right: Places) -> float:
    """The correlation of the ranks, those of equals being their mean."""
    x, y = _centred(left), _centred(right)
    both, own = _sum(x * y), (_sum(x * x), _sum(y * y))
    return both / math.sqrt(own[0] * own[1]) if all(own) else math.nan


def _centred(places: Places) -> Places:
    """Twice the rank of each, less twice the mean rank: whole numbers."""
    sizes = np.bincount(places)
    twice: Places = 2 * np.cumsum(sizes) - sizes - len(places)
    return twice[places]


def _sum(values: Places) -> int:
    """The exact sum, also where it needs more than 64 bits."""
    high, low = np.divmod(values, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def _kendall(left: Places, right: Places) -> float:
    """Concordant less discordant pairs, over the geometric mean of the pairs that each order tells apart."""
    pairs = len(left) * (len(left) - 1) // 2
    tied = [_pairs_within(places) for places in (left, right, left * (len(right) + 1) + right)]
    apart = (pairs - tied[0], pairs - tied[1])
    # sorted by the first and then the second, only pairs that the first tells apart can stand the wrong way round
    discordant = inversions(right[np.lexsort((right, left))])
    concordant = apart[0] - tied[1] + tied[2] - discordant
    return (concordant - discordant) / math.sqrt(apart[0] * apart[1]) if all(apart) else math.nan


def _pairs_within(places: Places) -> int:
    """How many pairs share a place."""
    sizes = np.unique(places, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def inversions(places: Places) -> int:
    """How many pairs stand the wrong way round, the larger one first; in O(n log n).

    Args:
        places: whole numbers from 0.
    """
    # bit by bit from the highest: those alike so far stand together in their order; each 1 before a 0 is a pair the wrong way
    # round, and then the 0s of each group go before its 1s
    found = 0
    for bit in reversed(range(int(places.max(initial=0)).bit_length())):
        ones = (places >> bit) & 1
        before = np.cumsum(ones) - ones
        start, size = _groups(places >> (bit + 1))
        ones_before = before - before[start]
        found += int(ones_before[ones == 0].sum())
        zeros_before = np.arange(len(places)) - start - ones_before
        ones_of_group = before[start + size - 1] + ones[start + size - 1] - before[start]
        target = start + np.where(ones == 0, zeros_before, size - ones_of_group + ones_before)
        moved = np.empty_like(places)
        moved[target] = places
        places = moved
    return found


def _groups(keys: Places) -> tuple[Places, Places]:
    """Of each one the first place and the size of its run of equal keys."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    size = np.diff(np.append(first, len(keys)))
    return np.repeat(first, size), np.repeat(size, size)
