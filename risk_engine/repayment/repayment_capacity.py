"""Repayment capacity of customers: their payments in the coming months, and their means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from risk_engine import credit
from risk_engine.facts.facts import Facts, Floats
from risk_engine.financials import ratios
from risk_engine.loans.loans import ends, interest
from risk_engine.policy.policy import Policy
from risk_engine.repayment import maturities, repayment
from risk_engine.repayment.maturities import Due, Instalments
from risk_engine.repayment.repayment import Sources


def figures(policy: Policy, facts: Facts, plans: np.ndarray, drawn: Floats, overdue: Floats, security: Floats) -> dict[str, Floats]:
    """Return cover, gap and refinancing need of the coming months; amounts in the reporting currency.

    Args:
        plans, drawn, overdue, security: each facility's repayment plan, debt, amount in arrears (NaN where nobody knows), and net value
            of collateral.
    """
    now, count = facts.accounts.now, len(facts)
    rate = facts.accounts.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    cash = ratios.cfads(now["ebitda"], now["tax"], now["capex"], now["working_capital_change"])
    here = maturities.together(_scheduled(policy, facts, drawn, overdue), _unscheduled(policy, facts, plans, drawn, overdue))
    owed = maturities.together(here, _elsewhere(facts, here, rate))
    found = repayment.ability(
        policy.repayment,
        owed,
        Sources(
            cash_flow=cash * rate,
            cash=np.maximum(now["cash"] * rate, 0.0),
            # committed lines of other lenders are never on record, so none is relied on
            undrawn_lines=np.zeros(count),
            collateral=np.maximum(credit.total(facts.facilities.owner, security, count), 0.0),
            # a guarantor's own obligations are not known, and so neither is what is left for this one
            guarantor=np.where(facts.customers.guaranteed, np.nan, 0.0),
        ),
    )
    none = np.bincount(facts.facilities.owner, minlength=count) == 0
    return {
        "due_12_months": np.where(none, np.nan, found.due),
        "repayment_cover": found.ratio,
        "repayment_gap": np.where(none, np.nan, found.gap),
        "bullet_share": found.bullet_share,
        "repayment_source": np.where(none, np.nan, found.suffices.astype(np.float64)),
        "repayment_shortfall": np.where(none, np.nan, found.shortfall),
        "refinancing": np.where(none, np.nan, found.refinancing.astype(np.float64)),
    }


def _elsewhere(facts: Facts, here: Due, rate: Floats) -> Due:
    """Return payments to others within the year: short-term debt and interest by the accounts, less those due here.

    Where the accounts do not state them, or there are none, what is owed to others is not known. Arrears here are not deducted: when
    the accounts were drawn up, they were not yet due.
    """
    now, nothing = facts.accounts.now, np.zeros(len(facts))
    principal = now["short_term_debt"] * rate - here.instalments - here.maturities
    interest = now["interest_expense"] * rate - here.interest
    return Due(nothing, np.maximum(principal, 0.0), nothing, np.maximum(interest, 0.0))


def _has_schedule(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Return each instalment's facility, and a flag for facilities with an instalment still to come."""
    first = np.append(0, np.cumsum(np.bincount(facts.facilities.owner, minlength=len(facts))))
    place = first[facts.instalments.owner] + facts.instalments.facility
    ahead = np.bincount(place, facts.instalments.due > facts.as_of, len(facts.facilities.owner)) > 0
    return place, ahead


def _scheduled(policy: Policy, facts: Facts, drawn: Floats, overdue: Floats) -> Due:
    """Return payments by schedule; overdue ones count as arrears, and a debt overdue as a whole has no later ones."""
    rows, lent = facts.instalments, facts.facilities
    if not len(rows.owner):
        return Due(*(np.zeros(len(facts)) for _part in range(4)))
    place, ahead = _has_schedule(facts)
    kept = ahead[place] & (rows.due > facts.as_of) & ~(overdue >= drawn)[place]
    factor = lent.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)[place]
    last = np.full(len(lent.owner), np.datetime64("0001-01-01", "D"))
    np.maximum.at(last, place, rows.due)
    coming = maturities.due(
        Instalments(
            rows.owner[kept],
            rows.due[kept],
            (rows.principal * factor)[kept],
            (rows.interest * factor)[kept],
            (rows.due == last[place])[kept],
        ),
        facts.as_of,
        policy.repayment.months,
        len(facts),
    )
    return replace(coming, arrears=credit.total(lent.owner[ahead], overdue[ahead], len(facts)))


def _unscheduled(policy: Policy, facts: Facts, plans: np.ndarray, drawn: Floats, overdue: Floats) -> Due:
    """Estimate the payments of facilities without a schedule: overdue amounts are due now, and the rest follows the plan."""
    lent = facts.facilities
    _place, ahead = _has_schedule(facts)
    # an undrawn facility owes nothing, even without an end date
    kept = ~ahead & (drawn != 0)
    owner, rest = lent.owner[kept], np.maximum(drawn - np.nan_to_num(overdue), 0.0)[kept]
    rate, last = np.maximum(interest(lent), 0.0), ends(facts.as_of, lent)
    found = maturities.estimated(owner, plans[kept], rest, rate[kept], last[kept], facts.as_of, len(facts))
    return replace(found, arrears=credit.total(owner, overdue[kept], len(facts)))
