"""Events of breaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from risk_engine.events import Event
from risk_engine.indicators.monitoring import Colour


class Ending(StrEnum):
    """The reason for which an episode ends although its indicator has not come back within bounds."""

    NOT_IN_POLICY = "not_in_policy"
    NOT_WATCHED = "not_watched"
    NO_VALUE = "no_value"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachEvent(Event):
    """Something happened to a breach."""

    kri: str
    customer: str
    colour: Colour
    value: float
    as_of: date
    source: str
    threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachOpened(BreachEvent):
    """An indicator went out of bounds."""

    kind: ClassVar = "breach.opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachAcknowledged(BreachEvent):
    """A breach was acknowledged; ``plan`` names the next steps, the person and the date, None if not stated."""

    kind: ClassVar = "breach.acknowledged"

    plan: str | None = None
    owner: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachUnacknowledged(BreachEvent):
    """An acknowledgement was taken back by the person who had just given it."""

    kind: ClassVar = "breach.unacknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachWorsened(BreachEvent):
    """An indicator that was out of bounds crossed the next threshold."""

    kind: ClassVar = "breach.worsened"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachEased(BreachEvent):
    """An indicator is out of bounds by less."""

    kind: ClassVar = "breach.eased"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachUpdated(BreachEvent):
    """An indicator that is out of bounds has a new reading."""

    kind: ClassVar = "breach.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachClosed(BreachEvent):
    """An indicator is back within bounds."""

    kind: ClassVar = "breach.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachEnded(BreachEvent):
    """An episode ended without a return within bounds, as nothing could bring one."""

    kind: ClassVar = "breach.ended"

    why: Ending
