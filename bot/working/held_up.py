"""Kept requests that the database's trouble holds up: each asker is told once, and each is tried again at growing intervals."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field

from storage.database import Busy, Database
from storage.delivery import inbox
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# seconds between two tries of one request
FIRST, LONGEST = 15.0, 300.0
# a request that so many processes took up and never ended is given up: it may be what kills them
TRIES = 5


@dataclass(frozen=True, slots=True)
class HeldUp:
    """What this process knows of requests that wait; forgotten at its end, when all of them are tried at once."""

    database: Database
    # key → how often it was held up, and until which monotonic second it is left alone
    _until: dict[str, tuple[int, float]] = field(default_factory=dict)

    def again(self, key: str, now: float) -> bool:
        """Note that a request was held up; says whether that is the first time."""
        times = self._until.get(key, (0, 0.0))[0]
        self._until[key] = (times + 1, now + min(FIRST * 2.0**times, LONGEST))
        return times == 0

    def resting(self, now: float) -> frozenset[str]:
        """Keys that are to be left alone for now."""
        return frozenset(key for key, (_times, until) in self._until.copy().items() if until > now)

    def over(self, key: str) -> None:
        """It has come to its end."""
        self._until.pop(key, None)

    def taken_up(self, key: str) -> bool:
        """Count, before it is begun, that a request is taken up again; False if that has been in vain often enough.

        Raises:
            Busy: that cannot be written now, so that the request cannot be either.
        """
        with self.database.begin(EVERYTHING, write=True) as tx:
            times = inbox.begin_again(tx, key)
        return times is None or times <= TRIES

    def not_counted(self, key: str) -> None:
        """Take the count back: what ended the try was no fault of the request."""
        with suppress(Busy), self.database.begin(EVERYTHING, write=True) as tx:
            inbox.not_counted(tx, key)
