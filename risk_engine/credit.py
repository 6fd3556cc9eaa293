"""Credit risk by the column: exposure at default, expected loss, and sums by owner."""

from __future__ import annotations

from typing import Any

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


def worst_of(owner: Places, badness: NDArray[Any], count: int) -> Places:
    """Return the place of each owner's highest value, the first of equals; -1 without any. NaN is skipped."""
    worst, chosen = np.full(count, -np.inf), np.full(count, -1, dtype=np.int64)
    np.maximum.at(worst, owner, np.where(np.isnan(badness), -np.inf, badness))
    rows = np.flatnonzero(badness == worst[owner])[::-1]
    # NumPy keeps the last of several writes to one place, and the earliest comes last
    chosen[owner[rows]] = rows
    return chosen
