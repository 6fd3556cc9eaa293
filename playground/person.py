"""A person at the keyboard: a blocking client of the page's own API, for end-to-end tests."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from playground.block_kit import blocks
from playground.block_kit.keyboard import choice, state_of
from playground.shapes import Json
from playground.workspace.ids import micros

_POLL_SECONDS = 0.01
# the patience for expected things: existing ones are seen at once, but the machine may be busy
PATIENCE = 120.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Wanted = str | Callable[[Json], bool]


class NotOnScreen(LookupError):
    """The person was asked to use an element that is not on the screen."""


class Person:
    """A person who types, reads and clicks. Channels are given by name, by id, or as ``"dm"``.

    Actions return the page's response: ``ok``, ``ack_ms``, and on failure ``error`` and ``say``.
    """

    def __init__(self, url: str, user: str) -> None:
        self.id = user
        self._url = url

    def __repr__(self) -> str:
        return f"Person({self.id})"

    # reading

    def state(self) -> Json:
        """Return the contents of the window besides messages: channels, people, commands, open modals."""
        return self._get("state")

    def dm(self) -> str:
        """Return the id of the person's direct conversation with the bot."""
        return next(str(room["id"]) for room in self.state()["channels"] if room["kind"] == "im")

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """Return a channel, or one thread of it, as this person sees it, including ephemerals, oldest first."""
        found: list[Json] = self._get("messages", channel=channel, thread_ts=thread_ts or "")["messages"]
        return found

    def wait_message(
        self, channel: str, wanted: Wanted = "", timeout: float = PATIENCE, after: str | None = None, thread_ts: str | None = None
    ) -> Json:
        """Return the first message with ``wanted`` in its text or blocks, or for which it is true.

        Args:
            after: only messages later than this time stamp; edits of earlier ones do not count.
            thread_ts: search in this thread.

        Raises:
            TimeoutError: none arrived; the text lists the existing ones.
        """
        matches = wanted if callable(wanted) else _holding(wanted)

        def look() -> Json | None:
            seen = self.messages(channel, thread_ts)
            return next((m for m in seen if (after is None or micros(m["ts"]) > micros(after)) and matches(m)), None)

        return _wait(look, timeout, lambda: f"no message {wanted!r} in {channel}; there are {_texts(self.messages(channel, thread_ts))}")

    def modal(self) -> Json | None:
        """Return the top modal, or None."""
        views = self.state()["views"]
        return views[-1] if views else None

    def wait_modal(self, timeout: float = PATIENCE, wanted: Wanted = "") -> Json:
        """Return the top modal, once it contains ``wanted``, or makes it true.

        Raises:
            TimeoutError: no such modal opened.
        """
        matches = wanted if callable(wanted) else _holding(wanted)

        def look() -> Json | None:
            modal = self.modal()
            return modal if modal is not None and matches(modal) else None

        return _wait(look, timeout, lambda: f"{self.id} sees no modal {wanted!r}, but {blocks.text_of(self.modal() or {})!r}")

    def wait_no_modal(self, timeout: float = PATIENCE) -> None:
        """Return once no modal is open."""
        _wait(lambda: self.modal() is None or None, timeout, lambda: f"{self.id} still sees a modal")

    def home(self) -> Json | None:
        """Return the Home tab as last published, or None."""
        view: Json | None = self._get("home")["view"]
        return view

    def wait_home(self, wanted: Wanted = "", timeout: float = PATIENCE) -> Json:
        """Return the Home tab, once it contains ``wanted``, or makes it true."""
        matches = wanted if callable(wanted) else _holding(wanted)

        def look() -> Json | None:
            home = self.home()
            return home if home is not None and matches(home) else None

        return _wait(look, timeout, lambda: f"{self.id} sees no Home {wanted!r}, but {blocks.text_of(self.home() or {})!r}")

    # doing

    def send(self, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Type a message or a slash command; return after the ack, with its ``text`` if it has one."""
        return self._post("send", channel=channel, text=text, thread_ts=thread_ts)

    def send_file(self, channel: str, name: str, content: bytes, text: str = "") -> Json:
        """Upload a file and send it."""
        query = urllib.parse.urlencode({"user": self.id, "name": name})
        file = self._call(urllib.request.Request(f"{self._url}/ui/upload?{query}", content, {"Content-Type": "application/octet-stream"}))
        return self._post("send", channel=channel, text=text, files=[file["file"]["id"]])

    def press(self, where: Json, action_id: str, block_id: str | None = None, value: str | None = None) -> Json:
        """Press a button in a message or view; ``value`` distinguishes buttons with one action id."""
        block, element = _find(where, action_id, block_id, value)
        return self._act(where, block, element, {"value": element.get("value")})

    def select(self, where: Json, action_id: str, value: Any, block_id: str | None = None) -> Json:
        """Choose in a menu, tick boxes, pick a date or type into a dispatching input, depending on the element."""
        block, element = _find(where, action_id, block_id)
        if element["type"] == "overflow":
            return self._act(where, block, element, {"selected_option": choice(element, value)})
        return self._act(where, block, element, self._state(where, element, value, block["block_id"]))

    def options(self, where: Json, action_id: str, text: str, block_id: str | None = None) -> list[Json]:
        """Return the options of a select with external data for these letters, groups flattened."""
        block, element = _find(where, action_id, block_id)
        reply = self._post("options", container=_container(where), block_id=block["block_id"], action_id=element["action_id"], value=text)
        if not reply["ok"]:
            raise NotOnScreen(f"no options for {text!r}: {reply}")
        groups = reply.get("option_groups") or [{"options": reply.get("options") or []}]
        return [option for group in groups for option in group["options"]]

    def submit(self, view: Json, values: Mapping[str, Any] | None = None) -> Json:
        """Fill in a modal and submit it.

        Args:
            values: by block id: a string, number, list or None for the element in that block, or its state as Slack writes it.

        Returns:
            ``ok``, or ``errors`` by block id, from Slack's own checks or from the bot.
        """
        state: blocks.Values = {}
        for block_id, value in (values or {}).items():
            element = _input(view, block_id)
            state[block_id] = {element["action_id"]: self._state(view, element, value, block_id)}
        return self._post("submit", view_id=view["id"], state={"values": state})

    def close(self, view: Json, whole: bool = False) -> Json:
        """Press Cancel; with ``whole``, the cross that closes all modals."""
        return self._post("close", view_id=view["id"], whole=whole)

    def shortcut(self, callback_id: str, message: Json | None = None) -> Json:
        """Choose a global shortcut, or with ``message`` a shortcut of its menu."""
        where = {"channel": message["channel"], "ts": message["ts"]} if message else {}
        return self._post("shortcut", callback_id=callback_id, **where)

    def open_home(self, tab: str = "home") -> Json:
        """Open the bot's Home tab (or ``messages``); the bot is informed."""
        return self._post("home", tab=tab)

    def read(self, channel: str) -> None:
        """Mark a channel as read."""
        self._post("read", channel=channel)

    def _act(self, where: Json, block: Json, element: Json, more: Json) -> Json:
        ids = {"block_id": block["block_id"], "action_id": element["action_id"], "element_type": element["type"]}
        return self._post("action", container=_container(where), **ids, **more)

    def _state(self, where: Json, element: Json, value: Any, block_id: str) -> Json:
        """Return ``value`` as the element's state; options from external data are looked up with the bot."""
        if "external_select" in element["type"] and value is not None:
            many = isinstance(value, (list, tuple))
            chosen = [self._external(where, element, each, block_id) for each in (value if many else [value])]
            return state_of(element, chosen if element["type"].startswith("multi_") else chosen[0])
        return state_of(element, value)

    def _external(self, where: Json, element: Json, value: Any, block_id: str) -> Json:
        if isinstance(value, dict):
            return value
        offered = self.options(where, element["action_id"], str(value), block_id)
        exact = [o for o in offered if str(value) in (o["value"], o["text"]["text"])]
        if not offered:
            raise NotOnScreen(f"nothing is offered for {value!r} in {element['action_id']}")
        return (exact or offered)[0]

    def _get(self, path: str, **query: str) -> Json:
        query = {"user": self.id, **query}
        return self._call(urllib.request.Request(f"{self._url}/ui/{path}?{urllib.parse.urlencode(query)}"))

    def _post(self, path: str, **body: Any) -> Json:
        data = json.dumps({"user": self.id, **body}).encode()
        return self._call(urllib.request.Request(f"{self._url}/ui/{path}", data, {"Content-Type": "application/json"}))

    def _call(self, request: urllib.request.Request) -> Json:
        try:
            with _OPENER.open(request, timeout=PATIENCE) as reply:
                answer: Json = json.load(reply)
        except urllib.error.HTTPError as refusal:
            with refusal:
                answer = json.loads(refusal.read() or b"{}")
            raise NotOnScreen(answer.get("say") or answer.get("error") or f"HTTP {refusal.code}") from None
        return answer


T = TypeVar("T")


def _wait(look: Callable[[], T | None], timeout: float, complaint: Callable[[], str]) -> T:
    until = time.monotonic() + timeout
    while (found := look()) is None:
        if time.monotonic() > until:
            raise TimeoutError(f"after {timeout} s: {complaint()}")
        time.sleep(_POLL_SECONDS)
    return found


def _holding(words: str) -> Callable[[Json], bool]:
    return lambda thing: words in blocks.text_of(thing)


def _texts(seen: list[Json]) -> list[str]:
    return [blocks.text_of(m)[:200] for m in seen[-5:]]


def _container(where: Json) -> Json:
    if "hash" in where:
        return {"type": "view", "view_id": where["id"]}
    return {"type": "message", "channel": where["channel"], "ts": where["ts"], "ephemeral": where.get("ephemeral", False)}


def _find(where: Json, action_id: str, block_id: str | None, value: str | None = None) -> tuple[Json, Json]:
    for block in where.get("blocks", []):
        for element in blocks.elements(block):
            same = element.get("action_id") == action_id and block_id in (None, block["block_id"])
            if same and (value is None or element.get("value") == value):
                return block, element
    seen = [e.get("action_id") for b in where.get("blocks", []) for e in blocks.elements(b)]
    raise NotOnScreen(f"there is no {action_id!r} (block {block_id!r}, value {value!r}); there are {seen}")


def _input(view: Json, block_id: str) -> Json:
    for block in view["blocks"]:
        if block["block_id"] == block_id:
            found: Json | None = next(blocks.elements(block), None)
            if found is not None:
                return found
    raise NotOnScreen(f"there is no input in a block {block_id!r}; there are {[b['block_id'] for b in view['blocks']]}")
