"""Who pays late, and since when: some for months, some every few weeks for some days, one of them newly on every day of the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storage.sample_book.borrowers import Borrower
from storage.sample_book.periods import last_turn, turns
from storage.sample_book.stories import at
from storage.sample_book.world import World

# as many borrowers have the habit, so that on each day one instalment falls due that is not paid
CYCLE = 28
_REMINDED = 10


def due(each: Borrower, day: date) -> date:
    """The last day up to ``day`` on which somebody who pays late was to pay."""
    return last_turn(day, every=CYCLE, phase=each.turn)


def paid(each: Borrower, instalment: date) -> date:
    """When somebody who pays late paid an instalment."""
    return instalment + timedelta(days=2 + (each.turn * 5 + instalment.toordinal() // CYCLE) % 4)


def habitual_days(each: Borrower, day: date) -> int:
    """The days past due on a day, of somebody with the habit of paying late."""
    instalment = due(each, day)
    return (day - instalment).days if day < paid(each, instalment) else 0


def days_past_due(world: World, each: Borrower) -> int:
    """What is past due on the first facility, as of :func:`told`."""
    if each.habit == "pays late":
        return habitual_days(each, world.known)
    reported = world.reported_months(each)
    return int(at(world.story(each).late, reported[-1][0])) if reported else 0


def told(world: World, each: Borrower) -> date:
    """As of when the bank's own books say what they say about this borrower's arrears."""
    if each.habit != "pays late":
        return world.newest_month
    instalment = due(each, world.known)
    settled = paid(each, instalment)
    return max(world.newest_month, settled if settled <= world.known else world.known if instalment < world.known else world.newest_month)


def readings(world: World, each: Borrower) -> Iterator[tuple[date, int]]:
    """The days past due as they were recorded: at month-ends, and daily while somebody with the habit is late; a date stands once."""
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
