"""Grading: from figures to grades."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.credit import Floats
from risk_engine.measure import reached

Grades = NDArray[np.int8]


class Grade(IntEnum):
    """A customer's risk grade; the numbers are those of the matrix's levels."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


# a driver without a figure requires no grade, and is no sign of low risk
NONE = 0


def graded(figures: Floats, bounds: Sequence[float]) -> Grades:
    """Grade each figure: low below the first bound, then medium, high, critical; 0 where it is missing.

    A figure on a bound has reached it.

    Args:
        bounds: three rising figures in the unit of the figures.
    """
    return np.where(np.isnan(figures), np.int8(NONE), np.int8(Grade.LOW) + reached(figures, bounds))


def looked_up(places: NDArray[np.int64], names: Sequence[str]) -> Grades:
    """Return the grade at each place of the policy's list of grade names; 0 at -1."""
    grades = np.array([*(Grade[name.upper()] for name in names), NONE], dtype=np.int8)
    return grades[places]
