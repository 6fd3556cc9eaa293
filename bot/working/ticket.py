"""Tickets of requests that wait for a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that waits for a worker, with a stored form."""

    key: str
    command: str
    values: Mapping[str, Any]
    person: str
    received_at: datetime
    channel: str | None = None
    response_url: str | None = None
    # the thread in which it was asked, which the answer joins
    thread: str | None = None

    def written(self) -> dict[str, Any]:
        """Return the ticket as JSON values, without the key."""
        return {
            "command": self.command,
            "values": dict(self.values),
            "person": self.person,
            "received_at": self.received_at.isoformat(),
            "channel": self.channel,
            "response_url": self.response_url,
            "thread": self.thread,
        }

    @classmethod
    def read(cls, key: str, written: Mapping[str, Any]) -> Ticket:
        return cls(key=key, **{**written, "received_at": datetime.fromisoformat(written["received_at"])})
