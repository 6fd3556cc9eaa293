"""The forms of messages: as stored, as in the Web API, and as on the page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlparse

from playground.block_kit import blocks
from playground.shapes import Json, SlackError
from playground.workspace import seed
from playground.workspace.ids import micros
from playground.workspace.seed import BOT_USER, Channel
from playground.workspace.workspace import Workspace

NO_WORDS = "This content can't be displayed."
_INTERNAL = ("metadata", "broadcast")


def from_bot(text: str, message_blocks: list[Json] | None = None, **more: Any) -> Json:
    """Return a new message of the bot, without its time stamp."""
    message: Json = {
        "type": "message",
        "user": BOT_USER,
        "bot_id": seed.BOT_ID,
        "app_id": seed.APP_ID,
        "text": text or NO_WORDS,
        "team": seed.TEAM_ID,
        "bot_profile": {"id": seed.BOT_ID, "app_id": seed.APP_ID, "name": seed.BOT_NAME, "deleted": False, "team_id": seed.TEAM_ID},
    }
    if message_blocks:
        message["blocks"] = blocks.with_ids(message_blocks)
    return message | {key: value for key, value in more.items() if value}


def for_api(workspace: Workspace, channel: Channel, message: Json, *, metadata: bool = False) -> Json:
    """Return a message as in conversations.history and .replies; a parent lists its replies."""
    shown = {k: v for k, v in message.items() if k not in _INTERNAL or (metadata and k == "metadata")}
    replies = workspace.replies(channel.id, message["ts"])
    if not replies:
        return shown
    users = list(dict.fromkeys(reply["user"] for reply in replies))
    counts = {"reply_count": len(replies), "reply_users": users, "reply_users_count": len(users), "latest_reply": replies[-1]["ts"]}
    return shown | counts | {"thread_ts": message["ts"]}


def for_page(workspace: Workspace, channel: Channel, message: Json, *, ephemeral: bool = False) -> Json:
    """Return a message for the page, with names and addresses that a browser can use."""
    author = workspace.members.get(message.get("user", ""))
    shown = for_api(workspace, channel, message)
    shown["username"] = message.get("username") or (author.name if author else message.get("user", ""))
    shown["channel"] = channel.id
    if ephemeral:
        shown["ephemeral"] = True
    if "blocks" in shown:
        shown["blocks"] = [with_pictures(block) for block in shown["blocks"]]
    if "files" in shown:
        shown["files"] = [file | {"url": f"/ui/files/{file['id']}"} for file in shown["files"]]
    return shown


def with_pictures(value: Any) -> Any:
    """Return blocks in which every ``slack_file`` has an ``image_url`` that a browser can load."""
    if isinstance(value, list):
        return [with_pictures(item) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {key: with_pictures(item) for key, item in value.items()}
    if isinstance(value.get("slack_file"), dict):
        shown["image_url"] = f"/ui/files/{file_id(value['slack_file'])}"
    return shown


def file_id(slack_file: Json) -> str:
    """Return the file's id, given directly or inside its private address."""
    if slack_file.get("id"):
        return str(slack_file["id"])
    parts = re.findall(r"F[A-Z0-9]{8,}", urlparse(str(slack_file.get("url", ""))).path)
    return str(parts[0]) if parts else ""


def timeline(workspace: Workspace, channel: Channel) -> list[Json]:
    """Return the messages in the channel itself: no replies, except those also sent to the channel."""
    return [m for m in workspace.messages(channel.id) if is_top(m)]


def is_top(message: Json) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"


def seen_by(workspace: Workspace, channel: Channel, user: str, thread_ts: str = "") -> list[Json]:
    """Return a channel, or one thread of it, as one person sees it, with ephemerals in place."""
    kept = timeline(workspace, channel)
    if thread_ts:
        kept = [m for m in workspace.messages(channel.id) if thread_ts in (m["ts"], m.get("thread_ts"))]
    own = [m for m in workspace.ephemerals(channel.id, user) if m.get("thread_ts", "") == thread_ts]
    shown = [for_page(workspace, channel, m) for m in kept]
    shown += [for_page(workspace, channel, m, ephemeral=True) for m in own]
    return sorted(shown, key=lambda m: micros(m["ts"]))


def thread_root(workspace: Workspace, channel: Channel, thread_ts: str) -> str:
    """Return the parent's time stamp for a reply; a reply to a reply joins the thread.

    Raises:
        SlackError: thread_not_found.
    """
    parent = workspace.message(channel.id, thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    return str(parent.get("thread_ts", thread_ts))


_MENTION = re.compile(r"<(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|![a-z^A-Z0-9]+(?:\|[^<>]*)?)>")
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)'\"]")
_NAME = re.compile(r"(?<![\w@#])([@#])(\w+(?:[.-]\w+)*)")


def typed(workspace: Workspace, text: str, *, labels: bool = False) -> str:
    """Return typed text as Slack stores it: escaped, with mentions, channels and addresses in angle brackets.

    ``labels`` adds ``|name`` to mentions, as slash commands with ``should_escape`` get them.
    """
    parts, last = [], 0
    for found in _MENTION.finditer(text):
        parts += [_typed_words(workspace, text[last : found.start()], labels), _labelled(workspace, found.group(), labels)]
        last = found.end()
    return "".join([*parts, _typed_words(workspace, text[last:], labels)])


def _labelled(workspace: Workspace, mention: str, labels: bool) -> str:
    """Return a resolved mention, with a label if one is requested and missing."""
    member, channel = workspace.members.get(mention[2:-1]), workspace.channels.get(mention[2:-1])
    label = member.handle if member else channel.name if channel else ""
    return f"{mention[:-1]}|{label}>" if labels and label and "|" not in mention else mention


def _typed_words(workspace: Workspace, text: str, labels: bool) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = _URL.sub(lambda found: f"<{found.group()}>", escaped)
    return _NAME.sub(lambda found: _reference(workspace, found.group(1), found.group(2), labels), linked)


def _reference(workspace: Workspace, sign: str, name: str, labels: bool) -> str:
    if sign == "@":
        wanted = name.lower()
        id = next((m.id for m in workspace.members.values() if wanted in (m.handle, m.name.lower())), "")
        if name in ("here", "channel", "everyone"):
            return f"<!{name}>"
        label = workspace.members[id].handle if id else ""
    else:
        channel = workspace.named(name)
        id, label = (channel.id, channel.name) if channel else ("", "")
    return f"<{sign}{id}{f'|{label}' if labels else ''}>" if id else f"{sign}{name}"
