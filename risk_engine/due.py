"""The day by which something is to be done: not in the past, and within what anybody can promise."""

from __future__ import annotations

from datetime import date

from risk_engine.refusals import Refusal

# as long as the longest loan; what is due in the year 9999 is never done
YEARS_AHEAD = 50


class DueInThePast(Refusal):
    """A due date lies before ``today``."""

    due: date
    today: date


class DueTooFar(Refusal):
    """A due date lies after ``last``, the latest that anybody can promise."""

    due: date
    last: date


def check_due(due: date, *, today: date) -> date:
    """Return a due date that can be kept.

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
