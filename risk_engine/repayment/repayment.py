"""Repayment ability: the sources that cover the payments of the coming months, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks
from risk_engine.checks import Floats
from risk_engine.measure import Measure, divided, table
from risk_engine.repayment.maturities import Due
from risk_engine.repayment.repayment_policy import Repayment

Codes = NDArray[np.int8]

_HUNDREDTHS = 100.0


class Source(IntEnum):
    """The source that completes repayment; the first is the operating cash flow, the others are the second source.

    ``NONE``: not computable. ``NOTHING_DUE``: no source is needed. ``NOT_ENOUGH``: all sources together leave a gap.
    """

    NONE = 0
    NOTHING_DUE = 1
    CASH_FLOW = 2
    CASH = 3
    UNDRAWN_LINES = 4
    COLLATERAL = 5
    GUARANTOR = 6
    NOT_ENOUGH = 7


class Cover(IntEnum):
    """The cover of due payments by the cash flow; ``NONE`` is not computable, and never enough."""

    NONE = 0
    NOTHING_DUE = 1
    AMPLE = 2
    THIN = 3
    SHORT = 4


class Refinancing(IntEnum):
    """The dependence on refinancing: a dependent customer can repay maturities only by new borrowing."""

    NONE = 0
    INDEPENDENT = 1
    DEPENDENT = 2


@dataclass(frozen=True, slots=True)
class Sources:
    """The means of each customer, in the order of use; NaN is missing.

    ``cash_flow`` is that of twelve months before interest (CFADS, or the operating cash flow where interest is financing), for the
    horizon of the payments. ``undrawn_lines``: committed by other lenders. ``collateral``: after haircuts and prior liens.
    ``guarantor``: the means of the guarantors.
    """

    cash_flow: Floats
    cash: Floats
    undrawn_lines: Floats
    collateral: Floats
    guarantor: Floats


@dataclass(frozen=True, slots=True)
class Ability:
    """The ability of each customer to pay, by source.

    ``ratio`` is cash flow / due, NaN where nothing is due. ``gap`` is the amount not covered by the cash flow, plus a negative cash
    flow. ``covers`` has the payment of each :class:`Source`, one column each; ``shortfall`` is the rest. A missing source makes the
    payments of later ones not computable; ``suffices`` relies on the known ones only.
    """

    due: Floats
    ratio: Floats
    cover: Codes
    gap: Floats
    covers: dict[Source, Floats]
    shortfall: Floats
    suffices: Codes
    bullet_share: Floats
    refinancing: Codes


def gap(cash_flow: Floats, due: Floats) -> Floats:
    """Return the amount due and not covered by the cash flow; a cash flow below 0 widens it."""
    return np.where(due > 0, np.maximum(due - cash_flow, 0.0), due)


_HOUSE = "first and second source of repayment (China: 流动资金贷款管理办法; OCC Comptroller's Handbook, Rating Credit Risk)"
MEASURES = table(
    (
        Measure("repayment_cover", "ratio", ("cash_flow", "due"), divided, "high", _HOUSE),
        Measure("repayment_gap", "amount", ("cash_flow", "due"), gap, "low", _HOUSE),
        Measure("bullet_share", "percent", ("maturities", "due"), divided, "low", _HOUSE),
    )
)


def ability(policy: Repayment, owed: Due, sources: Sources) -> Ability:
    """Return the payments of each customer's sources: the cash flow first, then the second source, item by item.

    Raises:
        Impossible: cash, lines, collateral or a guarantor's means below 0.

    Source: see :data:`MEASURES`; the bounds are policy.
    """
    second = {
        Source.CASH: checks.not_negative("cash", sources.cash),
        Source.UNDRAWN_LINES: checks.not_negative("undrawn_lines", sources.undrawn_lines),
        Source.COLLATERAL: checks.not_negative("collateral", sources.collateral),
        Source.GUARANTOR: checks.not_negative("guarantor", sources.guarantor),
    }
    total, flow = owed.total, checks.column("cash_flow", sources.cash_flow)
    ratio, bullets = divided(flow, total), divided(owed.maturities, total)
    # whole hundredths leave no rounding errors of binary fractions
    whole = {source: np.rint(means * _HUNDREDTHS) for source, means in second.items()}
    owing, earned = np.rint(total * _HUNDREDTHS), np.rint(flow * _HUNDREDTHS)
    open_ = gap(earned, owing)
    covers, shortfall = _waterfall(owing, earned, open_, whole)
    return Ability(
        total,
        ratio,
        _cover(policy, total, ratio),
        open_ / _HUNDREDTHS,
        {source: paid / _HUNDREDTHS for source, paid in covers.items()},
        shortfall / _HUNDREDTHS,
        _suffices(owing, open_, whole),
        bullets,
        _refinancing(policy, total, ratio, bullets),
    )


def _waterfall(owing: Floats, earned: Floats, open_: Floats, second: dict[Source, Floats]) -> tuple[dict[Source, Floats], Floats]:
    """Return each source's payment towards the amount left by the sources before it."""
    covers, left = {Source.CASH_FLOW: np.minimum(np.maximum(earned, 0.0), owing)}, open_
    for source, means in second.items():
        # where nothing is left to pay, it does not matter what a source has
        covers[source] = np.where(left == 0, 0.0, np.minimum(means, left))
        left = left - covers[source]
    return covers, left


def _suffices(owing: Floats, open_: Floats, second: dict[Source, Floats]) -> Codes:
    """Return the first source that completes repayment; a missing source might, so its customer is never found unable."""
    found = np.select([owing == 0, open_ == 0], [Source.NOTHING_DUE, Source.CASH_FLOW], Source.NONE).astype(np.int8)
    left, lacking = open_, np.isnan(open_)
    for source, means in second.items():
        lacking = lacking | np.isnan(means)
        left = np.maximum(left - np.nan_to_num(means), 0.0)
        found = np.where((found == Source.NONE) & (left == 0), source, found).astype(np.int8)
    return np.where((found == Source.NONE) & ~lacking, Source.NOT_ENOUGH, found).astype(np.int8)


def _cover(policy: Repayment, total: Floats, ratio: Floats) -> Codes:
    thin, short = policy.cover
    cases = [total == 0, np.isnan(ratio), ratio < short, ratio < thin]
    return np.select(cases, [Cover.NOTHING_DUE, Cover.NONE, Cover.SHORT, Cover.THIN], Cover.AMPLE).astype(np.int8)


def _refinancing(policy: Repayment, total: Floats, ratio: Floats, bullets: Floats) -> Codes:
    """Return the dependence on refinancing: the cash flow falls short, and most of the amount due is final maturities."""
    few = bullets < policy.bullet_share
    cases = [(total == 0) | few | (ratio >= 1), np.isnan(bullets) | np.isnan(ratio)]
    return np.select(cases, [Refinancing.INDEPENDENT, Refinancing.NONE], Refinancing.DEPENDENT).astype(np.int8)
