"""Rating migration: published transitions as a chain, its powers, and checks of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Impossible
from risk_engine.ratings.migration_policy import MigrationTable

Floats = NDArray[np.float64]

# the rounding error of powers of a small table; a figure of a root below minus this is truly negative
_NOISE = 1e-10


@dataclass(frozen=True, slots=True)
class Transitions:
    """One year's transitions as shares, from the row's state to the column's; the last state, default, is absorbing."""

    states: tuple[str, ...]
    shares: Floats


def without_not_rated(percent: Floats) -> Floats:
    """Return the shares among issuers still rated: row / (100 - not rated), without the last column, "not rated".

    Issuers that are no longer rated are assumed to have migrated as the others did.

    Source: S&P, Annual Global Corporate Default Study; AA .00021, BBB .00192, B .04276, CCC .31651 for 1981-2016.
    """
    return percent[:, :-1] / (100.0 - percent[:, -1:])


def renormalised(shares: Floats, rest: Literal["spread", "default"] = "spread") -> Floats:
    """Return rows that add up to 1: a printed row's rounding error is spread in proportion, or added to default.

    Raises:
        Impossible: the default column would fall below 0.
    """
    scaled = shares / shares.sum(axis=1, keepdims=True) if rest == "spread" else shares.copy()
    scaled[:, -1] = 1.0 - scaled[:, :-1].sum(axis=1)
    # a tiny negative figure is a published 0
    scaled[np.abs(scaled) < _NOISE] = 0.0
    if (scaled < 0).any():
        row = int(np.flatnonzero((scaled < 0).any(axis=1))[0])
        raise Impossible(field="default", value=float(scaled[row, -1]), accepted="0 or more", place=row)
    return scaled


def transitions(table: MigrationTable, rest: Literal["spread", "default"] = "spread") -> Transitions:
    """Return the published table as a chain: without the not-rated, with normalised rows and an absorbing default."""
    rows = renormalised(without_not_rated(table.figures), rest)
    absorbed = np.zeros((1, rows.shape[1]))
    absorbed[0, -1] = 1.0
    return Transitions(table.states, np.concatenate([rows, absorbed]))


def power(matrix: Transitions, years: float) -> Transitions:
    """Return the transitions over a number of years: whole years as products, a part of a year by a root.

    The root is taken only where it is itself a transition table; most published tables have none, and no substitute is used.

    Raises:
        Impossible: years are below 0 or not finite, or the chain has no root for the part of a year.

    Source: Israel, Rosenthal, Wei (2001), Finding generators for Markov chains via empirical transition matrices.
    """
    if not 0 <= years < np.inf:
        raise Impossible(field="years", value=years, accepted="0 or more")
    whole, part = divmod(float(years), 1.0)
    shares = np.linalg.matrix_power(matrix.shares, int(whole))
    return Transitions(matrix.states, shares @ _root(matrix.shares, part) if part else shares)


def _root(shares: Floats, part: float) -> Floats:
    """Return the chain to the power of a part of a year."""
    values, vectors = np.linalg.eig(shares.astype(np.complex128))
    try:
        inverse = np.linalg.inv(vectors)
    except np.linalg.LinAlgError:
        inverse = np.zeros_like(vectors)
    raised = (vectors * values**part) @ inverse
    again = (vectors * values) @ inverse
    # a chain that cannot be rebuilt from its eigenvectors has no root by this method
    sound = np.abs(again - shares).max() < _NOISE and np.abs(raised.imag).max() < _NOISE and raised.real.min() > -_NOISE
    if not sound:
        raise Impossible(field="years", value=part, accepted="whole years: this chain has no root that is a chain")
    return np.maximum(raised.real, 0.0)


# --- are the figures in order? -------------------------------------------------------------------------------------------


class Disorder(StrEnum):
    """An irregularity of a figure in a transition table."""

    DEFAULT_FALLS = "default_falls"
    STAYING_NOT_LIKELIEST = "staying_not_likeliest"
    RISES_WITH_DISTANCE = "rises_with_distance"
    COMES_FROM_AFAR = "comes_from_afar"
    WORSE_FARES_BETTER = "worse_fares_better"


@dataclass(frozen=True, slots=True)
class Finding:
    """One irregular figure: the row's state and the column's."""

    disorder: Disorder
    row: str
    column: str


def findings(matrix: Transitions) -> tuple[Finding, ...]:
    """Return the irregular figures for a person to judge: small samples cause them, and typing errors do.

    A worse rating defaults less often than its better neighbour; another state is likelier than staying; a longer move is likelier
    than a shorter one along a row or a column; a worse rating is less likely to end at or below some state than its better
    neighbour. The default column is checked for the first and the last only, as it is cumulative and has no distance.

    Source: CreditMetrics, Technical Document (1997), chapter 6 (the first, third and fourth).
    """
    rated = matrix.shares[:-1, :-1]
    tails = np.cumsum(matrix.shares[:-1, ::-1], axis=1)[:, ::-1]
    rows = np.arange(len(rated))
    staying = np.diagonal(rated)[:, None]
    found = (
        (Disorder.DEFAULT_FALLS, _below_neighbour(matrix.shares[:-1, -1:]), len(rated)),
        (Disorder.STAYING_NOT_LIKELIEST, matrix.shares[:-1] > staying + _NOISE, 0),
        (Disorder.RISES_WITH_DISTANCE, _rises_with_distance(rated, rows), 0),
        (Disorder.COMES_FROM_AFAR, _rises_with_distance(rated.T, rows).T, 0),
        (Disorder.WORSE_FARES_BETTER, _below_neighbour(tails), 0),
    )
    states = matrix.states
    return tuple(
        Finding(disorder, states[row], states[column + first])
        for disorder, places, first in found
        for row, column in np.argwhere(places).tolist()
    )


def _below_neighbour(figures: Floats) -> NDArray[np.bool_]:
    """Flag figures below the figure of the better rating, in the row above."""
    below = np.zeros(figures.shape, dtype=bool)
    below[1:] = figures[1:] < figures[:-1] - _NOISE
    return below


def _rises_with_distance(figures: Floats, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Flag figures above their neighbour nearer to the diagonal."""
    above = np.zeros(figures.shape, dtype=bool)
    step = figures[:, 1:] - figures[:, :-1]
    right = rows[:-1] >= rows[:, None]
    above[:, 1:] |= right & (step > _NOISE)
    above[:, :-1] |= ~right & (step < -_NOISE)
    return above
