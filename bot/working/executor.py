"""Execution of requests: one transaction each, refusals in words, the answer after the commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.working import answering, outcomes
from bot.working.changes import change, change_at_once
from bot.working.desk import Desk
from bot.working.questions import look
from bot.working.ticket import Ticket
from commands.kit.contract import Reply
from commands.kit.i18n import reading
from commands.kit.registry import registry
from storage.delivery import inbox
from storage.sight import NOTHING


@dataclass(frozen=True, slots=True)
class Executor(Desk):
    """The executor of requests, with everything that it needs."""

    def read(self, ticket: Ticket) -> None:
        """Answer a question; only data for the answer's buttons are written."""
        person = self.people.person(ticket.person)
        with reading(person.reader):
            outcomes.settle(self, ticket, lambda: look(self, ticket, person))
        self.notes.settle()

    def write(self, key: str, *, again: bool = False) -> str | None:
        """Carry out a stored request with its mark in one transaction; return the asker.

        Args:
            again: whether an earlier attempt died or was held up.
        """
        with self.database.begin(NOTHING) as tx:
            kept = inbox.peek(tx, key)
        if kept is None:
            self.held_up.over(key)
            return None
        ticket = Ticket.read(key, kept)
        person = self.people.person(ticket.person)
        with reading(person.reader):
            outcomes.settle(self, ticket, lambda: change(self, ticket, person), kept=True, again=again)
        self.courier.wake()
        return ticket.person

    def change_now(self, ticket: Ticket, *, patience: float) -> Reply:
        """Carry out a submitted form before it is acknowledged; a repeated submission changes nothing.

        Raises:
            Refused, Refusal: in words, or by the engine.
            Busy: the lock was not available in time.
        """
        command, person = registry().asked(ticket.command), self.people.person(ticket.person)
        with reading(person.reader):
            if command is not None and not command.writes:
                return look(self, ticket, person)
            return change_at_once(self, ticket, person, patience=patience)

    def heard(self, ticket: Ticket, work: Callable[[], None]) -> None:
        """Run work for a person, and tell them if it fails."""
        outcomes.heard(self, ticket, work)

    def answer(self, ticket: Ticket, reply: Reply, *, notice: str = outcomes.ANSWER) -> None:
        """Send a reply to the asker: in place if possible, else as a direct message."""
        answering.give(self, ticket, reply, notice=notice)
