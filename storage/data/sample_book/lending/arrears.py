"""Late payers of the sample book: some for months, some for a few days every few weeks, with a new case every day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import last_turn, turns
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.stories import at
from storage.data.sample_book.world import World

# borrowers who are late for months have two due dates a month, so that month-ends show the story's figures
_TWICE = (16, 27)
# equal to the number of habitual late payers, so that an unpaid instalment falls due every day
CYCLE = 28
_REMINDED = 10
# the months since a month first ended in arrears
_LATE_SINCE = 3


def due(each: Borrower, day: date) -> date:
    """Return the last day up to ``day`` on which a habitual late payer's instalment was due."""
    return last_turn(day, every=CYCLE, phase=each.turn)


def paid(each: Borrower, instalment: date) -> date:
    """Return the day on which a habitual late payer paid an instalment."""
    return instalment + timedelta(days=2 + (each.turn * 5 + instalment.toordinal() // CYCLE) % 4)


def habitual_days(each: Borrower, day: date) -> int:
    """Return the days past due of a habitual late payer on a day."""
    instalment = due(each, day)
    return (day - instalment).days if day < paid(each, instalment) else 0


def twice_monthly(after: date, until: date) -> list[date]:
    """Return the due dates of borrowers who are late for months."""
    months = range(after.year * 12 + after.month - 1, until.year * 12 + until.month)
    days = [date(month // 12, month % 12 + 1, day) for month in months for day in _TWICE]
    return [day for day in days if after < day <= until]


def settled(world: World, each: Borrower, instalment: date) -> date | None:
    """Return the day on which an instalment of the long loan is paid; None if it is still unpaid at the end."""
    if each.habit == "pays late" and due(each, instalment) == instalment:
        return paid(each, instalment)
    late = world.story(each).late
    return _paid_at_last(world, instalment) if late and instalment.day in _TWICE else instalment


def _paid_at_last(world: World, instalment: date) -> date | None:
    """Return the payment day in the late story: a few days late, until the last months remain partly unpaid."""
    newest = world.months[-1]
    back = (newest.year - instalment.year) * 12 + newest.month - instalment.month
    first = instalment.day == _TWICE[0]
    if back < 1 or (back == 1 and not first):
        return None
    if back > _LATE_SINCE or (back == _LATE_SINCE and first):
        return instalment
    return world.months[-1 - back] + timedelta(days=4 + back + first)


def days_past_due(world: World, each: Borrower) -> int:
    """Return the days past due of the first facility, as of :func:`told`."""
    day = told(world, each)
    if each.habit == "pays late":
        return habitual_days(each, world.known)
    if not world.story(each).late:
        return 0
    instalments = twice_monthly(day - timedelta(days=100), day)
    unpaid = [one for one in instalments if (when := settled(world, each, one)) is None or when > day]
    return (day - unpaid[0]).days if unpaid else 0


def told(world: World, each: Borrower) -> date:
    """Return the date of the bank's record of this borrower's arrears."""
    if each.habit != "pays late":
        return world.newest_month
    # an instalment due on the day of the look is not late yet
    instalment = due(each, world.known - timedelta(days=1))
    return max(world.newest_month, min(paid(each, instalment), world.known))


def readings(world: World, each: Borrower) -> Iterator[tuple[date, int]]:
    """Yield the recorded days past due: at month-ends, and daily while a habitual payer is late; each date once."""
    late = world.story(each).late
    if each.habit != "pays late":
        yield from ((day, int(at(late, back))) for back, day in world.reported_months(each))
        return
    days = {day for _back, day in world.reported_months(each)}
    for instalment in turns(world.known, every=CYCLE, phase=each.turn, days=365):
        end = min(paid(each, instalment), world.known)
        days |= {instalment + timedelta(days=late) for late in range(1, (end - instalment).days + 1)}
    yield from ((day, habitual_days(each, day)) for day in sorted(days))


def note(days: int) -> str:
    return "reminder sent" if days > _REMINDED else ""
