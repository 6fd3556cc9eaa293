"""An account's month: its movements condensed into balances, flows and counts, in whole units of any kind and exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

RETURNED, CHARGED = "returned_payment", "overdraft_interest"
_ONE_DAY = timedelta(days=1)


class Movement(NamedTuple):
    """A movement on an account: its day, its signed amount, and the balance after it."""

    day: date
    amount: int
    balance: int
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """The figures of one month of one account.

    ``lowest`` is the lowest recorded balance, ``mean`` that of the days' closing balances. ``overdraft_days`` are days with a balance
    below zero. ``returned`` and ``charged`` count returned payments and charges of overdraft interest. ``gaps`` counts the places where
    the balances do not follow from one another: a movement is missing there, or has the wrong sign. ``first`` and ``last`` are the days
    of the first and the last movement; the figures cover the month up to ``until``.
    """

    opening: int
    lowest: int
    mean: int
    closing: int
    inflow: int
    outflow: int
    overdraft_days: int
    returned: int
    charged: int
    movements: int
    gaps: int
    first: date
    last: date
    until: date


class _Day(NamedTuple):
    """A day with movements; ``gaps`` counts its breaks."""

    day: date
    opening: int
    lowest: int
    closing: int
    gaps: int


def condensed(movements: Sequence[Movement], known_until: date) -> AccountMonth:
    """Return the figures of one month's movements, which are sorted by day.

    Each day counts with its closing balance, a day without movements with the last one before it, and the days before the first
    movement with the balance before that. The order within a day is found by the balances; where they do not tell, it is the given one.

    Args:
        known_until: the last day for which there are movements of any account; the month ends there if it is not over.
    """
    days: list[_Day] = []
    for day, of_day in groupby(movements, attrgetter("day")):
        days.append(_day(day, list(of_day), days[-1].closing if days else None))
    until = max(min(_month_end(days[0].day), known_until), days[-1].day)
    gaps = sum(one.gaps for one in days) + sum(after.opening != one.closing for one, after in pairwise(days))
    stretches = list(_stretches(days, until, known_before=not gaps))
    total = sum(length for _low, _closing, length in stretches)
    return AccountMonth(
        opening=days[0].opening,
        lowest=min(one.lowest for one in days),
        mean=round(sum(closing * length for _low, closing, length in stretches) / total),
        closing=days[-1].closing,
        inflow=sum(one.amount for one in movements if one.amount > 0),
        outflow=-sum(one.amount for one in movements if one.amount < 0),
        overdraft_days=sum((low < 0) + (closing < 0) * (length - 1) for low, closing, length in stretches),
        returned=sum(one.kind == RETURNED for one in movements),
        charged=sum(one.kind == CHARGED for one in movements),
        movements=len(movements),
        gaps=gaps,
        first=days[0].day,
        last=days[-1].day,
        until=until,
    )


def _stretches(days: Sequence[_Day], until: date, *, known_before: bool) -> Iterator[tuple[int, int, int]]:
    """Yield stretches of days: the lowest balance of the first day, the balance held, and the number of days.

    With gaps the balance before the first movement is not known, and the stretches begin with it.
    """
    begin = days[0].day.replace(day=1)
    if known_before and days[0].day > begin:
        yield days[0].opening, days[0].opening, (days[0].day - begin).days
    for one, end in zip(days, [*(after.day for after in days[1:]), until + _ONE_DAY], strict=True):
        yield one.lowest, one.closing, (end - one.day).days


def _day(day: date, movements: Sequence[Movement], before: int | None) -> _Day:
    """Return a day's balances, which do not depend on the order of its movements.

    A balance that no other movement starts from is the closing one; a start that no other movement ends at is the opening one.
    A day that ends at the balance with which it began has neither: it began ``before``, if a movement starts there.
    """
    lowest = min(one.balance for one in movements)
    starts = [one.balance - one.amount for one in movements]
    opening, closing, gaps = starts[0], movements[-1].balance, 0
    if len(movements) > 1:
        ends = Counter(one.balance for one in movements)
        left, begun = ends - Counter(starts), Counter(starts) - ends
        if sum(left.values()) == 1:
            (closing,), (opening,) = left, begun
        elif left:
            gaps = sum(left.values()) - 1
        elif before in starts:
            opening = closing = before
    return _Day(day, opening, lowest, closing, gaps)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - _ONE_DAY
