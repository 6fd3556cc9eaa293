"""Hindsight: what is known of a past day only because one looks back on it, and must not be seen when a score is judged."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facilities, Facts, OfFacility, Owned, Troubles

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many facilities, and breaches and threats, were not seen."""

    facilities: int
    troubles: int


def without(facts: Facts) -> tuple[Facts, Removed]:
    """The facts without what may tell what came later.

    Of a facility there is one state, the newest: one that is dated after the day, or not at all, shows arrears and drawings of
    a later day, so it is left out with its schedule, payments and collateral. So are breaches and threats of later days, and
    the mark of the watch-list, which has no date.
    """
    facts = facts.by_owner()
    seen = facts.facilities.as_of <= facts.as_of
    tables: dict[str, Any] = {}
    for name, table in _tables(facts).items():
        if isinstance(table, Facilities):
            tables[name] = _rows(table, seen)
        elif isinstance(table, OfFacility):
            tables[name] = _of_seen(table, facts.facilities, seen)
        elif isinstance(table, Troubles):
            tables[name] = _rows(table, table.as_of <= facts.as_of)
    before, after = (sum(len(table.owner) for table in (each["breaches"], each["threats"])) for each in (_tables(facts), tables))
    removed = Removed(int((~seen).sum()), before - after)
    customers = replace(facts.customers, watch_list=np.full(len(facts), np.nan))
    return replace(facts, customers=customers, **tables), removed


def _tables(facts: Facts) -> dict[str, Any]:
    return {one.name: getattr(facts, one.name) for one in fields(facts)}


def _rows(table: Any, which: Mask) -> Any:
    return replace(table, **{one.name: getattr(table, one.name)[which] for one in fields(table)})


def _of_seen(table: OfFacility, lent: Owned, seen: Mask) -> OfFacility:
    """The rows of facilities that are seen, at the places that these now have; rows of all of a customer's facilities stay."""
    start = np.searchsorted(lent.owner, table.owner)
    # one more, so that a place behind the last row can be asked for
    before = np.append(0, np.cumsum(seen))
    row = np.where(table.facility < 0, 0, start + table.facility)
    kept = (table.facility < 0) | np.append(seen, False)[row]
    place = np.where(table.facility < 0, -1, before[row] - before[start])
    found: OfFacility = _rows(replace(table, facility=place), kept)
    return found
