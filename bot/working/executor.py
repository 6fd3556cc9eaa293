"""Carry out requests: one transaction each, refusals in words, the answer after the commit."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from slack_sdk import WebClient

from bot.clock import Clock
from bot.delivering.courier import Courier
from bot.delivering.files import send_sheet
from bot.delivering.secrecy import TURNED_AWAY, refuse_here
from bot.logs import reference
from bot.metrics import ANSWERED
from bot.policy_in_force import PolicyBook
from bot.slack.people import People
from bot.working import answering
from bot.working.asking_first import asking_first
from bot.working.held_up import HeldUp
from bot.working.read_notes import Notes
from bot.working.ticket import Ticket as Ticket
from bot.working.turned_away import TurnedAway
from bot.working.welcome import NotWelcome, SlackAway, Unconfirmed, addresses, confirmed, look_up, refuse_departed, refuse_outsiders, voices
from commands.delivery import quota, reads, secrecy_words
from commands.delivery.share import AgainArgs, ShareArgs, furnish, unfold
from commands.home.home import ViewArgs, behind
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.access.access import refuse
from commands.kit.access.authority import NotAllowed, authority_of, demand, sight_of
from commands.kit.contract import Command, Person, Refused, Reply, Request
from commands.kit.i18n import Text, _, reading
from commands.kit.input.inline import check
from commands.kit.registry import registry
from commands.kit.wording import trouble_words
from risk_engine.events import Event
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.refusals import Refusal
from storage.database import Busy, Conflict, Database, Gone, Tx
from storage.delivery import answers, inbox
from storage.delivery.answers import Answer
from storage.people import accounts
from storage.sight import EVERYTHING, NOTHING

log = logging.getLogger(__name__)

T = TypeVar("T")
TRIES = 6
# what is left of Slack's three seconds for the lock, after everything else
PATIENCE = 2.0
# the database was deleted or replaced: what was recorded before may be gone with it
LOST = _("The database I started with is gone, and nothing is recorded. Please tell your administrator.")
# an answer does not wait longer than this for the lock that its buttons need
BUTTONS_PATIENCE = 0.3
# for so long a kept request waits for Slack to say who is named in it; then it is refused
WAITS_FOR_SLACK = timedelta(hours=24)
# as which notice an answer is brought that cannot be given where it was asked for
ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Executor:
    """What it takes to carry out a request and to answer it."""

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

    def read(self, ticket: Ticket) -> None:
        """Answer a question; nothing is changed but what the answer's buttons need."""
        person = self.people.person(ticket.person)
        with reading(person.reader):
            self._answered(ticket, lambda: self._look(ticket, person))

    def _look(self, ticket: Ticket, person: Person) -> Reply:
        command, args = self._asked(ticket)
        with self.looking(ticket, person, command.right) as (request, tx):
            if isinstance(args, AgainArgs):
                command, args, request = unfold(args, request, tx)
            if isinstance(args, ViewArgs):
                # its pages and its buttons are those of the line behind it
                command, args = behind(args)
                demand(tx, request, command.right)
            with masking.noting() as named:
                reply = command.run(args, request, tx)
            noted = reads.noted(reply, named, command.name, request, tx)
        if reply.sheet is not None:
            if no := secrecy_words.no_files(request.policy.privacy):
                raise Refused(no)
            # no file without its entry in the trail; and counted where it is written, so that of two at once the second sees the first
            with self.database.begin(EVERYTHING, write=True, patience=PATIENCE) as tx:
                held = quota.taken(reply.sheet, args.key, noted, request, tx)
            if held is not None:
                return held
            send_sheet(self.client, person.id, reply.sheet)
            noted = []
        furnished, kept = furnish(reply, command, args, request)
        if not self.keep(kept, noted, request.policy):
            # an import holds the lock: the answer is worth more than its buttons
            return reply
        return replace(furnished, replaces=True) if kept and ticket.command == "reply.again" else furnished

    def keep(self, kept: Sequence[Answer], noted: Sequence[Event], policy: Policy) -> bool:
        """Remember what an answer's buttons need, and whom it shows; False if the lock was not to be had, and the trail follows later."""
        if not (kept or noted):
            return True
        try:
            with self.database.begin(EVERYTHING, write=True, patience=BUTTONS_PATIENCE) as tx:
                for answer in kept:
                    answers.keep(tx, answer)
                reads.keep(noted, policy, tx)
        except Busy:
            self.notes.later(noted, policy)
            return False
        return True

    def write(self, key: str, *, again: bool = False) -> str | None:
        """Carry out a kept request: its effect and the mark that it happened are one transaction; returns who asked.

        Args:
            again: somebody began it before, and died or was held up.
        """
        with self.database.begin(NOTHING) as tx:
            kept = inbox.peek(tx, key)
        if kept is None:
            self.held_up.over(key)
            return None
        ticket = Ticket.read(key, kept)
        person = self.people.person(ticket.person)
        with reading(person.reader):
            self._answered(ticket, lambda: self._change(ticket, person), kept=True, again=again)
        self.courier.wake()
        return ticket.person

    def _change(self, ticket: Ticket, person: Person) -> Reply | None:
        command, args = self._asked(ticket)
        with self.looking(ticket, person, command.right) as (request, tx):
            # early and politely, before Slack is asked; what counts is the look in the transaction that does the work
            others = voices(args, tx)
        if isinstance(args, ShareArgs) and ticket.channel:
            self._refuse_to_share(args, ticket.channel)
        self._refuse_to_post(command, ticket)
        try:
            look_up(self.people, args, person, others, home_team=self.home_team)
        except Unconfirmed as error:
            if self.clock.now() - ticket.received_at >= WAITS_FOR_SLACK:
                raise
            raise SlackAway from error
        return asking_first(request, lambda informed: self._changed(ticket, command, args, informed, others))

    def _changed(self, ticket: Ticket, command: Command, args: Any, request: Request, others: Sequence[str]) -> Reply | None:
        with self.noting(ticket), self.database.begin(NOTHING, write=True) as tx:
            if inbox.take(tx, ticket.key) is None:
                # another replica was faster; it answers
                return None
            accounts.seen(tx, addresses(self.people, args, request.person, others), at=request.at)
            reply = command.run(args, *self.admit(tx, request, command.right))
            inbox.finish(tx, ticket.key, state=inbox.DONE, at=request.at)
        return reply

    def _refuse_to_share(self, args: ShareArgs, channel: str) -> None:
        """Before the transaction, because Slack is asked."""
        if channel.startswith("D"):
            # buttons of earlier versions; who else reads there, Slack does not tell the bot
            raise Refused(_("This is a direct message: there is no channel here to share to."))
        if no := self.courier.channels.why_not_share(channel):
            raise Refused(no)
        with self.database.begin(NOTHING) as tx:
            answer = answers.get(tx, args.key, now=self.clock.now())
        command = registry().asked(answer.command) if answer else None
        if command and (no := refuse_here(command, channel, self.courier.channels, self.policies.now)):
            raise Refused(no)

    def _refuse_to_post(self, command: Command, ticket: Ticket) -> None:
        """Before the transaction, because Slack is asked."""
        if not command.posts or not ticket.channel or ticket.channel.startswith("D"):
            return
        channels = self.courier.channels
        if no := channels.why_not_post(ticket.channel) or refuse_here(command, ticket.channel, channels, self.policies.now):
            raise Refused(no)

    def change_now(self, ticket: Ticket, *, patience: float) -> Reply:
        """Carry out a submitted form whole, before it is acknowledged; a repeated submission changes nothing.

        Raises:
            Refused, Refusal: in words, or by the engine.
            Busy: the lock was not to be had in time.
        """
        command, args = self._asked(ticket)
        person = self.people.person(ticket.person)
        with reading(person.reader):
            if not command.writes:
                return self._look(ticket, person)
            with self.looking(ticket, person, command.right) as (request, tx):
                others = voices(args, tx)
            look_up(self.people, args, person, others, home_team=self.home_team)

            def change(informed: Request) -> Reply:
                return _patiently(lambda: self._change_once(ticket, command, args, informed, others, patience), tries=3, on=Conflict)

            return asking_first(request, change)

    def _change_once(self, ticket: Ticket, command: Command, args: Any, request: Request, others: Sequence[str], patience: float) -> Reply:
        with self.noting(ticket), self.database.begin(NOTHING, write=True, patience=patience) as tx:
            if not inbox.accept(tx, ticket.key, ticket.written(), at=request.at, state=inbox.DONE):
                return Reply(str(_("This was already recorded; nothing was done twice.")))
            accounts.seen(tx, addresses(self.people, args, request.person, others), at=request.at)
            reply = command.run(args, *self.admit(tx, request, command.right))
        self.courier.wake()
        return reply

    @staticmethod
    def _asked(ticket: Ticket) -> tuple[Command, Any]:
        command = registry().asked(ticket.command)
        if command is None:
            raise Refused(_("“{word}” no longer exists.").format(word=ticket.command))
        return command, check(command, ticket.values)

    def _answered(self, ticket: Ticket, run: Callable[[], Reply | None], *, kept: bool = False, again: bool = False) -> None:
        """Run, try again on a collision, and answer whatever came of it."""
        started = self.clock.monotonic()
        try:
            reply, notice = self._outcome(ticket, run if not again or self.held_up.taken_up(ticket.key) else _give_up, kept)
            self.held_up.over(ticket.key)
        except Busy as error:
            # what was kept stays kept: the sweeper tries it again
            if again:
                self.held_up.not_counted(ticket.key)
            self._waits(ticket, error, kept)
            reply, notice = None, ANSWER
        ANSWERED.labels(ticket.command).observe(self.clock.monotonic() - started)
        if reply is not None:
            self.answer(ticket, reply, notice=notice)

    def _waits(self, ticket: Ticket, error: Busy, kept: bool) -> None:
        """Say what became of a request that met a database in trouble, or a Slack that is away; of a kept one, once."""
        if not kept:
            self.answer(ticket, refusal(trouble_words.unanswered(error)))
        elif self.held_up.again(ticket.key, self.clock.monotonic()):
            said = trouble_words.SLACK_AWAY if isinstance(error, SlackAway) else trouble_words.kept(error)
            answering.give(self, ticket, refusal(said), passing=True)

    def _outcome(self, ticket: Ticket, run: Callable[[], Reply | None], kept: bool) -> tuple[Reply | None, str]:
        """The answer to a request that has come to its end, whichever, and as which notice it would be brought.

        Raises:
            Busy: it has not, or its end could not be written down.
        """
        try:
            return _patiently(run), ANSWER
        except (Refused, Refusal) as error:
            refused = registry().refused(error)
            self._close(ticket, kept, inbox.REFUSED, str(refused.sentence))
            return refusal(refused.sentence), TURNED_AWAY if isinstance(error, NotWelcome) else ANSWER
        except Gone:
            return refusal(LOST), ANSWER
        except Busy:
            raise
        except Exception:  # whatever went wrong, the asker hears of it and finds it in the log
            mark = reference()
            log.exception("a request failed", extra={"reference": mark, "command": ticket.command, "user": ticket.person})
            self._close(ticket, kept, inbox.FAILED, mark)
            return refusal(broken(mark)), ANSWER

    def heard(self, ticket: Ticket, work: Callable[[], None]) -> None:
        """Do something for somebody; if it fails, they hear of it."""
        try:
            work()
        except Exception:  # the asker must not be left waiting for a form that never opens
            mark = reference()
            log.exception("a request failed", extra={"reference": mark, "command": ticket.command, "user": ticket.person})
            with reading(self.people.person(ticket.person).reader):
                self.answer(ticket, refusal(broken(mark)))

    def _close(self, ticket: Ticket, kept: bool, state: str, note: str) -> None:
        if kept:
            with self.database.begin(NOTHING, write=True) as tx:
                inbox.finish(tx, ticket.key, state=state, at=self.clock.now(), note=note)

    # --- answering ----------------------------------------------------------------------------------------------------------

    def answer(self, ticket: Ticket, reply: Reply, *, notice: str = "answer") -> None:
        """Bring a reply to the asker: where they asked if possible, else as a direct message."""
        answering.give(self, ticket, reply, notice=notice)

    def direct_message(self, ticket: Ticket, reply: Reply, *, notice: str = "answer") -> None:
        """Queue the reply as a direct message."""
        answering.direct_message(self, ticket, reply, notice=notice)


class GivenUp(Exception):
    """A request was taken up again and again, and each time its process died."""


def _give_up() -> Reply:
    raise GivenUp


def broken(mark: str) -> Text:
    """What somebody is told of a fault; the mark also stands in the log."""
    return _("Something went wrong on my side; nothing was changed. If it happens again, quote reference {mark}.").format(mark=mark)


def refusal(sentence: Text) -> Reply:
    """A no, as an answer."""
    return Reply(blocks.marked(sentence))


def _patiently(run: Callable[[], T], *, tries: int = TRIES, on: type[Busy] = Busy) -> T:
    """Run a whole transaction again when it collided with another."""
    for attempt in range(1, tries):
        try:
            return run()
        except on:
            time.sleep(0.02 * 2**attempt)
    return run()
