"""Slack's events about people and channels: received by one replica, valid for all from the commit on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.delivering.channels import Channels
from bot.slack.people import People
from storage.database import Busy, Database, Tx
from storage.delivery import slack_news
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

PERSON = "user_change"
# the parts of an account to store: its access, and nothing about the person
_ACCOUNT = ("id", "team_id", "deleted", "is_bot", "is_workflow_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
_CHANNEL = ("type", "user", "is_ext_shared")


@dataclass(frozen=True, slots=True)
class Readership:
    """Counters of Slack's events about a channel's readers and about departures, when a message was written."""

    channel: str
    news: int
    departures: int


class News:
    """The log of events received by this process, and the reader of the others'."""

    def __init__(self, database: Database, people: People, channels: Channels, clock: Clock) -> None:
        self._database, self._people, self._channels, self._clock = database, people, channels, clock
        # the number of the newest event that this process knows
        self._seen = 0
        self._lock = threading.Lock()

    def tell(self, event: Mapping[str, Any], *, patience: float) -> None:
        """Log an event that this process has applied.

        Raises:
            Busy: the lock was not available in time, so that the others do not know yet.
        """
        with self._database.begin(EVERYTHING, write=True, patience=patience) as tx:
            number = slack_news.tell(tx, _kept(event), at=self._clock.now())
        with self._lock:
            if number == self._seen + 1:
                self._seen = number

    def look(self) -> bool:
        """Catch up in a separate transaction; return False if the database is in trouble, which others report."""
        try:
            with self._database.begin(EVERYTHING) as tx:
                self.catch_up(tx)
        except Busy:
            return False
        return True

    def catch_up(self, tx: Tx) -> None:
        """Apply the other replicas' events up to now, without asking Slack."""
        newest = slack_news.newest(tx)
        if newest <= self._seen:
            return
        with self._lock:
            told = slack_news.after(tx, self._seen, now=self._clock.now())
            first = told[0][0] if told else newest + 1
            if self._seen < first - 1:
                log.info("this process has missed what Slack told, and forgets what it knew", extra={"from": self._seen, "to": first})
                self._people.forget_all()
                self._channels.forget_all()
            for number, event in told:
                self._take(event)
                self._seen = number
            self._seen = max(self._seen, newest)

    def readership(self, channel: str) -> Readership:
        """Return the present counters, for comparison when the message is sent."""
        return Readership(channel, self._channels.audience.news_of(channel), self._people.departures)

    def have_changed(self, readers: Readership) -> bool:
        """Return True if any replica heard of other readers meanwhile, so that the message must be rewritten."""
        return not self.look() or self.readership(readers.channel) != readers

    def _take(self, event: Mapping[str, Any]) -> None:
        if event["type"] == PERSON:
            self._people.changed(event["user"])
        else:
            self._channels.told(event)


def _kept(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of an event that other replicas need."""
    if event["type"] == PERSON:
        return {"type": PERSON, "user": {name: event["user"][name] for name in _ACCOUNT if name in event["user"]}}
    named = event.get("channel")
    channel = named.get("id") if isinstance(named, Mapping) else named
    return {"channel": channel, **{name: event[name] for name in _CHANNEL if name in event}}
