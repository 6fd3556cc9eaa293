"""Loans' capital: risk-weighted assets by internal ratings, indicative without approval, and by the standardised weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine.capital import effective_maturity, financial_firms, internal_ratings, standardised
from risk_engine.capital.capital_policy import Irb, Maturity
from risk_engine.capital.internal_ratings import Codes, Segment
from risk_engine.capital.standardised import Class
from risk_engine.facts.facts import Facts, Floats, Places
from risk_engine.impairment import schedules
from risk_engine.impairment.schedules import Schedule
from risk_engine.impairment.staging import Stage, Stages
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy
from risk_engine.ratings import pd_terms
from risk_engine.ratings.customer_pd import CustomerPd
from risk_engine.ratings.pd_terms import PdTerms


def turnover(policy: Policy, facts: Facts) -> Floats:
    """Return the sales of each firm's group in millions of the rule's currency; NaN if unknown, or for a financial firm, which has no size.

    Source: CRE31.8-31.9 (the adjustment for size is for corporates).
    """
    assert facts.groups is not None, "found before the book is cut into parts"
    return np.where(financial_firms.financial(policy, facts), np.nan, facts.groups.sales)


def irb(
    policy: Policy,
    facts: Facts,
    pd: CustomerPd,
    place: NDArray[np.int32],
    lgd: Floats,
    ead: Floats,
    remaining: Floats,
    schedule: Schedule,
    best: Floats,
) -> Floats:
    """Return each facility's risk-weighted assets by internal ratings, in the reporting currency.

    A firm up to the policy's size is an SME; a financial firm, or one without a known turnover, is treated as a corporate. The effective
    maturity follows the schedule on record, else the remaining years. ``best`` is the best estimate of the loss of a claim in default, an
    amount.
    """
    owner, rules = facts.facilities.owner, policy.capital.irb
    size = turnover(policy, facts)[owner]
    segment = np.where(size <= rules.size.highest, Segment.SME, Segment.CORPORATE).astype(np.int8)
    # of nothing nothing can be lost
    estimate = np.where(ead == 0, 0.0, np.clip(divided(best, ead), 0.0, 1.0))
    years = _years(rules.maturity, remaining, schedule)
    claims = internal_ratings.exposures(segment, lgd, ead, maturity=years, turnover=size, best_estimate=estimate)
    return internal_ratings.capital(_terms(pd, place.astype(np.int64), segment, rules), claims, rules).rwa


def _terms(pd: CustomerPd, place: Places, segment: Codes, rules: Irb) -> PdTerms:
    """Return the terms of each facility's PD, which is not below the floor of its segment."""
    one_year = np.append(pd.curves[:, 0], np.nan)[place]
    # a scale without a migration table has no curve
    floored = internal_ratings.floored_pd(np.where(np.isnan(one_year), pd.terms.pd[place], one_year), segment, rules)
    # most PDs are above every floor, or the floor is that of the expected loss: their terms are known
    other = np.flatnonzero((floored != pd.terms.pd[place]) & ~np.isnan(floored))
    if not len(other):
        return pd.terms[place]
    found, row = np.unique(floored[other], return_inverse=True)
    place[other] = len(pd.terms) - 1 + row
    return pd_terms.with_more(pd.terms, found)[place]


def _years(rules: Maturity, remaining: Floats, schedule: Schedule) -> Floats:
    years = effective_maturity.held(remaining, rules)
    if not len(schedule.facility):
        return years
    scheduled = effective_maturity.of_cash_flows(*schedules.cash_flows(schedule), rules)
    return np.where(np.isnan(scheduled), years, scheduled)


def standard(policy: Policy, facts: Facts, pd: Floats, ead: Floats, stages: Stages) -> Floats:
    """Return each facility's risk-weighted assets by the standardised weights, in the reporting currency."""
    owner, rules = facts.facilities.owner, policy.capital
    size = turnover(policy, facts)[owner]
    classes = np.select(
        [
            (pd >= 1.0) | (stages == Stage.THREE),
            _project(facts) & (facts.facilities.phases.among(("operation",)) == 0),
            _project(facts),
            pd <= rules.standardised.investment_grade_pd,
            size <= rules.irb.size.highest,
        ],
        [Class.DEFAULTED, Class.PROJECT_IN_OPERATION, Class.PROJECT_BEFORE_OPERATION, Class.INVESTMENT_GRADE, Class.SME],
        Class.CORPORATE,
    )
    found: Floats = standardised.weights(classes.astype(np.int8), rules.standardised) * ead
    return found


@dataclass(frozen=True, slots=True)
class Covered:
    """The covered share of each facility, with the guarantor's PD and its group's sales in millions."""

    share: Floats
    pd: Floats
    sales: Floats


def irb_covered(policy: Policy, rwa: Floats, lent: Covered, lgd: Floats, ead: Floats, remaining: Floats, schedule: Schedule) -> Floats:
    """Return the risk-weighted assets by internal ratings with the guarantor's risk weight for the covered part where it is lower.

    Source: CRE32 (substitution: the risk-weight function and the PD of the guarantor).
    """
    rows, rules = np.flatnonzero(lent.share > 0), policy.capital.irb
    if not len(rows):
        return rwa
    segment = np.where(lent.sales[rows] <= rules.size.highest, Segment.SME, Segment.CORPORATE).astype(np.int8)
    years = _years(rules.maturity, remaining, schedule)[rows]
    terms = pd_terms.pd_terms(internal_ratings.floored_pd(lent.pd[rows], segment, rules))
    claims = internal_ratings.exposures(segment, lgd[rows], ead[rows], maturity=years, turnover=lent.sales[rows], best_estimate=lgd[rows])
    return _better(rwa, rows, lent.share, internal_ratings.capital(terms, claims, rules).rwa)


def standard_covered(policy: Policy, rwa: Floats, lent: Covered, ead: Floats) -> Floats:
    """Return the risk-weighted assets by the standardised weights with the guarantor's for the covered part where it is lower.

    Source: CRE22 (the protected part takes the risk weight of the guarantor).
    """
    rows, rules = np.flatnonzero(lent.share > 0), policy.capital
    cases = [lent.pd[rows] <= rules.standardised.investment_grade_pd, lent.sales[rows] <= rules.irb.size.highest]
    classes = np.select(cases, [Class.INVESTMENT_GRADE, Class.SME], Class.CORPORATE).astype(np.int8)
    return _better(rwa, rows, lent.share, standardised.weights(classes, rules.standardised) * ead[rows])


def _better(rwa: Floats, rows: Places, share: Floats, theirs: Floats) -> Floats:
    found = rwa.copy()
    found[rows] = share[rows] * np.minimum(theirs, rwa[rows]) + (1.0 - share[rows]) * rwa[rows]
    return found


def _project(facts: Facts) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = facts.facilities.kinds.among(("project_loan",)) == 0
    return found
