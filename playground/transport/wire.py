"""The wire log: every Web API call, every envelope and its answer, with times."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.shapes import Json

TO_BOT = "→bot"
FROM_BOT = "←bot"


@dataclass(frozen=True)
class WireEntry:
    """One exchange. ``ms`` is the time from sending to the ack, or from receiving to the reply."""

    n: int
    at: float
    direction: str
    what: str
    ms: float | None = None
    ok: bool = True
    error: str | None = None
    via: str = "HTTP"
    sent: Any = field(default=None, repr=False)
    reply: Any = field(default=None, repr=False)

    def public(self) -> Json:
        """Return the entry as the page shows it, without the bodies."""
        keys = ("n", "at", "direction", "via", "what", "ms", "ok")
        return {key: getattr(self, key) for key in keys} | ({"error": self.error} if self.error else {})

    def whole(self) -> Json:
        """Return the entry with both bodies."""
        return self.public() | {"sent": self.sent, "reply": self.reply}


class WireLog:
    """The latest entries, safe to read from any thread while the server writes."""

    def __init__(self, keep: int = 20_000) -> None:
        self._entries: deque[WireEntry] = deque(maxlen=keep)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.listeners: list[Callable[[WireEntry], None]] = []

    def add(
        self,
        direction: str,
        what: str,
        *,
        ms: float | None,
        error: str | None = None,
        sent: Any = None,
        reply: Any = None,
        via: str = "HTTP",
    ) -> WireEntry:
        """Log one exchange; without an error it counts as a success."""
        rounded = None if ms is None else round(ms, 3)
        with self._lock:
            entry = WireEntry(next(self._numbers), time.time(), direction, what, rounded, error is None, error, via, sent, reply)
            self._entries.append(entry)
        for listener in self.listeners:
            listener(entry)
        return entry

    def after(self, n: int = 0) -> list[WireEntry]:
        """Return entries with a number above ``n``, oldest first."""
        with self._lock:
            return [entry for entry in self._entries if entry.n > n]

    def get(self, n: int) -> WireEntry | None:
        """Return the entry with this number; None if it is gone."""
        return next((entry for entry in self.after(n - 1) if entry.n == n), None)

    def calls(self, method: str) -> list[WireEntry]:
        """Return the bot's calls of one Web API method, oldest first."""
        return [entry for entry in self.after() if entry.direction == FROM_BOT and entry.what == method]

    def envelopes(self, what: str = "") -> list[WireEntry]:
        """Return the envelopes delivered to the bot, oldest first; ``what`` is a prefix of the entry's name."""
        return [entry for entry in self.after() if entry.direction == TO_BOT and entry.what.startswith(what)]

    def __iter__(self) -> Iterator[WireEntry]:
        return iter(self.after())

    def __len__(self) -> int:
        return len(self._entries)
