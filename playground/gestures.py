"""Gestures of a person in the window, and the effects of the bot's acks."""

from __future__ import annotations

import uuid
from typing import Any

from playground.block_kit import blocks, limits, typed_input
from playground.block_kit.modals import View
from playground.core import Core, shown_home
from playground.shapes import Json, SlackError
from playground.transport import interactions
from playground.transport.tickets import ResponseUrl
from playground.transport.transport import Ack, Envelope
from playground.workspace import messages
from playground.workspace.seed import BOT_USER, Channel, Member
from playground.workspace.uploads import public, with_files

TROUBLE = "We had some trouble connecting. Try again?"
_NOTHING_CHOSEN = "That is not on the screen any more."


def missing(code: str, sentence: str) -> SlackError:
    """Return a refusal by the page itself, with a sentence for the person."""
    return SlackError(code, say=sentence)


async def send_files(core: Core, member: Member, channel: Channel, ids: list[str], text: str = "") -> Json:
    """Send uploaded files, with a text or without."""
    files = [core.files[id] for id in ids if id in core.files and core.files[id]["user"] == member.id]
    if not files:
        raise missing("file_not_found", "There is no such file of yours.")
    sent = _say(core, member, channel, text, "", {"subtype": "file_share", "upload": True, "files": [public(file) for file in files]})
    for file in files:
        core.events.file_shared(file["id"], member.id, channel.id)
    return sent


async def send(core: Core, member: Member, channel: Channel, text: str, thread_ts: str = "") -> Json:
    """Send typed text: a message, or a slash command if it begins with one."""
    word, *rest = text.split(maxsplit=1)
    command = core.manifest.command(word)
    if command is not None:
        return await _slash(core, member, channel, command, "".join(rest).strip(), thread_ts)
    if word in ("/invite", "/kick", "/remove"):
        return _invite(core, member, channel, present=word == "/invite")
    if channel.is_im and (not core.manifest.messages_tab or core.manifest.messages_tab_read_only):
        raise missing("messages_tab_disabled", "Sending messages to this app has been turned off.")
    return _say(core, member, channel, text, thread_ts)


def _say(core: Core, member: Member, channel: Channel, text: str, thread_ts: str, more: Json | None = None) -> Json:
    message: Json = {"type": "message", "user": member.id, "text": messages.typed(core.workspace, text), "team": interactions.TEAM["id"]}
    message["client_msg_id"] = str(uuid.uuid4())
    message |= more or {}
    if thread_ts:
        message["thread_ts"] = messages.thread_root(core.workspace, channel, thread_ts)
    posted = core.workspace.post(channel, message)
    core.workspace.read(member.id, channel.id)
    return {"ok": True, "ts": posted["ts"], "ack_ms": None}


def _invite(core: Core, member: Member, channel: Channel, present: bool) -> Json:
    """Handle the client's own /invite and /remove, which know only the bot here."""
    if channel.is_im:
        raise missing("not_in_channel", "There is nobody to add to a direct message.")
    was = BOT_USER in channel.members
    core.workspace.join(channel, BOT_USER, present)
    if present and not was:
        core.events.joined(channel, BOT_USER, inviter=member.id)
    return {"ok": True, "ack_ms": None}


async def _slash(core: Core, member: Member, channel: Channel, command: Json, text: str, thread_ts: str) -> Json:
    name = command["command"]
    if thread_ts:
        raise missing("not_supported_in_threads", f"{name} is not supported in threads. Sorry!")
    if command["should_escape"]:
        text = messages.typed(core.workspace, text, labels=True)
    ticket = ResponseUrl(member.id, channel.id, core.tickets.now())
    trigger = core.tickets.trigger(member.id)
    fields = interactions.slash_command(member, channel, name, text, core.response_url("commands", ticket), trigger)
    ack = await core.post.deliver(Envelope("slash_commands", f"slash_commands {name} {text}".strip(), fields, answerable=True))
    if not ack.ok:
        return _failed(ack, f"{name} failed with the error “{ack.error}”")
    try:
        words = _answer(core, ack.payload, ticket)
    except SlackError as refusal:
        failure = Ack(ack.ms, error="invalid_command_response")
        return _failed(failure, f"{name} failed with the error “invalid_command_response”") | {"detail": refusal.reply()}
    return {"ok": True, "ack_ms": ack.ms} | ({"text": words} if words else {})


def _answer(core: Core, payload: Any, ticket: ResponseUrl) -> str:
    """Show the message in an ack, if there is one; return its text."""
    body = {"text": payload} if isinstance(payload, str) else payload or {}
    if not body.get("text") and not body.get("blocks"):
        return ""
    return str(show_response(core, ticket, body)["text"])


