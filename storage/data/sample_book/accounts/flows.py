"""Quarterly flows of sample borrowers, computed so that the ratios match the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.world import World

_LENDING = {"CNY": 0.042, "JPY": 0.018, "CHF": 0.026, "TRY": 0.11, "BRL": 0.10, "ZAR": 0.098, "INR": 0.088, "HUF": 0.07}
_USUAL_RATE = 0.052
_TAX = 0.25


@dataclass(frozen=True, slots=True)
class Outlays:
    """A quarter's outlays before taxes; ``worn`` is usual depreciation, ``working`` the change in working capital."""

    interest: int
    worn: int
    capex: int
    working: int
    repaid: int

    def tax(self, ebitda: int) -> int:
        return round(_TAX * max(0, ebitda - self.worn - self.interest))


def outlays(world: World, each: Borrower, balance: Mapping[str, int], day: date, stress: float) -> Outlays:
    """Return the outlays that follow from a balance sheet."""
    own, assets = world.chance(each.id, "flow", day), balance["total_assets"]
    owed = balance["short_term_debt"] + balance["long_term_debt"]
    worn = round(assets * (0.045 if each.project else 0.035) / 4)
    # a running plant needs little, and a company under stress invests less
    renewed = own.uniform(0.05, 0.25) if each.project else own.uniform(0.6, 1.25) / (1 + stress / 2)
    return Outlays(
        interest=max(1, round(owed * _LENDING.get(each.currency, _USUAL_RATE) / 4)),
        worn=worn,
        capex=round(worn * renewed),
        working=round(assets * own.uniform(-0.002, 0.003)),
        repaid=max(1, round(balance["long_term_debt"] * own.uniform(0.0135, 0.0145))),
    )


def ebitda(each: Borrower, target: Mapping[str, float], spent: Outlays) -> int:
    """Return the EBITDA that gives the intended cover of the debt."""
    if not each.project:
        return round(target["interest_coverage"] * spent.interest)
    needed = target["dscr"] * (spent.interest + spent.repaid) + spent.capex + spent.working
    # taxes, if any, reduce this cash flow
    taxed = (needed - _TAX * (spent.worn + spent.interest)) / (1 - _TAX)
    return round(taxed if taxed > spent.worn + spent.interest else needed)


def sales(world: World, each: Borrower, assets: int, earned: int, day: date, stress: float) -> dict[str, int]:
    """Return revenue and its cost, by column, consistent with EBITDA."""
    own = world.chance(each.id, "sales")
    if each.project:
        revenue = round(max(earned, 1) / own.uniform(0.68, 0.82))
        return {"revenue": revenue, "cost_of_sales": round((revenue - earned) * 0.7)}
    turnover, season = own.uniform(0.7, 1.5), own.uniform(0, 0.08)
    swing = season if day.month in {6, 9} else -season
    revenue = max(round(assets * turnover / 4 * (1 + swing) * (1 - 0.05 * stress)), 2 * earned)
    return {"revenue": revenue, "cost_of_sales": round((revenue - earned) * own.uniform(0.8, 0.9))}
