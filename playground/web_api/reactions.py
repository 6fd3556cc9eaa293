"""Reactions and pins."""

from __future__ import annotations

import re

from playground.shapes import Json, SlackError
from playground.web_api.registry import Call, method
from playground.workspace.seed import BOT_USER, Channel

_MOST_REACTIONS = 23


def _target(call: Call) -> tuple[Channel, Json]:
    channel = call.channel()
    if not call.text("timestamp"):
        raise SlackError("no_item_specified")
    message = call.core.workspace.message(channel.id, call.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


def _name(call: Call) -> str:
    name = call.required("name").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


@method("reactions.add", "reactions:write", tier=3)
def reactions_add(call: Call) -> Json:
    name, (channel, message) = _name(call), _target(call)
    reactions = message.setdefault("reactions", [])
    found = next((r for r in reactions if r["name"] == name), None)
    if found and BOT_USER in found["users"]:
        raise SlackError("already_reacted")
    if found is None:
        if len(reactions) >= _MOST_REACTIONS:
            raise SlackError("too_many_emoji")
        found = {"name": name, "users": [], "count": 0}
        reactions.append(found)
    found["users"].append(BOT_USER)
    found["count"] += 1
    call.core.workspace.touch(channel, message["ts"])
    call.core.events.reaction("reaction_added", BOT_USER, name, channel.id, message)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def reactions_remove(call: Call) -> Json:
    name, (channel, message) = _name(call), _target(call)
    found = next((r for r in message.get("reactions", []) if r["name"] == name and BOT_USER in r["users"]), None)
    if found is None:
        raise SlackError("no_reaction")
    found["users"].remove(BOT_USER)
    found["count"] -= 1
    message["reactions"] = [r for r in message["reactions"] if r["count"]]
    call.core.workspace.touch(channel, message["ts"])
    call.core.events.reaction("reaction_removed", BOT_USER, name, channel.id, message)
    return {}


@method("pins.add", "pins:write", tier=2)
def pins_add(call: Call) -> Json:
    channel, message = _target(call)
    if channel.id in message.get("pinned_to", []):
        raise SlackError("already_pinned")
    message.setdefault("pinned_to", []).append(channel.id)
    call.core.workspace.touch(channel, message["ts"])
    return {}


@method("pins.remove", "pins:write", tier=2)
def pins_remove(call: Call) -> Json:
    channel, message = _target(call)
    if channel.id not in message.get("pinned_to", []):
        raise SlackError("no_pin")
    message["pinned_to"].remove(channel.id)
    call.core.workspace.touch(channel, message["ts"])
    return {}
