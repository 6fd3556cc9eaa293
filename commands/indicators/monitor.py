"""Follow the indicators: what newly crossed a threshold, worsened, eased or came back, for all customers touched."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from commands.delivery import tell_of
from commands.indicators.indicators import watches
from risk_engine.indicators import breach as engine
from risk_engine.indicators import judging
from risk_engine.indicators.breach import Breach, Reading
from risk_engine.indicators.events import BreachEvent
from risk_engine.indicators.judging import Verdicts
from risk_engine.indicators.monitoring import Colour, threshold_crossed
from risk_engine.policy.policy import Kri, Policy
from storage import events
from storage.customers.customers import many
from storage.database import Tx
from storage.indicators import breaches, values
from storage.indicators.asked import Asked


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of one episode."""

    opens: bool
    breach: Breach
    event: BreachEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one customer's indicator stands by the value that counts, and the episode that is open."""

    customer: str
    colour: Colour
    reading: Reading
    stale: bool
    # whether anybody has reported a value of it
    reported: bool
    breach: Breach | None


def evaluate(tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime, tell: bool = True) -> int:
    """Bring every episode of these customers and indicators up to date; return the number of changes.

    Only the newest value may open an episode, and only while it is not stale: a load of history opens nothing.
    With ``tell`` False the episodes are on record, and nobody is told of them.
    """
    changed = [
        change for kri, found in to_judge(tx, policy, customers, indicators, at=at) for change in _follow(tx, policy, kri, found, at)
    ]
    happened = []
    for change in changed:
        breaches.add(tx, change.breach) if change.opens else breaches.save(tx, change.breach)
        happened.append(events.record(tx, change.event))
    tell_of(tx, happened, policy, history=not tell)
    return len(changed)


def out_of_step(tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime) -> list[str]:
    """Return those of these customers with an episode that :func:`evaluate` would open or change."""
    found: set[str] = set()
    for kri, standings in to_judge(tx, policy, customers, indicators, at=at):
        known = many(tx, {one.customer for one in standings if one.breach is None})
        for one in standings:
            if _moved(policy, kri, one, at) if one.breach else watches(kri, known[one.customer], one.reported):
                found.add(one.customer)
    return sorted(found)


def to_judge(
    tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime
) -> list[tuple[Kri, list[Standing]]]:
    """Return the states of customers by KRI: out of bounds by a value that is not stale, or with an open episode."""
    watched = [kri for kri in policy.kri if kri.indicator in indicators]
    # the team's own date, as in a scoring
    today = at.astimezone(policy.digest.zone).date()
    running = {kri.name: breaches.open_of_kri(tx, kri.name) for kri in watched} if customers else {}
    found: dict[str, list[Standing]] = {kri.name: [] for kri in watched}
    for asked in Asked.of(customers).parts() if watched else ():
        points = values.settled(tx, policy, {kri.indicator for kri in watched}, asked, as_of=today)
        for kri in watched:
            known = judging.verdicts(kri, points[kri.indicator], len(asked), np.datetime64(today))
            found[kri.name] += _standings(asked, known, running[kri.name])
    return [(kri, found[kri.name]) for kri in watched if found[kri.name]]


def _standings(asked: Asked, known: Verdicts, running: Mapping[str, Breach]) -> Iterator[Standing]:
    open_ = asked.book.places(np.array(list(running), dtype=object))
    wanted = ((known.colours >= Colour.AMBER) & ~known.stale) | np.isin(known.places, open_)
    for row in np.flatnonzero(wanted).tolist():
        customer = str(asked.book.ids[known.places[row]])
        reading = Reading(float(known.values[row]), known.days[row].item(), str(known.sources[row]))
        yield Standing(
            customer, Colour(int(known.colours[row])), reading, bool(known.stale[row]), bool(known.reported[row]), running.get(customer)
        )


def _follow(tx: Tx, policy: Policy, kri: Kri, found: Sequence[Standing], at: datetime) -> Iterator[_Change]:
    known = many(tx, {one.customer for one in found if one.breach is None})
    for one in found:
        threshold = threshold_crossed(kri, one.reading.value, one.colour)
        if one.breach:
            if moved := _moved(policy, kri, one, at):
                yield _Change(False, *moved)
        elif threshold is not None and watches(kri, known[one.customer], one.reported):
            opened = engine.open_breach(
                breaches.next_id(tx),
                key=uuid.uuid4().hex,
                kri=kri,
                customer=one.customer,
                colour=one.colour,
                reading=one.reading,
                threshold=threshold,
                owner=kri.owner or known[one.customer].manager,
                alerts=policy.alerts,
                at=at,
            )
            yield _Change(True, *opened)


def _moved(policy: Policy, kri: Kri, one: Standing, at: datetime) -> tuple[Breach, BreachEvent] | None:
    """Return the change of an open episode; None without one."""
    threshold = threshold_crossed(kri, one.reading.value, one.colour)
    return engine.move(one.breach, one.colour, one.reading, threshold, alerts=policy.alerts, at=at) if one.breach else None
