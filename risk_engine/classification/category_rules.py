"""The rules of the five categories for a single claim; every rule that applies leaves its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.classification.categories import Codes, Masks, Missing, Reason
from risk_engine.classification.categories_policy import Categories as Policy
from risk_engine.credit import Floats, Places
from risk_engine.impairment.staging import Stage
from risk_engine.measure import divided

Flags = NDArray[np.bool_]

# a share that falls short of its bound by a rounding error has still reached it
_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Claims:
    """The facts of every claim, one column each; NaN is missing.

    ``owner``: the debtor. ``technical``: the overdue has an operational or technical cause. ``stage``: of IFRS 9, after
    rebuttals. ``impaired``: evidence of impairment is on record. ``refinanced``: only to repay an older debt; bonds and
    recognised renewals of small enterprises are not marked. ``restructurings``: how many times, while under observation.
    ``downgrade``: notches by which an external rating has fallen. ``elsewhere``: the share of the debtor's debts at all
    banks that is more than 90 days past due; ``non_performing_elsewhere``: another bank has one that is non-performing.
    ``enhanced``: a recognised credit enhancement keeps the debtor's other claims from reaching this one.
    """

    owner: Places
    retail: Flags
    days_past_due: Floats
    technical: Flags
    stage: Codes
    impaired: Flags
    ecl: Floats
    book: Floats
    diverted: Flags
    refinanced: Flags
    evaded: Flags
    bankrupt: Flags
    restructurings: Places
    downgrade: Floats
    elsewhere: Floats
    non_performing_elsewhere: Flags
    enhanced: Flags


def credit_impaired(claims: Claims) -> Flags:
    """Flag the claims with evidence of impairment on record, or in stage 3."""
    found: Flags = claims.impaired | (claims.stage == Stage.THREE)
    return found


def reasons(policy: Policy, claims: Claims) -> Masks:
    """Return the reasons that apply to every claim by itself, as masks of :class:`Reason`; missing inputs give none.

    Raises:
        Impossible: days, ECL or book below 0, or a share outside 0 to 1.

    Source: 商业银行金融资产风险分类办法 (2023), the lists of what is at least 关注, 次级, 可疑 and 损失, and its chapter on
        restructured assets.
    """
    days = checks.not_negative("days_past_due", claims.days_past_due)
    excused = claims.technical & (days > 0) & (days <= policy.technical_days)
    return (
        marked(Reason.OVERDUE, (days > 0) & ~excused)
        | marked(Reason.TECHNICAL, excused)
        | marked(Reason.OVER_90_DAYS, days > policy.substandard_days)
        | marked(Reason.OVER_270_DAYS, days > policy.doubtful_days)
        | marked(Reason.OVER_360_DAYS, days > policy.loss_days)
        | _impairment(policy, claims)
        | _recorded(claims)
        | _outside(policy, claims)
    )


def missing(claims: Claims) -> Masks:
    """Return the unknown inputs of every claim; ECL and book count only once the claim is credit-impaired."""
    impaired = credit_impaired(claims)
    return (
        marked(Missing.DAYS_PAST_DUE, np.isnan(claims.days_past_due))
        | marked(Missing.STAGE, (claims.stage == Stage.NONE) & ~impaired)
        | marked(Missing.ECL, np.isnan(claims.ecl) & impaired)
        | marked(Missing.BOOK, np.isnan(claims.book) & impaired)
        | marked(Missing.DOWNGRADE, np.isnan(claims.downgrade))
        | marked(Missing.ELSEWHERE, np.isnan(claims.elsewhere) & ~claims.retail)
    )


def marked(flag: IntFlag, where: Flags) -> Masks:
    """Return the flag where it holds, 0 elsewhere."""
    return where.astype(np.int32) * np.int32(flag)


def _impairment(policy: Policy, claims: Claims) -> Masks:
    ecl, book = checks.not_negative("ecl", claims.ecl), checks.not_negative("book", claims.book)
    impaired = credit_impaired(claims)
    # a loss above the book value counts as a total loss
    with np.errstate(over="ignore"):
        lost = np.round(divided(ecl, book), _DECIMALS)
    return (
        marked(Reason.IMPAIRED, claims.impaired)
        | marked(Reason.STAGE_THREE, claims.stage == Stage.THREE)
        | marked(Reason.HALF_LOST, impaired & (lost >= policy.doubtful_ecl))
        | marked(Reason.NEARLY_ALL_LOST, impaired & (lost >= policy.loss_ecl))
    )


def _recorded(claims: Claims) -> Masks:
    """Return the reasons recorded by people and in the register."""
    return (
        marked(Reason.DIVERTED, claims.diverted)
        | marked(Reason.REFINANCED, claims.refinanced)
        | marked(Reason.EVADED, claims.evaded)
        | marked(Reason.BANKRUPT, claims.bankrupt)
        | marked(Reason.RESTRUCTURED, claims.restructurings >= 1)
        | marked(Reason.RESTRUCTURED_AGAIN, claims.restructurings > 1)
    )


def _outside(policy: Policy, claims: Claims) -> Masks:
    """Return the reasons from agencies and other banks; those of other banks count for non-retail debtors only."""
    others = ~claims.retail
    return (
        marked(Reason.DOWNGRADED, claims.downgrade >= policy.downgrade_notches)
        | marked(Reason.NON_PERFORMING_ELSEWHERE, claims.non_performing_elsewhere & others)
        | marked(Reason.OVERDUE_ELSEWHERE, (checks.share("elsewhere", claims.elsewhere) > policy.elsewhere) & others)
    )
