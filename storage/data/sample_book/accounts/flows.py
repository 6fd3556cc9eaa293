"""What comes in and goes out within a quarter, so that the ratios come to what the story wants."""

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
    """What a quarter costs before taxes; ``worn`` is the usual depreciation, ``working`` what working capital took."""

    interest: int
    worn: int
    capex: int
    working: int
    repaid: int

    def tax(self, ebitda: int) -> int:
        return round(_TAX * max(0, ebitda - self.worn - self.interest))


def outlays(world: World, each: Borrower, balance: Mapping[str, int], day: date, stress: float) -> Outlays:
    """The outlays that follow from a balance sheet."""
    own, assets = world.chance(each.id, "flow", day), balance["total_assets"]
    owed = balance["short_term_debt"] + balance["long_term_debt"]
    worn = round(assets * (0.045 if each.project else 0.035) / 4)
    # a plant that runs needs little, a company under stress invests less
    renewed = own.uniform(0.05, 0.25) if each.project else own.uniform(0.6, 1.25) / (1 + stress / 2)
    return Outlays(
        interest=max(1, round(owed * _LENDING.get(each.currency, _USUAL_RATE) / 4)),
        worn=worn,
        capex=round(worn * renewed),
        working=round(assets * own.uniform(-0.002, 0.003)),
        repaid=max(1, round(balance["long_term_debt"] * own.uniform(0.0135, 0.0145))),
    )


def ebitda(each: Borrower, target: Mapping[str, float], spent: Outlays) -> int:
    """What has to be earned so that the debt is covered as it is meant to be."""
    if not each.project:
        return round(target["interest_coverage"] * spent.interest)
    needed = target["dscr"] * (spent.interest + spent.repaid) + spent.capex + spent.working
    # taxes come out of the same cash flow, if there are any
    taxed = (needed - _TAX * (spent.worn + spent.interest)) / (1 - _TAX)
    return round(taxed if taxed > spent.worn + spent.interest else needed)


def sales(world: World, each: Borrower, assets: int, earned: int, day: date, stress: float) -> dict[str, int]:
    """Revenue and its cost, by column; what is earned fits in between."""
    own = world.chance(each.id, "sales")
    if each.project:
        revenue = round(max(earned, 1) / own.uniform(0.68, 0.82))
        return {"revenue": revenue, "cost_of_sales": round((revenue - earned) * 0.7)}
    turnover, season = own.uniform(0.7, 1.5), own.uniform(0, 0.08)
    swing = season if day.month in {6, 9} else -season
    revenue = max(round(assets * turnover / 4 * (1 + swing) * (1 - 0.05 * stress)), 2 * earned)
    return {"revenue": revenue, "cost_of_sales": round((revenue - earned) * own.uniform(0.8, 0.9))}
