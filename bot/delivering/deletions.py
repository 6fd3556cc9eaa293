"""Deletion of the bot's outdated messages: figures after minutes, everything else after the policy's days."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk import WebClient

from bot.clock import Clock
from bot.slack.call_outcomes import fate
from commands.delivery.slack_answers import Fate
from storage.database import Database
from storage.delivery import deletions
from storage.delivery.deletions import Posted
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# there is nothing left to delete
GONE = {"message_not_found", "channel_not_found", "thread_not_found"}
LEASE = timedelta(seconds=60)
# the interval for retrying refused deletions: a workspace owner may have changed the setting
TRY_AGAIN = timedelta(hours=24)
REFUSED = {Fate.HOPELESS, Fate.CURABLE, Fate.SHUT_OUT, Fate.CLOSED, Fate.GONE}
SOON, UNCERTAIN = timedelta(seconds=5), timedelta(minutes=1)


@dataclass
class Deletions:
    """A deleter of one message at a time; any number of processes may share a database.

    Attributes:
        days: the days after which a message is deleted; 0 keeps them.
        look_every: seconds between checks when nothing was due.
        between: seconds between two deletions, fifty a minute being Slack's limit.
    """

    database: Database
    client: WebClient
    clock: Clock
    days: Callable[[], int]
    owner: str
    look_every: float = 5.0
    between: float = 1.3
    _rests_until: float = float("-inf")

    def step(self) -> bool:
        """Delete one outdated message; return True if there was one."""
        if self.clock.monotonic() < self._rests_until:
            return False
        posted = self._claim(self.clock.now())
        self._rest(self.look_every if posted is None else self.between)
        if posted is not None:
            self._delete(posted)
        return posted is not None

    def _claim(self, now: datetime) -> Posted | None:
        days = self.days()
        older_than = now - timedelta(days=days) if days else None
        with self.database.begin(EVERYTHING) as tx:
            if not deletions.anything_due(tx, now=now, older_than=older_than):
                return None
        with self.database.begin(EVERYTHING, write=True) as tx:
            return deletions.claim(tx, owner=self.owner, now=now, older_than=older_than, lease=LEASE)

    def _delete(self, posted: Posted) -> None:
        try:
            self.client.chat_delete(channel=posted.channel, ts=posted.ts)
        except Exception as error:  # every error of the network or of Slack has a meaning for the message
            self._not_deleted(posted, error)
            return
        self._write(posted, None)

    def _not_deleted(self, posted: Posted, error: Exception) -> None:
        what, name, seconds = fate(error)
        if name in GONE:
            self._write(posted, name)
            return
        if what is Fate.LIMITED:
            self._rest(seconds)
        else:
            log.warning("a message was not deleted", extra={"delivery": posted.seq, "error": name, "fate": what.name})
        # deleting twice does no harm, so uncertain deletions are retried without a check
        wait = TRY_AGAIN if what in REFUSED else SOON if what is Fate.LATER else max(timedelta(seconds=seconds), UNCERTAIN)
        with self.database.begin(EVERYTHING, write=True) as tx:
            deletions.again(tx, posted, owner=self.owner, at=self.clock.now() + wait, why=name)

    def _write(self, posted: Posted, why: str | None) -> None:
        with self.database.begin(EVERYTHING, write=True) as tx:
            deletions.done(tx, posted, owner=self.owner, at=self.clock.now(), why=why)

    def _rest(self, seconds: float) -> None:
        self._rests_until = self.clock.monotonic() + seconds
