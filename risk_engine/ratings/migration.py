"""Rating migration: published transitions as a chain, its powers, and whether its figures are in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Impossible
from risk_engine.ratings.migration_policy import MigrationTable

Floats = NDArray[np.float64]

# what rounding in the powers of a small table can reach; a root's figure below minus this is negative in earnest
_NOISE = 1e-10


@dataclass(frozen=True, slots=True)
class Transitions:
    """A year's transitions as shares: from the row's state to the column's; the last state is default, which nobody leaves."""

    states: tuple[str, ...]
    shares: Floats


def without_not_rated(percent: Floats) -> Floats:
    """The shares of those who are still rated: row / (100 - not rated), without the last column, which is "not rated".

    Whoever is no longer rated is taken to have fared as the others did.

    Source: S&P, Annual Global Corporate Default Study; AA .00021, BBB .00192, B .04276, CCC .31651 for 1981-2016.
    """
    return percent[:, :-1] / (100.0 - percent[:, -1:])


def renormalised(shares: Floats, rest: Literal["spread", "default"] = "spread") -> Floats:
    """Rows that add up to 1: what rounding in print has left over is spread in proportion, or taken by the default column.

    Raises:
        Impossible: the default column would fall below 0.
    """
    scaled = shares / shares.sum(axis=1, keepdims=True) if rest == "spread" else shares.copy()
    scaled[:, -1] = 1.0 - scaled[:, :-1].sum(axis=1)
    # minus a hair is a published 0
    scaled[np.abs(scaled) < _NOISE] = 0.0
    if (scaled < 0).any():
        row = int(np.flatnonzero((scaled < 0).any(axis=1))[0])
        raise Impossible(field="default", value=float(scaled[row, -1]), accepted="0 or more", place=row)
    return scaled


def transitions(table: MigrationTable, rest: Literal["spread", "default"] = "spread") -> Transitions:
    """The published table as a chain: those not rated left out, rows made whole, and default as the state without a way out."""
    rows = renormalised(without_not_rated(table.figures), rest)
    absorbed = np.zeros((1, rows.shape[1]))
    absorbed[0, -1] = 1.0
    return Transitions(table.states, np.concatenate([rows, absorbed]))


def power(matrix: Transitions, years: float) -> Transitions:
    """The transitions over so many years: whole years as products, a part of a year by the chain's own root.

    The root is taken only where it is itself a table of transitions; most published tables have none, and nothing is
    invented in its place.

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
    """The chain to the power of a part of a year."""
    values, vectors = np.linalg.eig(shares.astype(np.complex128))
    try:
        inverse = np.linalg.inv(vectors)
    except np.linalg.LinAlgError:
        inverse = np.zeros_like(vectors)
    raised = (vectors * values**part) @ inverse
    again = (vectors * values) @ inverse
    # a chain that its eigenvectors do not give back has no root by this way
    sound = np.abs(again - shares).max() < _NOISE and np.abs(raised.imag).max() < _NOISE and raised.real.min() > -_NOISE
    if not sound:
        raise Impossible(field="years", value=part, accepted="whole years: this chain has no root that is a chain")
    return np.maximum(raised.real, 0.0)


# --- are the figures in order? -------------------------------------------------------------------------------------------


class Disorder(StrEnum):
    """What is odd about a figure of a transition table."""

    DEFAULT_FALLS = "default_falls"
    STAYING_NOT_LIKELIEST = "staying_not_likeliest"
    RISES_WITH_DISTANCE = "rises_with_distance"
    COMES_FROM_AFAR = "comes_from_afar"
    WORSE_FARES_BETTER = "worse_fares_better"


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure that is out of order: the row's state and the column's."""

    disorder: Disorder
    row: str
    column: str


def findings(matrix: Transitions) -> tuple[Finding, ...]:
    """What is out of order, for a person to judge: small samples make such figures, and typing errors do.

    A worse rating defaults less often than its better neighbour; another state is likelier than staying; a longer way is
    likelier than a shorter one along the row, or into a column; a worse rating is less likely to end at or below some state
    than its better neighbour. The default column is held against the first and the last only: it gathers, and has no distance.

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
    """Where a figure is below the one of the better rating, the row above."""
    below = np.zeros(figures.shape, dtype=bool)
    below[1:] = figures[1:] < figures[:-1] - _NOISE
    return below


def _rises_with_distance(figures: Floats, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a figure is above its neighbour that is nearer to the diagonal."""
    above = np.zeros(figures.shape, dtype=bool)
    step = figures[:, 1:] - figures[:, :-1]
    right = rows[:-1] >= rows[:, None]
    above[:, 1:] |= right & (step > _NOISE)
    above[:, :-1] |= ~right & (step < -_NOISE)
    return above
