"""Mobility: who moved by how many grades, between two dates or between two ways of grading."""

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
    """How many went from the row's grade to the column's, grade 1 first; those graded only after, only before, or never."""

    counts: Counts
    appeared: int
    vanished: int
    never: int

    @property
    def known(self) -> int:
        """How many have both grades."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Balance:
    """The shares of those with both grades who stayed, got better (a lower number) and got worse, and the mean of the grades moved.

    ``distance`` counts every move as positive; ``drift`` is above 0 where the book got worse. NaN where nobody has both.
    """

    stayed: float
    better: float
    worse: float
    distance: float
    drift: float


def graded(name: str, values: ArrayLike, grades: int, count: int) -> Counts:
    """A column of grades, 1 to ``grades``, 0 for none.

    Raises:
        Impossible: another value, or not as many as there are customers.
    """
    found = checks.column(name, values)
    if len(found) != count:
        raise Impossible(field=name, value=len(found), accepted=f"{count} grades")
    wrong = np.flatnonzero(~np.isin(found, np.arange(grades + 1)))
    if len(wrong):
        raise Impossible(field=name, value=float(found[wrong[0]]), accepted=f"0 to {grades}", place=int(wrong[0]))
    return found.astype(np.int64)


def moves(before: ArrayLike, after: ArrayLike, grades: int = len(Grade)) -> Moves:
    """Count who went from which grade to which.

    Args:
        before, after: one grade a customer, 1 to ``grades``, 0 for none; the champion's and the challenger's are compared alike.

    Raises:
        Impossible: a grade outside 0 to ``grades``, or columns of different lengths.
    """
    first = graded("before", before, grades, np.size(before))
    second = graded("after", after, grades, len(first))
    table = np.bincount(first * (grades + 1) + second, minlength=(grades + 1) ** 2).reshape(grades + 1, grades + 1)
    return Moves(table[1:, 1:], int(table[0, 1:].sum()), int(table[1:, 0].sum()), int(table[0, 0]))


def shares(found: Moves) -> Floats:
    """Of those in the row's grade, the share that went to the column's; NaN in the row of a grade that nobody had."""
    whole = found.counts.sum(axis=1, keepdims=True)
    rows: Floats = np.divide(found.counts, whole, out=np.full(found.counts.shape, np.nan), where=whole > 0)
    return rows


def by_steps(found: Moves) -> dict[int, int]:
    """How many moved by how many grades, above 0 for worse; every number of grades that is possible is there."""
    grades = len(found.counts)
    return {step: int(np.trace(found.counts, offset=step)) for step in range(1 - grades, grades)}


def balance(found: Moves) -> Balance:
    """Who stayed, got better and got worse, as shares of those with both grades."""
    if not found.known:
        return Balance(math.nan, math.nan, math.nan, math.nan, math.nan)
    steps = by_steps(found)
    better, worse = (sum(many for step, many in steps.items() if sign * step > 0) for sign in (-1, 1))
    distance, drift = (sum(weight(step) * many for step, many in steps.items()) for weight in (abs, int))
    return Balance(*(figure / found.known for figure in (steps[0], better, worse, distance, drift)))


def shorrocks(found: Moves) -> float:
    """Shorrocks' mobility index (k - trace) / (k - 1): 0 where nobody moves, 1 where where one was says nothing of where one goes.

    NaN where a grade had nobody, because nothing is known of how one leaves it, or where there is only one grade.

    Source: Shorrocks (1978), The measurement of mobility.
    """
    grades = len(found.counts)
    staying = np.diagonal(shares(found))
    return (grades - math.fsum(staying.tolist())) / (grades - 1) if grades > 1 else math.nan
