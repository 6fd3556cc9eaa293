"""Messages: posting, ephemerals, updating, deleting."""

from __future__ import annotations

import json

from playground.block_kit import limits
from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method
from playground.workspace import messages
from playground.workspace.seed import BOT_ID, BOT_USER, Channel

_LONGEST_TEXT = 40_000
_LONGEST_UPDATE = 4_000
_LARGEST_METADATA = 16_384


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    """Post a message of the bot in a channel, a thread or, given a person's id, in their DM."""
    channel = _destination(call)
    core = call.core
    text, blocks, metadata = _content(call)
    core.rates.post(channel.id)
    more: Json = {"metadata": metadata, "attachments": call.json("attachments")}
    if call.text("thread_ts"):
        more["thread_ts"] = messages.thread_root(core.workspace, channel, call.text("thread_ts"))
        more["subtype"] = "thread_broadcast" if call.flag("reply_broadcast") else ""
    posted = core.workspace.post(channel, messages.from_bot(text, blocks, **more, **_disguise(call)))
    shown = messages.for_api(core.workspace, channel, posted, metadata=True)
    return {"channel": channel.id, "ts": posted["ts"], "message": shown}


def _disguise(call: Call) -> Json:
    """Return the name or icon for one message, if the app may choose it."""
    wanted = {key: call.text(key) for key in ("username", "icon_emoji", "icon_url") if call.text(key)}
    return wanted if call.has_scope("chat:write.customize") else {}


def _destination(call: Call) -> Channel:
    """Return the conversation to post to: by id, by name, or the DM of a person."""
    reference = call.required("channel")
    workspace = call.core.workspace
    member = workspace.members.get(reference)
    if member is not None:
        if not member.here:
            raise SlackError("channel_not_found")
        return _open_tab(call, workspace.direct(member.id))
    channel = workspace.named(reference)
    if channel is None or (channel.kind != "public" and BOT_USER not in channel.members):
        raise SlackError("channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    granted = call.core.manifest.scopes
    if BOT_USER not in channel.members and (granted is None or "chat:write.public" not in granted):
        raise SlackError("not_in_channel")
    return _open_tab(call, channel)


def _open_tab(call: Call, channel: Channel) -> Channel:
    if channel.is_im and not call.core.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    return channel


def _content(call: Call) -> tuple[str, list[Json] | None, Json | None]:
    """Return text, blocks and metadata of a new message, checked."""
    blocks = call.json("blocks", "invalid_blocks_format")
    attachments = call.json("attachments", "invalid_attachments")
    limits.check_message(
        {"text": call.text("text"), "blocks": blocks, "attachments": attachments}, call.core.files, call.core.weather.lacking
    )
    return call.text("text")[:_LONGEST_TEXT], blocks, _metadata(call)


def _metadata(call: Call) -> Json | None:
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_schema")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > _LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


@method("chat.postEphemeral", "chat:write", tier=4)
def post_ephemeral(call: Call) -> Json:
    """Show a message to one person, until they reload or the workspace stops."""
    channel = _destination(call)
    user = call.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks, _ = _content(call)
    message = messages.from_bot(text, blocks, thread_ts=call.text("thread_ts"))
    return {"message_ts": call.core.whisper(channel, user, message)["ts"]}


@method("chat.update", "chat:write", tier=3)
def update(call: Call) -> Json:
    """Change a message of the bot; text without blocks removes the old blocks."""
    channel = call.channel()
    message = _own(call, channel, call.required("ts"), "cant_update_message")
    blocks = call.json("blocks", "invalid_blocks_format")
    text = call.text("text")
    limits.check_message({"text": text, "blocks": blocks}, call.core.files, call.core.weather.lacking)
    if len(text) > _LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    changed = changed_message(call, message, text, blocks)
    call.core.workspace.change(channel, message["ts"], changed)
    shown = messages.for_api(call.core.workspace, channel, changed)
    return {"channel": channel.id, "ts": message["ts"], "text": changed["text"], "message": shown}


def changed_message(call: Call, message: Json, text: str, blocks: list[Json] | None) -> Json:
    """Return ``message`` with new text, blocks and metadata; only a change of text marks it as edited."""
    kept = {k: v for k, v in message.items() if k not in ("blocks", "edited")}
    metadata = _metadata(call)
    fresh = messages.from_bot(text, blocks, metadata=metadata)
    changed = kept | {k: fresh[k] for k in ("text", "blocks", "metadata") if k in fresh}
    if not blocks:
        changed["edited"] = {"user": BOT_USER, "ts": call.core.workspace.clock.ts()}
    return changed


@method("chat.delete", "chat:write", tier=3)
def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, call.required("ts"), "cant_delete_message")
    call.core.workspace.delete(channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def _own(call: Call, channel: Channel, ts: str, refusal: str) -> Json:
    """Return a message that the bot posted itself; an ephemeral one counts as missing."""
    message = call.core.workspace.message(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != BOT_ID:
        raise SlackError(refusal)
    return message


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    channel = call.channel()
    ts = call.required("message_ts")
    if call.core.workspace.message(channel.id, ts) is None:
        raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": call.core.url(f"/archives/{channel.id}/p{ts.replace('.', '')}")}
