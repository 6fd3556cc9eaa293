"""The day by which something is to be done: not in the past, and within what anybody can promise."""

from __future__ import annotations

from datetime import date

from risk_engine.refusals import DueInThePast, DueTooFar

# as long as the longest loan; what is due in the year 9999 is never done
YEARS_AHEAD = 50


def check_due(due: date, *, today: date) -> date:
    """Return a due date that can be kept.

    Raises:
        DueInThePast: it lies before ``today``.
        DueTooFar: it lies more than fifty years ahead.
    """
    if due < today:
        raise DueInThePast(field="due", value=due, accepted=today)
    last = today.replace(year=today.year + YEARS_AHEAD, day=min(today.day, 28))
    if due > last:
        raise DueTooFar(field="due", value=due, accepted=last)
    return due
