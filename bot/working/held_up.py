"""Stored requests held up by the database's trouble: each asker is told once, and retries are spaced out."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field

from storage.database import Busy, Database
from storage.delivery import inbox
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# seconds between two attempts of one request
FIRST, LONGEST = 15.0, 300.0
# attempts after which an unfinished request is given up, as it may be the cause of crashes
TRIES = 5


@dataclass(frozen=True, slots=True)
class HeldUp:
    """This process's knowledge of waiting requests; after a restart all of them are retried at once."""

    database: Database
    # key → the number of delays, and the monotonic second until which it is skipped
    _until: dict[str, tuple[int, float]] = field(default_factory=dict)

    def again(self, key: str, now: float) -> bool:
        """Record that a request was held up; return True the first time."""
        times = self._until.get(key, (0, 0.0))[0]
        self._until[key] = (times + 1, now + min(FIRST * 2.0**times, LONGEST))
        return times == 0

    def resting(self, now: float) -> frozenset[str]:
        """Return keys to skip for now."""
        return frozenset(key for key, (_times, until) in self._until.copy().items() if until > now)

    def over(self, key: str) -> None:
        """Forget a finished request."""
        self._until.pop(key, None)

    def taken_up(self, key: str) -> bool:
        """Count the restart of a request before it begins; return False after too many.

        Raises:
            Busy: the count cannot be written now, so the request cannot run either.
        """
        with self.database.begin(EVERYTHING, write=True) as tx:
            times = inbox.begin_again(tx, key)
        return times is None or times <= TRIES

    def not_counted(self, key: str) -> None:
        """Undo the count, as the request was not at fault."""
        with suppress(Busy), self.database.begin(EVERYTHING, write=True) as tx:
            inbox.not_counted(tx, key)
