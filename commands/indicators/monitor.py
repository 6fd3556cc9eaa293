"""Follow the indicators of all customers touched: thresholds newly crossed, and breaches that worsened, eased or ended."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

import numpy as np

from commands.delivery import tell_of
from commands.indicators import acknowledgements
from commands.indicators.indicators import watches
from risk_engine.indicators import breach as engine
from risk_engine.indicators import judging, series
from risk_engine.indicators.breach import Breach, Reading
from risk_engine.indicators.events import (
    BreachClosed,
    BreachEased,
    BreachEnded,
    BreachEvent,
    BreachOpened,
    BreachUpdated,
    BreachWorsened,
    Ending,
)
from risk_engine.indicators.judging import Verdicts
from risk_engine.indicators.monitoring import Colour, threshold_crossed
from risk_engine.indicators.series import Points
from risk_engine.indicators.settling import Origin
from risk_engine.policy.policy import Kri, Policy
from storage import events
from storage.customers.customers import Customer, many
from storage.database import Tx
from storage.delivery import untold
from storage.indicators import breaches, values
from storage.scoring.score_facts.asked import Asked

# the events of judging
_CHANGES = (BreachOpened, BreachWorsened, BreachEased, BreachUpdated, BreachClosed, BreachEnded)


@dataclass(frozen=True, slots=True)
class _Change:
    """The change of one episode."""

    opens: bool
    breach: Breach
    event: BreachEvent


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a customer's indicator by the value that counts, and the open episode.

    Attributes:
        reading: None where no value counts.
        reported: whether anybody has reported a value of it.
        withdrawn: whether the reading of the episode is gone, and no other has taken its place.
    """

    customer: str
    colour: Colour
    reading: Reading | None
    reported: bool
    breach: Breach | None
    withdrawn: bool = False


class Tell(Enum):
    """The time to tell of changes: now, later by :func:`tell_untold`, or never, as of history."""

    NOW = auto()
    LATER = auto()
    NEVER = auto()


def evaluate(
    tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime, tell: Tell = Tell.NOW
) -> int:
    """Bring every episode of these customers and indicators up to date; return the number of changes.

    Only the newest value may open an episode, and only while it is not stale: a load of history opens nothing.
    """
    found = to_judge(tx, policy, customers, indicators, at=at)
    return _keep(tx, policy, [change for kri, some in found for change in _follow(tx, policy, kri, some, at)], tell)


def anything_untold(tx: Tx) -> bool:
    """Return True if nothing was decided yet about telling of some change."""
    return bool(untold.events(tx, _CHANGES, limit=1))


def tell_untold(tx: Tx, policy: Policy, *, limit: int) -> int:
    """Tell at once of the first changes of which nothing was decided yet; return their number.

    So a judging in many transactions, also one that was broken off, sends one notice where a notice for each would be too many.
    """
    found = untold.events(tx, _CHANGES, limit=limit)
    tell_of(tx, found, policy)
    return len(found)


def end_unlisted(tx: Tx, policy: Policy, *, at: datetime, limit: int) -> int:
    """End the first episodes of indicators that the policy no longer has; return their number. :func:`tell_untold` tells of them."""
    found = breaches.of_other_kris(tx, {kri.name for kri in policy.kri}, limit=limit)
    return _keep(tx, policy, [_Change(False, *engine.end(breach, Ending.NOT_IN_POLICY, at=at)) for breach in found], Tell.LATER)


def _keep(tx: Tx, policy: Policy, changed: Sequence[_Change], tell: Tell) -> int:
    happened = []
    for change in changed:
        breaches.add(tx, change.breach) if change.opens else breaches.save(tx, change.breach)
        happened.append(events.record(tx, change.event))
    if tell is not Tell.LATER:
        tell_of(tx, happened, policy, history=tell is Tell.NEVER)
    return len(changed)


def out_of_step(tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime) -> list[str]:
    """Return those of these customers with an episode that :func:`evaluate` would open or change."""
    found: set[str] = set()
    for kri, standings in to_judge(tx, policy, customers, indicators, at=at):
        known = _known(tx, kri, standings)
        for one in standings:
            if _moved(policy, kri, one, known, at) if one.breach else watches(kri, known[one.customer], one.reported):
                found.add(one.customer)
    return sorted(found)


