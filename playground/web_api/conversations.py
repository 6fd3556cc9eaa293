"""Channels and direct messages: finding, opening, joining, and reading."""

from __future__ import annotations

import base64
import binascii

from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method, page
from playground.workspace import messages, seed
from playground.workspace.ids import micros
from playground.workspace.seed import BOT_USER, Channel

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_KINDS = ("public_channel", "private_channel", "im", "mpim")
_SCOPE_STEM = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def slack_kind(channel: Channel) -> str:
    """Return the name of a conversation's kind in ``types``."""
    return {"public": "public_channel", "private": "private_channel", "im": "im"}[channel.kind]


def describe(channel: Channel) -> Json:
    """Return a conversation as in conversations.info."""
    base: Json = {"id": channel.id, "created": seed.CREATED, "is_archived": channel.archived, "context_team_id": seed.TEAM_ID}
    if channel.is_im:
        return base | {"is_im": True, "is_org_shared": False, "user": channel.person, "is_user_deleted": False, "priority": 0}
    private = channel.kind == "private"
    text = {"value": channel.topic, "creator": "U0ANA", "last_set": seed.CREATED}
    return base | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_general": channel.name == "general",
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_pending_ext_shared": channel.invited,
        "pending_shared": ["T0ELSEWHERE"] if channel.invited else [],
        "pending_connected_team_ids": ["T0ELSEWHERE"] if channel.invited else [],
        "shared_team_ids": [seed.TEAM_ID, *(["T0ELSEWHERE"] if channel.ext_shared else [])],
        "is_org_shared": False,
        "is_member": BOT_USER in channel.members,
        "creator": "U0ANA",
        "topic": text,
        "purpose": text,
        "num_members": len(channel.members),
    }


@method("conversations.list", *_READ, tier=2)
def conversations_list(call: Call) -> Json:
    """Return every public channel, and the private ones and DMs of the bot."""
    kinds = call.names("types") or ["public_channel"]
    for kind in kinds:
        if kind not in _KINDS:
            raise SlackError("invalid_types")
        call.need_scope(f"{_SCOPE_STEM[kind]}:read")
    rooms = [c for c in call.core.workspace.channels.values() if slack_kind(c) in kinds and _visible(c)]
    if call.flag("exclude_archived"):
        rooms = [c for c in rooms if not c.archived]
    found, cursor = page(rooms, call)
    return {"channels": [describe(c) for c in found], **cursor}


def _visible(channel: Channel) -> bool:
    return channel.kind == "public" or BOT_USER in channel.members


def _need(call: Call, channel: Channel, what: str) -> None:
    call.need_scope(f"{_SCOPE_STEM[slack_kind(channel)]}:{what}")


@method("conversations.info", *_READ, tier=3)
def conversations_info(call: Call) -> Json:
    channel = call.channel(inside=False)
    _need(call, channel, "read")
    count = {"num_members": len(channel.members)} if call.flag("include_num_members") else {}
    shown = {k: v for k, v in describe(channel).items() if k != "num_members"} | count
    return {"channel": shown | ({"locale": "en-US"} if call.flag("include_locale") else {})}


@method("conversations.members", *_READ, tier=4)
def conversations_members(call: Call) -> Json:
    channel = call.channel(inside=False)
    found, cursor = page(sorted(channel.members), call)
    return {"members": found, **cursor}


@method("conversations.open", "im:write", "mpim:write", "channels:manage", "groups:write", tier=3)
def conversations_open(call: Call) -> Json:
    """Return the DM with one person, by their id or by its own id."""
    users = call.names("users")
    if call.text("channel"):
        return {"no_op": True, "already_open": True, "channel": {"id": call.channel().id}}
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("restricted_action")
    member = call.core.workspace.members.get(users[0])
    if member is None or member.bot:
        raise SlackError("user_not_found")
    if member.deleted:
        raise SlackError("user_disabled")
    if member.stranger:
        raise SlackError("user_not_visible")
    already = "D" + member.id.removeprefix("U") in call.core.workspace.channels
    channel = call.core.workspace.direct(member.id)
    shown = describe(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if already else {})


@method("conversations.join", "channels:join", tier=3)
def conversations_join(call: Call) -> Json:
    channel = call.channel(inside=False)
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER in channel.members:
        already = "already_in_channel"
        return {"channel": describe(channel), "warning": already, "response_metadata": {"warnings": [already]}}
    call.core.workspace.join(channel, BOT_USER)
    call.core.events.joined(channel, BOT_USER)
    return {"channel": describe(channel)}


@method("conversations.history", *_HISTORY, tier=3)
def history(call: Call) -> Json:
    """Return a channel's messages, newest first."""
    channel = call.channel()
    _need(call, channel, "history")
    newest_first = messages.timeline(call.core.workspace, channel)[::-1]
    found, more, cursor = _window(call, newest_first)
    return {"messages": _shown(call, channel, found), "has_more": more, "pin_count": 0} | cursor


@method("conversations.replies", *_HISTORY, tier=3)
def replies(call: Call) -> Json:
    """Return a thread, its parent first, oldest first."""
    channel = call.channel()
    _need(call, channel, "history")
    parent = call.core.workspace.message(channel.id, call.required("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    root = str(parent.get("thread_ts", parent["ts"]))
    head = call.core.workspace.message(channel.id, root)
    answers = call.core.workspace.replies(channel.id, root)
    found, more, cursor = _window(call, answers)
    return {"messages": _shown(call, channel, [*([head] if head else []), *found]), "has_more": more} | cursor


def _shown(call: Call, channel: Channel, found: list[Json]) -> list[Json]:
    metadata = call.flag("include_all_metadata")
    return [messages.for_api(call.core.workspace, channel, m, metadata=metadata) for m in found]


def _window(call: Call, ordered: list[Json]) -> tuple[list[Json], bool, Json]:
    """Return messages between ``oldest`` and ``latest`` from ``cursor`` on, whether more follow, and the cursor's metadata."""
    inclusive = call.flag("inclusive")
    low, high = _moment(call, "oldest", "invalid_ts_oldest"), _moment(call, "latest", "invalid_ts_latest")
    slack = 0 if inclusive else 1
    kept = [m for m in ordered if (low is None or micros(m["ts"]) >= low + slack) and (high is None or micros(m["ts"]) <= high - slack)]
    start = _position(kept, call.text("cursor"))
    size = call.limit(default=100, most=999)
    found, more = kept[start : start + size], start + size < len(kept)
    if not more:
        return found, False, {}
    following = base64.b64encode(f"next_ts:{micros(kept[start + size]['ts'])}".encode()).decode()
    return found, True, {"response_metadata": {"next_cursor": following}}


def _moment(call: Call, name: str, error: str) -> int | None:
    text = call.text(name)
    if not text or text == "0":
        return None
    try:
        return micros(text)
    except ValueError as problem:
        raise SlackError(error) from problem


def _position(kept: list[Json], cursor: str) -> int:
    """Return the position of a cursor, which points at a message, so that new ones do not shift the pages."""
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        target = int(number) if word == "next_ts" else int(word)
    except (binascii.Error, ValueError) as problem:
        raise SlackError("invalid_cursor") from problem
    return next((i for i, m in enumerate(kept) if micros(m["ts"]) == target), len(kept))
