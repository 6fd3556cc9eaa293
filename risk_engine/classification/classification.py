"""Classification of claims with their debtors: non-performing until cured, with contagion to the debtor's other claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from risk_engine import credit
from risk_engine.classification import categories, category_rules, cure
from risk_engine.classification.categories import Category, Codes, Masks, Missing, Reason
from risk_engine.classification.categories_policy import Categories as Policy
from risk_engine.classification.category_rules import Claims, Flags, marked
from risk_engine.classification.cure import Record
from risk_engine.credit import Floats, Places

_MARKS = {
    "days_past_due": Missing.DAYS_PAST_DUE,
    "stage": Missing.STAGE,
    "ecl": Missing.ECL,
    "book": Missing.BOOK,
    "downgrade": Missing.DOWNGRADE,
    "elsewhere": Missing.ELSEWHERE,
}


@dataclass(frozen=True, slots=True)
class Classified:
    """The category of every claim or debtor: 0 where a missing input could make it worse.

    ``at_least`` is the worst category that the known inputs require. ``reasons``, ``missing`` and ``obstacles`` are masks of
    :class:`Reason`, :class:`Missing` and :class:`cure.Obstacle`.
    """

    category: Codes
    at_least: Codes
    reasons: Masks
    missing: Masks
    obstacles: Masks


def classified(policy: Policy, claims: Claims, record: Record, count: int) -> Classified:
    """Classify every claim by its own rules, by its incomplete cure, and by its debtor's other claims.

    Args:
        count: number of debtors; ``claims.owner`` is 0 to ``count`` - 1.

    Raises:
        Impossible: days, amounts, instalments or months below 0, or a share outside 0 to 1.

    Source: 商业银行金融资产风险分类办法 (2023); together with IFRS 9, whose stage 3 is credit-impaired.
    """
    obstacles = cure.obstacles(policy.cure, claims, record, count)
    own = category_rules.reasons(policy, claims) | marked(Reason.NOT_CURED, obstacles > 0)
    bad = categories.asked(own) >= Category.SUBSTANDARD
    share = bad_share(claims, bad, count)
    reasons = own | _from_the_debtor(policy, claims, bad, share, count)
    missing = category_rules.missing(claims) | _unknown_share(claims, bad, share, count)
    return _settled(policy, reasons, missing, obstacles)


class Owned(Protocol):
    """Claims by their debtor."""

    @property
    def owner(self) -> Places: ...


def debtors(claims: Owned, found: Classified, count: int) -> Classified:
    """Return every debtor's worst category with the reasons of all claims; a debtor without claims has no category."""
    masks = [np.zeros(count, dtype=np.int32) for _mask in range(3)]
    for mask, values in zip(masks, (found.reasons, found.missing, found.obstacles), strict=True):
        np.bitwise_or.at(mask, claims.owner, values)
    unknown = np.bincount(claims.owner, found.category == Category.NONE, count) > 0
    at_least = np.zeros(count, dtype=np.int8)
    np.maximum.at(at_least, claims.owner, found.at_least)
    category = np.where(unknown & (at_least < Category.LOSS), Category.NONE, at_least).astype(np.int8)
    return Classified(category, at_least, *masks)


def bad_share(claims: Claims, bad: Flags, count: int) -> Floats:
    """Return the non-performing share of each debtor's non-retail claims; NaN where a book value is missing."""
    book = np.where(claims.retail, 0.0, claims.book)
    whole, part = credit.total(claims.owner, book, count), credit.total(claims.owner, np.where(bad, book, 0.0), count)
    # a debtor that owes nothing has a share of 0; a missing total gives NaN
    found: Floats = np.divide(part, whole, out=whole.copy(), where=whole > 0)
    return found


def _from_the_debtor(policy: Policy, claims: Claims, bad: Flags, share: Floats, count: int) -> Masks:
    """Return the reasons that each non-retail claim takes from the debtor's other claims."""
    others = _others(claims, bad, count)
    reached = others & (share[claims.owner] > policy.contagion)
    return (
        marked(Reason.NON_PERFORMING_HERE, others)
        | marked(Reason.CONTAGION, reached & ~claims.enhanced)
        | marked(Reason.ENHANCED, reached & claims.enhanced)
    )


def _unknown_share(claims: Claims, bad: Flags, share: Floats, count: int) -> Masks:
    """Flag claims for which a missing book value decides whether another claim's default spreads to them."""
    unknown = _others(claims, bad, count) & np.isnan(share[claims.owner]) & ~claims.enhanced & ~bad
    return marked(Missing.BOOK, unknown)


def _others(claims: Claims, bad: Flags, count: int) -> Flags:
    """Flag non-retail claims whose debtor has another non-performing, non-retail claim."""
    counts = bad & ~claims.retail
    found: Flags = (np.bincount(claims.owner, counts, count)[claims.owner] - counts > 0) & ~claims.retail
    return found


def _settled(policy: Policy, reasons: Masks, missing: Masks, obstacles: Masks) -> Classified:
    needed = sum(int(_MARKS[name]) for name in set(policy.needed))
    at_least = categories.asked(reasons)
    unsure = ((missing & needed) > 0) & (at_least < Category.LOSS)
    return Classified(np.where(unsure, Category.NONE, at_least).astype(np.int8), at_least, reasons, missing, obstacles)