def to_judge(
    tx: Tx, policy: Policy, customers: Collection[str], indicators: Collection[str], *, at: datetime
) -> list[tuple[Kri, list[Standing]]]:
    """Return the states of customers by KRI: out of bounds by a value that is not stale, or with an open episode."""
    watched = [kri for kri in policy.kri if kri.indicator in indicators]
    # the team's own date, as in a scoring
    today = at.astimezone(policy.digest.zone).date()
    running = {kri.name: breaches.open_of_kri(tx, kri.name, customers) for kri in watched} if customers else {}
    found: dict[str, list[Standing]] = {kri.name: [] for kri in watched}
    for asked in Asked.of(customers).parts() if watched else ():
        points = values.settled(tx, policy, {kri.indicator for kri in watched}, asked, as_of=today)
        for kri in watched:
            known = judging.verdicts(kri, points[kri.indicator], len(asked), np.datetime64(today))
            found[kri.name] += _standings(asked, known, running[kri.name])
            found[kri.name] += _without_value(asked, points[kri.indicator], known, running[kri.name])
    return [(kri, found[kri.name]) for kri in watched if found[kri.name]]


def _standings(asked: Asked, known: Verdicts, running: Mapping[str, Breach]) -> Iterator[Standing]:
    open_ = asked.book.places(np.array(list(running), dtype=object))
    wanted = ((known.colours >= Colour.AMBER) & ~known.stale) | np.isin(known.places, open_)
    for row in np.flatnonzero(wanted).tolist():
        customer = str(asked.book.ids[known.places[row]])
        reading = Reading(float(known.values[row]), known.days[row].item(), str(known.sources[row]))
        yield Standing(customer, Colour(int(known.colours[row])), reading, bool(known.reported[row]), running.get(customer))


def _without_value(asked: Asked, points: Points, known: Verdicts, running: Mapping[str, Breach]) -> Iterator[Standing]:
    """Yield the customers with an open episode for whom no value counts any more."""
    open_ = asked.book.places(np.array(list(running), dtype=object))
    told = series.anything_reported(points, len(asked))
    last = points.last(len(asked))
    for place in np.setdiff1d(open_[open_ >= 0], known.places).tolist():
        customer = str(asked.book.ids[place])
        breach = running[customer]
        unpriced = last[place] >= 0 and points.origins[last[place]] == Origin.UNPRICED
        withdrawn = engine.is_withdrawn(breach.reading, unpriced=bool(unpriced))
        yield Standing(customer, Colour.NONE, None, bool(told[place]), breach, withdrawn)


def _known(tx: Tx, kri: Kri, found: Sequence[Standing]) -> dict[str, Customer]:
    """Return the customers whose properties are needed: those who may get an episode, or lose one through these properties."""
    limited = kri.customer is not None or kri.sector is not None or bool(kri.expected_of)
    return many(tx, {one.customer for one in found if one.breach is None or limited})


def _follow(tx: Tx, policy: Policy, kri: Kri, found: Sequence[Standing], at: datetime) -> Iterator[_Change]:
    known = _known(tx, kri, found)
    for one in found:
        if one.breach:
            if moved := _moved(policy, kri, one, known, at):
                after, event = moved
                yield _Change(False, acknowledgements.standing_again(tx, one.breach, after), event)
        elif one.reading and watches(kri, known[one.customer], one.reported):
            threshold = threshold_crossed(kri, one.reading.value, one.colour)
            assert threshold is not None, "only what is out of bounds is judged without an episode"
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


def _moved(policy: Policy, kri: Kri, one: Standing, known: Mapping[str, Customer], at: datetime) -> tuple[Breach, BreachEvent] | None:
    """Return the change of an open episode; None without one."""
    if one.breach is None:
        return None
    who = known.get(one.customer)
    if who is not None and not watches(kri, who, one.reported):
        return engine.end(one.breach, Ending.NOT_WATCHED, at=at)
    if one.reading is None:
        return engine.end(one.breach, Ending.NO_VALUE, at=at) if one.withdrawn else None
    threshold = threshold_crossed(kri, one.reading.value, one.colour)
    return engine.move(one.breach, one.colour, one.reading, threshold, alerts=policy.alerts, at=at)
