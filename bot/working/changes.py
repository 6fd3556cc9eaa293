"""Changes: one transaction each, after Slack was asked about people and channels."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.delivering.files import send_sheet
from bot.delivering.secrecy import refuse_here
from bot.working.asking_first import asking_first
from bot.working.desk import Desk
from bot.working.outcomes import patiently
from bot.working.sent_files import SentFiles
from bot.working.ticket import Ticket
from bot.working.welcome import SlackAway, Unconfirmed, addresses, look_up, voices
from commands.delivery import share
from commands.kit.contract import Command, Person, Refused, Reply, Request
from commands.kit.i18n import _
from commands.kit.registry import registry
from storage.database import Conflict
from storage.delivery import inbox
from storage.people import accounts
from storage.sight import NOTHING

log = logging.getLogger(__name__)

# the longest wait of a stored request for Slack's answer about people; then it is refused
WAITS_FOR_SLACK = timedelta(hours=24)


def change(desk: Desk, ticket: Ticket, person: Person) -> Reply | None:
    """Carry out a stored request; return None if another replica did.

    Raises:
        Refused, Refusal: in words, or by the engine.
        SlackAway: Slack does not answer about the people named in it.
    """
    command, args = desk.asked(ticket)
    with desk.looking(ticket, person, command.right) as (request, tx):
        # an early check, before Slack is asked; the binding one is in the transaction
        others = voices(args, tx)
    if command.shares and ticket.channel:
        _refuse_to_share(desk, command.shares(args), ticket.channel)
    _refuse_to_post(desk, command, ticket)
    try:
        look_up(desk.people, args, person, others, home_team=desk.home_team)
    except Unconfirmed as error:
        if desk.clock.now() - ticket.received_at >= WAITS_FOR_SLACK:
            raise
        raise SlackAway from error
    with _files_of(desk, request) as reading:
        reply = asking_first(reading, lambda informed: _changed(desk, ticket, command, args, informed, others))
    _send_along(desk, ticket, reply)
    return reply


@contextmanager
def _files_of(desk: Desk, request: Request) -> Iterator[Request]:
    """Let a request read the files that its person has sent, and remove the copies at its end."""
    with closing(SentFiles(desk.client, desk.clock, request.user)) as files:
        yield replace(request, looked_at=files.looked_at, staged=files.staged)


def _send_along(desk: Desk, ticket: Ticket, reply: Reply | None) -> None:
    """Send the file of an answer after the commit; the answer stands without it."""
    if reply is not None and reply.sheet is not None:
        try:
            send_sheet(desk.client, ticket.person, reply.sheet)
        except Refused as refusal:
            log.warning("a file could not be sent along", extra={"command": ticket.command, "error": str(refusal)})


def _changed(desk: Desk, ticket: Ticket, command: Command, args: Any, request: Request, others: Sequence[str]) -> Reply | None:
    with desk.noting(ticket), desk.database.begin(NOTHING, write=True) as tx:
        if inbox.take(tx, ticket.key) is None:
            # another replica was faster and answers
            return None
        accounts.seen(tx, addresses(desk.people, args, request.person, others), at=request.at)
        reply = command.run(args, *desk.admit(tx, request, command.right))
        inbox.finish(tx, ticket.key, state=inbox.DONE, at=request.at)
    return reply


def _refuse_to_share(desk: Desk, key: str, channel: str) -> None:
    """Check sharing before the transaction, because Slack is asked."""
    if channel.startswith("D"):
        # buttons of earlier versions; Slack does not tell the bot who else reads there
        raise Refused(_("This is a direct message: there is no channel here to share to."))
    if no := desk.courier.channels.why_not_share(channel):
        raise Refused(no)
    with desk.database.begin(NOTHING) as tx:
        # an answer that is stored only after this look has not been checked
        answer = share.stored(key, desk.policies.now, tx, now=desk.clock.now())
    command = registry().asked(answer.command)
    if command and (no := refuse_here(command, channel, desk.courier.channels, desk.policies.now)):
        raise Refused(no)


def _refuse_to_post(desk: Desk, command: Command, ticket: Ticket) -> None:
    """Check posting before the transaction, because Slack is asked."""
    if not command.posts or not ticket.channel or ticket.channel.startswith("D"):
        return
    channels = desk.courier.channels
    if no := channels.why_not_post(ticket.channel) or refuse_here(command, ticket.channel, channels, desk.policies.now):
        raise Refused(no)


def change_at_once(desk: Desk, ticket: Ticket, person: Person, *, patience: float) -> Reply:
    """Carry out a submitted form whole, before it is acknowledged; a repeated submission changes nothing.

    Raises:
        Refused, Refusal: in words, or by the engine.
        Busy: the lock was not available in time.
    """
    command, args = desk.asked(ticket)
    with desk.looking(ticket, person, command.right) as (request, tx):
        others = voices(args, tx)
    look_up(desk.people, args, person, others, home_team=desk.home_team)
    with _files_of(desk, request) as reading:
        return asking_first(
            reading,
            lambda informed: patiently(lambda: _change_once(desk, ticket, command, args, informed, others, patience), tries=3, on=Conflict),
        )


def _change_once(
    desk: Desk, ticket: Ticket, command: Command, args: Any, request: Request, others: Sequence[str], patience: float
) -> Reply:
    with desk.noting(ticket), desk.database.begin(NOTHING, write=True, patience=patience) as tx:
        if not inbox.accept(tx, ticket.key, ticket.written(), at=request.at, state=inbox.DONE):
            return Reply(str(_("This was already recorded; nothing was done twice.")))
        accounts.seen(tx, addresses(desk.people, args, request.person, others), at=request.at)
        reply = command.run(args, *desk.admit(tx, request, command.right))
    desk.courier.wake()
    return reply
