"""Periods: twelve months from an annual statement, a year to date with the last annual one, quarters or halves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Dates, Floats, Places

# a financial year of 52 or 53 weeks ends some days into the next month
_INTO_THE_NEXT_MONTH = 7 * ONE_DAY
# more months than a statement can cover, and more than there are in any date
_MONTHS, _CALENDAR = 64, 1 << 20
_TERMS = 4


class Way(IntEnum):
    """The method by which twelve months were put together."""

    NONE = 0
    YEAR = 1
    YEAR_TO_DATE = 2
    QUARTERS = 3
    HALVES = 4
    LAST_YEAR = 5


@dataclass(frozen=True, slots=True)
class Twelve:
    """The statements whose flows add up to each customer's twelve months, as (places, signs), padded with -1 and 0.

    ``newest`` is the place of the newest statement, which supplies the balance sheet; -1 if there is none.
    """

    newest: Places
    places: tuple[Places, ...]
    signs: tuple[Floats, ...]
    ways: NDArray[np.int8]

    def flows(self, amounts: Floats) -> Floats:
        """Return twelve months of a flow such as revenue; NaN where a part is missing."""
        total = np.zeros(len(self.newest))
        for places, signs in zip(self.places, self.signs, strict=True):
            # a place of -1 has the sign 0 and takes the last amount, which may be missing
            total += np.where(signs == 0, 0.0, signs * _taken(amounts, places))
        return np.where(self.ways == Way.NONE, np.nan, total)

    def stocks(self, amounts: Floats) -> Floats:
        """Return the newest balance sheet's amount, such as total assets."""
        return _taken(amounts, self.newest)


def _taken(amounts: Floats, places: Places) -> Floats:
    return np.append(amounts, np.nan)[places]


class Calendar:
    """Statements by customer, end month and length in months; the later row replaces an earlier equal one."""

    def __init__(self, owner: Places, period_end: Dates, months: Places, count: int) -> None:
        """Sort the statements; ``count`` is the number of customers."""
        self.count = count
        self.month = (period_end - _INTO_THE_NEXT_MONTH).astype("datetime64[M]").astype(np.int64)
        self.months = months
        keys = _key(owner, self.month, months)
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]
        self.owner = owner

    def find(self, month: Places, months: int | Places, owner: Places | None = None) -> Places:
        """The place of each customer's statement that ends in a month and covers so many; -1 where there is none.

        Args:
            owner: whose statements, a customer for each month; by default each customer's own, in their order.
        """
        owner = np.arange(self.count) if owner is None else owner
        if not len(self.keys):
            return np.full(len(owner), -1, dtype=np.int64)
        wanted = _key(owner, month, months)
        at = np.searchsorted(self.keys, wanted, side="right") - 1
        found = (at >= 0) & (self.keys[np.maximum(at, 0)] == wanted)
        return np.where(found, self.order[np.maximum(at, 0)], -1)

    def newest(self) -> Places:
        """Return the place of each customer's latest statement, of several the longest."""
        order = np.lexsort((np.arange(len(self.owner)), self.months, self.month, self.owner))
        found = np.full(self.count, -1, dtype=np.int64)
        # NumPy keeps the last of several writes to one place, and the latest comes last
        found[self.owner[order]] = order
        return found

    def each_month(self) -> Places:
        """The places of all statements, by customer and month; of several that end in one month the one that covers most."""
        order = np.lexsort((np.arange(len(self.owner)), self.months, self.month, self.owner))
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (np.diff(self.owner[order]) != 0) | (np.diff(self.month[order]) != 0)
        found: Places = order[last]
        return found

    def twelve(self, newest: Places, owner: Places | None = None) -> Twelve:
        """The twelve months that end with each customer's newest statement, or with any statements of these owners."""
        owner = np.arange(self.count) if owner is None else owner
        month, months = _at(self.month, newest), _at(self.months, newest)
        annual = self.find(month - months, 12, owner)
        before = self.find(month - 12, months, owner)
        none = np.full(len(owner), -1, dtype=np.int64)
        quarters = [self.find(month - 3 * back, 3, owner) for back in range(4)]
        halves = [self.find(month - 6 * back, 6, owner) for back in range(2)]
        last = self._last_annual(month, owner)
        ways: list[tuple[Way, NDArray[np.bool_], list[Places], list[float]]] = [
            (Way.YEAR, months == 12, [newest], [1]),
            (Way.YEAR_TO_DATE, (months < 12) & (annual >= 0) & (before >= 0), [newest, annual, before], [1, 1, -1]),
            (Way.QUARTERS, np.min(quarters, axis=0) >= 0, quarters, [1] * 4),
            (Way.HALVES, np.min(halves, axis=0) >= 0, halves, [1] * 2),
            (Way.LAST_YEAR, last >= 0, [last], [1]),
        ]
        places, signs = [none.copy() for _term in range(_TERMS)], [np.zeros(len(owner)) for _term in range(_TERMS)]
        found, open_ = np.zeros(len(owner), dtype=np.int8), newest >= 0
        for way, fits, terms, factors in ways:
            takes = fits & open_
            found[takes] = way
            open_ = open_ & ~takes
            for term, (at, factor) in enumerate(zip(terms, factors, strict=True)):
                places[term][takes], signs[term][takes] = at[takes], factor
        return Twelve(newest, tuple(places), tuple(signs), found)

    def year_before(self, newest: Places) -> Places:
        """Return the place of each customer's statement ending a year before its newest one, of several the longest."""
        month = _at(self.month, newest) - 12
        found = np.full(self.count, -1, dtype=np.int64)
        for months in (3, 6, 9, 12):
            at = self.find(month, months)
            found = np.where((at >= 0) & (newest >= 0), at, found)
        return found

    def _last_annual(self, month: Places, owner: Places) -> Places:
        """The latest annual statement of the year before a month."""
        found = np.full(len(owner), -1, dtype=np.int64)
        for back in range(11, 0, -1):
            at = self.find(month - back, 12, owner)
            found = np.where(at >= 0, at, found)
        return found


def _key(owner: Places, month: Places, months: int | Places) -> Places:
    # months before 1970 are negative
    keys: Places = (owner * _CALENDAR + month + _CALENDAR // 2) * _MONTHS + months
    return keys


def _at(values: Places, places: Places) -> Places:
    """Return the values at these places; 0 at -1."""
    return np.append(values, 0)[places]
