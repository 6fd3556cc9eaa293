"""Breach: an episode in which an indicator is out of bounds; opened once, acknowledged, worsened, closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from risk_engine.events import Event
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Alerts, Kri
from risk_engine.references import BreachId
from risk_engine.refusals import Refusal


class AlreadyAcknowledged(Refusal):
    """Somebody has acknowledged this breach before."""

    breach: BreachId
    by: str
    at: datetime


class BreachClosed(Refusal):
    """The breach is closed: there is nothing left to acknowledge."""

    breach: BreachId


class BreachState(StrEnum):
    """Where an episode stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Reading:
    """One observed value with its date and its source."""

    value: float
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One customer's indicator beyond its threshold; ``key`` is what its buttons carry."""

    id: BreachId
    key: str
    kri: str
    customer: str
    colour: Colour
    reading: Reading
    threshold: float
    state: BreachState
    opened_at: datetime
    acknowledge_by: datetime
    owner: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1


def open_breach(
    id: BreachId,
    *,
    key: str,
    kri: Kri,
    customer: str,
    colour: Colour,
    reading: Reading,
    threshold: float,
    owner: str | None,
    alerts: Alerts,
    at: datetime,
) -> tuple[Breach, Event]:
    """Open an episode; the policy says by when someone is to acknowledge it."""
    breach = Breach(id, key, kri.name, customer, colour, reading, threshold, BreachState.OPEN, at, at + _within(colour, alerts), owner)
    return breach, _event("breach.opened", breach, at, "monitor")


def acknowledge(breach: Breach, *, by: str, at: datetime) -> tuple[Breach, Event]:
    """Say that someone is on it.

    Raises:
        AlreadyAcknowledged: by whom and when.
        BreachClosed: it is closed.
    """
    if breach.state is BreachState.ACKNOWLEDGED:
        assert breach.acknowledged_by is not None, "an acknowledgement is somebody's"
        assert breach.acknowledged_at is not None, "an acknowledgement is somebody's"
        raise AlreadyAcknowledged(breach=breach.id, by=breach.acknowledged_by, at=breach.acknowledged_at)
    if breach.state is BreachState.CLOSED:
        raise BreachClosed(breach=breach.id)
    taken = replace(breach, state=BreachState.ACKNOWLEDGED, acknowledged_by=by, acknowledged_at=at)
    return taken, _event("breach.acknowledged", taken, at, by)


def move(
    breach: Breach, colour: Colour, reading: Reading, threshold: float | None, *, alerts: Alerts, at: datetime
) -> tuple[Breach, Event] | None:
    """Follow the indicator: worse is announced, better than amber closes the episode, a new reading is kept; None when nothing changed."""
    if colour <= Colour.GREEN:
        closed = replace(breach, state=BreachState.CLOSED, closed_at=at, reading=reading)
        return closed, _event("breach.closed", closed, at, "monitor")
    crossed = threshold if threshold is not None else breach.threshold
    if (colour, reading, crossed) == (breach.colour, breach.reading, breach.threshold):
        return None
    moved = replace(breach, colour=colour, reading=reading, threshold=crossed)
    if colour > breach.colour:
        # a worsening asks for attention anew, and gives it its own time
        moved = replace(
            moved, state=BreachState.OPEN, acknowledged_by=None, acknowledged_at=None, acknowledge_by=at + _within(colour, alerts)
        )
        return moved, _event("breach.worsened", moved, at, "monitor")
    return moved, _event("breach.eased" if colour < breach.colour else "breach.updated", moved, at, "monitor")


def _within(colour: Colour, alerts: Alerts) -> timedelta:
    return timedelta(hours=alerts.red_hours if colour is Colour.RED else alerts.amber_hours)


def _event(kind: str, breach: Breach, at: datetime, actor: str) -> Event:
    facts = {
        "kri": breach.kri,
        "customer": breach.customer,
        "colour": breach.colour.name.lower(),
        "value": breach.reading.value,
        "as_of": breach.reading.as_of.isoformat(),
        "source": breach.reading.source,
        "threshold": breach.threshold,
    }
    return Event(kind, str(breach.id), actor, at, facts)
