"""The app's manifest: commands, shortcuts, events, scopes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from playground.shapes import Json

_EVERY_EVENT = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "file_shared",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "reaction_added",
        "reaction_removed",
    }
)


@dataclass(frozen=True)
class Manifest:
    """The parts of a Slack app manifest that change how the workspace behaves.

    Without a manifest (``scopes is None``) every event is sent and no scope is required.
    """

    commands: tuple[Json, ...] = ()
    shortcuts: tuple[Json, ...] = ()
    events: frozenset[str] = _EVERY_EVENT
    scopes: frozenset[str] | None = None
    home_tab: bool = True
    messages_tab: bool = True
    messages_tab_read_only: bool = False
    words: tuple[str, ...] = field(default=())

    def command(self, name: str) -> Json | None:
        """Return the slash command of that name, with its slash; None if the app has none."""
        return next((command for command in self.commands if command["command"] == name), None)

    def shortcut(self, callback_id: str) -> Json | None:
        return next((shortcut for shortcut in self.shortcuts if shortcut["callback_id"] == callback_id), None)


def read(source: str | Path | Json | None) -> Manifest:
    """Return the manifest in a file or a dictionary; None gives an app with every right.

    Raises:
        OSError, ValueError: the file cannot be read, or is not a JSON object.
    """
    if source is None:
        return Manifest(commands=({"command": "/risk", "description": "", "usage_hint": "", "should_escape": True},))
    document = source if isinstance(source, dict) else json.loads(Path(source).read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{source}: a manifest is a JSON object")
    return _parse(document)


def _parse(document: Json) -> Manifest:
    features = document.get("features", {})
    home = features.get("app_home", {})
    commands = tuple(_command(entry) for entry in features.get("slash_commands", []))
    bot_events = document.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return Manifest(
        commands=commands,
        shortcuts=tuple({"description": "", **entry} for entry in features.get("shortcuts", [])),
        events=frozenset(bot_events),
        scopes=frozenset(document.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        words=tuple(_words(commands)),
    )


def _command(entry: Json) -> Json:
    return {"description": "", "usage_hint": "", "should_escape": False, **entry}


def _words(commands: tuple[Json, ...]) -> list[str]:
    """Return ``/command word`` for the first word of each alternative of each usage hint, for completion in the composer."""
    found: list[str] = []
    for command in commands:
        for line in command["usage_hint"].replace("[", " ").replace("]", " ").split("|"):
            word = (line.split() or [""])[0]
            if word.replace("-", "").isalpha() and word.islower():
                found.append(f"{command['command']} {word}")
    return list(dict.fromkeys(found))