def show_response(core: Core, ticket: ResponseUrl, body: Json) -> Json:
    """Show an answer to a command or an action in its place: ephemeral unless ``in_channel``."""
    limits.check_message(body, core.files, core.weather.lacking)
    channel = core.workspace.channels[ticket.channel]
    thread = body.get("thread_ts") or ticket.thread_ts
    message = messages.from_bot(body.get("text") or "", body.get("blocks"), thread_ts=thread, metadata=body.get("metadata"))
    if body.get("response_type") == "in_channel":
        return core.workspace.post(channel, message)
    return core.whisper(channel, ticket.user, message)


def _failed(ack: Ack, sentence: str) -> Json:
    return {"ok": False, "ack_ms": ack.ms, "error": ack.error, "say": sentence}


def _acked(ack: Ack) -> Json:
    return {"ok": True, "ack_ms": ack.ms} if ack.ok else _failed(ack, TROUBLE)


# blocks


async def act(core: Core, member: Member, container: Json, given: Json) -> Json:
    """Handle a press, a choice or a date in a message or a view."""
    if container.get("type") == "view":
        return await _act_in_view(core, member, _view(core, member, container), given)
    channel, message, ephemeral = _message(core, member, container)
    block, element = _element(message.get("blocks", []), given)
    values = _message_values(core, member, channel, message, given, element, block)
    action = typed_input.action(block, element, given, core.workspace.clock.ts())
    thread = message.get("thread_ts", "")
    ticket = ResponseUrl(member.id, channel.id, core.tickets.now(), message["ts"], ephemeral, thread if ephemeral else "")
    payload = interactions.message_action(
        member,
        channel,
        messages.for_api(core.workspace, channel, message),
        ephemeral,
        action,
        values,
        core.response_url("actions", ticket),
        core.tickets.trigger(member.id),
    )
    return _acked(await core.post.deliver(Envelope("interactive", f"block_actions {action['action_id']}", payload)))


def _message_values(core: Core, member: Member, channel: Channel, message: Json, given: Json, element: Json, block: Json) -> blocks.Values:
    """Return the state of a message's inputs for this person, including this action, and remember it."""
    key = (member.id, channel.id, message["ts"])
    values = blocks.overlay(blocks.initial_values(message["blocks"]), core.typed_states.get(key))
    values = blocks.overlay(values, typed_input.values_of(given))
    core.typed_states[key] = values = blocks.overlay(values, typed_input.own_state(block, element, given))
    return values


async def _act_in_view(core: Core, member: Member, view: View, given: Json) -> Json:
    block, element = _element(view.body["blocks"], given)
    view.values = blocks.overlay(view.inputs, with_files(core, typed_input.values_of(given)))
    view.values = blocks.overlay(view.values, typed_input.own_state(block, element, given))
    action = typed_input.action(block, element, given, core.workspace.clock.ts())
    payload = interactions.view_action(member, view.public(), action, core.tickets.trigger(member.id, view.id))
    return _acked(await core.post.deliver(Envelope("interactive", f"block_actions {action['action_id']}", payload)))


async def options(core: Core, member: Member, container: Json, given: Json) -> Json:
    """Ask the bot for the options of a select with external data, for the letters typed so far."""
    place: Json
    if container.get("type") == "view":
        view = _view(core, member, container)
        in_blocks, place = view.body["blocks"], {"view": view.public()}
        where: Json = {"type": "view", "view_id": view.id}
    else:
        channel, message, ephemeral = _message(core, member, container)
        in_blocks = message.get("blocks", [])
        place = {"channel": {"id": channel.id, "name": channel.name}} | ({} if ephemeral else {"message": message})
        where = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": ephemeral}
    block, element = _element(in_blocks, given)
    letters = str(given.get("value", ""))
    if len(letters) < element.get("min_query_length", 3):
        return {"ok": True, "options": []}
    payload = interactions.block_suggestion(member, where, block["block_id"], element["action_id"], letters, place)
    envelope = Envelope("interactive", f"block_suggestion {element['action_id']}", payload, answerable=True)
    ack = await core.post.deliver(envelope)
    if not ack.ok:
        return _failed(ack, "Failed to load options")
    try:
        return {"ok": True, "ack_ms": ack.ms, **limits.check_options(ack.payload)}
    except SlackError as refusal:
        return refusal.reply() | {"ack_ms": ack.ms, "say": "Failed to load options"}


# views


