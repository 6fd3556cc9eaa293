"""Collateral: its value after haircuts, its allocation to facilities, and the resulting loss given default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from risk_engine import checks, credit
from risk_engine.checks import Impossible
from risk_engine.credit import Floats, Places
from risk_engine.measure import divided
from risk_engine.security.collateral_policy import KINDS
from risk_engine.security.collateral_policy import Collateral as Policy

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

_HUNDREDTHS = 100.0
# in hundredths: the rounding error of a product of floats
_DECIMALS = 4


class Missing(IntFlag):
    """The unknown inputs that make a facility's security not computable."""

    VALUE = 1
    VALUATION = 2
    PRIOR = 4
    EAD = 8
    LGD = 16


@dataclass(frozen=True, slots=True)
class Items:
    """Items of collateral, one a row; NaN is missing.

    ``kind``: its place in :data:`KINDS`, -1 counts as other. ``value`` and ``prior`` (claims that are satisfied first) in the
    currency of the facilities' amounts; ``currency``: the code of the currency of the valuation. ``age``: days since
    the valuation. ``lien``: rank, 1 first. ``enforceable``: registered, insured and legally sound. ``unproven``: items of which
    it is not known; None: none.
    """

    kind: Codes
    value: Floats
    age: Floats
    lien: Places
    prior: Floats
    currency: Places
    enforceable: Flags
    unproven: Flags | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Links between items and the facilities that they secure, one row each, each pair once."""

    item: Places
    facility: Places


@dataclass(frozen=True, slots=True)
class Facilities:
    """The facilities to secure: exposure at default, unsecured LGD, and the code of the currency."""

    ead: Floats
    unsecured_lgd: Floats
    currency: Places


@dataclass(frozen=True, slots=True)
class Secured:
    """Each facility's LGD and security: ``cover`` is all security after haircuts over the exposure, ``share`` the secured part.

    Both are NaN without an exposure. ``missing`` are masks of :class:`Missing`. ``unfloored_lgd``: without regulatory floors;
    ``floor``: the least LGD that the regulator allows for its secured and unsecured parts.
    """

    lgd: Floats
    share: Floats
    cover: Floats
    missing: Codes
    unfloored_lgd: Floats
    floor: Floats


def haircuts(policy: Policy, items: Items) -> Floats:
    """Return the haircut of every item, before currency mismatch; 1 if it is not enforceable, or its valuation is too old.

    A valuation is stale from the day after its last valid day; without a date NaN, except for kinds that need none. An item of
    which it is not known whether it is enforceable has the policy's further haircut.

    Raises:
        Impossible: an age below 0.

    Source: CRE22 (supervisory haircuts), CRE32 (foundation approach), CRE36 (how often collateral is revalued).
    """
    age, valid = checks.not_negative("age", items.age), policy.valid_days[items.kind]
    stale = np.where(age > valid, policy.stale_haircuts[items.kind], 0.0)
    unproven = 0.0 if items.unproven is None else np.where(items.unproven, policy.unknown_haircut, 0.0)
    off = np.minimum(policy.haircuts[items.kind] + stale + unproven, 1.0)
    off = np.where(np.isnan(age) & np.isfinite(valid), np.nan, off)
    return np.where(items.enforceable & ~(age > policy.longest_days[items.kind]), off, 1.0)


def allocated(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Floats:
    """Return each link's secured amount: the item's value after haircuts and prior claims, split by exposure, rounded down.

    A first-ranking claim has no prior claims unless an amount is given; for lower ranks a missing amount gives NaN.

    Raises:
        Impossible: an age or amount below 0, a rank below 1, or a duplicate pair of item and facility.

    Source: CRE32 (C · (1 - Hc - Hfx)); CRE20 (senior liens are deducted after the haircut).
    """
    _refuse_twice(links, len(facilities.ead))
    value, prior = checks.not_negative("value", items.value), checks.not_negative("prior", items.prior)
    checks.positive("lien", items.lien)
    ead = checks.not_negative("ead", facilities.ead)
    prior = np.where((items.lien == 1) & np.isnan(prior), 0.0, prior)
    foreign = items.currency[links.item] != facilities.currency[links.facility]
    off = np.minimum(haircuts(policy, items)[links.item] + np.where(foreign, policy.currency_haircut, 0.0), 1.0)
    # an item with a full haircut counts as 0, even if other inputs are missing
    left = np.where(off == 1.0, 0.0, np.maximum(value[links.item] * (1.0 - off) - prior[links.item], 0.0))
    return _down(left * weights(links, ead, len(items.value)))


def weights(links: Links, ead: Floats, count: int) -> Floats:
    """Return each link's part of its item: the facility's exposure over that of all facilities the item secures.

    Args:
        count: the number of items.
    """
    mine = ead[links.facility]
    whole = credit.total(links.item, mine, count)[links.item]
    # an item without any exposure to secure counts as 0; a missing exposure makes all parts NaN
    found: Floats = np.divide(mine, whole, out=np.where(np.isnan(whole), np.nan, 0.0), where=whole > 0)
    return found


def secured(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Secured:
    """Return every facility's LGD: the LGDs of its secured and unsecured parts, weighted by exposure.

    The kinds with the smallest LGD are used first. Security never makes a loss larger: an unsecured LGD below that of a kind
    replaces it. Without an exposure the LGD is the unsecured one.

    Raises:
        Impossible: as :func:`allocated`, or an LGD outside 0 to 1.

    Source: CRE32, foundation approach: LGD* = LGDU · EU/E + Σ LGDS · ES/E; its minimum LGDs and floors are policy.
    """
    count, parts = len(facilities.ead), allocated(policy, items, links, facilities)
    bare, ead = checks.share("unsecured_lgd", facilities.unsecured_lgd), facilities.ead
    open_, loss, floor, cover = ead.copy(), np.zeros(count), np.zeros(count), np.zeros(count)
    for code in policy.order:
        kind, mine = policy.kind[KINDS[code]], items.kind[links.item] % len(KINDS) == code
        amount = credit.total(links.facility[mine], parts[mine], count)
        used = np.minimum(open_, amount)
        cover, open_ = cover + amount, open_ - used
        loss, floor = loss + used * np.minimum(kind.lgd, bare), floor + used * kind.floor
    loss, floor = loss + open_ * bare, floor + open_ * policy.unsecured_floor
    lgd = np.where(ead == 0, np.maximum(bare, policy.unsecured_floor), divided(np.maximum(loss, floor), ead))
    unfloored = np.where(ead == 0, bare, divided(loss, ead))
    least = np.where(ead == 0, policy.unsecured_floor, divided(floor, ead))
    missing = _missing(policy, items, links, facilities)
    return Secured(lgd, divided(ead - open_, ead), divided(cover, ead), missing, unfloored, least)


def _missing(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Codes:
    """Return the missing inputs of each facility: its own, or those of an item that would count."""
    off = haircuts(policy, items)
    counts = off != 1.0
    of_items = (
        np.where(np.isnan(items.value) & counts, int(Missing.VALUE), 0)
        | np.where(np.isnan(off), int(Missing.VALUATION), 0)
        | np.where(np.isnan(items.prior) & (items.lien > 1) & counts, int(Missing.PRIOR), 0)
    )
    unexposed = np.bincount(links.item, np.isnan(facilities.ead[links.facility]), len(off)) > 0
    of_items = of_items | np.where(unexposed & counts, int(Missing.EAD), 0)
    found = np.where(np.isnan(facilities.ead), int(Missing.EAD), 0) | np.where(np.isnan(facilities.unsecured_lgd), int(Missing.LGD), 0)
    np.bitwise_or.at(found, links.facility, of_items[links.item])
    return found.astype(np.int8)


def _down(amounts: Floats) -> Floats:
    """Round down to the hundredth, so that the parts never exceed the whole."""
    found: Floats = np.floor(np.round(amounts * _HUNDREDTHS, _DECIMALS)) / _HUNDREDTHS
    return found


def _refuse_twice(links: Links, facilities: int) -> None:
    pairs = links.item * facilities + links.facility
    if (np.diff(pairs) > 0).all():
        return
    order = np.argsort(pairs, kind="stable")
    again = order[1:][np.diff(pairs[order]) == 0]
    if len(again):
        place = int(again.min())
        raise Impossible(field="links", value=(int(links.item[place]), int(links.facility[place])), accepted="each pair once", place=place)
