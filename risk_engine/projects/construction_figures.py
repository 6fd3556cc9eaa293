"""Construction figures: drawdown against progress, cost against budget, equity against the loan, the reserve account."""

from __future__ import annotations

import numpy as np

from risk_engine.checks import Floats
from risk_engine.measure import Measure, divided, table

MONTHS = 12.0


def drawn_ahead(drawn: Floats, loan: Floats, progress: Floats) -> Floats:
    """Return the drawn share of the loan less the completed share of the work; above 0 drawdown runs ahead."""
    return divided(drawn, loan) - progress


def cost_overrun(spent: Floats, cost_to_complete: Floats, budget: Floats) -> Floats:
    """Return (spent + cost to complete) / budget − 1; below 0 for a saving."""
    return divided(spent + cost_to_complete, budget) - 1.0


def funding_gap(cost_to_complete: Floats, loan: Floats, drawn: Floats, equity: Floats, equity_paid: Floats) -> Floats:
    """Return the cost to complete not covered by undrawn loan and unpaid equity; below 0 for a reserve."""
    return cost_to_complete - np.maximum(loan - drawn, 0.0) - np.maximum(equity - equity_paid, 0.0)


def equity_first_behind(equity: Floats, equity_paid: Floats, drawn: Floats) -> Floats:
    """Return the unpaid equity that was due before any drawdown; never below 0."""
    return np.where(drawn > 0, np.maximum(equity - equity_paid, 0.0), drawn + 0.0 * (equity + equity_paid))


def pro_rata_behind(equity: Floats, equity_paid: Floats, drawn: Floats, loan: Floats) -> Floats:
    """Return the unpaid equity that was due pro rata with drawdown; never below 0."""
    behind: Floats = np.maximum(equity * divided(drawn, loan) - equity_paid, 0.0)
    return behind


def dsra_months(dsra: Floats, debt_service: Floats) -> Floats:
    """Return the months of next year's debt service that the reserve account covers; NaN where none is due."""
    return MONTHS * divided(dsra, debt_service)


_HOUSE = "the house's standard for project finance: construction"
_EQUITY = ("equity", "equity_paid", "drawn")
MEASURES = table(
    (
        Measure("drawn_ahead", "percent", ("drawn", "loan", "progress"), drawn_ahead, "low", _HOUSE),
        Measure("cost_overrun", "percent", ("spent", "cost_to_complete", "budget"), cost_overrun, "low", _HOUSE),
        Measure("funding_gap", "amount", ("cost_to_complete", "loan", "drawn", "equity", "equity_paid"), funding_gap, "low", _HOUSE),
        Measure("equity_first_behind", "amount", _EQUITY, equity_first_behind, "low", _HOUSE),
        Measure("pro_rata_behind", "amount", (*_EQUITY, "loan"), pro_rata_behind, "low", _HOUSE),
        Measure("dsra_months", "number", ("dsra", "debt_service"), dsra_months, "high", _HOUSE),
    )
)
# progress is a share, the others amounts in one currency
SHARES = ("progress",)
AMOUNTS = ("drawn", "loan", "spent", "cost_to_complete", "budget", "equity", "equity_paid", "dsra", "debt_service")
