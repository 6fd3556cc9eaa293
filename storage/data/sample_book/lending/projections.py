"""Projections of the sample projects for the next ten years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from storage.data.sample_book.accounts.balances import UNITS, unit
from storage.data.sample_book.accounts.periods import last_turn
from storage.data.sample_book.accounts.ratios import healthy
from storage.data.sample_book.accounts.statements import Statement
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.world import QUARTER_LAG, World

COLUMNS = ("customer", "projected", "period_end", "currency", "cfads", "debt_service", "revenue", "ebitda", "months")
_YEARS, _YEARLY = 10, 364
# the yearly growth of revenue, and the yearly fall of debt service with interest
_GROWTH, _LESS = 1.02, 0.98
# at this stress the ratio is amber
_TROUBLE = 2
# the projects whose loan agreements ask for half-years: one in so many
_HALF_YEARLY = 3
# the years after which everything is expected to recover
_WELL = 3


def rows(world: World, each: Borrower, reported: Sequence[Statement]) -> Iterator[list[object]]:
    """Yield the newest projection of a project, one line per year, or per half-year for every third; other borrowers have none."""
    if not each.project:
        return
    own = world.chance(each.id, "projection")
    made = _made(world, each, reported, own.randrange(_YEARLY))
    seen = [one for one in reported if one.period_end + QUARTER_LAG <= made][-4:]
    if len(seen) < 4:
        return
    flow, service, revenue, ebitda = (_year(each, seen, column) for column in ("flow", "service", "revenue", "ebitda"))
    usual, now = healthy(world, each, "dscr"), flow / service
    for year in range(1, _YEARS + 1):
        cover = now + (usual - now) * min((year - 1) / _WELL, 1) + own.uniform(-0.03, 0.03)
        due, growth = service * _LESS**year, _GROWTH**year
        figures = (cover * due, due, revenue * growth, ebitda * growth)
        yield from _periods(each, made, date(made.year + year, 12, 31), figures)


def _periods(each: Borrower, made: date, end: date, figures: Sequence[float]) -> Iterator[list[object]]:
    """Yield a year as one period, or as two halves, which state their length."""
    if int(each.id[-2:]) % _HALF_YEARLY:
        yield [each.id, made, end, each.currency, *(f"{value:.2f}" for value in figures), ""]
        return
    for half in (date(end.year, 6, 30), end):
        yield [each.id, made, half, each.currency, *(f"{value / 2:.2f}" for value in figures), 6]


def _made(world: World, each: Borrower, reported: Sequence[Statement], phase: int) -> date:
    """Return the date of a projection: yearly on its own day, or quarterly in trouble."""
    newest = reported[-1]
    troubled = world.stress(each, newest.back) >= _TROUBLE
    return newest.period_end + QUARTER_LAG if troubled else last_turn(world.known, every=_YEARLY, phase=phase)


def _year(each: Borrower, seen: Sequence[Statement], what: str) -> float:
    """Return a sum over four quarters, in units of the currency."""
    whole = 0
    for amounts in (one.amounts for one in seen):
        if what == "flow":
            whole += amounts.ebitda - amounts.tax - amounts.capex - amounts.working_capital_change
        elif what == "service":
            whole += amounts.interest_expense + amounts.principal_repaid
        else:
            whole += int(getattr(amounts, what))
    return float(whole * UNITS[unit(each)])
