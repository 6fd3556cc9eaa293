"""Credit risk by the column: the applicable rating, exposure at default, and expected loss."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# sums of whole hundredths are exact in floats up to 90 trillion, so the order of adding does not matter
_HUNDREDTHS = 100.0


def floored(pd: Floats, floor: float) -> Floats:
    """Return the PD, not below the floor; a missing one stays missing.

    Source: 0.03 % in Basel II (BCBS 128 § 285), 0.05 % in Basel III (CRE32.4); the policy says which.
    """
    return np.where(np.isnan(pd), np.nan, np.maximum(pd, floor))


def exposure_at_default(limit: Floats, outstanding: Floats, ccf: Floats) -> Floats:
    """Return exposure at default: drawn + CCF · undrawn, the undrawn part not below 0; in the unit of the amounts.

    Args:
        ccf: credit conversion factor, a share 0 to 1.

    Source: BCBS 128 §§ 308–316; CRE32.29.
    """
    drawn: Floats = outstanding + ccf * np.maximum(limit - outstanding, 0.0)
    return drawn


def expected_loss(pd: Floats, lgd: Floats, ead: Floats) -> Floats:
    """Return one year's expected loss, PD · LGD · EAD, in the unit of ``ead``; NaN where a factor is missing.

    Source: BCBS 128 § 375; IFRS 9 IE8: 1,000,000 · 0.5 % · 25 % = 1,250.
    """
    return pd * lgd * ead


def total(owner: Places, amounts: Floats, count: int) -> Floats:
    """Return each owner's sum of amounts, exact to the hundredth in any order; NaN where one is missing.

    An owner without amounts has 0.
    """
    sums: Floats = np.bincount(owner, np.rint(amounts * _HUNDREDTHS), count) / _HUNDREDTHS
    return sums


def weighted(owner: Places, values: Floats, weights: Floats, count: int) -> Floats:
    """Return each owner's weighted mean, rounded to ten decimals; NaN where the weights add up to 0."""
    tops, sums = np.bincount(owner, values * weights, count), np.bincount(owner, weights, count)
    means = np.divide(tops, sums, out=np.full(count, np.nan), where=sums > 0)
    rounded: Floats = np.round(means, 10)
    return rounded


def counting_rating(
    owner: Places,
    pd: Floats,
    internal: NDArray[np.bool_],
    count: int,
    *,
    internal_first: bool = True,
    several: Literal["worse_of_best_two", "worst"] = "worse_of_best_two",
) -> Places:
    """Return the place of the applicable rating of each owner; -1 where none is usable.

    Internal ratings come first where the policy says so. Of the others: of two the worse, of three or more the worse of
    the best two (or the worst of all). A rating in default counts before all others.

    Args:
        owner: the owner of each rating, 0 to ``count`` - 1.
        pd: of each rating; NaN for a letter that is on no master scale, which is passed over.

    Source: Basel II § 96–98 (multiple assessments); which comes first is policy.
    """
    usable = np.flatnonzero(~np.isnan(pd))
    if internal_first:
        has_own = np.zeros(count, dtype=bool)
        has_own[owner[usable[internal[usable]]]] = True
        usable = usable[internal[usable] | ~has_own[owner[usable]]]
    chosen = np.full(count, -1, dtype=np.int64)
    if np.bincount(owner, minlength=1).max() <= 1:
        # without an owner of two there is nothing to choose
        chosen[owner[usable]] = usable
        return chosen
    order = usable[np.lexsort((usable, pd[usable], owner[usable]))]
    owners, first, sizes = np.unique(owner[order], return_index=True, return_counts=True)
    # the worse of two, and the worse of the best two of many, are both the second best
    step = sizes - 1 if several == "worst" else np.minimum(sizes - 1, 1)
    chosen[owners] = order[first + step]
    # a default in the eyes of one agency is a default, regardless of the other ratings
    defaulted = np.flatnonzero(pd >= 1.0)[::-1]
    chosen[owner[defaulted]] = defaulted
    return chosen


def worst_of(owner: Places, badness: NDArray[Any], count: int) -> Places:
    """Return the place of each owner's highest value, the first of equals; -1 without any. NaN is skipped."""
    worst, chosen = np.full(count, -np.inf), np.full(count, -1, dtype=np.int64)
    np.maximum.at(worst, owner, np.where(np.isnan(badness), -np.inf, badness))
    rows = np.flatnonzero(badness == worst[owner])[::-1]
    # NumPy keeps the last of several writes to one place, and the earliest comes last
    chosen[owner[rows]] = rows
    return chosen
