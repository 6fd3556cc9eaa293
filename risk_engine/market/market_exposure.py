"""Market exposure of customers to rates, currencies and commodities, and their covers under stated moves."""

from __future__ import annotations

import numpy as np

from risk_engine import credit
from risk_engine.facts.facts import Facts, Floats
from risk_engine.financials import ratios
from risk_engine.market import sensitivity
from risk_engine.market.sensitivity import Exposures
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy


def exposures(facts: Facts, drawn: Floats) -> Exposures:
    """Return each customer's twelve months and exposed shares, from its accounts and its facilities.

    Shares of the debt are those of the amounts drawn here: a rate not marked as fixed is floating, and debt in another currency than
    the accounts' is foreign. Costs follow commodities by the share on record, revenue is assumed not to: a customer that can pass
    prices on is better off than shown.
    """
    now, lent, count = facts.accounts.now, facts.facilities, len(facts)
    cash = ratios.cfads(now["ebitda"], now["tax"], now["capex"], now["working_capital_change"])
    floating = lent.rate_kinds.made(lambda name: float(name != "fixed"), np.nan)
    home = facts.accounts.currencies
    names = tuple(dict.fromkeys((*home.names, *lent.currencies.names)))
    own = home.among(names)
    foreign = np.where(own[lent.owner] < 0, np.nan, (lent.currencies.among(names) != own[lent.owner]).astype(np.float64))
    return Exposures(
        debt=np.maximum(now["short_term_debt"] + now["long_term_debt"], 0.0),
        principal=np.maximum(now["principal_repaid"], 0.0),
        interest=np.maximum(now["interest_expense"], 0.0),
        revenue=np.maximum(now["revenue"], 0.0),
        cost_of_sales=np.maximum(now["cost_of_sales"], 0.0),
        ebitda=now["ebitda"],
        cfads=cash,
        floating_share=_share(lent.owner, floating, drawn, count),
        foreign_share=_share(lent.owner, foreign, drawn, count),
        commodity_revenue_share=np.zeros(count),
        commodity_cost_share=facts.customers.commodity_share,
    )


def _share(owner: np.ndarray, part: Floats, drawn: Floats, count: int) -> Floats:
    whole = credit.total(owner, drawn, count)
    return np.clip(divided(credit.total(owner, drawn * part, count), whole), 0.0, 1.0)


def moved(policy: Policy, exposed: Exposures) -> dict[str, Floats]:
    """Return the shares, and under each policy move the debt service cover, the interest cover and their changes."""
    found = {
        "floating_share": exposed.floating_share,
        "foreign_share": exposed.foreign_share,
        "commodity_share": exposed.commodity_cost_share,
    }
    moves = policy.sensitivity.move
    for move, (after, change) in zip(moves, sensitivity.compared(moves, exposed), strict=True):
        found |= {f"dscr.{move.name}": after.dscr, f"dscr_change.{move.name}": change.dscr}
        found |= {f"interest_coverage.{move.name}": after.interest_cover, f"interest_coverage_change.{move.name}": change.interest_cover}
    return found
