"""Ageing: the day from which facts are too old to count, by the policy's longest age for each kind of fact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates


def oldest(as_of: np.datetime64, longest_days: int) -> np.datetime64:
    """Return the first day whose facts still count."""
    return as_of - longest_days * ONE_DAY


def outdated(days: Dates, since: np.datetime64) -> NDArray[np.bool_]:
    """Flag the facts dated before a day; a fact without a date cannot be shown to be recent, so it is flagged too."""
    found: NDArray[np.bool_] = ~(days >= since)
    return found
