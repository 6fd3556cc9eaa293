"""Loans: facility by facility what is owed, what is lost of it, in which stage it stands; and all of it by customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine import amortisation, credit, provisioning, rating, staging
from risk_engine.amortisation import Plan
from risk_engine.facts import Facilities, Facts, Floats
from risk_engine.impairment import Claims
from risk_engine.policy import Policy
from risk_engine.rating import Counted, Marks
from risk_engine.staging import Staged

PLANS = {"bullet": Plan.BULLET, "straight_line": Plan.STRAIGHT_LINE, "annuity": Plan.ANNUITY}


@dataclass(frozen=True, slots=True)
class Loans:
    """Every facility in the reporting currency, a place each; NaN is not computable."""

    drawn: Floats
    undrawn: Floats
    ccf: Floats
    ead: Floats
    lgd: Floats
    expected_loss: Floats
    staged: Staged
    ecl: Floats


def valued(policy: Policy, known: Marks, letters: tuple[str, ...], facts: Facts, now: Counted) -> Loans:
    """Value every facility: exposure, loss given default, expected loss of a year, stage and expected credit loss."""
    lent, scoring = facts.facilities, policy.scoring
    factor = lent.currencies.figures({currency: way.factor for currency, way in facts.rates.items()}, np.nan)
    ccf = np.where(np.isnan(lent.ccf), lent.kinds.figures(scoring.ccf, scoring.ccf["other"]), lent.ccf)
    lgd = np.where(np.isnan(lent.lgd), lent.seniorities.figures(scoring.lgd.model_dump(), scoring.lgd.unknown), lent.lgd)
    drawn = lent.outstanding * factor
    undrawn = np.maximum(lent.limits - lent.outstanding, 0.0) * factor
    ead = credit.exposure_at_default(lent.limits, lent.outstanding, ccf) * factor
    stages = _staged(policy, known, letters, facts, now)
    claims = Claims(
        curve=now.mark[lent.owner],
        drawn=drawn,
        undrawn=undrawn,
        ccf=ccf,
        lgd=lgd,
        eir=np.where(np.isnan(lent.eir), lent.rate, lent.eir),
        remaining=_remaining(policy, facts.as_of, lent),
        plan=lent.kinds.figures({kind: float(PLANS[plan]) for kind, plan in policy.impairment.plans.items()}, Plan.UNKNOWN).astype(np.int8),
    )
    loss = credit.expected_loss(now.pd[lent.owner], lgd, ead)
    return Loans(drawn, undrawn, ccf, ead, lgd, loss, stages, _losses(policy, known, claims, stages))


def _remaining(policy: Policy, as_of: np.datetime64, lent: Facilities) -> Floats:
    behavioural = lent.kinds.figures(policy.impairment.behavioural_years, np.nan)
    return amortisation.remaining_years(as_of, lent.maturity, behavioural, shortest=policy.impairment.shortest_years)


def _staged(policy: Policy, known: Marks, letters: tuple[str, ...], facts: Facts, now: Counted) -> Staged:
    lent = facts.facilities
    drop, then = rating.since_origination(known, now, letters, lent)
    never = np.full(len(lent.owner), np.datetime64("NaT"), dtype="datetime64[D]")
    nobody = np.zeros(len(lent.owner), dtype=bool)
    asked = staging.Facts(
        days_past_due=lent.days_past_due,
        notch_drop=drop,
        pd=now.pd[lent.owner],
        pd_at_origination=credit.floored(then, policy.scoring.pd_floor),
        watch_listed=facts.customers.watch_list[lent.owner] == 1,
        forborne=lent.forborne == 1,
        unlikely_to_pay=nobody,
        defaulted=nobody,
        contagion=nobody,
        past_due_rebutted=never,
        default_past_due_rebutted=never,
    )
    return staging.staged(policy.impairment.staging, asked, facts.as_of)


def _losses(policy: Policy, known: Marks, claims: Claims, stages: Staged) -> Floats:
    scenarios = policy.impairment.scenario
    found = provisioning.expected(scenarios, known.curves, claims)
    third = provisioning.impaired(scenarios, claims, np.full(len(claims), np.nan))
    return provisioning.by_stage(stages.stages, found, third)
