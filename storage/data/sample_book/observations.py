"""Observations of sample borrowers: reports, market data, competitors, and notes of relationship managers."""

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
# late reporters have days of their own, one per day; a reading arrives after the previous one has become stale
CYCLE, _ARRIVES = 31, timedelta(days=18)
_FED = {"Chemicals", "Metals", "Food", "Building materials", "Paper", "Automotive", "Textiles"}
# the price of a competitor that undercuts, by month up to the newest
_UNDERCUT = (0.99, 0.96, 0.93, 0.90, 0.88, 0.86, 0.85, 0.84, 0.84, 0.83)


def rows(world: World, each: Borrower, reported: list[Statement]) -> Iterator[list[object]]:
    """Yield the lines of the file for one borrower."""
    for indicator, day, value, source, unit, note in (
        *_reported(each, reported),
        *_outdated(world, each),
        *_in_the_books(world, each),
        *_around(world, each, reported),
    ):
        yield [each.id, indicator, day, value, source, unit, note]


def _reported(each: Borrower, reported: list[Statement]) -> Iterator[tuple[object, ...]]:
    """Yield the ratios of the statements, as certified by the borrower."""
    indicators = ("dscr", "debt_ratio") if each.project else ("interest_coverage", "current_ratio", "debt_ratio")
    for one in reported:
        found = one.amounts.ratios
        yield from ((name, one.period_end, f"{found[name]:.4f}", "customer", "ratio", "") for name in indicators)


def _outdated(world: World, each: Borrower) -> Iterator[tuple[object, ...]]:
    """Yield outdated vendor data: the first reported figure of a restated quarter."""
    story, back = world.story(each), CORRECTED_QUARTER
    if story.before:
        day, indicator = world.quarters[-1 - back], world.strained(each)
        first = under_stress(indicator, healthy(world, each, indicator), at(story.before, back))
        yield indicator, day, f"{first:.4f}", "market", "ratio", "as first published"


def _in_the_books(world: World, each: Borrower) -> Iterator[tuple[object, ...]]:
    """Yield observations from the bank's own books."""
    yield from (("utilisation", day, f"{value:.4f}", "relationship", "ratio", "") for day, value in drawings(world, each))
    yield from (("days_past_due", day, days, "relationship", "days", arrears.note(days)) for day, days in arrears.readings(world, each))


def drawings(world: World, each: Borrower) -> Iterator[tuple[date, float]]:
    """Yield the drawn share of the limits at month-ends, or on the report dates of late reporters."""
    if each.habit != "reports late":
        yield from ((day, drawn(world, each, back, day)) for back, day in world.reported_months(each))
        return
    newest = last_report(world, each)
    for back in reversed(range(len(world.months))):
        day = newest - timedelta(days=CYCLE * back)
        yield day, drawn(world, each, back, day)


def last_report(world: World, each: Borrower) -> date:
    """Return the date of a late reporter's newest report received."""
    return last_turn(world.known - _ARRIVES, every=CYCLE, phase=each.turn)


def _around(world: World, each: Borrower, reported: list[Statement]) -> Iterator[tuple[object, ...]]:
    """Yield observations of the market, of competitors, and of the relationship manager."""
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
    """Return the nearest competitor's price relative to the borrower's own."""
    usual = 1.02 + world.between(-0.015, 0.015, each.id, "competitor", day)
    return usual * (at(_UNDERCUT, back) or 1.0) if each.story == "competitor" else usual
