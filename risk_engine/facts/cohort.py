"""The validation cohort: the customers followed from a day on, their defaults within the horizon, and exclusions."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Dates, Floats, Places

# events after which a customer is bad, until it is cured
BAD = ("default", "stage3", "bankruptcy")
CURE = "cure"


class LeftOut(IntEnum):
    """The reason why a customer is excluded; ``NO`` is followed. The first of several reasons counts."""

    NO = 0
    NOT_YET = 1
    BAD_BEFORE = 2
    RATED_DEFAULT = 3


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Credit events, one a row: ``owner`` is the customer's place, ``bad`` is False for a cure."""

    owner: Places
    bad: NDArray[np.bool_]
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Cohort:
    """One place per customer: ``bad`` is 1, 0, or NaN for an excluded one; ``left_out`` gives the reason."""

    bad: Floats
    left_out: NDArray[np.int8]

    @property
    def bads(self) -> int:
        return int((self.bad == 1).sum())

    @property
    def followed(self) -> int:
        return int((self.left_out == LeftOut.NO).sum())


def cohort(outcomes: Outcomes, since: Dates, pd: Floats, *, as_of: np.datetime64, until: np.datetime64) -> Cohort:
    """Follow everybody who was a customer and not bad on a day, and flag those with a bad event up to the last day.

    A customer that was bad is excluded until it is cured, on a day later than its last bad event; after that a new bad event is a
    new case. A cure within the horizon does not undo a bad event in it.

    Args:
        since: the day on which each became a customer; NaT means always.
        pd: the PD on the day; 1 is a rating of default.
    """
    count = len(since)
    bad_before = _last(outcomes, outcomes.bad & (outcomes.as_of <= as_of), count)
    cured = _last(outcomes, ~outcomes.bad & (outcomes.as_of <= as_of), count)
    still_bad = (bad_before > _NEVER) & ~(cured > bad_before)
    reasons = [since > as_of, still_bad, pd >= 1.0]
    left_out = np.select(reasons, [LeftOut.NOT_YET, LeftOut.BAD_BEFORE, LeftOut.RATED_DEFAULT], LeftOut.NO).astype(np.int8)
    within = outcomes.bad & (outcomes.as_of > as_of) & (outcomes.as_of <= until)
    went_bad = np.bincount(outcomes.owner[within], minlength=count) > 0
    return Cohort(np.where(left_out == LeftOut.NO, went_bad.astype(np.float64), np.nan), left_out)


_NEVER = np.datetime64("0001-01-01")


def _last(outcomes: Outcomes, which: NDArray[np.bool_], count: int) -> Dates:
    """Return each customer's last day among these events."""
    found = np.full(count, _NEVER, dtype="datetime64[D]")
    np.maximum.at(found, outcomes.owner[which], outcomes.as_of[which].astype("datetime64[D]"))
    return found


def months_later(day: date, months: int) -> date:
    """Return the day a number of months later (earlier if negative); the month's last day if there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
