"""Schedules on record: the payments still to come, the debt left after them year by year, and their last day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine.credit import Floats, Places
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Facts
from risk_engine.impairment import amortisation

# sums of whole hundredths are exact in floats, so that the order of instalments does not matter
_HUNDREDTHS = 100.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments still to come, one a row: the place of the facility in the book, the day, years until then, and amounts.

    ``count`` is the number of facilities. Amounts are in the facilities' currencies.
    """

    facility: Places
    due: Dates
    years: Floats
    principal: Floats
    interest: Floats
    count: int

    @property
    def there(self) -> np.ndarray:
        """Flag the facilities with an instalment still to come."""
        return np.bincount(self.facility, minlength=self.count) > 0


def to_come(facts: Facts) -> Schedule:
    """Return the instalments due after the day of the facts, by facility and day; placeholders such as 2999-12-31 are left out."""
    rows, lent = facts.instalments, facts.facilities
    first = np.append(0, np.cumsum(np.bincount(lent.owner, minlength=len(facts))))
    last = amortisation.anniversaries(facts.as_of, amortisation.LONGEST_YEARS)[-1]
    kept = (rows.due > facts.as_of) & (rows.due < last)
    facility, due = (first[rows.owner] + rows.facility)[kept], rows.due[kept]
    order = np.lexsort((due, facility))
    years = amortisation.years_until(facts.as_of, due)
    principal, interest = rows.principal[kept], rows.interest[kept]
    return Schedule(facility[order], due[order], years[order], principal[order], interest[order], len(lent.owner))


def last_days(schedule: Schedule) -> Dates:
    """Return the day of each facility's last instalment; NaT without one."""
    found = np.full(schedule.count, NO_DATE, dtype="datetime64[D]")
    # NumPy keeps the last of several writes to one place, and the latest comes last
    found[schedule.facility] = schedule.due
    return found


def balances(schedule: Schedule, outstanding: Floats, remaining: Floats) -> Floats | None:
    """Return the debt at the beginning of each year, one row per year; NaN for a facility without a schedule, None without any.

    Principal that the schedule does not cover (arrears) stays owed to the end; principal beyond the debt (drawings to come) is
    repaid last.

    Args:
        outstanding: today's debt, in the schedule's unit.
        remaining: each facility's years of life.
    """
    there = schedule.there
    if not there.any():
        return None
    years = max(int(np.ceil(remaining[there].max())), 1)
    # a payment on an anniversary is made before the next year begins
    year = np.clip(np.ceil(schedule.years).astype(np.int64) - 1, 0, years - 1)
    paid = np.bincount(schedule.facility * years + year, np.rint(schedule.principal * _HUNDREDTHS), schedule.count * years)
    due = np.cumsum(paid.reshape(schedule.count, years)[:, ::-1], axis=1)[:, ::-1] / _HUNDREDTHS
    uncovered = np.maximum(outstanding - due[:, 0], 0.0)
    left: Floats = np.minimum(outstanding[:, None], due + uncovered[:, None])
    return np.ascontiguousarray(np.where(there[:, None], left, np.nan).T)


def cash_flows(schedule: Schedule) -> tuple[Floats, Floats]:
    """Return years and payments (principal and interest) of every facility, one row each; places without a payment have 0."""
    turn = np.arange(len(schedule.facility)) - np.searchsorted(schedule.facility, schedule.facility)
    shape = (schedule.count, int(turn.max(initial=-1)) + 1)
    years, flows = np.zeros(shape), np.zeros(shape)
    years[schedule.facility, turn] = schedule.years
    flows[schedule.facility, turn] = schedule.principal + schedule.interest
    return years, flows
