"""Slack calls that deliver messages, and the check for earlier deliveries; only valid answers count."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient

from bot.delivering.block_forms import BlockForms
from bot.slack.call_outcomes import Unreadable
from commands.kit.contract import Blocks, Message
from storage.delivery.deliveries import Delivery, Opening

EVENT_TYPE = "riskbot_delivery"
PAGE = 200


def post(
    client: WebClient,
    forms: BlockForms,
    delivery: Delivery,
    channel: str,
    message: Message,
    thread: str | None,
    *,
    still: Callable[[], None],
) -> tuple[str, str]:
    """Post once; return the channel and the timestamp.

    Args:
        still: raises if it must not be posted any more; a picture may have taken a while.

    Raises:
        Unreadable: the answer lacks the message's place, so that it may have been posted.
    """
    posted: dict[str, Any] = {
        "channel": channel,
        "text": message.text,
        "thread_ts": thread,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {**message.metadata, "id": delivery.key}},
        "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_URL, delivery.key)),
        "unfurl_links": False,
        "unfurl_media": False,
        "link_names": False,
        "parse": "none",
    }

    def call(body: Blocks | None) -> Mapping[str, Any]:
        still()
        return client.chat_postMessage(**posted, blocks=body).data  # type: ignore[return-value]

    answer = forms.send(call, message.blocks, about=delivery.key)
    return str(answer.get("channel") or channel), _timestamp(answer)


def rewrite(
    client: WebClient, forms: BlockForms, delivery: Delivery, opening: Opening, message: Message, *, still: Callable[[], None]
) -> None:
    """Update a message, which is safe to repeat; ``still`` is as in :func:`post`."""

    def call(body: Blocks | None) -> Any:
        still()
        return client.chat_update(channel=opening.channel, ts=opening.ts, text=message.text, blocks=body)

    forms.send(call, message.blocks, about=delivery.key)


def posted_before(client: WebClient, delivery: Delivery, channel: str, thread: str | None, *, margin: timedelta) -> str | None:
    """Return the timestamp of this message if an earlier attempt succeeded; raise if Slack does not show the history."""
    oldest = str((delivery.first_try_at - margin).timestamp())
    cursor: str | None = None
    while True:
        look: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": PAGE, "cursor": cursor, "include_all_metadata": True}
        page: Mapping[str, Any] = (client.conversations_replies(**look, ts=thread) if thread else client.conversations_history(**look)).data  # type: ignore[assignment]
        for message in _messages(page):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("id") == delivery.key:
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor and page.get("has_more"):
            raise Unreadable("there is more, and no way to it")
        if not cursor:
            return None


def _timestamp(answer: Mapping[str, Any]) -> str:
    """Return the message's timestamp from Slack's answer.

    Raises:
        Unreadable: the answer has none.
    """
    ts = answer.get("ts")
    if not isinstance(ts, str) or not re.fullmatch(r"[0-9]+\.[0-9]+", ts):
        raise Unreadable("an answer without the message's timestamp")
    return ts


def _messages(page: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the messages of a page of history; an answer without them must not pass for an empty channel.

    Raises:
        Unreadable: there is no list of messages.
    """
    messages = page.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
        raise Unreadable("a page of history without messages")
    return messages
