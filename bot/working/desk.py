"""Admission of requests: the asker, their present rights, and whose customers they see; every path uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.delivering.courier import Courier
from bot.policy_in_force import PolicyBook
from bot.slack.people import People
from bot.working.held_up import HeldUp
from bot.working.read_notes import Notes
from bot.working.ticket import Ticket
from bot.working.turned_away import TurnedAway
from bot.working.welcome import confirmed, refuse_departed, refuse_outsiders
from commands.kit.access.access import refuse
from commands.kit.access.authority import NotAllowed, authority_of, demand, sight_of
from commands.kit.contract import Command, Person, Refused, Request
from commands.kit.i18n import Text, _
from commands.kit.input.inline import check
from commands.kit.registry import registry
from risk_engine.people.roles import Right
from storage.database import Database, Tx
from storage.people import accounts
from storage.sight import NOTHING

# the share of Slack's three seconds available for the lock
PATIENCE = 2.0
# a button of an answer that is being stored; a form must be answered within Slack's three seconds, change included
BUTTON_PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything needed to admit a request, carry it out and answer it."""

    database: Database
    policies: PolicyBook
    people: People
    client: WebClient
    courier: Courier
    clock: Clock
    troubles: Callable[[], list[Text]]
    home_team: str
    notes: Notes
    held_up: HeldUp
    turned_away: TurnedAway = field(default_factory=TurnedAway)
    standing: Callable[[], Sequence[tuple[Text, Callable[[], str]]]] = tuple

    def request(self, ticket: Ticket, person: Person) -> Request:
        policy = self.people.with_groups(self.policies.now)
        return Request(
            person,
            self.clock.now(),
            policy,
            ticket.key,
            ticket.channel,
            troubles=self.troubles(),
            standing=self.standing(),
            is_here=lambda name: ticket.channel is not None and self.courier.channels.means(name, ticket.channel),
            name_of=self.people.name_of,
            members=self.people.members,
            channel_trouble=self.courier.channels.why_not_name,
            welcome=lambda who: refuse(self.people.user(who), team=None, home_team=self.home_team) is None,
            confirmed=partial(confirmed, self.people),
        )

    def admit(self, tx: Tx, request: Request, *rights: Right) -> tuple[Request, Tx]:
        """Return the request with its asker's present rights, and the transaction with their sight; every path uses it.

        Raises:
            NotWelcome: a replica knows from Slack that they have lost access.
            NotAllowed: one of these rights is missing.
        """
        self.courier.news.catch_up(tx)
        refuse_departed(self.people, request.user)
        # two accounts of one e-mail address are one person for the four-eyes principle
        people = request.policy.people.joined(accounts.sharing(tx))
        request = replace(request, policy=request.policy.model_copy(update={"people": people}))
        authority = authority_of(tx, request.user, request.policy, at=request.at)
        admitted = replace(request, authority=authority)
        demand(tx, admitted, *rights)
        return admitted, replace(tx, sight=sight_of(request.user, authority, request.policy))

    @contextmanager
    def looking(self, ticket: Ticket, person: Person, *rights: Right) -> Iterator[tuple[Request, Tx]]:
        """Begin to read for somebody, with their sight.

        Raises:
            NotWelcome: they have left or become a guest since they asked.
            NotAllowed: one of these rights is missing.
        """
        refuse_outsiders(self.people, ticket.person, rights)
        request = self.request(ticket, person)
        with self.noting(ticket), self.database.begin(NOTHING) as tx:
            yield self.admit(tx, request, *rights)

    @contextmanager
    def noting(self, ticket: Ticket) -> Iterator[None]:
        """Record in the trail that somebody tried something forbidden."""
        try:
            yield
        except NotAllowed as error:
            self.note_refusal(ticket.person, ticket.command, error.right.value)
            raise

    def note_refusal(self, person: str, what: str, lacking: str) -> None:
        """Record in the trail that somebody was refused."""
        self.turned_away.note(self.database, person, what, lacking, self.policies.now, at=self.clock.now())

    def asked(self, ticket: Ticket) -> tuple[Command, Any]:
        """Return the command of a request, and its checked arguments.

        Raises:
            Refused: the command no longer exists, an argument is wrong, or a button's data is not stored yet.
        """
        command = registry().asked(ticket.command)
        if command is None:
            raise Refused(_("“{word}” no longer exists.").format(word=ticket.command))
        args = check(command, ticket.values)
        if not self.notes.written(str(ticket.values.get("key")), patience=BUTTON_PATIENCE):
            raise Refused(_("The database is busy, so this button does not work yet. Please press it again in a moment."))
        return command, args
