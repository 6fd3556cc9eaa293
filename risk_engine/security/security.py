"""Security: each facility's loss given default after a customer's collateral."""

from __future__ import annotations

import numpy as np

from risk_engine.facts.facts import Collateral, Facts, Floats
from risk_engine.policy.policy import Policy
from risk_engine.security import collateral
from risk_engine.security.collateral import Facilities, Flags, Items, Links, Secured
from risk_engine.security.collateral_policy import KINDS


def secured(policy: Policy, facts: Facts, ead: Floats, unsecured: Floats) -> Secured:
    """Return every facility's LGD after its collateral, and its cover; amounts in the reporting currency."""
    held, lent = facts.collateral, facts.facilities
    factor = held.currencies.figures({name: way.factor for name, way in facts.rates.items()}, np.nan)
    codes = {name: place for place, name in enumerate(dict.fromkeys((*held.currencies.names, *lent.currencies.names)))}
    items = Items(
        kind=held.kinds.among(KINDS).astype(np.int8),
        value=held.values * factor,
        age=_age(facts),
        lien=held.liens,
        prior=held.prior * factor,
        currency=held.currencies.among(list(codes)).astype(np.int64),
        # items known to be uninsured or unregistered do not count
        enforceable=(held.insured != 0) & (held.registered != 0),
        unproven=_unproven(policy, facts.collateral),
    )
    asked = Facilities(ead, unsecured, lent.currencies.among(list(codes)).astype(np.int64))
    return collateral.secured(policy.collateral, items, _links(facts), asked)


def _unproven(policy: Policy, held: Collateral) -> Flags:
    """Flag the items whose insurance or registration is not known, where their kind needs it."""
    kind, rules = held.kinds.among(KINDS), policy.collateral
    found: Flags = (np.isnan(held.insured) & rules.needing("insured")[kind]) | (
        np.isnan(held.registered) & rules.needing("registered")[kind]
    )
    return found


def _age(facts: Facts) -> Floats:
    """Return the days since each valuation; NaN without one, or if it is dated later than the facts."""
    valued = facts.collateral.valued
    known = valued <= facts.as_of
    return np.where(known, (facts.as_of - np.where(known, valued, facts.as_of)).astype(np.int64), np.nan)


def _links(facts: Facts) -> Links:
    """Return each item with the facility it names, or with all of its owner's."""
    held, lent, count = facts.collateral, facts.facilities, len(facts)
    sizes = np.bincount(lent.owner, minlength=count)
    first = np.append(0, np.cumsum(sizes))[:-1]
    general = held.facility < 0
    many = np.where(general, sizes[held.owner], 1)
    item = np.repeat(np.arange(len(held.owner)), many)
    turn = np.arange(len(item)) - np.repeat(np.cumsum(many) - many, many)
    place = first[held.owner[item]] + np.where(general[item], turn, held.facility[item])
    return Links(item, place)
