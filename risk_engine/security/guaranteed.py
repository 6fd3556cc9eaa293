"""The effect of guarantees on each facility: PD and risk weight by substitution, and recoveries in the accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.credit import Floats, Places
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts.facts import Covers, Dates, Facts
from risk_engine.impairment import amortisation
from risk_engine.measure import divided
from risk_engine.policy.policy import Policy
from risk_engine.security import collateral, guarantees, recoveries
from risk_engine.security.collateral import Links
from risk_engine.security.guarantee_policy import GuaranteeRules
from risk_engine.security.guarantees import NONE, Cover
from risk_engine.security.recoveries import Unrecovered

Flags = NDArray[np.bool_]

# a mean PD that is taken back out of a mixture has the rounding error of a division
_DECIMALS = 12
DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Guaranteed:
    """The effect of guarantees on every facility.

    ``pd``: after substitution; the ``share`` of the exposure that better guarantors cover, and their mean PD and ``sales`` (those of the
    best one's group, in millions; NaN if unknown, or if size does not count). ``unrecovered``: the share of a loss that no integral
    guarantee recovers, None where there are no guarantees. ``used``: the exposure that takes the PD of each guarantee's guarantor.
    """

    pd: Floats
    share: Floats
    guarantor_pd: Floats
    sales: Floats
    unrecovered: Unrecovered | None
    used: Floats


def told(policy: Policy, facts: Facts, letter_pd: Floats, defaulted: Flags, sizes: Floats | None = None) -> Facts:
    """Return the facts with each guarantor's figures for its guarantees, while the book is whole.

    A guarantor in default, or without a letter, covers nothing. Of the others the eligible ones may replace the debtor's PD.

    Args:
        letter_pd: each customer's PD by its letter, without a floor; NaN without one.
        sizes: the sales by which each firm's size is judged, in millions; NaN without a size.

    Source: CRE22 and CRE32 (eligible guarantors, and the recognition of their PD); the list is policy.
    """
    rows = facts.covers
    if rows is None or not len(rows.owner):
        return facts
    pd = np.where(defaulted, np.nan, letter_pd)[rows.guarantor]
    excluded = facts.customers.kinds.among(policy.guarantees.excluded)[rows.guarantor] >= 0
    sales = np.full(len(rows.owner), np.nan) if sizes is None else sizes[rows.guarantor]
    return replace(facts, covers=replace(rows, pd=pd, sales=sales, eligible=~excluded & (pd <= policy.guarantees.highest_pd)))


def mitigated(policy: Policy, facts: Facts, ead: Floats, pd: Floats, in_default: Flags, remaining: Floats) -> Guaranteed:
    """Return the effect of guarantees: the better PD for the covered part, and recoveries from integral guarantees.

    Nothing is substituted for a claim in default, whose loss is the best estimate: default and stage stay the borrower's.

    Args:
        pd: each facility's, not below the floor.
        remaining: each facility's years of life.

    Source: CRE22, CRE32 (substitution); IFRS 9 B5.5.55 (credit enhancements that are integral to the contract).
    """
    rows, count = facts.covers, len(ead)
    if rows is None or not len(rows.owner):
        nothing = np.zeros(count)
        return Guaranteed(pd, nothing, np.full(count, np.nan), np.full(count, np.nan), None, np.zeros(0))
    cover, row = _cover(policy, facts, rows, ead)
    best = credit.floored(rows.pd, policy.scoring.pd_floor)
    counts = rows.eligible[row] & ~in_default[cover.facility]
    left = _left(rows, facts.as_of)
    lasting = _lasting(cover, _lasts(policy.guarantees, rows, left, row, remaining[cover.facility]), ead)
    found = guarantees.substituted(_some(lasting, counts), ead, pd, best)
    own = np.where(found.share > 0, found.share, np.nan)
    # a guarantor on a bound of the policy stays on it
    taken_out: Floats = np.clip(divided(found.pd - (1.0 - own) * pd, own), 0.0, 1.0)
    theirs: Floats = np.round(taken_out, _DECIMALS)
    integral = np.where(np.isnan(rows.integral), policy.guarantees.integral, rows.integral == 1).astype(bool)[row]
    remains = recoveries.unrecovered(_some(cover, integral), left[row][integral], ead, rows.pd, remaining)
    sales = np.where(found.guarantor == NONE, np.nan, rows.sales[found.guarantor])
    used: Floats = np.bincount(row[counts], found.used, len(rows.owner)).astype(np.float64)
    return Guaranteed(found.pd, found.share, theirs, sales, remains, used)


def _cover(policy: Policy, facts: Facts, rows: Covers, ead: Floats) -> tuple[Cover, NDArray[np.int64]]:
    """Return the covered facilities, and the guarantee behind each: its row stands for its guarantor.

    A guarantee of all facilities is split by exposure; in another currency it has the haircut for a mismatch.
    """
    lent = facts.facilities
    sizes = np.bincount(lent.owner, minlength=len(facts))
    first = np.append(0, np.cumsum(sizes))[:-1]
    many = np.where(rows.facility < 0, sizes[rows.owner], 1)
    row = np.repeat(np.arange(len(rows.owner)), many)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    facility = first[rows.owner[row]] + np.where(rows.facility[row] < 0, turn, rows.facility[row])
    rate = rows.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    foreign = rows.currencies.among(lent.currencies.names)[row] != lent.currencies.codes[facility]
    amount = (rows.amounts * rate)[row] * (1.0 - np.where(foreign, policy.collateral.currency_haircut, 0.0))
    part = collateral.weights(Links(row, facility), ead, len(rows.owner))
    unlimited = np.isnan(rows.amounts)[row]
    # an amount without a rate covers nothing; the missing rate is named
    return Cover(facility, row, np.nan_to_num(amount * part), unlimited), row


def _left(rows: Covers, as_of: np.datetime64) -> Floats:
    """Return the years until the end of each guarantee; NaN without one."""
    return amortisation.years_until(as_of, ends(rows, as_of))


def ends(rows: Covers, as_of: np.datetime64) -> Dates:
    """Return the last day of each guarantee; NaT if there is none, or a placeholder such as 2999-12-31."""
    return np.where(rows.until - as_of < DAYS_OF_A_YEAR * amortisation.LONGEST_YEARS * ONE_DAY, rows.until, NO_DATE)


def _lasts(rules: GuaranteeRules, rows: Covers, left: Floats, row: Places, remaining: Floats) -> Floats:
    """Return the part of each guarantee that counts although it ends before its loan: (t - 0.25) / (T - 0.25), 1 if it does not.

    t and T are the years left of the guarantee and of the loan, T at most five, and five if unknown. One with an original life below a
    year does not count then; where its first day is unknown, what is left must be a year.

    Source: CRE22 (maturity mismatch: original maturity of one year, residual maturity of three months).
    """
    original = np.where(np.isnat(rows.began), left, (rows.until - rows.began) / (DAYS_OF_A_YEAR * ONE_DAY))
    life = np.fmin(remaining, rules.longest_years)
    least, short = rules.residual_years, left[row] < life
    counts = (left[row] > least) & (original[row] >= rules.original_years)
    part = np.divide(left[row] - least, life - least, out=np.zeros(len(row)), where=short & counts)
    return np.where(short, part, 1.0)


def _lasting(cover: Cover, part: Floats, ead: Floats) -> Cover:
    """Return the cover of which a part lasts; an unlimited guarantee covers this part of the exposure."""
    cut = cover.unlimited & (part < 1.0)
    amount = np.where(cut, ead[cover.facility], cover.amount) * part
    return replace(cover, amount=amount, unlimited=cover.unlimited & ~cut)


def _some(cover: Cover, which: Flags) -> Cover:
    return Cover(cover.facility[which], cover.guarantor[which], cover.amount[which], cover.unlimited[which])
