"""The bank's own ledger by customer: arrears and drawn amounts over all facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from risk_engine import credit
from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Floats, Places

Bools = NDArray[np.bool_]
# the columns that are sums of amounts
AMOUNTS = frozenset({"outstanding", "limit"})


@dataclass(frozen=True, slots=True)
class Entries:
    """Facilities, one per row, amounts in their own currencies; ``owner`` is the place of the customer, or of one of its loads."""

    owner: Places
    dated: Dates
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
        unpriced: whether the owner's amounts cannot be added up for want of an exchange rate.
    """

    as_of: Dates
    columns: Mapping[str, Floats]
    unpriced: Bools

    def at(self, rows: Places) -> Ledger:
        """Return some of the owners, in their order."""
        return Ledger(self.as_of[rows], {name: column[rows] for name, column in self.columns.items()}, self.unpriced[rows])


def together(entries: Entries, factors: Mapping[str, float], count: int) -> Ledger:
    """Combine the facilities of each owner: the worst days past due, and the sums of amounts.

    Args:
        factors: what a unit of each currency is worth in one of them; asked only of owners with several currencies, whose
            sums are not computable without.
    """
    owner = entries.owner
    as_of = np.full(count, np.datetime64("0001-01-01", "D"))
    np.maximum.at(as_of, owner, np.where(np.isnat(entries.dated), as_of[owner], entries.dated))
    worst = credit.worst_of(owner, entries.days_past_due, count)
    # one currency needs no rate: it falls out of every ratio
    lowest, highest = np.full(count, np.iinfo(np.int32).max), np.full(count, -2)
    np.minimum.at(lowest, owner, entries.currencies.codes)
    np.maximum.at(highest, owner, entries.currencies.codes)
    factor = np.where((lowest == highest)[owner], 1.0, entries.currencies.figures(factors, np.nan))
    none = np.bincount(owner, minlength=count) == 0
    sums = {"outstanding": entries.outstanding, "limit": entries.limits}
    columns = {name: np.where(none, np.nan, credit.total(owner, amounts * factor, count)) for name, amounts in sums.items()}
    columns["revolving"] = np.bincount(owner, entries.kinds.figures({"revolver": 1.0}, 0.0), count)
    columns["days_past_due"] = np.append(entries.days_past_due, np.nan)[worst]
    unpriced = np.bincount(owner, np.isnan(factor), count) > 0
    return Ledger(np.where(as_of == np.datetime64("0001-01-01", "D"), NO_DATE, as_of), columns, unpriced)
