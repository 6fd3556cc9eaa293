"""Payloads of people's actions: commands, actions, submissions, shortcuts."""

from __future__ import annotations

from typing import Any

from playground.shapes import Json
from playground.workspace import seed
from playground.workspace.seed import Channel, Member

TEAM: Json = {"id": seed.TEAM_ID, "domain": seed.TEAM_DOMAIN}


def _user(member: Member) -> Json:
    return {"id": member.id, "username": member.handle, "name": member.handle, "team_id": seed.TEAM_ID}


def _channel_name(channel: Channel) -> str:
    """Return the channel's name for a command; Slack hides those of private conversations."""
    return {"im": "directmessage", "private": "privategroup", "public": channel.name}[channel.kind]


def _base(kind: str, member: Member) -> Json:
    return {
        "type": kind,
        "user": _user(member),
        "api_app_id": seed.APP_ID,
        "token": seed.VERIFICATION_TOKEN,
        "team": dict(TEAM),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def slash_command(member: Member, channel: Channel, command: str, text: str, response_url: str, trigger_id: str) -> dict[str, str]:
    """Return the form fields of a slash command; all of them are strings."""
    return {
        "token": seed.VERIFICATION_TOKEN,
        "team_id": seed.TEAM_ID,
        "team_domain": seed.TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": member.id,
        "user_name": member.handle,
        "command": command,
        "text": text,
        "api_app_id": seed.APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def message_action(
    member: Member, channel: Channel, message: Json, ephemeral: bool, action: Json, values: Any, response_url: str, trigger_id: str
) -> Json:
    """Return the block_actions payload of a message; an ephemeral message is not part of its own payload."""
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel.id, "is_ephemeral": ephemeral}
    payload = _base("block_actions", member) | {
        "container": container | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}),
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "state": {"values": values},
        "response_url": response_url,
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": message}


def view_action(member: Member, view: Json, action: Json, trigger_id: str) -> Json:
    """Return the block_actions payload of a modal or the Home tab: the view, no channel, no response URL."""
    return _base("block_actions", member) | {
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": trigger_id,
        "view": view,
        "actions": [action],
    }


def view_submission(member: Member, view: Json, trigger_id: str) -> Json:
    return _base("view_submission", member) | {"trigger_id": trigger_id, "view": view, "response_urls": []}


def view_closed(member: Member, view: Json, cleared: bool) -> Json:
    return _base("view_closed", member) | {"view": view, "is_cleared": cleared}


def block_suggestion(member: Member, container: Json, block_id: str, action_id: str, value: str, where: Json) -> Json:
    """Return the request for options; ``where`` holds the view, or the channel and message."""
    return _base("block_suggestion", member) | {
        "container": container,
        "block_id": block_id,
        "action_id": action_id,
        "value": value,
        **where,
    }


def global_shortcut(member: Member, callback_id: str, trigger_id: str, ts: str) -> Json:
    return _base("shortcut", member) | {"callback_id": callback_id, "trigger_id": trigger_id, "action_ts": ts}


def message_shortcut(
    member: Member, callback_id: str, trigger_id: str, ts: str, channel: Channel, message: Json, response_url: str
) -> Json:
    """Return the payload of a shortcut in a message's menu, which Slack calls message_action."""
    return _base("message_action", member) | {
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "action_ts": ts,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "message_ts": message["ts"],
        "message": message,
        "response_url": response_url,
    }
