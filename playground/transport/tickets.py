"""Short-lived permissions of the bot: trigger ids (3 s, once) and response URLs (30 min, 5 times)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from playground.shapes import SlackError, invalid_arguments
from playground.workspace.ids import new_id

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Permission to open a modal for one person; ``view_id`` is the modal of origin, if any."""

    user: str
    born: float
    view_id: str = ""
    used: bool = False


@dataclass
class ResponseUrl:
    """Permission to answer in one channel; ``ts`` is the message acted on, if any."""

    user: str
    channel: str
    born: float
    ts: str = ""
    ephemeral: bool = False
    thread_ts: str = ""
    uses: int = 0


class Tickets:
    """All live triggers and response URLs; ``now`` counts seconds and may be replaced in tests."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str, view_id: str = "") -> str:
        """Return a new trigger id for a person's action."""
        id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[id] = Trigger(user, self.now(), view_id)
        return id

    def exchange(self, id: str) -> Trigger:
        """Use up a trigger id.

        Raises:
            SlackError: invalid_arguments, exchanged_trigger_id or expired_trigger_id.
        """
        trigger = self._triggers.get(id)
        if trigger is None:
            raise invalid_arguments("invalid `trigger_id` [json-pointer:/trigger_id]")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.now() - trigger.born > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, ticket: ResponseUrl) -> str:
        """Return the secret tail of a new response URL."""
        key = f"{new_id('', 12)}/{secrets.token_urlsafe(18)}"
        self._urls[key] = ticket
        return key

    def respond(self, key: str) -> ResponseUrl:
        """Use a response URL once.

        Raises:
            SlackError: no_service for an unknown address, expired_url after 30 minutes, used_url after five uses.
        """
        ticket = self._urls.get(key)
        if ticket is None:
            raise SlackError("no_service")
        if self.now() - ticket.born > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if ticket.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        ticket.uses += 1
        return ticket
