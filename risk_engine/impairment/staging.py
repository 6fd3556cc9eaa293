"""Stages of IFRS 9 and the reasons for them: twelve months, lifetime, or credit-impaired."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks, credit
from risk_engine.credit import Floats, Places
from risk_engine.impairment.impairment_policy import Staging

Stages = NDArray[np.int8]
Flags = NDArray[np.bool_]
Masks = NDArray[np.int32]
Dates = NDArray[np.datetime64]


class Stage(IntEnum):
    """The stage of a claim; none if all its inputs are unknown."""

    NONE = 0
    ONE = 1
    TWO = 2
    THREE = 3


class Reason(IntFlag):
    """The reason for a claim's stage; the last three are exemptions that kept a reason from counting."""

    PAST_DUE = 1
    NOTCHES = 2
    PD_RATIO = 4
    PD_INCREASE = 8
    WATCH_LISTED = 16
    FORBORNE = 32
    DEFAULT_PAST_DUE = 64
    DEFAULT_RATING = 128
    DEFAULTED = 256
    UNLIKELY_TO_PAY = 512
    CONTAGION = 1024
    LOW_CREDIT_RISK = 2048
    PAST_DUE_REBUTTED = 4096
    DEFAULT_PAST_DUE_REBUTTED = 8192


class Missing(IntFlag):
    """An unknown input of a claim, which may put it into a worse stage."""

    DAYS_PAST_DUE = 1
    NOTCH_DROP = 2
    PD = 4
    PD_AT_ORIGINATION = 8


RELATIVE = Reason.NOTCHES | Reason.PD_RATIO | Reason.PD_INCREASE
INCREASED = Reason.PAST_DUE | RELATIVE | Reason.WATCH_LISTED | Reason.FORBORNE
IMPAIRED = Reason.DEFAULT_PAST_DUE | Reason.DEFAULT_RATING | Reason.DEFAULTED | Reason.UNLIKELY_TO_PAY | Reason.CONTAGION
ALL_MISSING = Missing.DAYS_PAST_DUE | Missing.NOTCH_DROP | Missing.PD | Missing.PD_AT_ORIGINATION

