"""Amortisation: the remaining life of a claim, and its balance at the beginning of each year."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.days import ONE_DAY, ONE_MONTH

Dates = NDArray[np.datetime64]
Plans = NDArray[np.int8]

# beyond this a maturity is a typing error, or a perpetual bond that is no loan
LONGEST_YEARS = 100


class Plan(IntEnum):
    """The repayment of principal: at the end, in equal parts, or in equal instalments with interest."""

    UNKNOWN = -1
    BULLET = 0
    STRAIGHT_LINE = 1
    ANNUITY = 2


def anniversaries(as_of: np.datetime64, years: int) -> Dates:
    """Return the anniversaries of a day for a number of years; 29 February becomes the 28th in other years."""
    day = as_of.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months = month + 12 * np.arange(years + 1) * ONE_MONTH
    last: Dates = (months + ONE_MONTH).astype("datetime64[D]") - ONE_DAY
    days: Dates = np.minimum(months.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    return days


def remaining_years(as_of: np.datetime64, maturity: Dates, behavioural: Floats, *, shortest: float) -> Floats:
    """Return each claim's remaining years: whole years to the day, and the last one's share of its days.

    Args:
        maturity: NaT where there is none; then ``behavioural`` applies, years by the kind of facility, NaN if unknown.
        shortest: the shortest life in years; past its maturity a claim is still owed.

    Raises:
        Impossible: a maturity is a hundred years away, or more.

    Source: IFRS 9 5.5.19-5.5.20 (the contract's period; for revolving facilities the period of exposure).
    """
    years = years_until(as_of, maturity)
    years = np.where(np.isnat(maturity), behavioural, years)
    return np.where(np.isnan(years), np.nan, np.maximum(years, shortest))


def years_until(as_of: np.datetime64, maturity: Dates) -> Floats:
    """Return whole years to each day, and of the last one the share of its days; below 0 for a past day, NaN without a day.

    Raises:
        Impossible: a day is a hundred years away, or more.
    """
    day = maturity.astype("datetime64[D]")
    days = anniversaries(as_of, LONGEST_YEARS)
    if (day >= days[-1]).any():
        place = int(np.flatnonzero(day >= days[-1])[0])
        raise Impossible(field="maturity", value=str(day[place]), accepted=f"before {days[-1]}", place=place)
    # NaT sorts after every date, and a past day before all
    whole = np.clip(np.searchsorted(days, day, side="right") - 1, 0, LONGEST_YEARS - 1)
    part = (day - days[whole]) / (days[whole + 1] - days[whole])
    years: Floats = np.where(np.isnat(day), np.nan, whole + part)
    return years


def still_owed(plans: Plans, year: int, remaining: Floats, rate: Floats) -> Floats:
    """Return the share of today's balance still owed when a year begins; payments are made at each year's end.

    Args:
        plans: see :class:`Plan`; an unknown one gives NaN.
        year: 1 is the year that begins today, with everything owed.
        remaining: years of life left, above ``year`` - 1.
        rate: interest a year, for annuities; a year's, above -1.
    """
    if year == 1:
        return np.where((plans >= Plan.BULLET) & (plans <= Plan.ANNUITY), 1.0, np.nan)
    gone = float(year - 1)
    owed = np.full(len(plans), np.nan)
    owed[plans == Plan.BULLET] = 1.0
    straight, level = plans == Plan.STRAIGHT_LINE, plans == Plan.ANNUITY
    owed[straight] = 1.0 - gone / remaining[straight]
    owed[level] = _annuity(remaining[level], gone, rate[level])
    return owed


def _annuity(years: Floats, gone: float, rate: Floats) -> Floats:
    """Return (1 - v^(n - k)) / (1 - v^n) with v = 1 / (1 + rate); without interest the straight line."""
    growth = np.log1p(rate)
    # an interest rate of a trillionth is treated as 0, as the quotient of two tiny figures is meaningless
    some = np.abs(growth) > 1e-12
    ends = np.expm1(-growth * years)
    paid: Floats = np.divide(np.expm1(-growth * (years - gone)), ends, out=1.0 - gone / years, where=some)
    return paid
