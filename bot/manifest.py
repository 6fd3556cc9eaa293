"""The Slack app's manifest, made from the registry; a test compares it with ``bot/manifest.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.delivering.audience import CHANNEL_NEWS
from commands.kit.contract import Command
from commands.kit.registry import registry

# the longest example in the hint
LONGEST_HINT = 24
PATH = Path(__file__).parent / "manifest.json"

# each scope with its reason; docs/operators.md repeats them for the people who approve the app
SCOPES = {
    "app_mentions:read": "answer a question in which the bot is mentioned",
    "channels:history": "check whether a message was already posted before posting it again",
    "channels:read": "find the policy's channels by name, and their readers",
    "chat:write": "post alerts, approvals and digests",
    "commands": "the /risk command and the shortcuts",
    "files:read": "read files that are sent to the bot for import; find out when an uploaded picture can be shown",
    "files:write": "charts in answers, and exports as direct messages",
    "groups:history": "as channels:history, in private channels",
    "groups:read": "find private channels by name, and their readers",
    "im:history": "answer questions in direct messages; as channels:history, in them",
    "im:write": "send direct messages",
    "metadata.message:read": "recognise the bot's own messages by their delivery id",
    "usergroups:read": "approvers and roles given by a user group",
    "users:read.email": "recognise two accounts of one person by their e-mail address",
    "users:read": "refuse guests and strangers; names, languages and time zones",
}
# the events that the bot receives: messages to it, changes of people, and changes of channels' readers
EVENTS = ("app_home_opened", "app_mention", "message.im", "user_change", *CHANNEL_NEWS)


def manifest() -> dict[str, Any]:
    """Return the manifest for Slack's app pages."""
    known = registry()
    shortcuts = [
        {"name": one.name, "type": "message" if one.prefill else "global", "callback_id": one.callback_id, "description": one.description}
        for one in known.shortcuts.values()
    ]
    return {
        "display_information": {"name": "Riskbot", "description": "Customer risk management in Slack", "background_color": "#1f3a5f"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Riskbot", "always_online": True},
            "shortcuts": shortcuts,
            "slash_commands": [
                {
                    "command": "/risk",
                    "description": "Ask about customer risk, log risks, decide",
                    "usage_hint": usage_hint(),
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def usage_hint() -> str:
    """Return the lines after /risk that Slack shows while typing: values to put in, not the names of arguments."""
    return " | ".join(_hint(command) for command in registry().commands.values() if " " not in command.name)


def _hint(command: Command) -> str:
    """Return the first example with a value that fits the line, or the bare word."""
    return next((line for line in command.examples if line != command.name and len(line) <= LONGEST_HINT), command.name)


def as_text() -> str:
    return json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n"
