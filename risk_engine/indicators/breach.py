"""Breach: an episode in which an indicator is out of bounds; opened once, acknowledged, worsened, closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from risk_engine.indicators.events import (
    BreachAcknowledged,
    BreachClosed,
    BreachEased,
    BreachEnded,
    BreachEvent,
    BreachOpened,
    BreachUnacknowledged,
    BreachUpdated,
    BreachWorsened,
    Ending,
)
from risk_engine.indicators.monitoring import Colour
from risk_engine.indicators.series import SOURCES
from risk_engine.indicators.settling import Origin
from risk_engine.policy.policy import Alerts, Kri
from risk_engine.references import BreachId
from risk_engine.refusals import Refusal

# a newer statement or score that does not give the figure says nothing of the one before, which stays as the last one known
_LASTING = {SOURCES[Origin.AUDITED], SOURCES[Origin.UNAUDITED], SOURCES[Origin.SCORE]}


class AlreadyAcknowledged(Refusal):
    """Somebody has acknowledged this breach before."""

    breach: BreachId
    by: str
    at: datetime


class NothingToAcknowledge(Refusal):
    """The breach is closed: there is nothing left to acknowledge."""

    breach: BreachId


class BreachState(StrEnum):
    """The state of an episode."""

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
    """One customer's indicator beyond its threshold; its buttons carry ``key``.

    Attributes:
        ending: the reason of an end without a return within bounds.
    """

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
    ending: Ending | None = None
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
) -> tuple[Breach, BreachEvent]:
    """Open an episode; the policy says by when someone is to acknowledge it."""
    breach = Breach(id, key, kri.name, customer, colour, reading, threshold, BreachState.OPEN, at, at + _within(colour, alerts), owner)
    return breach, _event(BreachOpened, breach, at, "monitor")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for a breach: an action, its owner and its date."""

    text: str | None = None
    owner: str | None = None
    due: date | None = None


def acknowledge(breach: Breach, *, by: str, at: datetime, plan: Plan | None = None) -> tuple[Breach, BreachEvent]:
    """Acknowledge an episode, with the plan of the person who takes care of it.

    Raises:
        AlreadyAcknowledged: by whom and when.
        NothingToAcknowledge: it is closed.
    """
    if breach.state is BreachState.ACKNOWLEDGED:
        assert breach.acknowledged_by is not None, "an acknowledgement is somebody's"
        assert breach.acknowledged_at is not None, "an acknowledgement is somebody's"
        raise AlreadyAcknowledged(breach=breach.id, by=breach.acknowledged_by, at=breach.acknowledged_at)
    if breach.state is BreachState.CLOSED:
        raise NothingToAcknowledge(breach=breach.id)
    taken = replace(breach, state=BreachState.ACKNOWLEDGED, acknowledged_by=by, acknowledged_at=at)
    meant = plan or Plan()
    return taken, _event(BreachAcknowledged, taken, at, by, plan=meant.text, owner=meant.owner, due=meant.due)


def unacknowledge(breach: Breach, *, by: str, at: datetime) -> tuple[Breach, BreachEvent]:
    """Take an acknowledgement back: the breach is open again, with its first deadline."""
    opened = replace(breach, state=BreachState.OPEN, acknowledged_by=None, acknowledged_at=None)
    return opened, _event(BreachUnacknowledged, opened, at, by)


def move(
    breach: Breach, colour: Colour, reading: Reading, threshold: float | None, *, alerts: Alerts, at: datetime
) -> tuple[Breach, BreachEvent] | None:
    """Follow the indicator: worse is announced, better than amber closes the episode, a new reading is kept; None when nothing changed."""
    if colour <= Colour.GREEN:
        closed = replace(breach, state=BreachState.CLOSED, closed_at=at, reading=reading)
        return closed, _event(BreachClosed, closed, at, "monitor")
    crossed = threshold if threshold is not None else breach.threshold
    if reading.source == breach.reading.source == "score" and reading.value == breach.reading.value:
        # a score is made anew every night: the same figure on a later day is no new reading
        reading = breach.reading
    if (colour, reading, crossed) == (breach.colour, breach.reading, breach.threshold):
        return None
    moved = replace(breach, colour=colour, reading=reading, threshold=crossed)
    if colour > breach.colour:
        # a worsening asks for attention anew, and gives it its own time
        moved = replace(
            moved, state=BreachState.OPEN, acknowledged_by=None, acknowledged_at=None, acknowledge_by=at + _within(colour, alerts)
        )
        return moved, _event(BreachWorsened, moved, at, "monitor")
    return moved, _event(BreachEased if colour < breach.colour else BreachUpdated, moved, at, "monitor")


def corrected(before: Breach, after: Breach) -> bool:
    """Return True if a breach has eased because the reading that had worsened it was corrected, and nobody has acknowledged that."""
    same = (after.reading.as_of, after.reading.source) == (before.reading.as_of, before.reading.source)
    return same and after.state is BreachState.OPEN and after.colour < before.colour


def acknowledged_again(breach: Breach, *, by: str, at: datetime) -> Breach:
    """Return the breach with the acknowledgement that a wrong reading had ended."""
    return replace(breach, state=BreachState.ACKNOWLEDGED, acknowledged_by=by, acknowledged_at=at)


def end(breach: Breach, why: Ending, *, at: datetime) -> tuple[Breach, BreachEvent]:
    """End an episode that no reading can close any more; the last reading stays on record."""
    ended = replace(breach, state=BreachState.CLOSED, closed_at=at, ending=why)
    return ended, _event(BreachEnded, ended, at, "monitor", why=why)


def is_withdrawn(reading: Reading, *, unpriced: bool) -> bool:
    """Return True if a reading was withdrawn and the indicator has no value left.

    Args:
        unpriced: whether the ledger's amounts lack only an exchange rate, which may still come.
    """
    if reading.source == SOURCES[Origin.LEDGER]:
        return not unpriced
    return reading.source not in _LASTING


def _within(colour: Colour, alerts: Alerts) -> timedelta:
    return timedelta(hours=alerts.red_hours if colour is Colour.RED else alerts.amber_hours)


def _event(kind: type[BreachEvent], breach: Breach, at: datetime, actor: str, **more: object) -> BreachEvent:
    return kind(
        subject=str(breach.id),
        actor=actor,
        at=at,
        kri=breach.kri,
        customer=breach.customer,
        colour=breach.colour,
        value=breach.reading.value,
        as_of=breach.reading.as_of,
        source=breach.reading.source,
        threshold=breach.threshold,
        **more,
    )
