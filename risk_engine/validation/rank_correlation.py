"""Rank correlation between two orders of one set of customers, such as the grade and a rating's letter."""

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
    """Rank correlations, -1 opposite to 1 equal order, over the customers with both; NaN if one order is all ties."""

    spearman: float
    kendall: float
    count: int


def agreement(first: ArrayLike, second: ArrayLike) -> Agreement:
    """Return Spearman's rho and Kendall's tau-b, ties counted as ties; customers without both figures are left out.

    Args:
        first, second: any figures, both rising towards the worse; only their order matters; NaN is missing.

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
    """Return the place of each value among the distinct values, from 0."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _spearman(left: Places, right: Places) -> float:
    """Return the correlation of the ranks; equal values share their mean rank."""
    x, y = _centred(left), _centred(right)
    both, own = _sum(x * y), (_sum(x * x), _sum(y * y))
    return both / math.sqrt(own[0] * own[1]) if all(own) else math.nan


def _centred(places: Places) -> Places:
    """Return twice the rank of each, less twice the mean rank, as whole numbers."""
    sizes = np.bincount(places)
    twice: Places = 2 * np.cumsum(sizes) - sizes - len(places)
    return twice[places]


def _sum(values: Places) -> int:
    """Return the exact sum, even beyond 64 bits."""
    high, low = np.divmod(values, 1 << 32)
    return (int(high.sum()) << 32) + int(low.sum())


def _kendall(left: Places, right: Places) -> float:
    """Return concordant less discordant pairs, over the geometric mean of each order's untied pairs."""
    pairs = len(left) * (len(left) - 1) // 2
    tied = [_pairs_within(places) for places in (left, right, left * (len(right) + 1) + right)]
    apart = (pairs - tied[0], pairs - tied[1])
    # after sorting by the first and then the second, only pairs that differ in the first can be inverted
    discordant = inversions(right[np.lexsort((right, left))])
    concordant = apart[0] - tied[1] + tied[2] - discordant
    return (concordant - discordant) / math.sqrt(apart[0] * apart[1]) if all(apart) else math.nan


def _pairs_within(places: Places) -> int:
    """Return the number of pairs that share a place."""
    sizes = np.unique(places, return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def inversions(places: Places) -> int:
    """Return the number of pairs in the wrong order, the larger one first; in O(n log n).

    Args:
        places: whole numbers from 0.
    """
    # bit by bit from the highest: places with equal higher bits form a group in order; each 1 before a 0 is an inverted
    # pair, and then the 0s of each group move before its 1s
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
    """Return, for each entry, the first place and the size of its run of equal keys."""
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    size = np.diff(np.append(first, len(keys)))
    return np.repeat(first, size), np.repeat(size, size)
