"""Loans: exposure and loss given default of each facility, and then its stage and losses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.arrears import loan_arrears
from risk_engine.arrears.loan_arrears import LoanArrears
from risk_engine.capital import loan_capital
from risk_engine.capital.loan_capital import Covered
from risk_engine.classification import loan_categories
from risk_engine.classification.classification import Classified
from risk_engine.classification.default import Default
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts.facts import Dates, Facilities, Facts, Floats
from risk_engine.impairment import amortisation, impairment, provisioning, schedules, staging
from risk_engine.impairment.amortisation import Plan
from risk_engine.impairment.impairment import Claims
from risk_engine.impairment.schedules import Schedule
from risk_engine.impairment.staging import Stage, Staged
from risk_engine.loans import facility_lgd
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy
from risk_engine.ratings import customer_pd
from risk_engine.ratings.customer_pd import CustomerPd, PdOrigin
from risk_engine.ratings.rating import Originated
from risk_engine.security import guaranteed

PLANS = {"bullet": Plan.BULLET, "straight_line": Plan.STRAIGHT_LINE, "annuity": Plan.ANNUITY}


@dataclass(frozen=True, slots=True)
class Exposures:
    """Every facility's exposure before its debtor's PD is known, in the reporting currency; NaN is not computable.

    ``factor``: what a unit of its currency is worth. ``lgd_floored``: with the input floors of risk weights, by which ``lgd_raised`` are
    raised; ``lgd_unfloored``: for the losses of IFRS 9; ``lgd_origins``: masks of ``LgdOrigin``. ``secured``: the part of the exposure
    covered by collateral. ``remaining``: years. ``eir``: effective annual interest. ``schedule``: the instalments still to come;
    ``balances``: the debt that they leave at the beginning of each year.
    """

    factor: Floats
    drawn: Floats
    undrawn: Floats
    ccf: Floats
    arrears: LoanArrears
    ead: Floats
    lgd: Floats
    lgd_floored: Floats
    lgd_unfloored: Floats
    lgd_origins: NDArray[np.int8]
    lgd_raised: NDArray[np.bool_]
    secured: Floats
    remaining: Floats
    eir: Floats
    plans: amortisation.Plans
    schedule: Schedule
    balances: Floats | None


@dataclass(frozen=True, slots=True)
class Losses:
    """The stage and losses of every facility, amounts in the reporting currency; NaN is not computable.

    ``guaranteed``: the part of the exposure to which a better guarantor's PD applies, and ``guarantees`` the same by guarantee.
    ``lacks``: the missing inputs of the expected credit loss, masks of ``impairment.Lacks``.
    """

    pd: CustomerPd
    expected_loss: Floats
    staged: Staged
    ecl: Floats
    category: Classified
    rwa: Floats
    rwa_standard: Floats
    guaranteed: Floats
    guarantees: Floats
    lacks: NDArray[np.int32]


def exposures(policy: Policy, facts: Facts) -> Exposures:
    """Return every facility's exposure, LGD after collateral, days past due and remaining life."""
    lent, scoring, factor = facts.facilities, policy.scoring, worth(facts)
    ccf = np.where(np.isnan(lent.ccf), lent.kinds.figures(scoring.ccf, scoring.ccf["other"]), lent.ccf)
    ead = credit.exposure_at_default(lent.limits, lent.outstanding, ccf) * factor
    lgd = facility_lgd.facility_lgd(policy, facts, ead)
    schedule = schedules.to_come(facts)
    remaining = _remaining(policy, facts.as_of, lent, schedule)
    balances = schedules.balances(schedule, lent.outstanding, remaining)
    return Exposures(
        factor=factor,
        drawn=lent.outstanding * factor,
        undrawn=np.maximum(lent.limits - lent.outstanding, 0.0) * factor,
        ccf=ccf,
        arrears=arrears(policy, facts),
        ead=ead,
        lgd=lgd.capital,
        lgd_floored=lgd.floored,
        lgd_unfloored=lgd.accounts,
        lgd_origins=lgd.origins,
        lgd_raised=lgd.raised,
        secured=lgd.secured,
        remaining=remaining,
        eir=interest(lent),
        plans=_plans(policy, lent),
        schedule=schedule,
        balances=None if balances is None else balances * factor,
    )


def worth(facts: Facts) -> Floats:
    """Return the value of a unit of each facility's currency in the reporting currency; NaN without a rate."""
    return facts.facilities.currencies.figures({currency: way.factor for currency, way in facts.rates.items()}, np.nan)


def arrears(policy: Policy, facts: Facts) -> LoanArrears:
    """Return every facility's arrears on the day of the facts."""
    return loan_arrears.loan_arrears(policy, facts.facilities, facts.instalments, facts.payments, facts.as_of, len(facts), facts.fed_until)


