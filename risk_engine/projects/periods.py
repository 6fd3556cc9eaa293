"""Periods of projections: their length, as stated or from the dates on which they end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.days import NO_DATE, ONE_DAY, ONE_MONTH
from risk_engine.facts.facts import Dates, Floats, Places

# a period is a year at most; from dates alone only lengths that divide a year are recognised
LONGEST = 12
_DIVIDE_A_YEAR = (1, 2, 3, 4, 6, 12)
_DAYS_A_MONTH = 365.25 / 12
# a financial year of 52 or 53 weeks, and months of 28 or 31 days
_SLACK = 7.0


class Doubt(IntEnum):
    """The reason why a period has no length: the dates leave it open, or contradict the months that are stated."""

    NONE = 0
    AMBIGUOUS = 1
    CONTRADICTORY = 2


@dataclass(frozen=True, slots=True)
class Periods:
    """One period a row, by owner and end: its length in months (NaN where in doubt), the day before its first, and the doubt."""

    months: Floats
    starts: Dates
    doubts: NDArray[np.int8]


def periods(owner: Places, ends: Dates, stated: Floats) -> Periods:
    """Return the length of every period.

    A stated length counts if the period before it ended that many months earlier. Where lengths are not stated, all periods of an
    owner must be equally long, and divide a year, by the distance between their ends: a distance of twelve months among half-years
    may be a year, or a half-year that nobody projected. So a single period has no length unless it is stated.

    Args:
        owner: the projection of each row; the rows are sorted by it, and then by ``ends``.
        stated: months, NaN where not stated.
    """
    follows = np.zeros(len(owner), dtype=bool)
    follows[1:] = owner[1:] == owner[:-1]
    before = np.where(follows, np.roll(ends, 1), NO_DATE)
    apart = _whole_months(before, ends)
    silent = np.isnan(stated)
    length = _one_length(owner, np.where(silent, apart, stated))[owner]
    found = np.where(silent, np.where(follows & np.isnan(apart), np.nan, length), stated)
    contradictory = ~silent & follows & (stated != apart)
    doubts = np.select([contradictory, np.isnan(found)], [Doubt.CONTRADICTORY, Doubt.AMBIGUOUS], Doubt.NONE).astype(np.int8)
    months = np.where(doubts == Doubt.NONE, found, np.nan)
    return Periods(months, np.where(follows, before, earlier(ends, months)), doubts)


def _whole_months(before: Dates, ends: Dates) -> Floats:
    """Return the months between two dates; NaN where they are not whole ones, or a date is missing."""
    days = np.where(np.isnat(before), np.nan, np.subtract(ends, np.where(np.isnat(before), ends, before)).astype(np.float64))
    months = np.rint(days / _DAYS_A_MONTH)
    return np.where((np.abs(days - months * _DAYS_A_MONTH) <= _SLACK) & (months >= 1), months, np.nan)


def _one_length(owner: Places, known: Floats) -> Floats:
    """Return the length by owner that all its known periods share and that divides a year; NaN without one."""
    count = int(owner.max(initial=-1)) + 1
    shortest, longest = np.full(count, np.inf), np.full(count, -np.inf)
    np.fmin.at(shortest, owner, known)
    np.fmax.at(longest, owner, known)
    return np.where((shortest == longest) & np.isin(shortest, _DIVIDE_A_YEAR), shortest, np.nan)


def earlier(days: Dates, months: Floats) -> Dates:
    """Return the days a number of months earlier; the last day of a month stays one. NaT where the months are missing."""
    known = np.where(np.isnan(months), 0.0, months).astype(np.int64)
    month = days.astype("datetime64[M]")
    back = month - known * ONE_MONTH
    last, its_last = ((each + ONE_MONTH).astype("datetime64[D]") - ONE_DAY for each in (back, month))
    same = np.minimum(back.astype("datetime64[D]") + (days - month.astype("datetime64[D]")), last)
    return np.where(np.isnan(months), NO_DATE, np.where(days == its_last, last, same))
