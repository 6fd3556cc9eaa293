"""Collateral: what is left of its value, which facility it secures how far, and what is then lost given default."""

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
# of a hundredth: what a product of floats may miss a whole one by
_DECIMALS = 4


class Missing(IntFlag):
    """What is not known, so that a facility's security cannot be computed."""

    VALUE = 1
    VALUATION = 2
    PRIOR = 4
    EAD = 8
    LGD = 16


@dataclass(frozen=True, slots=True)
class Items:
    """A row a thing that secures: NaN is missing.

    ``kind``: its place in :data:`KINDS`, -1 counts as other. ``value`` and ``prior`` (claims that are satisfied first) in the
    currency of the facilities' amounts; ``currency``: the code of the one in which it is really valued. ``age``: days since
    the valuation. ``lien``: rank, 1 first. ``enforceable``: registered, insured and sound in law.
    """

    kind: Codes
    value: Floats
    age: Floats
    lien: Places
    prior: Floats
    currency: Places
    enforceable: Flags


@dataclass(frozen=True, slots=True)
class Links:
    """A row for each item and facility that it secures, each pair once."""

    item: Places
    facility: Places


@dataclass(frozen=True, slots=True)
class Facilities:
    """What is to be secured: exposure at default, the LGD of what is not secured, and the code of the currency it is owed in."""

    ead: Floats
    unsecured_lgd: Floats
    currency: Places


@dataclass(frozen=True, slots=True)
class Secured:
    """Of every facility: ``cover`` is all security after haircuts over the exposure, ``share`` what of the exposure is secured.

    Both are NaN without an exposure, where there is nothing to secure. ``missing`` are masks of :class:`Missing`.
    """

    lgd: Floats
    share: Floats
    cover: Floats
    missing: Codes


def haircuts(policy: Policy, items: Items) -> Floats:
    """The share of every item's value that does not count, before differences of currency; all of it if it is not enforceable.

    A valuation is stale from the day after its last valid one; without a date NaN, but for kinds that need none.

    Raises:
        Impossible: an age below 0.

    Source: CRE22 (supervisory haircuts), CRE32 (foundation approach), CRE36 (how often collateral is revalued).
    """
    age, valid = checks.not_negative("age", items.age), policy.valid_days[items.kind]
    stale = np.where(age > valid, policy.stale_haircuts[items.kind], 0.0)
    off = np.minimum(policy.haircuts[items.kind] + stale, 1.0)
    off = np.where(np.isnan(age) & np.isfinite(valid), np.nan, off)
    return np.where(items.enforceable, off, 1.0)


def allocated(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Floats:
    """What every link secures: the item's value after haircuts and prior claims, divided by exposure, down to the hundredth.

    A claim in the first rank has none before it unless an amount says so; behind another rank a missing amount leaves it open.

    Raises:
        Impossible: an age or amount below 0, a rank below 1, or a pair of item and facility that stands there twice.

    Source: CRE32 (C · (1 - Hc - Hfx)); CRE20 (senior liens are deducted after the haircut).
    """
    _refuse_twice(links, len(facilities.ead))
    value, prior = checks.not_negative("value", items.value), checks.not_negative("prior", items.prior)
    checks.positive("lien", items.lien)
    ead = checks.not_negative("ead", facilities.ead)
    prior = np.where((items.lien == 1) & np.isnan(prior), 0.0, prior)
    foreign = items.currency[links.item] != facilities.currency[links.facility]
    off = np.minimum(haircuts(policy, items)[links.item] + np.where(foreign, policy.currency_haircut, 0.0), 1.0)
    # what counts for nothing counts for nothing, whatever else is not known of it
    left = np.where(off == 1.0, 0.0, np.maximum(value[links.item] * (1.0 - off) - prior[links.item], 0.0))
    return _down(left * weights(links, ead, len(items.value)))


def weights(links: Links, ead: Floats, count: int) -> Floats:
    """The part of its item that each link gets: the facility's exposure over that of all facilities the item secures.

    Args:
        count: number of items.
    """
    mine = ead[links.facility]
    whole = credit.total(links.item, mine, count)[links.item]
    # an item that secures no exposure is worth nothing here; a missing exposure leaves all parts open
    found: Floats = np.divide(mine, whole, out=np.where(np.isnan(whole), np.nan, 0.0), where=whole > 0)
    return found


def secured(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Secured:
    """The LGD of every facility: that of what is secured and of what is not, by their shares of the exposure.

    The kinds that leave the smallest loss are used first. Security never makes a loss larger: where the unsecured LGD is
    below that of a kind it counts for what the kind secures too. Nothing can be lost where nothing is exposed, and the LGD
    there is the unsecured one.

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
    missing = _missing(policy, items, links, facilities)
    return Secured(lgd, divided(ead - open_, ead), divided(cover, ead), missing)


def _missing(policy: Policy, items: Items, links: Links, facilities: Facilities) -> Codes:
    """What each facility lacks: of its own, or of an item that would count for something."""
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
    """Down to the hundredth, so that the parts are never more than the whole."""
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