def losses(policy: Policy, facts: Facts, lent: Exposures, pd: CustomerPd, who: Default, then: Originated) -> Losses:
    """Return every facility's one-year loss, stage, expected credit loss, category and capital.

    Everything follows from each customer's PD in ``pd``, whatever its origin, and from its default; ``then`` is the comparison with each
    facility's origination. A claim in default has a PD of 1, and its expected loss is the best estimate: LGD · EAD, unless a better one
    is on record.
    """
    owner, rows = facts.facilities.owner, facts.facilities
    best = np.where(np.isnan(rows.best_estimate_loss), lent.lgd * lent.ead, rows.best_estimate_loss * lent.factor)
    stages = _staged(policy, facts, lent, pd, who, then)
    pd = customer_pd.in_default(pd, who.customers)
    place = np.where(who.claims, pd.default_place, pd.place[owner])
    values = np.where(who.claims, 1.0, pd.values[owner])
    given = guaranteed.mitigated(policy, facts, lent.ead, values, who.claims, lent.remaining)
    claims = Claims(
        curve=place,
        drawn=lent.drawn,
        undrawn=lent.undrawn,
        ccf=lent.ccf,
        lgd=lent.lgd_unfloored,
        eir=lent.eir,
        remaining=lent.remaining,
        plan=lent.plans,
        balances=lent.balances,
        unrecovered=None if given.unrecovered is None else given.unrecovered.by_year,
    )
    today = lent.lgd_unfloored if given.unrecovered is None else lent.lgd_unfloored * given.unrecovered.today
    ecl = _ecl(policy, pd.curves, claims, today, stages)
    rwa = loan_capital.irb(policy, facts, pd, place, lent.lgd_floored, lent.ead, lent.remaining, lent.schedule, best)
    covered = Covered(given.share, given.guarantor_pd, given.sales)
    return Losses(
        pd=pd,
        expected_loss=np.where(who.claims, best, credit.expected_loss(given.pd, lent.lgd, lent.ead)),
        staged=stages,
        ecl=ecl,
        category=loan_categories.classified(policy, facts, who, lent.arrears.today, stages.stages, _on_book(ecl, lent), lent.drawn),
        rwa=loan_capital.irb_covered(policy, rwa, covered, lent.lgd_floored, lent.ead, lent.remaining, lent.schedule),
        rwa_standard=loan_capital.standard_covered(
            policy, loan_capital.standard(policy, facts, values, lent.ead, stages.stages), covered, lent.ead
        ),
        guaranteed=given.share * lent.ead,
        guarantees=given.used,
        lacks=impairment.lacking(pd.curves, claims, stages.stages),
    )


def _on_book(ecl: Floats, lent: Exposures) -> Floats:
    """Return the part of each loss that is on the drawn amount: the categories compare it with the book, which has nothing undrawn."""
    return np.where(lent.ead > 0, ecl * divided(lent.drawn, lent.ead), ecl)


def _remaining(policy: Policy, as_of: np.datetime64, lent: Facilities, schedule: Schedule) -> Floats:
    """Return each facility's years of life: until its maturity, or until its last instalment where that is later or all there is."""
    behavioural = lent.kinds.figures(policy.impairment.behavioural_years, np.nan)
    last = np.fmax(ends(as_of, lent), schedules.last_days(schedule))
    return amortisation.remaining_years(as_of, last, behavioural, shortest=policy.impairment.shortest_years)


def ends(as_of: np.datetime64, lent: Facilities) -> Dates:
    """Return each facility's end date; NaT if there is none, or a placeholder such as 2999-12-31."""
    last = as_of + 365 * amortisation.LONGEST_YEARS * ONE_DAY
    return np.where(lent.maturity < last, lent.maturity, NO_DATE)


def interest(lent: Facilities) -> Floats:
    """Return each facility's effective annual interest, or the agreed rate; NaN where unknown or impossible."""
    rate = np.where(np.isnan(lent.eir), lent.rate, lent.eir)
    return np.where(rate > -1.0, rate, np.nan)


def _plans(policy: Policy, lent: Facilities) -> amortisation.Plans:
    codes = {kind: float(PLANS[plan]) for kind, plan in policy.impairment.plans.items()}
    return lent.kinds.figures(codes, Plan.UNKNOWN).astype(np.int8)


def _staged(policy: Policy, facts: Facts, lent: Exposures, pd: CustomerPd, who: Default, then: Originated) -> Staged:
    """Stage every facility: stage 3 is default and nothing else, unless an approved rebuttal spares it.

    A debt of which nobody knows whether it is paid has no stage, unless something is known that asks for a worse one than 1.
    """
    rows, days = facts.facilities, lent.arrears.today
    never = np.full(len(rows.owner), NO_DATE, dtype="datetime64[D]")
    nobody = np.zeros(len(rows.owner), dtype=bool)
    rebutted = who.rebutted[rows.owner]
    found = staging.staged(
        policy.impairment.staging,
        staging.Facts(
            days_past_due=days,
            notch_drop=then.notch_drop,
            # nobody knows the points at origination, so a PD by points says nothing about an increase since then
            pd=np.where(pd.origin == PdOrigin.POINTS, np.nan, pd.values)[rows.owner],
            pd_at_origination=credit.floored(then.pd, policy.scoring.pd_floor),
            watch_listed=facts.customers.watch_list[rows.owner] == 1,
            forborne=(rows.forborne == 1) | (rows.restructured >= 1),
            unlikely_to_pay=nobody,
            defaulted=who.claims & ~rebutted,
            contagion=nobody,
            past_due_rebutted=never,
            default_past_due_rebutted=np.where(who.claims & rebutted, facts.as_of, never),
            immaterial=~who.claims,
        ),
        facts.as_of,
    )
    unknown = np.isnan(days) & (found.stages == Stage.ONE)
    return replace(found, stages=np.where(unknown, Stage.NONE, found.stages).astype(np.int8))


def _ecl(policy: Policy, curves: Floats, claims: Claims, today: Floats, stages: Staged) -> Floats:
    """Return the loss of each claim's stage; ``today`` is the LGD of a claim that is in default today."""
    scenarios = provisioning.point_in_time(policy.impairment)
    # later years count in stage 2 only, and most claims are not in it
    counted = np.where(stages.stages == Stage.TWO, claims.remaining, np.minimum(claims.remaining, 1.0))
    found = provisioning.expected(scenarios, curves, replace(claims, remaining=counted))
    third = provisioning.impaired(scenarios, replace(claims, lgd=today), np.full(len(claims), np.nan))
    return provisioning.by_stage(stages.stages, found, third)
