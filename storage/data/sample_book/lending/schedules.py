"""What is due on the long loan of each borrower, by the schedule as agreed, and what came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import turns
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.lending.arrears import CYCLE, settled, twice_monthly
from storage.data.sample_book.lending.facilities import Facility
from storage.data.sample_book.marks import completion
from storage.data.sample_book.world import World

INSTALMENTS = ("facility", "due", "principal", "interest")
PAYMENTS = ("facility", "paid", "amount", "booked", "reference")
# how much of what is usually drawn is repaid along the way; the last instalment is the rest
_ALONG = 0.5
# of a loan that was renewed the last instalments before are told as well
_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is due on a day, in hundredths."""

    due: date
    principal: int
    interest: int


def schedule(world: World, each: Borrower, loan: Facility) -> list[Instalment]:
    """The instalments of a loan, oldest first.

    What is drawn moves a little from month to month: a drawing or an early repayment changes the last instalment and no other,
    so that those which are not yet paid always sum to what is outstanding.
    """
    start, maturity = loan.terms.start, loan.terms.maturity
    whole = _agreed(world, each, loan, start, maturity)
    told = [*_before(world, each, loan), *whole[:-1]]
    unpaid = sum(
        one.principal for one in told if one.due > loan.as_of or (when := settled(world, each, one.due)) is None or when > loan.as_of
    )
    return [*told, replace(whole[-1], principal=round(loan.outstanding * 100) - unpaid)]


def _before(world: World, each: Borrower, loan: Facility) -> list[Instalment]:
    """The last instalments of the loan that this one renewed; what was left of it went into this one."""
    start, maturity = loan.terms.start, loan.terms.maturity
    if not loan.terms.renewed:
        return []
    earlier = _agreed(world, each, loan, start.replace(year=2 * start.year - maturity.year), start)[-_BEFORE:]
    return [*earlier[:-1], replace(earlier[-1], principal=0)]


def _agreed(world: World, each: Borrower, loan: Facility, start: date, maturity: date) -> list[Instalment]:
    """A schedule as it was agreed at the start: interest on what is left, equal parts of principal from completion on, and a last one."""
    days, built = _days(each, start, maturity), completion(world, each, start, maturity)
    usual, repaying = round(loan.usual * 100), sum(day > built for day in days)
    part = int(_ALONG * usual / max(repaying, 1)) // 100 * 100
    left, before, made = usual, start, []
    for day in days:
        principal = part if day > built else 0
        made.append(Instalment(day, principal, round(left * loan.rate * (day - before).days / 360)))
        left, before = left - principal, day
    return made


def _days(each: Borrower, start: date, maturity: date) -> list[date]:
    """When instalments are due; the last day is that of maturity."""
    if each.habit == "pays late":
        regular = turns(maturity - timedelta(days=1), every=CYCLE, phase=each.turn, days=(maturity - start).days)
    elif each.story == "late":
        regular = twice_monthly(start, maturity - timedelta(days=1))
    else:
        regular = _monthly(start, maturity, 6 if each.project else 3)
    return [*(day for day in regular if start < day < maturity), maturity]


def _monthly(start: date, maturity: date, every: int) -> list[date]:
    months = (maturity.year - start.year) * 12 + maturity.month - start.month
    begun = start.year * 12 + start.month - 1
    return [date((begun + month) // 12, (begun + month) % 12 + 1, start.day) for month in range(every, months, every)]


def instalments(loan: Facility, scheduled: Sequence[Instalment]) -> Iterator[list[object]]:
    """The lines of the file about one loan."""
    yield from ([loan.id, one.due, _written(one.principal), _written(one.interest)] for one in scheduled)


def payments(world: World, each: Borrower, loan: Facility, scheduled: Sequence[Instalment]) -> Iterator[list[object]]:
    """What came in for the instalments up to the day of the look; what falls on a weekend is booked on the Monday."""
    for one in scheduled:
        paid = settled(world, each, one.due)
        if paid is None or max(paid, one.due) > world.known:
            continue
        monday = paid + timedelta(days=max(8 - paid.isoweekday(), 0) if paid.isoweekday() > 5 else 0)
        yield [loan.id, paid, _written(one.principal + one.interest), monday if monday <= world.known else paid, one.due.isoformat()]


def _written(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
