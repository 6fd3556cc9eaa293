"""Views: each person's stack of modals and Home tab, with hashes and input states."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from playground.block_kit import blocks
from playground.shapes import Json, SlackError
from playground.workspace import seed
from playground.workspace.ids import new_id

MOST_VIEWS = 3


@dataclass
class View:
    """One view on a person's screen. ``body`` is the app's own part, ``values`` the state of its inputs."""

    id: str
    user: str
    body: Json
    root: str
    previous: str = ""
    hash: str = ""
    values: blocks.Values | None = None

    @property
    def inputs(self) -> blocks.Values:
        """Return the present state of every input, touched or not."""
        return blocks.overlay(blocks.initial_values(self.body["blocks"]), self.values)

    def public(self) -> Json:
        """Return the view as Slack sends it, including server fields."""
        return {
            "id": self.id,
            "team_id": seed.TEAM_ID,
            **_DEFAULTS,
            **self.body,
            "state": {"values": self.inputs},
            "hash": self.hash,
            "previous_view_id": self.previous or None,
            "root_view_id": self.root,
            "app_id": seed.APP_ID,
            "app_installed_team_id": seed.TEAM_ID,
            "bot_id": seed.BOT_ID,
        }


_DEFAULTS: Json = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "title": {"type": "plain_text", "text": "View Title", "emoji": True},
    "close": None,
    "submit": None,
}


class Modals:
    """All open modals and Homes; ``changed`` and ``home_changed`` are called with the person concerned."""

    def __init__(self, changed: Callable[[str], None], home_changed: Callable[[str], None]) -> None:
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._changed = changed
        self._home_changed = home_changed

    def stack(self, user: str) -> list[View]:
        """Return a person's open modals, bottom first."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def get(self, view_id: str) -> View | None:
        return next((view for view in self._all() if view.id == view_id), None)

    def external(self, external_id: str) -> View | None:
        return next((view for view in self._all() if view.body.get("external_id") == external_id), None)

    def _all(self) -> list[View]:
        return [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]

    def open(self, user: str, body: Json) -> View:
        """Open a modal at the bottom of a new stack, closing all others."""
        self._check_external(body)
        view = self._fresh(user, body, previous=None)
        self._stacks[user] = [view]
        self._changed(user)
        return view

    def push(self, user: str, body: Json) -> View:
        """Push a modal on top of the open ones, three at most."""
        stack = self._stacks.setdefault(user, [])
        if len(stack) >= MOST_VIEWS:
            raise SlackError("push_limit_reached")
        self._check_external(body)
        view = self._fresh(user, body, previous=stack[-1] if stack else None)
        stack.append(view)
        self._changed(user)
        return view

    def update(self, view: View, body: Json, hash: str = "") -> View:
        """Replace the body of an open view; inputs with unchanged block id, action id and type keep their state."""
        if hash and hash != view.hash:
            raise SlackError("hash_conflict")
        self._check_external(body, view)
        view.values = view.inputs
        view.body, view.hash = _body(body), _new_hash()
        self._tell(view)
        return view

    def publish(self, user: str, body: Json, hash: str = "") -> View:
        """Publish a person's Home tab."""
        home = self._homes.get(user)
        if hash and (home is None or hash != home.hash):
            raise SlackError("hash_conflict")
        self._check_external(body, home)
        if home is None:
            home = self._homes[user] = self._fresh(user, body, previous=None)
        else:
            home.body, home.hash, home.values = _body(body), _new_hash(), None
        self._home_changed(user)
        return home

    def close(self, view: View) -> None:
        """Close one modal and those above it."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            del stack[stack.index(view) :]
            self._changed(view.user)

    def clear(self, user: str) -> None:
        self._stacks[user] = []
        self._changed(user)

    def clear_all(self) -> None:
        """Close everybody's modals; Home tabs stay."""
        for user in list(self._stacks):
            self.clear(user)

    def _tell(self, view: View) -> None:
        (self._home_changed if view.body["type"] == "home" else self._changed)(view.user)

    def _check_external(self, body: Json, own: View | None = None) -> None:
        known = self.external(body["external_id"]) if body.get("external_id") else None
        if known is not None and known is not own:
            raise SlackError("duplicate_external_id")

    def _fresh(self, user: str, body: Json, previous: View | None) -> View:
        id = new_id("V")
        return View(id, user, _body(body), previous.root if previous else id, previous.id if previous else "", _new_hash())


def _body(body: Json) -> Json:
    return body | {"blocks": blocks.with_ids(body["blocks"])}


def _new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_urlsafe(6)}"
