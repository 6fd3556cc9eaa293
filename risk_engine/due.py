"""Due dates: not in the past, and not absurdly far ahead; and the days that any date may name."""

from __future__ import annotations

from datetime import date

from risk_engine.refusals import Refusal

# the earliest and latest day of any loan; calendars end shortly after the year 9999
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# as long as the longest loan; a due date in the year 9999 is a typing error
YEARS_AHEAD = 50


class DueInThePast(Refusal):
    """A due date lies before ``today``."""

    due: date
    today: date


class DueTooFar(Refusal):
    """The due date lies after ``last``, the latest plausible one."""

    due: date
    last: date


def check_due(due: date, *, today: date) -> date:
    """Return a due date after checking that it is plausible.

    Raises:
        DueInThePast: it lies before ``today``.
        DueTooFar: it lies more than fifty years ahead.
    """
    if due < today:
        raise DueInThePast(due=due, today=today)
    last = today.replace(year=today.year + YEARS_AHEAD, day=min(today.day, 28))
    if due > last:
        raise DueTooFar(due=due, last=last)
    return due