async def submit(core: Core, member: Member, view_id: str, given: Any) -> Json:
    """Press Submit: run the checks of Slack's client, ask the bot, obey its ack."""
    view = _view(core, member, {"view_id": view_id})
    view.values = blocks.overlay(view.inputs, with_files(core, given))
    errors = typed_input.problems(view.body["blocks"], view.values)
    if errors:
        return {"ok": False, "error": "invalid_input", "errors": errors}
    payload = interactions.view_submission(member, view.public(), core.tickets.trigger(member.id, view.id))
    name = f"view_submission {view.body.get('callback_id', '')}".strip()
    ack = await core.post.deliver(Envelope("interactive", name, payload, answerable=True))
    if not ack.ok:
        return _failed(ack, TROUBLE)
    try:
        return {"ack_ms": ack.ms} | _obey(core, view, ack.payload)
    except SlackError as refusal:
        return refusal.reply() | {"ack_ms": ack.ms, "say": TROUBLE}


def _obey(core: Core, view: View, answer: Any) -> Json:
    """Carry out the ``response_action`` of a submission's ack; an empty ack closes this view."""
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "errors":
        return {"ok": False, "response_action": action, "errors": limits.check_errors(answer.get("errors"), view.body["blocks"])}
    if action == "update":
        core.modals.update(view, limits.check_view(answer.get("view"), core.files, "modal"))
    elif action == "push":
        core.modals.push(view.user, limits.check_view(answer.get("view"), core.files, "modal"))
    elif action == "clear":
        core.modals.clear(view.user)
    elif action is None and not answer:
        core.modals.close(view)
    else:
        raise SlackError("invalid_response_action")
    return {"ok": True} | ({"response_action": action} if action else {})


async def close(core: Core, member: Member, view_id: str, whole: bool = False) -> Json:
    """Press Cancel, or with ``whole`` the cross that closes the whole stack."""
    view = _view(core, member, {"view_id": view_id})
    cleared = whole or bool(view.body.get("clear_on_close"))
    stack = core.modals.stack(member.id)
    gone = stack if cleared else stack[stack.index(view) :] if view in stack else []
    if cleared:
        core.modals.clear(member.id)
    else:
        core.modals.close(view)
    for closed in reversed(gone):
        if closed.body.get("notify_on_close"):
            name = f"view_closed {closed.body.get('callback_id', '')}".strip()
            await core.post.deliver(Envelope("interactive", name, interactions.view_closed(member, closed.public(), cleared)))
    return {"ok": True}


# shortcuts and Home


async def shortcut(core: Core, member: Member, callback_id: str, channel: Channel | None, ts: str) -> Json:
    """Choose a shortcut, global or in the menu of a message."""
    known = core.manifest.shortcut(callback_id)
    now = core.workspace.clock.ts()
    trigger = core.tickets.trigger(member.id)
    if channel is None or not ts:
        if known and known.get("type") == "message":
            raise missing("message_not_found", "This shortcut belongs to a message.")
        payload = interactions.global_shortcut(member, callback_id, trigger, now)
        return _acked(await core.post.deliver(Envelope("interactive", f"shortcut {callback_id}", payload)))
    message = core.workspace.message(channel.id, ts)
    if message is None:
        raise missing("message_not_found", _NOTHING_CHOSEN)
    ticket = ResponseUrl(member.id, channel.id, core.tickets.now(), "", False, message.get("thread_ts", ""))
    url = core.response_url("app", ticket)
    payload = interactions.message_shortcut(member, callback_id, trigger, now, channel, message, url)
    return _acked(await core.post.deliver(Envelope("interactive", f"message_action {callback_id}", payload)))


def open_home(core: Core, member: Member, tab: str) -> Json:
    """Open the bot's Home or Messages tab; the bot is informed each time."""
    home = core.modals.home(member.id)
    core.events.home_opened(member.id, core.workspace.direct(member.id).id, tab, home.public() if home else None)
    return {"ok": True, "view": shown_home(core, member.id)}


# finding the target of an action


def _view(core: Core, member: Member, container: Json) -> View:
    view = core.modals.get(str(container.get("view_id", "")))
    if view is None or view.user != member.id:
        raise missing("view_not_found", _NOTHING_CHOSEN)
    return view


def _message(core: Core, member: Member, container: Json) -> tuple[Channel, Json, bool]:
    channel = core.workspace.channels.get(str(container.get("channel", "")))
    if channel is None or member.id not in channel.members:
        raise missing("channel_not_found", "There is no such channel.")
    ts = str(container.get("ts", ""))
    own = core.workspace.ephemeral(channel.id, member.id, ts)
    message = own or core.workspace.message(channel.id, ts)
    if message is None:
        raise missing("message_not_found", _NOTHING_CHOSEN)
    return channel, message, own is not None


def _element(in_blocks: list[Json], given: Json) -> tuple[Json, Json]:
    found = blocks.find(in_blocks, str(given.get("action_id", "")), given.get("block_id"))
    if found is None:
        raise missing("action_not_found", _NOTHING_CHOSEN)
    return found
