"""Delivery of answers to the asker: best effort, never twice."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from bot.delivering.files import picture_block
from bot.slack.call_outcomes import fate
from bot.slack.client import webhook
from bot.slack.outgoing_calls import Elsewhere
from bot.working.desk import Desk
from bot.working.ticket import Ticket
from commands.delivery import Draft, tell
from commands.delivery.slack_answers import Fate
from commands.kit import blocks
from commands.kit.contract import Reply, To
from storage.database import Busy
from storage.sight import NOTHING

log = logging.getLogger(__name__)


def give(desk: Desk, ticket: Ticket, reply: Reply, *, notice: str = "answer", passing: bool = False) -> None:
    """Send a reply to the asker: in place if possible, else as a direct message.

    Args:
        passing: another answer follows.
    """
    reply = _illustrated(desk, reply)
    body = blocks.fit(reply.blocks) or None
    if ticket.response_url and _by_url(desk, ticket.response_url, reply, body):
        return
    if ticket.channel and _ephemeral(desk, ticket, reply, body):
        return
    try:
        direct_message(desk, ticket, reply, notice=notice, passing=passing)
    except Busy as error:
        log.warning("an answer could not be given", extra={"user": ticket.person, "command": ticket.command, "error": str(error)})


def direct_message(desk: Desk, ticket: Ticket, reply: Reply, *, notice: str = "answer", passing: bool = False) -> None:
    """Queue the reply as a direct message."""
    message = Draft(
        notice,
        To(f"person:{ticket.person}", "the answer to a request"),
        # a direct message is answered in its own thread; one that had to leave a channel is not
        facts={"text": reply.text, "blocks": list(reply.blocks), "thread_ts": None if ticket.channel else ticket.thread},
        thread=f"answer {ticket.key}",
        at=desk.clock.now(),
        dedup=f"answer {ticket.key}{' for now' if passing else ''}",
    )
    policy = desk.policies.now
    with desk.database.begin(NOTHING, write=True) as tx:
        tell(tx, message, policy)
    desk.courier.wake()


def _illustrated(desk: Desk, reply: Reply) -> Reply:
    """Return the reply with its picture as a block, above the buttons."""
    if reply.picture is None:
        return reply
    above = len(reply.blocks) - (1 if reply.blocks and reply.blocks[-1]["type"] == "actions" else 0)
    body = [*reply.blocks[:above], picture_block(desk.client, reply.picture), *reply.blocks[above:]]
    return replace(reply, blocks=body, picture=None)


def _by_url(desk: Desk, url: str, reply: Reply, body: Any) -> bool:
    try:
        response = webhook(url, desk.client).send(text=reply.text, blocks=body, response_type="ephemeral", replace_original=reply.replaces)
    except Elsewhere:
        return False
    except Exception as error:  # an answer is best effort; the effect is on record
        log.warning("response_url failed", extra={"error": type(error).__name__})
        # it may have arrived nevertheless; an answer is never sent twice
        return fate(error)[0] is not Fate.LATER
    # a page instead of Slack's "ok" comes from a proxy
    taken = response.status_code == 200 and not str(response.body).lstrip().startswith("<")
    if not taken:
        log.warning("response_url refused", extra={"status": response.status_code, "error": str(response.body)[:200]})
    return taken


def _ephemeral(desk: Desk, ticket: Ticket, reply: Reply, body: Any) -> bool:
    try:
        desk.client.chat_postEphemeral(
            channel=str(ticket.channel), user=ticket.person, text=reply.text, blocks=body, thread_ts=ticket.thread
        )
    except Exception as error:  # not in the channel, or Slack is away: try a direct message
        log.info("chat.postEphemeral failed", extra={"error": type(error).__name__})
        return False
    return True
