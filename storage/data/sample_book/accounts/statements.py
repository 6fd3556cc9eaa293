"""Consistent quarterly statements: balance sheets that balance, with the observed ratios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from operator import attrgetter

from storage.data.sample_book.accounts.balances import UNITS, balance, equity_lost, unit
from storage.data.sample_book.accounts.flows import ebitda, outlays, sales
from storage.data.sample_book.accounts.ratios import quarterly
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.market import share_price, shares
from storage.data.sample_book.world import QUARTER_LAG, World

# smaller changes are within the usual movement of a quarter
_NOTABLE = 0.03


@dataclass(frozen=True, slots=True)
class Amounts:
    """One quarter's amounts in the file's unit; whole numbers, so that sums are exact."""

    total_assets: int
    current_assets: int
    cash: int
    receivables: int
    inventory: int
    total_liabilities: int
    current_liabilities: int
    short_term_debt: int
    long_term_debt: int
    equity: int
    market_equity: int | None
    retained_earnings: int
    revenue: int
    cost_of_sales: int
    ebitda: int
    depreciation: int
    ebit: int
    interest_expense: int
    tax: int
    net_income: int
    operating_cash_flow: int
    capex: int
    working_capital_change: int
    principal_repaid: int

    @property
    def ratios(self) -> dict[str, float]:
        """Return the ratios of this quarter, as a reader would compute them."""
        cash_flow = self.ebitda - self.tax - self.capex - self.working_capital_change
        return {
            "dscr": cash_flow / (self.interest_expense + self.principal_repaid),
            "interest_coverage": self.ebitda / self.interest_expense,
            "current_ratio": self.current_assets / self.current_liabilities,
            "debt_ratio": self.total_liabilities / self.total_assets,
        }


_NAMES = tuple(field.name for field in fields(Amounts))
_amounts_of = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Statement:
    """A quarter's end, the number of later quarters, and its amounts."""

    back: int
    period_end: date
    amounts: Amounts


COLUMNS = (
    *("customer", "period_end", "currency", "unit", "months", "basis", "audited", "opinion", "published"),
    *_NAMES,
)


def statements(world: World, each: Borrower) -> list[Statement]:
    """Return this borrower's reported statements, oldest first."""
    return [Statement(back, day, _amounts(world, each, back, day)) for back, day in world.reported_quarters(each)]


def rows(world: World, each: Borrower, reported: list[Statement]) -> Iterator[list[object]]:
    """Yield the lines of the file; a year's last quarter is audited some months after publication."""
    for one in reported:
        audit = one.period_end + timedelta(days=world.chance(each.id, "audit", one.period_end).randint(60, 110))
        audited = one.period_end.month == 12 and audit <= world.known
        opinion = ("going concern" if world.stress(each, one.back) >= 3 else "unqualified") if audited else ""
        published = audit if audited else one.period_end + QUARTER_LAG
        basis = "parent" if each.project else "consolidated"
        head = [each.id, one.period_end, each.currency, unit(each), 3, basis, "yes" if audited else "no", opinion, published]
        yield [*head, *_amounts_of(one.amounts)]


def _amounts(world: World, each: Borrower, back: int, day: date) -> Amounts:
    target, stress = quarterly(world, each, back, day), world.stress(each, back)
    sheet = balance(world, each, back, day, target["current_ratio"])
    spent = outlays(world, each, sheet, day, stress)
    earned = ebitda(each, target, spent)
    tax = spent.tax(earned)
    usual = earned - spent.worn - spent.interest - tax
    lost = equity_lost(world, each, back, day)
    # equity lost beyond the result was written off
    written_off = max(0, lost + usual) if lost > _NOTABLE * sheet["total_assets"] else 0
    return Amounts(
        **sheet,
        **sales(world, each, sheet["total_assets"], earned, day, stress),
        market_equity=_market_equity(world, each, day),
        ebitda=earned,
        depreciation=spent.worn + written_off,
        ebit=earned - spent.worn - written_off,
        interest_expense=spent.interest,
        tax=tax,
        net_income=usual - written_off,
        operating_cash_flow=usual + spent.worn - spent.working,
        capex=spent.capex,
        working_capital_change=spent.working,
        principal_repaid=spent.repaid,
    )


def _market_equity(world: World, each: Borrower, day: date) -> int | None:
    return round(shares(world, each) * share_price(world, each, day) / UNITS[unit(each)]) if each.listed else None
