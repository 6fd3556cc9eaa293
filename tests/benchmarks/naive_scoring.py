"""The floor of a scoring: the same formulas on the same arrays, written down as they stand in a textbook."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine.scoring import Facts
from risk_engine.scoring_policy import Scoring

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the arithmetic gives, a customer a place."""

    pd: Floats
    lgd: Floats
    ead: Floats
    expected_loss: Floats
    grades: NDArray[np.int64]


def figures(policy: Scoring, facts: Facts, pd_of_letter: Floats, letters: NDArray[np.int64]) -> Figures:
    """PD by letter, EAD, LGD, expected loss and grade of a book in one currency, with one letter for each customer and nothing missing."""
    lent, count = facts.facilities, len(facts.customers)
    pd = np.maximum(pd_of_letter[letters], policy.pd_floor)
    ead = lent.outstanding + lent.ccf * np.maximum(lent.limits - lent.outstanding, 0)
    loss = pd[lent.owner] * lent.lgd * ead
    sums: Floats = np.bincount(lent.owner, ead, count)
    losses: Floats = np.bincount(lent.owner, loss, count)
    late = np.zeros(count)
    np.maximum.at(late, lent.owner, lent.days_past_due)
    grades = 1 + np.maximum(
        np.searchsorted(policy.grades.pd, pd, side="right"), np.searchsorted(policy.grades.days_past_due, late, side="right")
    )
    return Figures(pd, np.bincount(lent.owner, lent.lgd * ead, count) / sums, sums, losses, grades)
