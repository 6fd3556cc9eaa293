"""Delivery of answers to the asker: best effort, never twice."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import Any

from slack_sdk.webhook import WebhookResponse

from bot.delivering.block_forms import BlocksRefused, reasons_in
from bot.slack.call_outcomes import fate
from bot.slack.client import webhook
from bot.slack.outgoing_calls import Elsewhere
from bot.working.desk import Desk
from bot.working.ticket import Ticket
from commands.delivery import Draft, tell
from commands.delivery.slack_answers import ABOUT_BLOCKS, Fate
from commands.kit.contract import Blocks, Reply, To
from commands.kit.older_blocks import newer
from storage.database import Busy
from storage.sight import NOTHING

log = logging.getLogger(__name__)


def give(desk: Desk, ticket: Ticket, reply: Reply, *, notice: str = "answer", passing: bool = False) -> None:
    """Send a reply to the asker: in place if possible, else as a direct message.

    Args:
        passing: another answer follows.
    """
    if ticket.response_url and _by_url(desk, ticket, reply):
        return
    if ticket.channel and _ephemeral(desk, ticket, reply):
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


class _Unexplained(Exception):
    """An answer's address refuses newer blocks without a word about them."""


def _by_url(desk: Desk, ticket: Ticket, reply: Reply) -> bool:
    try:
        client = webhook(str(ticket.response_url), desk.client)
    except Elsewhere:
        return False

    def call(body: Blocks | None) -> WebhookResponse:
        response = client.send(text=reply.text, blocks=body, response_type="ephemeral", replace_original=reply.replaces)
        if (refused := _refused(response)) is not None:
            raise refused if refused.reasons or not newer(body or []) else _Unexplained(str(refused))
        return response

    try:
        response = desk.courier.forms.send(call, reply.blocks, about=f"answer {ticket.key}")
    except (_Unexplained, BlocksRefused) as error:
        # the next way says why, and nothing has been shown
        log.warning("response_url refused the blocks", extra={"error": str(error)[:200]})
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


def _refused(response: WebhookResponse) -> BlocksRefused | None:
    """Return the error about the blocks from the address: Slack's JSON, or its code alone."""
    said: Any = str(response.body).strip()
    with contextlib.suppress(ValueError):
        said = json.loads(said)
    code = said.get("error") if isinstance(said, dict) else said
    return BlocksRefused(code, reasons_in(said)) if isinstance(code, str) and code in ABOUT_BLOCKS else None


def _ephemeral(desk: Desk, ticket: Ticket, reply: Reply) -> bool:
    def call(body: Blocks | None) -> Any:
        return desk.client.chat_postEphemeral(
            channel=str(ticket.channel), user=ticket.person, text=reply.text, blocks=body, thread_ts=ticket.thread
        )

    try:
        desk.courier.forms.send(call, reply.blocks, about=f"answer {ticket.key}")
    except Exception as error:  # not in the channel, or Slack is away: try a direct message
        log.info("chat.postEphemeral failed", extra={"error": type(error).__name__})
        return False
    return True
