"""The registry of Web API methods: functions of a call, under Slack's names."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.core import Core
from playground.shapes import Json, SlackError, invalid_arguments
from playground.workspace.seed import BOT_USER, Channel


@dataclass
class Call:
    """One call of a method: the workspace, the arguments as sent, and accessors that read them as Slack does."""

    core: Core
    args: Json
    host: str = ""

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Return a required text argument.

        Raises:
            SlackError: invalid_arguments, naming the field.
        """
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def limit(self, default: int = 100, most: int = 1000) -> int:
        """Return the page size; Slack accepts 1 to 1000 (999 for messages)."""
        text = self.text("limit") or str(default)
        if not text.isdigit():
            raise SlackError("invalid_limit")
        return min(int(text) or default, most)

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """Return a JSON argument: nested in a JSON body, or as a string in a form."""
        value = self.args.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError as problem:
            raise SlackError(error) from problem

    def names(self, name: str) -> list[str]:
        """Return a list of names: a JSON list, or words joined by commas."""
        value = self.args.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name)
        words = value if isinstance(value, list) else str(value or "").split(",")
        return [str(word).strip() for word in words if str(word).strip()]

    def channel(self, name: str = "channel", *, inside: bool = True, error: str = "channel_not_found") -> Channel:
        """Return the conversation with this id; a conversation invisible to the bot counts as missing.

        Raises:
            SlackError: channel_not_found, or not_in_channel if the bot must be a member and is not.
        """
        channel = self.core.workspace.channels.get(self.required(name))
        if channel is None or (channel.kind != "public" and BOT_USER not in channel.members):
            raise SlackError(error)
        if inside and BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def has_scope(self, *scopes: str) -> bool:
        """Return True if the app has any of these scopes; an app without a manifest has them all."""
        granted = self.core.manifest.scopes
        return granted is None or not scopes or any(scope in granted for scope in scopes)

    def need_scope(self, *scopes: str) -> None:
        """Require any one of ``scopes``.

        Raises:
            SlackError: missing_scope, with the required scopes and the app's.
        """
        if not self.has_scope(*scopes):
            raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.core.manifest.scopes or ())))


@dataclass(frozen=True)
class Method:
    """A registered method. ``token`` is the required kind of token: bot, app, or none."""

    name: str
    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 0
    token: str = "bot"


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 0, token: str = "bot") -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Register a function as a Web API method; any one of ``scopes`` is enough to call it."""

    def register(run: Callable[[Call], Json]) -> Callable[[Call], Json]:
        METHODS[name] = Method(name, run, scopes, tier, token)
        return run

    return register


def page(items: list[Any], call: Call, most: int = 1000) -> tuple[list[Any], Json]:
    """Return one page of ``items`` by ``cursor`` and ``limit``, and the metadata for the next.

    Raises:
        SlackError: invalid_cursor.
    """
    start = read_cursor(call.text("cursor"))
    size = call.limit(default=100, most=most)
    following = start + size
    cursor = write_cursor(following) if following < len(items) else ""
    return items[start:following], {"response_metadata": {"next_cursor": cursor}}


def read_cursor(cursor: str) -> int:
    """Return the position of a cursor.

    Raises:
        SlackError: invalid_cursor.
    """
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word != "next":
            raise ValueError(word)
        return int(number)
    except (binascii.Error, ValueError) as problem:
        raise SlackError("invalid_cursor") from problem


def write_cursor(position: int) -> str:
    """Return a cursor in Slack's form, base64 of ``next:…``."""
    return base64.b64encode(f"next:{position}".encode()).decode()
