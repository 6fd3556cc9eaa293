"""What was observed of the borrowers: from them, from the market, of their competitors, and by those who know them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storage.data.sample_book.accounts.periods import last_turn
from storage.data.sample_book.accounts.ratios import drawn, healthy, under_stress
from storage.data.sample_book.accounts.statements import Statement
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.lending import arrears
from storage.data.sample_book.market import input_costs, share_price
from storage.data.sample_book.stories import CORRECTED_QUARTER, at
from storage.data.sample_book.world import World

COLUMNS = ("customer", "indicator", "as_of", "value", "source", "unit", "note")
# those who report late do so on days of their own, one a day; a reading arrives so late that the one before is stale by then
CYCLE, _ARRIVES = 31, timedelta(days=18)
_FED = {"Chemicals", "Metals", "Food", "Building materials", "Paper", "Automotive", "Textiles"}
# a competitor undercuts the price, by month up to the newest
_UNDERCUT = (0.99, 0.96, 0.93, 0.90, 0.88, 0.86, 0.85, 0.84, 0.84, 0.83)


def rows(world: World, each: Borrower, reported: list[Statement]) -> Iterator[list[object]]:
    """The lines of the file about one borrower."""
    for indicator, day, value, source, unit, note in (
        *_reported(each, reported),
        *_outdated(world, each),
        *_in_the_books(world, each),
        *_around(world, each, reported),
    ):
        yield [each.id, indicator, day, value, source, unit, note]


def _reported(each: Borrower, reported: list[Statement]) -> Iterator[tuple[object, ...]]:
    """The ratios of the statements, as the borrower certifies them."""
    indicators = ("dscr", "debt_ratio") if each.project else ("interest_coverage", "current_ratio", "debt_ratio")
    for one in reported:
        found = one.amounts.ratios
        yield from ((name, one.period_end, f"{found[name]:.4f}", "customer", "ratio", "") for name in indicators)


def _outdated(world: World, each: Borrower) -> Iterator[tuple[object, ...]]:
    """What data vendors still show after a borrower has restated a quarter: the figure that it reported first."""
    story, back = world.story(each), CORRECTED_QUARTER
    if story.before:
        day, indicator = world.quarters[-1 - back], world.strained(each)
        first = under_stress(indicator, healthy(world, each, indicator), at(story.before, back))
        yield indicator, day, f"{first:.4f}", "market", "ratio", "as first published"


def _in_the_books(world: World, each: Borrower) -> Iterator[tuple[object, ...]]:
    """What the bank sees in its own books."""
    yield from (("utilisation", day, f"{value:.4f}", "relationship", "ratio", "") for day, value in drawings(world, each))
    yield from (("days_past_due", day, days, "relationship", "days", arrears.note(days)) for day, days in arrears.readings(world, each))


def drawings(world: World, each: Borrower) -> Iterator[tuple[date, float]]:
    """How much of the limits was drawn, at month-ends; of those who report late, when their reports came."""
    if each.habit != "reports late":
        yield from ((day, drawn(world, each, back, day)) for back, day in world.reported_months(each))
        return
    newest = last_report(world, each)
    for back in reversed(range(len(world.months))):
        day = newest - timedelta(days=CYCLE * back)
        yield day, drawn(world, each, back, day)


def last_report(world: World, each: Borrower) -> date:
    """The date of the newest report that has arrived from somebody who reports late."""
    return last_turn(world.known - _ARRIVES, every=CYCLE, phase=each.turn)


def _around(world: World, each: Borrower, reported: list[Statement]) -> Iterator[tuple[object, ...]]:
    """Market, competitors, and what the relationship manager notes."""
    for back, day in world.reported_months(each):
        if each.listed:
            yield "share_price", day, f"{share_price(world, each, day):.2f}", "market", each.currency, ""
        if each.sector in _FED:
            yield "input_costs", day, f"{input_costs(world, each.sector, back, day):.3f}", "market", "index", ""
        if each.story == "competitor" or each.listed:
            yield "competitor_price_index", day, f"{_competitor(world, each, back, day):.3f}", "competitor", "index", ""
    for one in reported:
        noise = world.chance(each.id, "noticed", one.period_end)
        if each.maker:
            months = max(5.5 - world.stress(each, one.back) + noise.uniform(-0.6, 0.6), 0.5)
            yield "order_backlog_months", one.period_end, f"{months:.1f}", "customer", "months", ""
        if each.project:
            available = 0.965 - 0.02 * world.stress(each, one.back) + noise.uniform(-0.01, 0.01)
            yield "availability", one.period_end, f"{available:.4f}", "customer", "ratio", ""
        if one.period_end.month in {6, 12} and each.habit != "reports late":
            content = min(max(4.2 - 0.3 * world.stress(each, one.back) + noise.uniform(-0.4, 0.4), 1), 5)
            yield "satisfaction", one.period_end, f"{content:.1f}", "relationship", "of 5", ""


def _competitor(world: World, each: Borrower, back: int, day: date) -> float:
    """The price that its nearest competitor asks, against its own."""
    usual = 1.02 + world.between(-0.015, 0.015, each.id, "competitor", day)
    return usual * (at(_UNDERCUT, back) or 1.0) if each.story == "competitor" else usual
