"""Mobility: moves between grades, from one date to another or from one way of grading to another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.grading import Grade

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Moves:
    """The number of moves from the row's grade to the column's, grade 1 first; and those graded only after, before, or never."""

    counts: Counts
    appeared: int
    vanished: int
    never: int

    @property
    def known(self) -> int:
        """Return the number of customers with both grades."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Balance:
    """The shares of customers with both grades that stayed, improved (a lower number) and worsened, and mean moves.

    ``distance`` counts every move as positive; ``drift`` is above 0 where the book got worse. NaN without any such customer.
    """

    stayed: float
    better: float
    worse: float
    distance: float
    drift: float


def graded(name: str, values: ArrayLike, grades: int, count: int) -> Counts:
    """Return a column of grades, 1 to ``grades``, 0 for none.

    Raises:
        Impossible: another value, or a wrong number of customers.
    """
    found = checks.column(name, values)
    if len(found) != count:
        raise Impossible(field=name, value=len(found), accepted=f"{count} grades")
    wrong = np.flatnonzero(~np.isin(found, np.arange(grades + 1)))
    if len(wrong):
        raise Impossible(field=name, value=float(found[wrong[0]]), accepted=f"0 to {grades}", place=int(wrong[0]))
    return found.astype(np.int64)


def moves(before: ArrayLike, after: ArrayLike, grades: int = len(Grade)) -> Moves:
    """Count the moves between grades.

    Args:
        before, after: one grade per customer, 1 to ``grades``, 0 for none; also for champion and challenger.

    Raises:
        Impossible: a grade outside 0 to ``grades``, or columns of different lengths.
    """
    first = graded("before", before, grades, np.size(before))
    second = graded("after", after, grades, len(first))
    table = np.bincount(first * (grades + 1) + second, minlength=(grades + 1) ** 2).reshape(grades + 1, grades + 1)
    return Moves(table[1:, 1:], int(table[0, 1:].sum()), int(table[1:, 0].sum()), int(table[0, 0]))


def shares(found: Moves) -> Floats:
    """Return the share of the row's grade that moved to the column's; NaN for an empty grade."""
    whole = found.counts.sum(axis=1, keepdims=True)
    rows: Floats = np.divide(found.counts, whole, out=np.full(found.counts.shape, np.nan), where=whole > 0)
    return rows


def by_steps(found: Moves) -> dict[int, int]:
    """Count the moves by number of grades, above 0 for worse; every possible number is included."""
    grades = len(found.counts)
    return {step: int(np.trace(found.counts, offset=step)) for step in range(1 - grades, grades)}


def balance(found: Moves) -> Balance:
    """Return the shares that stayed, improved and worsened, among customers with both grades."""
    if not found.known:
        return Balance(math.nan, math.nan, math.nan, math.nan, math.nan)
    steps = by_steps(found)
    better, worse = (sum(many for step, many in steps.items() if sign * step > 0) for sign in (-1, 1))
    distance, drift = (sum(weight(step) * many for step, many in steps.items()) for weight in (abs, int))
    return Balance(*(figure / found.known for figure in (steps[0], better, worse, distance, drift)))


def shorrocks(found: Moves) -> float:
    """Return Shorrocks' mobility index (k - trace) / (k - 1): 0 without moves, 1 if the next grade is independent of the last.

    NaN with an empty grade, as its moves are unknown, or with only one grade.

    Source: Shorrocks (1978), The measurement of mobility.
    """
    grades = len(found.counts)
    staying = np.diagonal(shares(found))
    return (grades - math.fsum(staying.tolist())) / (grades - 1) if grades > 1 else math.nan
