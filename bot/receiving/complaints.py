"""Refused requests in the log: the first of each kind at once, the others as a count."""

from __future__ import annotations

import logging
import threading

from bot.metrics import REFUSED_REQUESTS

log = logging.getLogger(__name__)


class Complaints:
    """Counts of refused requests; nothing from a request itself gets into the log."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._more: dict[str, int] = {}

    def note(self, status: int, why: str) -> None:
        """Log the first refusal of its kind since the last counts, and count the others."""
        REFUSED_REQUESTS.labels(why).inc()
        with self._lock:
            first = why not in self._more
            self._more[why] = 0 if first else self._more[why] + 1
        if first:
            log.warning("a request was refused", extra={"status": status, "why": why})

    def tell(self) -> None:
        """Log the counts and start again."""
        with self._lock:
            counts, self._more = self._more, {}
        for why, count in counts.items():
            if count:
                log.warning("more requests were refused and not logged one by one", extra={"why": why, "suppressed": count})
