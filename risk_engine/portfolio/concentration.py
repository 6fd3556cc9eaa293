"""Concentration of a book: indices over names, and exposures by group, sector or country."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks, credit
from risk_engine.checks import Impossible
from risk_engine.credit import Floats


@dataclass(frozen=True, slots=True)
class Concentration:
    """The concentration of a book; every figure is NaN where an amount is missing or the book is empty.

    ``hhi``: Σ s² over the shares s, from 1/n to 1. ``effective_number``: the number of equal names with this HHI.
    ``normalised``: the HHI rescaled from 0, all equal, to 1; NaN for a single name. ``gini``: 0 all equal, towards 1 all in one.
    """

    names: int
    total: float
    hhi: float
    effective_number: float
    normalised: float
    gini: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Exposures by code, and those without a known code, each with its share of the total; NaN where the total is 0."""

    amounts: Floats
    shares: Floats
    unknown: float
    unknown_share: float


def concentration(amounts: ArrayLike) -> Concentration:
    """Return the indices of a book, one amount per name; the order of the names does not matter to the last bit.

    A name with an amount of 0 counts as a name: leave out those that are not in the book. HHI = Σ s²; normalised
    (H - 1/n)/(1 - 1/n); Gini (ascending) = 2 Σ i x(i)/(n Σx) - (n+1)/n.

    Args:
        amounts: exposures in one unit of money, already added up by group or other name.

    Raises:
        Impossible: an amount below 0.

    Source: Hirschman (1964), Adelman (1969) for the effective number; BCBS Working Paper 15 (2006).
    """
    rising = np.sort(checks.not_negative("amounts", amounts))
    names, total = len(rising), float(np.sum(rising))
    if not total > 0:
        return Concentration(names, total, np.nan, np.nan, np.nan, np.nan)
    shares = rising / total
    hhi = float(np.sum(shares * shares))
    gini = 2.0 * float(np.sum(np.arange(1, names + 1) * shares)) / names - (names + 1) / names
    # equal amounts count as equal, even if their shares are rounded
    equal = rising[0] == rising[-1]
    normalised = np.nan if names == 1 else (0.0 if equal else (hhi - 1.0 / names) / (1.0 - 1.0 / names))
    return Concentration(names, total, hhi, 1.0 / hhi, normalised, 0.0 if equal else gini)


def top_share(amounts: ArrayLike, count: int) -> float:
    """Return the share of the ``count`` largest amounts in the total; NaN where one is missing or the total is 0.

    Raises:
        Impossible: an amount below 0, or no count.
    """
    if count < 1:
        raise Impossible(field="count", value=count, accepted="1 or more")
    rising = np.sort(checks.not_negative("amounts", amounts))
    total = float(np.sum(rising))
    return float(np.sum(rising[-count:])) / total if total > 0 else np.nan


def by_code(codes: NDArray[np.signedinteger], amounts: ArrayLike, count: int) -> Parts:
    """Return the amounts added up by code, exact to the hundredth in any order; -1 goes to ``unknown``.

    Args:
        codes: of each amount, -1 to ``count`` - 1: a group, a sector, a country.

    Raises:
        Impossible: an amount below 0, or a code outside its range.
    """
    if (wrong := np.flatnonzero((codes < -1) | (codes >= count))).size:
        raise Impossible(field="codes", value=int(codes[wrong[0]]), accepted=f"-1 to {count - 1}", place=int(wrong[0]))
    sums = credit.total(codes.astype(np.int64) + 1, checks.not_negative("amounts", amounts), count + 1)
    whole = float(np.sum(np.sort(sums)))
    shares = sums / whole if whole > 0 else np.full(count + 1, np.nan)
    return Parts(sums[1:], shares[1:], float(sums[0]), float(shares[0]))
