"""Server-sent events about changes, to every open page that may see them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from playground.shapes import Json


@dataclass(eq=False)
class Listener:
    """One open page; None in its queue means that the workspace is closing."""

    user: str
    queue: asyncio.Queue[Json | None] = field(default_factory=asyncio.Queue)


class Stream:
    """A distributor of changes to the pages of the people concerned."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def open(self, user: str) -> Listener:
        listener = Listener(user)
        self._listeners.add(listener)
        return listener

    def close(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def publish(self, event: Json, users: set[str] | None = None) -> None:
        """Send an event to ``users``, or to everybody if None."""
        for listener in self._listeners:
            if users is None or listener.user in users:
                listener.queue.put_nowait(event)

    def listening(self) -> set[str]:
        return {listener.user for listener in self._listeners}

    def shut(self) -> None:
        for listener in self._listeners:
            listener.queue.put_nowait(None)
