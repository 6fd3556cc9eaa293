"""How something reaches the bot: an envelope goes out, an ack comes back, or does not."""

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
    """What came back. ``error`` is empty if the bot acknowledged in time."""

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
    """Whether the bot can be reached, and what to tell people about it."""

    connected: bool = False
    message: str = "The bot has not connected yet."
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def set(self, connected: bool, message: str) -> None:
        if (connected, message) != (self.connected, self.message):
            self.connected, self.message = connected, message
            for listener in self.listeners:
                listener()

    def lost(self, message: str) -> None:
        """The bot was there and is gone; what was said about one that was not there stays."""
        if self.connected:
            self.set(False, message)


class Transport(Protocol):
    """Socket Mode or HTTP: the rest of the workspace does not know which."""

    @property
    def via(self) -> str: ...

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send once and wait for the ack, never longer than Slack would."""
        ...
