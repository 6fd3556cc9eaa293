"""Events of a channel's own digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEvent(Event):
    """Something happened to a channel's own digest; ``hour`` as ``09:00``, None is the policy's."""

    stored_as: ClassVar = {"hour": "at"}

    hour: str | None
    timezone: str | None
    department: str | None
    sector: str | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSubscribed(DigestEvent):
    """A channel was given a digest of its own."""

    kind: ClassVar = "digest.subscribed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChanged(DigestEvent):
    """A channel's digest was changed."""

    kind: ClassVar = "digest.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPaused(DigestEvent):
    """A channel's digest was paused, until a day or until somebody resumes it."""

    kind: ClassVar = "digest.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestResumed(DigestEvent):
    """A channel's digest goes on."""

    kind: ClassVar = "digest.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestUnsubscribed(DigestEvent):
    """A channel gets no digest of its own any more."""

    kind: ClassVar = "digest.unsubscribed"
