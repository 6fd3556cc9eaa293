"""Materiality of what is overdue: more than an absolute and a relative threshold, and for how many days on end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from risk_engine import payment_holiday, settlement
from risk_engine.credit import Floats, Places
from risk_engine.payment_holiday import Dates, Turns


def threshold(exposure: Floats, absolute: Floats, relative: float) -> Places:
    """The hundredths that an overdue amount must exceed to be material; without an exposure the absolute threshold alone.

    Source: Delegated Regulation (EU) 2018/171 articles 1 and 2: both the absolute and the relative limit are exceeded.
    """
    share = np.where(np.isnan(exposure), 0.0, exposure * relative)
    # whole hundredths exceed a bound if they exceed its whole part; 0.01 of a figure may miss it by a hair
    found: Places = np.floor(np.round(np.maximum(absolute, share) * 100.0, 4)).astype(np.int64)
    return found


def onsets(owner: Places, day: Dates, change: Places, above: Places) -> Dates:
    """The day since which each owner's sum of changes has been above the threshold; NaT where it is not.

    Args:
        owner, day, change: a row a change of what is overdue, in any order: an instalment that becomes overdue adds, a
            payment takes away.
        above: each owner's threshold, in the unit of the changes.
    """
    order = np.lexsort((day, owner))
    owner, day, total = owner[order], day[order], settlement.running(owner[order], change[order])
    last = np.append((owner[1:] != owner[:-1]) | (day[1:] != day[:-1]), True)[: len(owner)]
    owner, day, total = owner[last], day[last], total[last]
    material = total > above[owner]
    first = material & ~_before(material, owner)
    found = np.full(len(above), "NaT", dtype="datetime64[D]")
    # of several writes to one place the last one stays, and the latest comes last
    found[owner[first]] = day[first]
    ends = np.append(owner[1:] != owner[:-1], True)[: len(owner)] & ~material
    found[owner[ends]] = np.datetime64("NaT")
    return found


def days_on_end(since: Dates, as_of: np.datetime64, holidays: Turns) -> Places:
    """The days from the first one to this one, both counted, without those of the holidays; 0 where there is no first one."""
    held = payment_holiday.days_held(holidays, np.arange(len(since)), since - 1, as_of)
    days: Places = np.where(np.isnat(since), 0, (as_of - since).astype(np.int64) + 1 - held)
    return days


def _before(material: NDArray[np.bool_], owner: Places) -> NDArray[np.bool_]:
    """Whether the row before, if it is the same owner's, is material."""
    found = np.zeros(len(owner), dtype=bool)
    found[1:] = material[:-1] & (owner[1:] == owner[:-1])
    return found
