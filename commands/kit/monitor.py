"""Follow the indicators: what newly crossed a threshold, worsened, eased or came back, for all customers touched."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from commands.kit.indicators import concerns, is_stale
from commands.kit.record import record
from risk_engine import breach as engine
from risk_engine.breach import Breach, Reading
from risk_engine.events import Event
from risk_engine.monitoring import Colour, colours, threshold_crossed
from risk_engine.policy import Kri, Policy
from storage import breaches, facts
from storage.customers import many
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class _Newest:
    """Where one customer's indicator stands after its newest reading."""

    customer: str
    colour: Colour
    reading: Reading


def evaluate(tx: Tx, policy: Policy, touched: Collection[tuple[str, str]], *, at: datetime) -> int:
    """Bring every episode of the touched (customer, indicator) pairs up to date; returns how many changed.

    Only the newest reading may open an episode, and only while it is not stale: a load of history opens nothing.
    """
    changed: list[tuple[str, Breach, Event]] = []
    for kri in policy.kri:
        customers = {customer for customer, indicator in touched if indicator == kri.indicator}
        if customers:
            changed += _follow(tx, policy, kri, customers, at)
    for operation, breach, _ in changed:
        breaches.add(tx, breach) if operation == "add" else breaches.save(tx, breach)
    opened = [event for operation, _, event in changed if operation == "add"]
    grouped = len(opened) > policy.alerts.group_over
    for _, _, event in changed:
        # each opening is on record; many at once are told in one message
        record(
            tx,
            Event("breach.opened_among_many", event.subject, event.actor, event.at, event.facts) if grouped and event in opened else event,
            policy,
        )
    if grouped:
        record(tx, _many(opened, at), policy)
    return len(changed)


def _many(opened: Sequence[Event], at: datetime) -> Event:
    return Event(
        "breaches.opened", f"{opened[0].subject}…{opened[-1].subject}", "monitor", at, {"breaches": [event.subject for event in opened]}
    )


def _follow(tx: Tx, policy: Policy, kri: Kri, customers: Collection[str], at: datetime) -> list[tuple[str, Breach, Event]]:
    running = breaches.open_of_kri(tx, kri.name)
    known = many(tx, customers)
    changed: list[tuple[str, Breach, Event]] = []
    for newest in _newest(tx, kri, {id for id, who in known.items() if concerns(kri, who)}):
        threshold = threshold_crossed(kri, newest.reading.value, newest.colour)
        if breach := running.get(newest.customer):
            moved = engine.move(breach, newest.colour, newest.reading, threshold, alerts=policy.alerts, at=at)
            if moved:
                changed.append(("save", *moved))
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
            changed.append(("add", *opened))
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
    matrix, last = _matrix(rows, values)
    states = colours(kri, matrix)[:, -1]
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
