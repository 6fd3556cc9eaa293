"""The interface of transports: an envelope goes out, and an ack comes back or is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from playground.shapes import Json

ACK_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)


@dataclass
class Envelope:
    """One delivery; ``kind`` is events_api, slash_commands or interactive, ``what`` names it in the wire log."""

    kind: str
    what: str
    payload: Json
    answerable: bool = False
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Ack:
    """The result of a delivery. ``error`` is empty if the bot acknowledged in time."""

    ms: float
    payload: Any = None
    error: str = ""
    reason: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return not self.error


@dataclass
class Presence:
    """The reachability of the bot, with a message for people."""

    connected: bool = False
    message: str = "The bot has not connected yet."
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def set(self, connected: bool, message: str) -> None:
        if (connected, message) != (self.connected, self.message):
            self.connected, self.message = connected, message
            for listener in self.listeners:
                listener()

    def lost(self, message: str) -> None:
        """Record that a connected bot is gone; if it was not connected, the earlier message stays."""
        if self.connected:
            self.set(False, message)


class Transport(Protocol):
    """Socket Mode or HTTP, hidden from the rest of the workspace."""

    @property
    def via(self) -> str: ...

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send once and wait for the ack, never longer than Slack would."""
        ...