# 0.03 - 0.01 must count as 0.02, not as 0.019999999999999997
_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of every claim, one column each; NaN and NaT are missing.

    ``notch_drop``: notches down since origination. ``pd`` and ``pd_at_origination`` are of one kind, both of a year or both
    of the remaining life. ``unlikely_to_pay``: assessed as credit-impaired by a person. ``defaulted``: an outcome is on record.
    ``contagion``: see :func:`contagion`. ``past_due_rebutted`` and ``default_past_due_rebutted``: the last day on which an
    approved rebuttal of the 30 or the 90 days' presumption holds. ``immaterial``: the overdue amount is too small for the 90 days'
    presumption; None: no amount is.
    """

    days_past_due: Floats
    notch_drop: Floats
    pd: Floats
    pd_at_origination: Floats
    watch_listed: Flags
    forborne: Flags
    unlikely_to_pay: Flags
    defaulted: Flags
    contagion: Flags
    past_due_rebutted: Dates
    default_past_due_rebutted: Dates
    immaterial: Flags | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """The stage of every claim, with the masks of :class:`Reason` and :class:`Missing`."""

    stages: Stages
    reasons: Masks
    missing: Masks


def staged(policy: Staging, facts: Facts, as_of: np.datetime64) -> Staged:
    """Stage every claim: the worst reason wins, and unknown inputs neither improve nor worsen a stage.

    A claim without any known input has no stage.

    Raises:
        Impossible: days past due below 0, or a PD outside 0 to 1.

    Source: IFRS 9 5.5.3, 5.5.5, 5.5.9-5.5.11 (stages, low credit risk, 30 days), B5.5.37 (90 days), Appendix A (credit-impaired).
    """
    reasons = _past_due(policy, facts, as_of) | _increase(policy, facts) | _recorded(facts)
    missing = _missing(facts)
    known = (missing != ALL_MISSING) | (reasons > 0)
    stages = np.where((reasons & int(IMPAIRED)) > 0, Stage.THREE, np.where((reasons & int(INCREASED)) > 0, Stage.TWO, Stage.ONE))
    return Staged(np.where(known, stages, Stage.NONE).astype(np.int8), reasons, missing)


def _marked(flag: IntFlag, where: Flags) -> Masks:
    return where.astype(np.int32) * np.int32(flag)


def _past_due(policy: Staging, facts: Facts, as_of: np.datetime64) -> Masks:
    """Return the two backstops or their rebuttals; at 90 days a rebuttal of the 30 days no longer counts, so one of both gives stage 2."""
    days = checks.not_negative("days_past_due", facts.days_past_due)
    late, default = days > policy.more_than_days, days >= policy.impaired_from_days
    if facts.immaterial is not None:
        default &= ~facts.immaterial
    spared = late & ~default & (facts.past_due_rebutted >= as_of)
    cleared = default & (facts.default_past_due_rebutted >= as_of)
    return (
        _marked(Reason.PAST_DUE, late & ~spared)
        | _marked(Reason.PAST_DUE_REBUTTED, spared)
        | _marked(Reason.DEFAULT_PAST_DUE, default & ~cleared)
        | _marked(Reason.DEFAULT_PAST_DUE_REBUTTED, cleared)
    )


def _increase(policy: Staging, facts: Facts) -> Masks:
    """Return the increases since origination, or the low-credit-risk exemption that keeps them from counting."""
    now, then = checks.share("pd", facts.pd), checks.share("pd_at_origination", facts.pd_at_origination)
    grown = np.round(now - then, _DECIMALS)
    doubled = (np.round(now - policy.pd_ratio * then, _DECIMALS) >= 0) & (grown >= policy.pd_ratio_from) & (grown > 0)
    found = (
        _marked(Reason.NOTCHES, facts.notch_drop >= policy.notches)
        | _marked(Reason.PD_RATIO, doubled)
        | _marked(Reason.PD_INCREASE, grown >= policy.pd_increase)
    )
    if policy.low_credit_risk is None:
        return found
    exempt = (now <= policy.low_credit_risk) & (found > 0)
    return np.where(exempt, np.int32(Reason.LOW_CREDIT_RISK), found)


def _recorded(facts: Facts) -> Masks:
    """Return the reasons recorded by people and in the register."""
    return (
        _marked(Reason.WATCH_LISTED, facts.watch_listed)
        | _marked(Reason.FORBORNE, facts.forborne)
        | _marked(Reason.DEFAULT_RATING, facts.pd >= 1.0)
        | _marked(Reason.DEFAULTED, facts.defaulted)
        | _marked(Reason.UNLIKELY_TO_PAY, facts.unlikely_to_pay)
        | _marked(Reason.CONTAGION, facts.contagion)
    )


def _missing(facts: Facts) -> Masks:
    return (
        _marked(Missing.DAYS_PAST_DUE, np.isnan(facts.days_past_due))
        | _marked(Missing.NOTCH_DROP, np.isnan(facts.notch_drop))
        | _marked(Missing.PD, np.isnan(facts.pd))
        | _marked(Missing.PD_AT_ORIGINATION, np.isnan(facts.pd_at_origination))
    )


def contagion(policy: Staging, owner: Places, stages: Stages, exposures: Floats, count: int) -> Flags:
    """Flag claims whose debtor has enough other exposure in stage 3 to pull them along; see :func:`pulled`.

    Args:
        owner: the debtor of each claim, 0 to ``count`` - 1.
        stages: the stages before contagion.

    Source: Basel II § 453 (it is the obligor that defaults); the share is policy.
    """
    return pulled(policy, owner, stages == Stage.THREE, exposures, count)


def pulled(policy: Staging, owner: Places, bad: Flags, exposures: Floats, count: int) -> Flags:
    """Flag claims whose debtor's other bad claims have more than the policy's share of its exposure (the pulling effect).

    A missing exposure leaves the share unknown, and then any other bad claim is enough.
    """
    others = np.bincount(owner, bad, count)[owner] - bad > 0
    whole, part = credit.total(owner, exposures, count), credit.total(owner, np.where(bad, exposures, 0.0), count)
    share = np.divide(part, whole, out=np.full(count, np.nan), where=whole > 0)
    caught: Flags = others & ~(share[owner] <= policy.contagion)
    return caught


def names(mask: int, kind: type[IntFlag] = Reason) -> tuple[str, ...]:
    """Return the names of a mask's bits in lower case, in their order."""
    return tuple(one.name.lower() for one in kind if one.name and mask & one)
