"""The last anchor in the audit channel, for bots on another machine or without their head file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient

from bot.delivering.posting import EVENT_TYPE
from commands.audit.anchoring import MACHINE_READABLE
from storage.audit.anchoring.anchors import read_known
from storage.audit.anchoring.known import Known
from storage.audit.chain import Keys

# the number of messages searched: more than a busy audit channel has in a week
PAGES, A_PAGE = 5, 200


def last_anchor(client: WebClient, channel: str, keys: Keys, *, database: str, me: str) -> Known | None:
    """Return the furthest anchor of this database that the bot itself posted, signed with one of the keys.

    Raises:
        SlackApiError, OSError: Slack refuses to show the channel.
    """
    cursor: str | None = None
    for _page in range(PAGES):
        page = client.conversations_history(channel=channel, limit=A_PAGE, cursor=cursor, include_all_metadata=True).data
        if not isinstance(page, Mapping):
            raise OSError("the answer is not Slack's")
        found = [known for message in page.get("messages", []) if (known := _of(message, me)) and known.is_genuine(keys.known)]
        # a repeated anchor is an old one
        ours = max((known for known in found if known.database == database), key=lambda known: (known.epoch, known.count), default=None)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if ours is not None or not cursor:
            return ours
    return None


def _of(message: Mapping[str, Any], me: str) -> Known | None:
    metadata = message.get("metadata") or {}
    if message.get("user") != me or metadata.get("event_type") != EVENT_TYPE:
        return None
    return read_known((metadata.get("event_payload") or {}).get(MACHINE_READABLE))
