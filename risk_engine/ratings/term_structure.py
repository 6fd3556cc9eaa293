"""The term structure of PD: cumulative, marginal and conditional, by state or letter and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from risk_engine import checks, credit
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.ratings.migration import Transitions


@dataclass(frozen=True, slots=True)
class Curves:
    """The conditional PD of each name (a letter, a grade) by year: one row per name, one column per year; NaN is not computable."""

    names: tuple[str, ...]
    conditional: Floats


def cumulative(matrix: Transitions, years: int) -> Floats:
    """Return the share defaulted by the end of each year: one row per state, one column per year from 1.

    Raises:
        Impossible: fewer than one year.
    """
    if years < 1:
        raise Impossible(field="years", value=years, accepted="1 or more")
    columns = np.empty((len(matrix.states), years))
    now = matrix.shares
    for year in range(years):
        columns[:, year] = now[:, -1]
        now = now @ matrix.shares
    # rounding must not let anybody leave default or default twice
    return np.minimum(np.maximum.accumulate(columns, axis=1), 1.0)


def marginal(shares: Floats) -> Floats:
    """Return the share of the initial population that defaults within each year, from the cumulative shares."""
    within: Floats = np.diff(shares, axis=1, prepend=0.0)
    return within


def conditional(shares: Floats) -> Floats:
    """Return the share of survivors that defaults within each year (the hazard), from the cumulative shares.

    Without survivors it is 1, so that there are none afterwards either.
    """
    before = 1.0 - np.concatenate([np.zeros((len(shares), 1)), shares[:, :-1]], axis=1)
    hazard = np.divide(marginal(shares), before, out=np.ones(shares.shape), where=~(before <= 0))
    held: Floats = np.clip(hazard, 0.0, 1.0)
    return held


def survived(hazards: Floats) -> Floats:
    """Return the cumulative shares for conditional PDs: 1 - Π (1 - h), the inverse of :func:`conditional`."""
    gone: Floats = np.subtract(1.0, np.cumprod(1.0 - hazards, axis=1))
    return gone


def mixed(shares: Floats, pd: Floats) -> Floats:
    """Return cumulative PDs for any one-year PD, as the mixture of two neighbouring states with this first-year PD.

    A mixture stays between its neighbours in every year, unlike a multiplied curve. Below the best state's PD it is the best state's curve.

    Args:
        shares: cumulative, one row per state, the last one default.
        pd: one-year PDs; NaN gives a row of NaN.

    Raises:
        Impossible: a PD outside 0 to 1, or a worse state whose first-year PD is below that of a better one.
    """
    wanted, first = checks.share("pd", pd), shares[:, 0]
    if (np.diff(first) < 0).any():
        place = int(np.flatnonzero(np.diff(first) < 0)[0]) + 1
        raise Impossible(field="pd", value=float(first[place]), accepted="no less than the better state's", place=place)
    upper = np.clip(np.searchsorted(first, wanted, side="left"), 1, len(first) - 1)
    low, high = first[upper - 1], first[upper]
    weight = np.divide(wanted - low, high - low, out=np.zeros(len(wanted)), where=high > low)
    weight = np.where(np.isnan(wanted), np.nan, np.maximum(weight, 0.0))[:, None]
    blend: Floats = (1.0 - weight) * shares[upper - 1] + weight * shares[upper]
    return blend


def curves(matrix: Transitions, names: tuple[str, ...], pd: ArrayLike, *, years: int, floor: float) -> Curves:
    """Return the conditional PDs of letters or grades: their one-year PD sets the level, the chain the shape.

    No year is below the floor; the first year is the given PD itself, or the floor.

    Raises:
        Impossible: a PD outside 0 to 1.
    """
    wanted = checks.share("pd", pd)
    hazards = conditional(mixed(cumulative(matrix, years), wanted))
    hazards[:, 0] = wanted
    return Curves(names, credit.floored(hazards, floor))
