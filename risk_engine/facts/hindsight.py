"""Hindsight: facts that were not known on a past day and must be hidden when a score is validated."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facilities, Facts, OfFacility, Owned, Troubles

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Removed:
    """The number of facilities, and of breaches and threats, that were hidden."""

    facilities: int
    troubles: int


def without(facts: Facts) -> tuple[Facts, Removed]:
    """Return the facts without those that reveal later events.

    A facility has only its newest state: one dated after the day, or undated, shows later arrears and drawings, so it is removed
    with its schedule, payments and collateral. Later breaches and threats are removed too, and the watch-list flag, which has no
    date.
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
    """Return the rows of visible facilities at their new places; rows for all facilities of a customer stay."""
    start = np.searchsorted(lent.owner, table.owner)
    # one more entry, for the place after the last row
    before = np.append(0, np.cumsum(seen))
    row = np.where(table.facility < 0, 0, start + table.facility)
    kept = (table.facility < 0) | np.append(seen, False)[row]
    place = np.where(table.facility < 0, -1, before[row] - before[start])
    found: OfFacility = _rows(replace(table, facility=place), kept)
    return found
