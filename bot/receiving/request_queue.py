"""The queue of requests: questions are queued, and changes are stored before they are acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.metrics import REFUSED_FULL
from bot.working.desk import PATIENCE
from bot.working.executor import Executor
from bot.working.home_tabs import Homes
from bot.working.outcomes import LOST
from bot.working.pool import URGENT, Pool
from bot.working.ticket import Ticket
from commands.kit import blocks
from commands.kit.contract import Command, Reply
from commands.kit.i18n import _
from commands.kit.wording import trouble_words
from storage.database import Busy, Gone
from storage.delivery import inbox
from storage.sight import NOTHING

log = logging.getLogger(__name__)

# the number of stored requests restarted in one sweep
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class RequestQueue:
    """A maker of tickets, which hands them to the workers."""

    executor: Executor
    pool: Pool
    homes: Homes
    # keys of stored requests queued in this process
    under_way: set[str] = field(default_factory=set)

    def ticket(self, key: str, command: Command, values: Mapping[str, Any], user: str, body: Mapping[str, Any]) -> Ticket:
        """Return the ticket of a request: arguments, person, and ways to answer."""
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
        return Ticket(key, command.name, values, user, self.executor.clock.now(), channel, body.get("response_url"))

    def take(self, command: Command, ticket: Ticket) -> str | None:
        """Queue a question; store a change first, so that it takes effect once despite crashes."""
        if not command.writes:
            return None if self.pool.submit(lambda: self.executor.read(ticket)) else self.full()
        if self.pool.full:
            return self.full()
        try:
            with self.executor.database.begin(NOTHING, write=True, patience=PATIENCE) as tx:
                fresh = inbox.accept(tx, ticket.key, ticket.written(), at=ticket.received_at)
        except Gone:
            return blocks.marked(LOST)
        except Busy as error:
            return blocks.marked(trouble_words.not_kept(error))
        if not fresh:
            return blocks.marked(_("This was already recorded; nothing was done twice."))
        # if the pool has filled up meanwhile, the sweeper will find it
        self._carry_out(ticket.key)
        return None

    def accept(self, command: Command, ticket: Ticket) -> None:
        """Store and queue a change that an event asks for; a repeated event is silent.

        Raises:
            Busy: it could not be stored, so that Slack must resend the event.
        """
        with self.executor.database.begin(NOTHING, write=True, patience=PATIENCE) as tx:
            fresh = inbox.accept(tx, ticket.key, ticket.written(), at=ticket.received_at)
        if fresh:
            # if the pool is full, the sweeper will find it
            self._carry_out(ticket.key)

    def _carry_out(self, key: str, *, again: bool = False) -> bool:
        """Queue a stored request, unless this process has it already."""
        if key in self.under_way:
            return False
        self.under_way.add(key)

        def work() -> None:
            try:
                person = self.executor.write(key, again=again)
            finally:
                self.under_way.discard(key)
            if person:
                self.homes.refresh(person)

        if not self.pool.submit(work):
            self.under_way.discard(key)
            return False
        return True

    def full(self) -> str:
        """Return the reply when there is no room."""
        REFUSED_FULL.inc()
        return blocks.marked(_("I am too busy right now, and nothing was recorded. Please try again in a minute."))

    def say(self, ticket: Ticket, text: str, *, notice: str = "answer") -> None:
        """Send something to the asker without making them wait."""
        if not self.pool.submit(lambda: self.executor.answer(ticket, Reply(text), notice=notice), priority=URGENT):
            log.warning("there was no room even to say no", extra={"user": ticket.person})

    def sweep(self, *, older_than: timedelta) -> int:
        """Carry out stored requests left by this process or by one that died."""
        resting = self.executor.held_up.resting(self.executor.clock.monotonic())
        with self.executor.database.begin(NOTHING) as tx:
            # resting requests are the oldest, and must not displace others
            keys = inbox.left_over(tx, before=self.executor.clock.now() - older_than, limit=AT_ONCE + len(resting))
        return sum(self._carry_out(key, again=True) for key in keys if key not in resting)
