"""Transactions on the accounts of sample borrowers: a few for each month that is over; trouble shows as thin balances and overdrafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.rates import IN_EURO
from storage.data.sample_book.stories import at
from storage.data.sample_book.world import MONTH_LAG, World

COLUMNS = ("account", "date", "amount", "balance", "customer", "currency", "kind")
_MONTHS = 7
# a month's receipts as a share of total assets, and balances in months of receipts: when all is well, and less for each step of stress
_RECEIPTS, _BALANCES, _PER_STRESS = (0.05, 0.09), (0.4, 1.3), 0.42
# days past due in a month that weigh as much as one step of stress
_LATE = 12
_FIRST, _PAYROLL, _SECOND, _RETURNED, _CHARGED = 3, 11, 19, 23, 26
_RETURNED_FROM = 2


def rows(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield the transactions of the last months, oldest first; each month ends at a balance of its own, so that it stands by itself."""
    for back in reversed(range(_MONTHS)):
        end = world.months[-1 - back]
        if end + MONTH_LAG <= world.known:
            yield from _month(world, each, back, end)


def _month(world: World, each: Borrower, back: int, end: date) -> Iterator[list[object]]:
    receipts = _receipts(world, each)
    balance, closing, stress = _closing(world, each, back + 1), _closing(world, each, back), _stress(world, each, back)
    lowest = min(balance, closing) - round(receipts * world.between(0.05, 0.2 + 0.05 * stress, each.id, end, "payroll"))
    first = end.replace(day=1)
    half = lowest + receipts // 2
    # as many in every month, so that a month of a story that moved on replaces the earlier one
    steps = [
        (_FIRST, balance + receipts // 2, "transfer"),
        (_PAYROLL, lowest, "transfer"),
        (_SECOND, half, "transfer"),
        (_RETURNED, half - receipts // 50, "returned_payment" if stress >= _RETURNED_FROM else "card"),
        (_CHARGED, half - receipts // 40, "overdraft_interest" if lowest < 0 else "fee"),
        # on the last day, so that each month is seen to be over
        (end.day, closing, "transfer"),
    ]
    for day, after, kind in steps:
        amount, balance = after - balance, after
        when = first + timedelta(days=day - 1)
        yield [f"ACC-{each.id}", when, _written(amount), _written(balance), each.id, each.currency, kind]


def _receipts(world: World, each: Borrower) -> int:
    """Return the usual receipts of a month, in hundredths."""
    return round(each.size * 1e8 / IN_EURO[each.currency] * world.between(*_RECEIPTS, each.id, "receipts"))


def _closing(world: World, each: Borrower, back: int) -> int:
    """Return the balance at a month's end, in hundredths."""
    months = world.between(*_BALANCES, each.id, "balances") * world.between(0.85, 1.15, each.id, world.months[-1 - back])
    return round(_receipts(world, each) * (months - _PER_STRESS * _stress(world, each, back)))


def _stress(world: World, each: Borrower, back: int) -> float:
    """Return the stress of a month: of its quarter, or of payments that were late."""
    quarters = sum(end >= world.months[-1 - back] for end in world.quarters) - 1
    return max(world.stress(each, max(quarters, 0)), at(world.story(each).late, back) / _LATE)


def _written(hundredths: int) -> str:
    sign, amount = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{amount // 100}.{amount % 100:02}"
