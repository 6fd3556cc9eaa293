"""The bank's own ledger by customer: arrears and drawn amounts over all facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE, ONE_DAY
from risk_engine.facts.facts import Dates, Floats, Places

Bools = NDArray[np.bool_]
# the columns that are sums of amounts
AMOUNTS = frozenset({"outstanding", "limit"})


@dataclass(frozen=True, slots=True)
class Entries:
    """Facilities, one per row, amounts in their own currencies; ``owner`` is the place of the customer, or of one of its loads.

    ``dated`` is the day of the days past due, which a schedule may prove on a later one; ``booked`` is the day of the amounts.
    """

    owner: Places
    dated: Dates
    booked: Dates
    days_past_due: Floats
    outstanding: Floats
    limits: Floats
    currencies: Coded
    kinds: Coded


@dataclass(frozen=True, slots=True)
class Ledger:
    """Columns by owner for :data:`derived.LEDGER`.

    Attributes:
        as_of: the newest entry's day, NaT without any.
        booked: the newest day of amounts.
        unpriced: whether the owner's amounts cannot be added up for want of an exchange rate.
    """

    as_of: Dates
    booked: Dates
    columns: Mapping[str, Floats]
    unpriced: Bools

    def day_of(self, name: str) -> Dates:
        """Return the day of each owner's value of an indicator of :data:`derived.LEDGER`."""
        return self.as_of if name == "days_past_due" else self.booked

    def with_reported(self, reported: Bools) -> Ledger:
        """Return the same, knowing of each owner whether somebody reports its utilisation."""
        return replace(self, columns={**self.columns, "reported": reported.astype(np.float64)})

    def at(self, rows: Places) -> Ledger:
        """Return some of the owners, in their order."""
        return Ledger(
            self.as_of[rows], self.booked[rows], {name: column[rows] for name, column in self.columns.items()}, self.unpriced[rows]
        )


def together(entries: Entries, factors: Mapping[str, float], count: int, *, longest_days: int) -> Ledger:
    """Combine the facilities of each owner: the worst days past due, and the sums of amounts.

    An amount that was last stated more than ``longest_days`` before the owner's newest entry may have changed since: with it the sums
    are not computable.

    Args:
        factors: what a unit of each currency is worth in one of them; asked only of owners with several currencies, whose
            sums are not computable without.
    """
    owner = entries.owner
    as_of, booked = (_newest(owner, days, count) for days in (entries.dated, entries.booked))
    worst = credit.worst_of(owner, entries.days_past_due, count)
    # one currency needs no rate: it falls out of every ratio
    lowest, highest = np.full(count, np.iinfo(np.int32).max), np.full(count, -2)
    np.minimum.at(lowest, owner, entries.currencies.codes)
    np.maximum.at(highest, owner, entries.currencies.codes)
    factor = np.where((lowest == highest)[owner], 1.0, entries.currencies.figures(factors, np.nan))
    none = np.bincount(owner, minlength=count) == 0
    left_behind = entries.booked < booked[owner] - longest_days * ONE_DAY
    sums = {name: np.where(left_behind & (column != 0), np.nan, column) for name, column in _amounts(entries).items()}
    columns = {name: np.where(none, np.nan, credit.total(owner, amounts * factor, count)) for name, amounts in sums.items()}
    columns["revolving"] = np.bincount(owner, entries.kinds.figures({"revolver": 1.0}, 0.0), count)
    columns["reported"] = np.zeros(count)
    columns["days_past_due"] = np.append(entries.days_past_due, np.nan)[worst]
    unpriced = np.bincount(owner, np.isnan(factor), count) > 0
    return Ledger(as_of, booked, columns, unpriced)


def _amounts(entries: Entries) -> dict[str, Floats]:
    return {"outstanding": entries.outstanding, "limit": entries.limits}


def _newest(owner: Places, days: Dates, count: int) -> Dates:
    """Return each owner's latest day; NaT without any."""
    never = np.datetime64("0001-01-01", "D")
    found = np.full(count, never)
    np.maximum.at(found, owner, np.where(np.isnat(days), never, days))
    return np.where(found == never, NO_DATE, found)
