"""Materiality of what is overdue: more than an absolute and a relative threshold, and for how many days on end."""

from __future__ import annotations

import numpy as np

from risk_engine.arrears import payment_holiday, settlement
from risk_engine.arrears.payment_holiday import Dates, Turns
from risk_engine.credit import Floats, Places
from risk_engine.days import NO_DATE, ONE_DAY


def threshold(exposure: Floats, absolute: Floats, relative: float) -> Places:
    """The hundredths that an overdue amount must exceed to be material, as far as is known: a missing threshold counts as 0.

    Source: Delegated Regulation (EU) 2018/171 articles 1 and 2: both the absolute and the relative limit are exceeded.
    """
    bound = np.fmax(np.fmax(absolute, exposure * relative), 0.0)
    # whole hundredths exceed a bound if they exceed its whole part; 0.01 of a figure may miss it by a hair
    found: Places = np.floor(np.round(bound * 100.0, 4)).astype(np.int64)
    return found


def onsets(owner: Places, day: Dates, change: Places, above: Places) -> Dates:
    """The day since which each owner's sum of changes has been above the threshold; NaT where it is not.

    Args:
        owner, day, change: a row a change of what is overdue, in any order: an instalment that becomes overdue adds, a
            payment takes away.
        above: each owner's threshold, in the unit of the changes.
    """
    # within a day what adds comes first, so that no payment seems to bring the sum down before an instalment brings it up
    order = np.lexsort((-change, day, owner))
    owner, day, total = owner[order], day[order], settlement.running(owner[order], change[order])
    material, same = total > above[owner], owner[1:] == owner[:-1]
    first, ends = material.copy(), ~material
    first[1:] &= ~(material[:-1] & same)
    ends[:-1] &= ~same
    found = np.full(len(above), "NaT", dtype="datetime64[D]")
    # of several writes to one place the last one stays, and the latest comes last
    found[owner[first]] = day[first]
    found[owner[ends]] = NO_DATE
    return found


def days_on_end(since: Dates, as_of: np.datetime64, holidays: Turns) -> Places:
    """The days from the first one to this one, both counted, without those of the holidays; 0 where there is no first one."""
    held = payment_holiday.days_held(holidays, np.arange(len(since)), since - ONE_DAY, as_of)
    days: Places = np.where(np.isnat(since), 0, (as_of - since).astype(np.int64) + 1 - held)
    return days
