"""Projected cover: loan life and project life cover from a customer's newest cash flow projection."""

from __future__ import annotations

import numpy as np

from risk_engine import credit
from risk_engine.facts.facts import Facts, Floats
from risk_engine.loans.loans import interest
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy
from risk_engine.projects import project


def figures(policy: Policy, facts: Facts, drawn: Floats, remaining: Floats) -> dict[str, Floats]:
    """Return LLCR, PLCR and the lowest projected DSCR; NaN without a projection. Periods are years, as in projections.

    Args:
        drawn, remaining: each facility's debt in the reporting currency, and its remaining years.
    """
    rows, count = facts.projections, len(facts)
    names = ("llcr", "plcr", "dscr_minimum")
    if not len(rows.owner):
        return {name: np.full(count, np.nan) for name in names}
    turn = np.arange(len(rows.owner)) - np.searchsorted(rows.owner, rows.owner)
    periods = int(turn.max()) + 1
    factor = rows.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    cash, service = np.full((periods, count), np.nan), np.full((periods, count), np.nan)
    cash[turn, rows.owner], service[turn, rows.owner] = rows.cfads * factor, np.maximum(rows.debt_service * factor, 0.0)
    lent = facts.facilities
    here = credit.total(lent.owner, drawn, count)
    debt = _debt(facts, here)
    rates = np.maximum(interest(lent), 0.0)
    rate = divided(credit.total(lent.owner, drawn * rates, count), here)
    life = np.minimum(_longest(lent.owner, np.ceil(remaining), drawn, count), periods)
    whole = np.bincount(rows.owner, minlength=count).astype(np.float64)
    has = whole > 0
    found = {
        "llcr": project.llcr(cash, rate, debt, life).values,
        "plcr": project.plcr(cash, rate, debt, whole).values,
        "dscr_minimum": project.dscr(cash, service, whole).minimum,
    }
    return {name: np.where(has, column, np.nan) for name, column in found.items()}


def _debt(facts: Facts, here: Floats) -> Floats:
    """Return the customer's total debt from its accounts; without accounts its debt to this bank."""
    now = facts.accounts.now
    rate = facts.accounts.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    whole = np.maximum(now["short_term_debt"] + now["long_term_debt"], 0.0) * rate
    return np.where(np.isnan(whole), here, whole)


def _longest(owner: np.ndarray, years: Floats, drawn: Floats, count: int) -> Floats:
    """Return the years until the last of each customer's drawn facilities is due."""
    place = credit.worst_of(owner, np.where(drawn > 0, years, np.nan), count)
    found: Floats = np.append(years, np.nan)[place]
    return found
