"""Materiality of overdue amounts: above an absolute and a relative threshold, and for how many days."""

from __future__ import annotations

import numpy as np

from risk_engine.arrears import payment_holiday, settlement
from risk_engine.arrears.payment_holiday import Dates, Turns
from risk_engine.credit import Floats, Places
from risk_engine.days import NO_DATE, ONE_DAY


def threshold(exposure: Floats, absolute: Floats, relative: float) -> Places:
    """Return the hundredths that a material overdue amount exceeds; a missing threshold counts as 0.

    Source: Delegated Regulation (EU) 2018/171 articles 1 and 2: both the absolute and the relative limit are exceeded.
    """
    bound = np.fmax(np.fmax(absolute, exposure * relative), 0.0)
    # whole hundredths exceed a bound if they exceed its whole part; 0.01 of a figure may miss it by a hair
    found: Places = np.floor(np.round(bound * 100.0, 4)).astype(np.int64)
    return found


def onsets(owner: Places, day: Dates, change: Places, above: Places) -> Dates:
    """Return the day since which each owner's running sum has been above the threshold; NaT if it is not.

    Args:
        owner, day, change: one row for each change of the overdue amount, in any order: an instalment that becomes overdue adds, a
            payment subtracts.
        above: each owner's threshold, in the unit of the changes.
    """
    # within a day additions come first, so that a payment never lowers the sum before the instalment has raised it
    order = np.lexsort((-change, day, owner))
    owner, day, total = owner[order], day[order], settlement.running(owner[order], change[order])
    material, same = total > above[owner], owner[1:] == owner[:-1]
    first, ends = material.copy(), ~material
    first[1:] &= ~(material[:-1] & same)
    ends[:-1] &= ~same
    found = np.full(len(above), "NaT", dtype="datetime64[D]")
    # NumPy keeps the last of several writes to one place, and the latest day comes last
    found[owner[first]] = day[first]
    found[owner[ends]] = NO_DATE
    return found


def days_on_end(since: Dates, as_of: np.datetime64, holidays: Turns) -> Places:
    """Return the days from ``since`` to ``as_of``, both counted, without holidays; 0 if ``since`` is missing."""
    held = payment_holiday.days_held(holidays, np.arange(len(since)), since - ONE_DAY, as_of)
    days: Places = np.where(np.isnat(since), 0, (as_of - since).astype(np.int64) + 1 - held)
    return days
