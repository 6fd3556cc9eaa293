"""Default: the customers and loans in default, the first day, the reasons, and the ways out.

Stage, category, PD, expected loss, capital, grade and guarantors follow from this answer. Its reasons are evidence (days of material
arrears, events, letters, approved judgements), never a computed stage or category.

Source: Basel CRE36.68 ff.; CRR article 178 with EBA/GL/2016/07 and Regulation (EU) 2018/171; IFRS 9 appendix A and B5.5.37;
    商业银行金融资产风险分类办法 (2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from risk_engine import credit
from risk_engine.classification import probation
from risk_engine.classification.evidence import Evidence, Flags, Masks, Reason
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.classification.probation import States
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Facts, Floats
from risk_engine.impairment import staging
from risk_engine.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Default:
    """The default of every customer and claim.

    ``claims``: each facility in default. ``customers``: each customer of whom all claims are in default; ``share``: the share of its debt
    that is, NaN without debt. ``reasons``: masks of :class:`Reason`. ``since``: its first day. ``ends``: the day on which it would
    end if nothing happened until then, NaT while a reason or arrears remain. ``rebutted``: an approved rebuttal sets the presumption of
    days past due aside for stage and expected credit loss.
    ``material``: each customer whose arrears are material today. ``states``: what later days have to know.
    """

    claims: Flags
    customers: Flags
    share: Floats
    reasons: Masks
    since: Dates
    ends: Dates
    rebutted: Flags
    material: Flags
    states: States


def default(policy: Policy, facts: Facts, found: Evidence) -> Default:
    """Return the default of every customer, by its evidence today and the defaults that are not cured yet."""
    count, owner = len(facts), facts.facilities.owner
    units = _units(policy, facts)
    # units of the debtor level are the customers; those of the claim level are the claims, and then the customers
    behind = ~(found.arrears.today == 0)
    state = probation.advanced(policy, facts, found.by(units, count), units, behind)
    # evidence about the debtor covers all claims
    everywhere = state.defaulted[:count]
    claims = state.defaulted[units] | everywhere[owner]
    if policy.default.level == "claim":
        claims = claims | staging.pulled(policy.impairment.staging, owner, claims, found.drawn, count)
    debts = credit.total(owner, np.nan_to_num(found.drawn), count)
    bad = credit.total(owner, np.where(claims, np.nan_to_num(found.drawn), 0.0), count)
    lines = np.bincount(owner, minlength=count)
    whole = everywhere | ((lines > 0) & (np.bincount(owner, claims, count) == lines))
    share = np.divide(bad, debts, out=np.where(whole, 1.0, np.where(lines > 0, 0.0, np.nan)), where=debts > 0)
    reasons, since, ends = _told(policy, facts, state, units)
    return Default(claims, whole, share, reasons, since, ends, _rebutted(facts, reasons), _material(policy, facts, found), state)


def _units(policy: Policy, facts: Facts) -> np.ndarray:
    """Return the unit of each facility: its debtor, or itself."""
    return facts.facilities.owner if policy.default.level == "debtor" else len(facts) + np.arange(len(facts.facilities.owner))


def _told(policy: Policy, facts: Facts, state: States, units: np.ndarray) -> tuple[Masks, Dates, Dates]:
    """Return each customer's reasons, first day and expected end, over itself and its claims."""
    count, owner = len(facts), facts.facilities.owner
    mine = np.arange(count) if policy.default.level == "debtor" else np.concatenate([np.arange(count), owner])
    reasons = np.zeros(count, dtype=np.int32)
    np.bitwise_or.at(reasons, mine, np.where(state.defaulted, state.reasons, 0))
    far, early = np.datetime64("9999-12-31", "D"), np.datetime64("0001-01-01", "D")
    since, ends = np.full(count, far), np.full(count, early)
    np.minimum.at(since, mine, np.where(state.defaulted & ~np.isnat(state.since), state.since, far))
    np.maximum.at(ends, mine, np.where(state.defaulted, np.where(np.isnat(state.ends), far, state.ends), early))
    return reasons, np.where(since == far, NO_DATE, since), np.where((ends == far) | (ends == early), NO_DATE, ends)


def _material(policy: Policy, facts: Facts, found: Evidence) -> Flags:
    if policy.default.level == "debtor":
        return found.material > 0
    flags: Flags = np.bincount(facts.facilities.owner, found.material > 0, len(facts)) > 0
    return flags


def _rebutted(facts: Facts, reasons: Masks) -> Flags:
    """Flag customers with an approved rebuttal in force whose only reason is days past due, or the probation that follows."""
    rows = facts.judgements
    which = (rows.kinds.among((JudgementKind.REBUTTAL.value,)) == 0) & (rows.since <= facts.as_of) & ~(rows.until < facts.as_of)
    has = np.bincount(rows.owner, which, len(facts)) > 0
    spared = int(Reason.PAST_DUE | Reason.ARREARS | Reason.PROBATION)
    rebutted: Flags = has & (reasons > 0) & ((reasons & ~spared) == 0)
    return rebutted
