"""Construction by figures: drawdown against progress, cost against budget, equity against the loan, the reserve account."""

from __future__ import annotations

import numpy as np

from risk_engine.checks import Floats
from risk_engine.measure import Measure, divided, table

MONTHS = 12.0


def drawn_ahead(drawn: Floats, loan: Floats, progress: Floats) -> Floats:
    """The share of the loan that is drawn, less the share of the work that is done; above 0 money runs before work."""
    return divided(drawn, loan) - progress


def cost_overrun(spent: Floats, cost_to_complete: Floats, budget: Floats) -> Floats:
    """(Spent + cost to complete) / budget − 1; below 0 for a saving."""
    return divided(spent + cost_to_complete, budget) - 1.0


def funding_gap(cost_to_complete: Floats, loan: Floats, drawn: Floats, equity: Floats, equity_paid: Floats) -> Floats:
    """The cost to complete that neither the undrawn loan nor the unpaid equity covers; below 0 for a reserve."""
    return cost_to_complete - np.maximum(loan - drawn, 0.0) - np.maximum(equity - equity_paid, 0.0)


def equity_first_behind(equity: Floats, equity_paid: Floats, drawn: Floats) -> Floats:
    """The equity that should have been paid before anything was drawn, and was not; never below 0."""
    return np.where(drawn > 0, np.maximum(equity - equity_paid, 0.0), drawn + 0.0 * (equity + equity_paid))


def pro_rata_behind(equity: Floats, equity_paid: Floats, drawn: Floats, loan: Floats) -> Floats:
    """The equity that should have been paid in step with what was drawn, and was not; never below 0."""
    behind: Floats = np.maximum(equity * divided(drawn, loan) - equity_paid, 0.0)
    return behind


def dsra_months(dsra: Floats, debt_service: Floats) -> Floats:
    """For how many months the reserve account pays the debt service of the next twelve; NaN where none is due."""
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
