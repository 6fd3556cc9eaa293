"""Credit events of sample borrowers who recovered, or whose default is over: impairment, defaults, and cures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.marks import RESTRUCTURED
from storage.data.sample_book.world import World

COLUMNS = ("customer", "event", "as_of", "note")
# days from the quarter's end to the committee's decision
_DECIDED = timedelta(days=55)
_WORST, _WELL = 4, 0
# defaults of the past, in days before today: when each began, and when its reason was gone; the probation of the first is over
_PAST = {"TB-02": (540, 300), "MN-03": (130, 40)}


def rows(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield stage 3 in the worst quarter, for every second borrower also a default; cured once the ratios recovered."""
    for days, event, note in _past(each):
        if (day := world.today - timedelta(days=days)) <= world.known:
            yield [each.id, event, day, note]
    if each.story != "recovery":
        return
    for back, event, note in _course(each):
        day = world.quarters[-1 - back] + _DECIDED
        # decisions are neither in the future nor all on one day
        day = min(day, world.today - timedelta(days=2 + 3 * each.turn)) if event == "cure" else day
        if day <= world.known:
            yield [each.id, event, day, note]


def _past(each: Borrower) -> Iterator[tuple[int, str, str]]:
    if each.id in _PAST:
        began, gone = _PAST[each.id]
        yield began, "default", "unlikely to pay: the largest buyer went bankrupt"
        yield gone, "cure", "the owners paid in new equity, and all arrears are paid"


def _course(each: Borrower) -> Iterator[tuple[int, str, str]]:
    yield _WORST, "stage3", "debt service cover below the default level"
    if each.turn % 2:
        restructured = each.turn in RESTRUCTURED[each.story]
        yield (
            _WORST - 1,
            "default",
            f"unlikely to pay: {'the loan was restructured' if restructured else 'interest was put on non-accrual'}",
        )
    yield _WELL, "cure", "two instalments in a row were paid in full"
