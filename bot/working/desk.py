"""Let requests in: who asks, with which rights at this moment, and whose customers they see; every path comes by here."""

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

# what is left of Slack's three seconds for the lock, after everything else
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to let a request in, to carry it out and to answer it."""

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
        """The request with its asker's rights of this moment, and the transaction narrowed to what they see; every path comes by here.

        Raises:
            NotWelcome: Slack has told this or another replica that they are out.
            NotAllowed: one of these rights is missing.
        """
        self.courier.news.catch_up(tx)
        refuse_departed(self.people, request.user)
        # two accounts of one e-mail address are one person, wherever four eyes are counted
        people = request.policy.people.joined(accounts.sharing(tx))
        request = replace(request, policy=request.policy.model_copy(update={"people": people}))
        authority = authority_of(tx, request.user, request.policy, at=request.at)
        admitted = replace(request, authority=authority)
        demand(tx, admitted, *rights)
        return admitted, replace(tx, sight=sight_of(request.user, authority, request.policy))

    @contextmanager
    def looking(self, ticket: Ticket, person: Person, *rights: Right) -> Iterator[tuple[Request, Tx]]:
        """Begin to read for somebody, as far as they see.

        Raises:
            NotWelcome: they have left, or become a guest, since they asked.
            NotAllowed: one of these rights is missing.
        """
        refuse_outsiders(self.people, ticket.person, rights)
        request = self.request(ticket, person)
        with self.noting(ticket), self.database.begin(NOTHING) as tx:
            yield self.admit(tx, request, *rights)

    @contextmanager
    def noting(self, ticket: Ticket) -> Iterator[None]:
        """Write into the trail that somebody tried what they may not."""
        try:
            yield
        except NotAllowed as error:
            self.note_refusal(ticket.person, ticket.command, error.right.value)
            raise

    def note_refusal(self, person: str, what: str, lacking: str) -> None:
        """Write into the trail that somebody was refused."""
        self.turned_away.note(self.database, person, what, lacking, self.policies.now, at=self.clock.now())

    def asked(self, ticket: Ticket) -> tuple[Command, Any]:
        """The command of a request, and its checked arguments.

        Raises:
            Refused: there is no such command any more, an argument is wrong, or a button was faster than the note of its answer.
        """
        command = registry().asked(ticket.command)
        if command is None:
            raise Refused(_("“{word}” no longer exists.").format(word=ticket.command))
        args = check(command, ticket.values)
        if not self.notes.written(str(ticket.values.get("key")), patience=PATIENCE):
            raise Refused(_("The database is busy, so this button does not work yet. Please press it again in a moment."))
        return command, args
