"""The values that count now, of many customers: which are missing, old or in contradiction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select

from risk_engine.facts.facts import Dates, Floats, Places, Texts
from risk_engine.indicators import derived, series, settling
from risk_engine.indicators.derived import Basis
from risk_engine.indicators.settling import Origin
from risk_engine.policy.policy import Kri, Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.indicators import values
from storage.queries.columns import fetched
from storage.schema import CustomerVersionRow
from storage.scoring.score_facts.asked import Asked
from storage.visibility import seen

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Members:
    """Customers in the order of their ids, with the properties by which a KRI may be limited."""

    ids: NDArray[Any]
    kinds: Texts
    sectors: Texts

    def concerned(self, kri: Kri) -> Bools:
        """Flag those for whom the policy watches an indicator."""
        found = np.ones(len(self.ids), dtype=bool)
        if kri.customer is not None:
            found &= self.ids == kri.customer
        if kri.sector is not None:
            found &= self.sectors == kri.sector
        return found

    def expected(self, kri: Kri) -> Bools:
        """Flag those who owe a value; customers of unknown kind owe every one."""
        if not kri.expected_of:
            return self.concerned(kri)
        found: Bools = self.concerned(kri) & np.isin(self.kinds, np.array([*kri.expected_of, None], dtype=object))
        return found


@dataclass(frozen=True, slots=True)
class Newest:
    """The value of one KRI for each customer who has one: its place among the members, and for how many days it is good.

    ``renewed`` are the days until the next one is due, ``good`` those until it is stale; ``reported`` flags reported values.
    """

    places: Places
    values: Floats
    days: Dates
    renewed: Places
    good: Places
    reported: Bools


@dataclass(frozen=True, slots=True)
class Apart:
    """Two values of one indicator that contradict each other: whose, the derived and the reported one, and the latter's date."""

    customer: str
    indicator: str
    derived: float
    reported: float
    as_of: date


def members(tx: Tx, *conditions: ColumnElement[bool]) -> Members:
    """Return the visible customers under some conditions on their present version."""
    table = CustomerVersionRow
    query = select(table.customer_id, table.kind, table.sector).where(known(table, None), *conditions, *seen(tx, table))
    ids, kinds, sectors = fetched(tx, query)
    names = ids.astype(str)
    order = np.argsort(names)
    return Members(names[order], kinds[order], sectors[order])


def newest(tx: Tx, policy: Policy, who: Members, *, as_of: date, at: datetime | None = None) -> dict[str, Newest]:
    """Return the values that count on a day by the name of the KRI, of the customers concerned."""
    names = {kri.indicator for kri in policy.kri}
    parts: dict[str, list[Newest]] = {kri.name: [] for kri in policy.kri}
    for first, asked in _parts(who, names):
        points = values.settled(tx, policy, names, asked, as_of=as_of, at=at)
        for kri in policy.kri:
            rows, last = points[kri.indicator], points[kri.indicator].last(len(asked))
            place = np.flatnonzero(last >= 0)
            last = last[place]
            # a derived value is judged of the kinds of customers that owe it, a reported one always
            owed = who.expected(kri)[first + place] | series.anything_reported(rows, len(asked))[place]
            kept = ~np.isnan(rows.values[last]) & who.concerned(kri)[first + place] & owed
            place, one = first + place[kept], rows.at(last[kept])
            good = series.stale_after(kri, one).astype(np.int64)
            reported = one.origins == Origin.REPORTED
            parts[kri.name].append(Newest(place, one.values, one.days, good - kri.grace, good, reported))
    return {name: _joined(found) for name, found in parts.items()}


def apart(tx: Tx, policy: Policy, who: Members, *, as_of: date) -> Iterator[Apart]:
    """Yield watched or scored indicators whose derived and reported values contradict each other.

    Not so days past due, which have a tolerance of their own in days, and reported values that cannot be true anyway.
    """
    wanted = {derived.called(name) for name in (*policy.scoring.card.measures, *(kri.indicator for kri in policy.kri))}
    names = sorted(name for name in wanted - {"days_past_due"} if derived.basis(name) in (Basis.STATEMENTS, Basis.LEDGER, Basis.CONDUCT))
    for _first, asked in _parts(who, names):
        for name, points in values.read(tx, policy, names, asked, as_of=as_of).items():
            computed, told = series.latest(points, len(asked))
            lowest, highest = policy.data.plausible.get(name, (-np.inf, np.inf))
            found = settling.contradict(policy.indicators, computed, told) & (told.values >= lowest) & (told.values <= highest)
            for place in np.flatnonzero(found).tolist():
                customer = str(asked.book.ids[place])
                yield Apart(customer, name, float(computed.values[place]), float(told.values[place]), told.days[place].item())


def _parts(who: Members, names: Collection[str]) -> Iterator[tuple[int, Asked]]:
    first = 0
    for asked in Asked.of(who.ids.tolist()).parts() if names else ():
        yield first, asked
        first += len(asked)


def _joined(parts: list[Newest]) -> Newest:
    if not parts:
        none, days = np.empty(0, dtype=np.int64), np.empty(0, dtype="datetime64[D]")
        return Newest(none, np.empty(0), days, none, none, np.empty(0, dtype=bool))
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in Newest.__dataclass_fields__)
    return Newest(*columns)
