"""Settlement of requests: retries on collisions, closing of stored requests, and the answer with the outcome."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from bot.delivering.secrecy import TURNED_AWAY
from bot.logs import reference
from bot.metrics import ANSWERED
from bot.working import answering
from bot.working.desk import Desk
from bot.working.ticket import Ticket
from bot.working.welcome import NotWelcome, SlackAway
from commands.kit import blocks
from commands.kit.contract import Refused, Reply
from commands.kit.i18n import Text, _, reading
from commands.kit.registry import registry
from commands.kit.wording import trouble_words
from risk_engine.refusals import Refusal
from storage.database import Busy, Gone
from storage.delivery import inbox
from storage.sight import NOTHING

log = logging.getLogger(__name__)

T = TypeVar("T")
TRIES = 6
# the database was deleted or replaced: earlier records may be lost with it
LOST = _("The database I started with is gone, and nothing is recorded. Please tell your administrator.")
# the notice for an answer that cannot be given in place
ANSWER = "answer"


def settle(desk: Desk, ticket: Ticket, run: Callable[[], Reply | None], *, kept: bool = False, again: bool = False) -> None:
    """Run with retries on collisions, and answer with the outcome."""
    started = desk.clock.monotonic()
    try:
        reply, notice = _outcome(desk, ticket, run if not again or desk.held_up.taken_up(ticket.key) else _give_up, kept)
        desk.held_up.over(ticket.key)
    except Busy as error:
        # stored requests stay stored: the sweeper retries them
        if again:
            desk.held_up.not_counted(ticket.key)
        _waits(desk, ticket, error, kept)
        reply, notice = None, ANSWER
    ANSWERED.labels(ticket.command).observe(desk.clock.monotonic() - started)
    if reply is not None:
        answering.give(desk, ticket, reply, notice=notice)


def _waits(desk: Desk, ticket: Ticket, error: Busy, kept: bool) -> None:
    """Tell the asker about a request held up by the database or by Slack; once for a stored one."""
    if not kept:
        answering.give(desk, ticket, refusal(trouble_words.unanswered(error)))
    elif desk.held_up.again(ticket.key, desk.clock.monotonic()):
        said = trouble_words.SLACK_AWAY if isinstance(error, SlackAway) else trouble_words.kept(error)
        answering.give(desk, ticket, refusal(said), passing=True)


def _outcome(desk: Desk, ticket: Ticket, run: Callable[[], Reply | None], kept: bool) -> tuple[Reply | None, str]:
    """Return the answer to a finished request, and the notice for its delivery.

    Raises:
        Busy: the request is not finished, or its end could not be stored.
    """
    try:
        return patiently(run), ANSWER
    except (Refused, Refusal) as error:
        refused = registry().refused(error)
        _close(desk, ticket, kept, inbox.REFUSED, str(refused.sentence))
        return refusal(refused.sentence), TURNED_AWAY if isinstance(error, NotWelcome) else ANSWER
    except Gone:
        return refusal(LOST), ANSWER
    except Busy:
        raise
    except Exception:  # the asker is told of every failure, with its reference in the log
        mark = reference()
        log.exception("a request failed", extra={"reference": mark, "command": ticket.command, "user": ticket.person})
        _close(desk, ticket, kept, inbox.FAILED, mark)
        return refusal(broken(mark)), ANSWER


def heard(desk: Desk, ticket: Ticket, work: Callable[[], None]) -> None:
    """Run work for a person, and tell them if it fails."""
    try:
        work()
    except Exception:  # the asker must not be left waiting for a form that never opens
        mark = reference()
        log.exception("a request failed", extra={"reference": mark, "command": ticket.command, "user": ticket.person})
        with reading(desk.people.person(ticket.person).reader):
            answering.give(desk, ticket, refusal(broken(mark)))


def _close(desk: Desk, ticket: Ticket, kept: bool, state: str, note: str) -> None:
    if kept:
        with desk.database.begin(NOTHING, write=True) as tx:
            inbox.finish(tx, ticket.key, state=state, at=desk.clock.now(), note=note)


class GivenUp(Exception):
    """A request is given up after its processes died repeatedly."""


def _give_up() -> Reply:
    raise GivenUp


def broken(mark: str) -> Text:
    """Return the message about an internal fault, with the reference in the log."""
    return _("Something went wrong on my side; nothing was changed. If it happens again, quote reference {mark}.").format(mark=mark)


def refusal(sentence: Text) -> Reply:
    """Return a refusal as an answer."""
    return Reply(blocks.marked(sentence))


def patiently(run: Callable[[], T], *, tries: int = TRIES, on: type[Busy] = Busy) -> T:
    """Run a whole transaction again when it collided with another."""
    for attempt in range(1, tries):
        try:
            return run()
        except on:
            time.sleep(0.02 * 2**attempt)
    return run()
