"""Follow the indicators: what newly crossed a threshold, worsened, eased or came back, for all customers touched."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from commands.delivery import tell_of
from commands.indicators.indicators import concerns, is_stale
from risk_engine.events import Event
from risk_engine.indicators import breach as engine
from risk_engine.indicators.breach import Breach, Reading
from risk_engine.indicators.monitoring import Colour, colours, threshold_crossed
from risk_engine.policy.policy import Kri, Policy
from storage import events
from storage.customers.customers import Customer, many
from storage.data import facts
from storage.database import Tx
from storage.indicators import breaches


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of one episode."""

    opens: bool
    breach: Breach
    event: Event


@dataclass(frozen=True, slots=True)
class _Newest:
    """Where one customer's indicator stands after its newest reading."""

    customer: str
    colour: Colour
    reading: Reading


def evaluate(tx: Tx, policy: Policy, touched: Collection[tuple[str, str]], *, at: datetime, tell: bool = True) -> int:
    """Bring every episode of the touched (customer, indicator) pairs up to date; returns how many changed.

    Only the newest reading may open an episode, and only while it is not stale: a load of history opens nothing.
    With ``tell`` False the episodes are on record, and nobody is told of them.
    """
    known = many(tx, {customer for customer, _indicator in touched})
    changed: list[_Change] = []
    for kri in policy.kri:
        customers = {customer for customer, indicator in touched if indicator == kri.indicator and concerns(kri, known[customer])}
        if customers:
            changed += _follow(tx, policy, kri, {customer: known[customer] for customer in customers}, at)
    happened = []
    for change in changed:
        breaches.add(tx, change.breach) if change.opens else breaches.save(tx, change.breach)
        happened.append(events.record(tx, change.event))
    tell_of(tx, happened, policy, history=not tell)
    return len(changed)


def _follow(tx: Tx, policy: Policy, kri: Kri, known: Mapping[str, Customer], at: datetime) -> list[_Change]:
    running = breaches.open_of_kri(tx, kri.name)
    changed: list[_Change] = []
    for newest in _newest(tx, kri, known):
        threshold = threshold_crossed(kri, newest.reading.value, newest.colour)
        if breach := running.get(newest.customer):
            moved = engine.move(breach, newest.colour, newest.reading, threshold, alerts=policy.alerts, at=at)
            if moved:
                changed.append(_Change(False, *moved))
        elif newest.colour >= Colour.AMBER and threshold is not None and not is_stale(kri, newest.reading.as_of, at.date()):
            opened = engine.open_breach(
                breaches.next_id(tx),
                key=uuid.uuid4().hex,
                kri=kri,
                customer=newest.customer,
                colour=newest.colour,
                reading=newest.reading,
                threshold=threshold,
                owner=kri.owner or known[newest.customer].manager,
                alerts=policy.alerts,
                at=at,
            )
            changed.append(_Change(True, *opened))
    return changed


def _newest(tx: Tx, kri: Kri, customers: Collection[str]) -> list[_Newest]:
    """Every customer's state after the newest reading, the whole series walked at once."""
    series = facts.series(tx, kri.indicator, customers)
    seen = ~np.isnan(series.values)
    names, days, values, sources = series.customers[seen], series.as_of[seen], series.values[seen], series.sources[seen]
    # of several sources on one date the newest known stands first, and counts
    first = np.ones(len(names), dtype=bool)
    first[1:] = (names[1:] != names[:-1]) | (days[1:] != days[:-1])
    names, days, values, sources = names[first], days[first], values[first], sources[first]
    if not len(names):
        return []
    rows = np.concatenate([[0], np.cumsum(names[1:] != names[:-1])]).astype(np.int64)
    readings, last = _matrix(rows, values)
    dates, _last = _matrix(rows, days.astype(np.int64).astype(np.float64))
    states = colours(kri, readings, dates)[:, -1]
    return [
        _Newest(names[place], Colour(int(states[row])), Reading(float(values[place]), days[place].item(), sources[place]))
        for row, place in enumerate(last)
        if states[row] >= Colour.GREEN
    ]


def _matrix(rows: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Series of different lengths side by side, padded in front; and the place of each one's newest reading."""
    counts = np.bincount(rows)
    ends = np.cumsum(counts)
    width = int(counts.max())
    column = width - (ends[rows] - np.arange(len(rows)))
    matrix = np.full((len(counts), width), np.nan)
    matrix[rows, column] = values
    return matrix, ends - 1
