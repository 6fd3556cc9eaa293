"""Schedules of the long loan of each sample borrower, and the payments received."""

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
# the share of the usual drawn amount that is repaid during the term; the last instalment is the rest
_ALONG = 0.5
# for a renewed loan, this many earlier instalments are included
_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment due on a day, in hundredths."""

    due: date
    principal: int
    interest: int


def schedule(world: World, each: Borrower, loan: Facility) -> list[Instalment]:
    """Return the instalments of a loan, oldest first.

    The drawn amount moves a little from month to month: a drawing or an early repayment changes only the last instalment, so that
    unpaid instalments always add up to the outstanding amount.
    """
    start, maturity = loan.terms.start, loan.terms.maturity
    whole = _agreed(world, each, loan, start, maturity)
    told = [*_before(world, each, loan), *whole[:-1]]
    unpaid = sum(
        one.principal for one in told if one.due > loan.as_of or (when := settled(world, each, one.due)) is None or when > loan.as_of
    )
    return [*told, replace(whole[-1], principal=round(loan.outstanding * 100) - unpaid)]


def _before(world: World, each: Borrower, loan: Facility) -> list[Instalment]:
    """Return the last instalments of the renewed loan, whose remainder became part of this one."""
    start, maturity = loan.terms.start, loan.terms.maturity
    if not loan.terms.renewed:
        return []
    earlier = _agreed(world, each, loan, start.replace(year=2 * start.year - maturity.year), start)[-_BEFORE:]
    return [*earlier[:-1], replace(earlier[-1], principal=0)]


def _agreed(world: World, each: Borrower, loan: Facility, start: date, maturity: date) -> list[Instalment]:
    """Return the schedule agreed at the start: interest, equal principal after completion, and a final payment."""
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
    """Return the due dates of instalments; the last one is the maturity."""
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
    """Yield the lines of the file for one loan."""
    yield from ([loan.id, one.due, _written(one.principal), _written(one.interest)] for one in scheduled)


def payments(world: World, each: Borrower, loan: Facility, scheduled: Sequence[Instalment]) -> Iterator[list[object]]:
    """Yield the payments up to the day of the look; weekend payments are booked on Monday."""
    for one in scheduled:
        paid = settled(world, each, one.due)
        if paid is None or max(paid, one.due) > world.known:
            continue
        monday = paid + timedelta(days=max(8 - paid.isoweekday(), 0) if paid.isoweekday() > 5 else 0)
        yield [loan.id, paid, _written(one.principal + one.interest), monday if monday <= world.known else paid, one.due.isoformat()]


def _written(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
