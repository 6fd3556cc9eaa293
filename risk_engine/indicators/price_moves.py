"""Price moves: how far a reported price has risen or fallen within three months."""

from __future__ import annotations

import numpy as np

from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates, Floats, Places

# the earlier price is that of three months before, or of the weeks before that where none was reported on the day
SHORTEST, LONGEST = 90 * ONE_DAY, 135 * ONE_DAY
_CALENDAR = 1 << 22


def earlier(owner: Places, days: Dates, prices: Floats) -> Floats:
    """Return for each price the owner's price of three months before; NaN without one.

    Args:
        owner, days, prices: rows by owner and day, one a day.
    """
    number = days.astype(np.int64) + _CALENDAR // 2
    wanted = owner * _CALENDAR + number - SHORTEST.astype(np.int64)
    place = np.searchsorted(owner * _CALENDAR + number, wanted, side="right") - 1
    found = (place >= 0) & (owner[place] == owner) & (days - days[place] <= LONGEST)
    before: Floats = np.where(found, prices[place], np.nan)
    return before
