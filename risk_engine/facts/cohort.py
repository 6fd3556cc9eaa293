"""The cohort: whom a validation follows from a day on, who of them went bad within the horizon, and who is left out and why."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Dates, Floats, Places

# events after which a customer is bad; a cure makes it good again
BAD = ("default", "stage3", "bankruptcy")
CURE = "cure"


class LeftOut(IntEnum):
    """Why a customer is not followed; ``NO`` is followed. Of several reasons the first counts."""

    NO = 0
    NOT_YET = 1
    BAD_BEFORE = 2
    RATED_DEFAULT = 3


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of customers, a row an event: ``owner`` is the customer's place, ``bad`` says that it is no cure."""

    owner: Places
    bad: NDArray[np.bool_]
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Cohort:
    """A place a customer: ``bad`` is 1, 0, or NaN where it is left out; ``left_out`` says why."""

    bad: Floats
    left_out: NDArray[np.int8]

    @property
    def bads(self) -> int:
        return int((self.bad == 1).sum())

    @property
    def followed(self) -> int:
        return int((self.left_out == LeftOut.NO).sum())


def cohort(outcomes: Outcomes, since: Dates, pd: Floats, *, as_of: np.datetime64, until: np.datetime64) -> Cohort:
    """Follow everybody who was a customer and not bad on a day: bad is who has a bad event after it, up to and on the last day.

    Whoever was bad is left out until it is cured, on a later day than the last bad event; who is bad again after that is a new
    case. A cure within the horizon makes nobody good who was bad in it.

    Args:
        since: when each became a customer; NaT is always.
        pd: as of the day; 1 is a letter that says default.
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
    """Each customer's last day among these events."""
    found = np.full(count, _NEVER, dtype="datetime64[D]")
    np.maximum.at(found, outcomes.owner[which], outcomes.as_of[which].astype("datetime64[D]"))
    return found


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, before it if negative; the month's last day where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
