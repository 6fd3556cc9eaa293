"""What Slack tells of people and channels: it comes to one replica, and holds for all of them from the commit on."""

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
# of an account that is kept: whether it is let in, and nothing about the person
_ACCOUNT = ("id", "team_id", "deleted", "is_bot", "is_workflow_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
_CHANNEL = ("type", "user", "is_ext_shared")


@dataclass(frozen=True, slots=True)
class Readership:
    """How often Slack had told of a channel's readers, and of people who are out, when a message for the channel was written."""

    channel: str
    news: int
    departures: int


class News:
    """Writes down what this process is told, and takes to heart what the others were told."""

    def __init__(self, database: Database, people: People, channels: Channels, clock: Clock) -> None:
        self._database, self._people, self._channels, self._clock = database, people, channels, clock
        # the number of the newest event that this process knows
        self._seen = 0
        self._lock = threading.Lock()

    def tell(self, event: Mapping[str, Any], *, patience: float) -> None:
        """Write an event down that this process has taken to heart.

        Raises:
            Busy: the lock was not to be had in time, so that the others do not know yet.
        """
        with self._database.begin(EVERYTHING, write=True, patience=patience) as tx:
            number = slack_news.tell(tx, _kept(event), at=self._clock.now())
        with self._lock:
            if number == self._seen + 1:
                self._seen = number

    def look(self) -> bool:
        """Catch up in a transaction of its own; False if the database is in trouble, which is said by whatever needs it next."""
        try:
            with self._database.begin(EVERYTHING) as tx:
                self.catch_up(tx)
        except Busy:
            return False
        return True

    def catch_up(self, tx: Tx) -> None:
        """Take to heart what the other replicas were told up to this moment; Slack is not asked for it."""
        if slack_news.newest(tx) <= self._seen:
            return
        with self._lock:
            told = slack_news.after(tx, self._seen)
            if told and told[0][0] != self._seen + 1:
                log.info("this process has missed what Slack told, and forgets what it knew", extra={"from": self._seen, "to": told[0][0]})
                self._people.forget_all()
                self._channels.forget_all()
            for number, event in told:
                self._take(event)
                self._seen = number

    def readership(self, channel: str) -> Readership:
        """What a message is written on, to be compared when it goes out."""
        return Readership(channel, self._channels.audience.news_of(channel), self._people.departures)

    def have_changed(self, readers: Readership) -> bool:
        """Whether any replica was told of other readers while Slack was asked or a picture uploaded, so that a message is written anew."""
        return not self.look() or self.readership(readers.channel) != readers

    def _take(self, event: Mapping[str, Any]) -> None:
        if event["type"] == PERSON:
            self._people.changed(event["user"])
        else:
            self._channels.told(event)


def _kept(event: Mapping[str, Any]) -> dict[str, Any]:
    """As much of an event as another replica needs."""
    if event["type"] == PERSON:
        return {"type": PERSON, "user": {name: event["user"][name] for name in _ACCOUNT if name in event["user"]}}
    named = event.get("channel")
    channel = named.get("id") if isinstance(named, Mapping) else named
    return {"channel": channel, **{name: event[name] for name in _CHANNEL if name in event}}
