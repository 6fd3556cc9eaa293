"""Messages and mentions, and openings of the bot's tabs: each takes effect once, even if Slack repeats it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.delivering.secrecy import TURNED_AWAY
from bot.receiving import typed_lines
from bot.receiving.request_queue import RequestQueue
from bot.working.desk import PATIENCE
from bot.working.executor import Executor
from bot.working.home_tabs import Homes
from bot.working.ticket import Ticket
from commands.delivery import Draft, tell
from commands.kit import blocks
from commands.kit.contract import Refused, To
from commands.kit.i18n import Text
from commands.kit.registry import registry
from storage.database import Tx
from storage.delivery import greetings, inbox
from storage.sight import NOTHING


@dataclass(frozen=True, slots=True)
class Messages:
    """Answers to messages, in place."""

    executor: Executor
    request_queue: RequestQueue
    homes: Homes

    def greet(self, body: Mapping[str, Any]) -> None:
        """Answer a message or mention once: a question as /risk would, anything else with help."""
        event = body["event"]
        if ticket := self._question(body):
            self._once(body, then=lambda: self._ask(ticket))
            return
        thread = event.get("thread_ts") or (event.get("ts") if event["type"] == "app_mention" else None)
        self._once(body, lambda tx: self._help(body["event_id"], event["channel"], event["user"], thread))

    def _ask(self, ticket: Ticket) -> None:
        """Queue a question; say so if the queue is full."""
        if not self.request_queue.pool.submit(lambda: self.executor.read(ticket)):
            self.request_queue.say(ticket, self.request_queue.full())

    def _question(self, body: Mapping[str, Any]) -> Ticket | None:
        """Return a message's question, if /risk knows it; changes need /risk itself."""
        event = body["event"]
        line = re.sub(r"^\s*(<@[UW][A-Z0-9]+(\|[^>]*)?>)?\s*(/risk\b)?", "", str(event.get("text") or ""))
        word = line.split(maxsplit=1)[0].lower() if line.split() else ""
        if word not in registry().commands:
            return None
        try:
            asked = typed_lines.read(self.executor, line, self.executor.people.person(event["user"]))
            asked.checked()
        except Refused:
            return None
        if asked.command.writes:
            return None
        # in a channel only the asker reads the answer; a direct message has no other readers
        channel = None if event.get("channel_type") == "im" else event["channel"]
        return Ticket(f"event {body['event_id']}", asked.command.name, asked.values, event["user"], self.executor.clock.now(), channel)

    def refuse(self, body: Mapping[str, Any], sentence: Text) -> None:
        """Tell somebody without access so, once per event."""
        event = body["event"]
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            self.homes.fill(lambda: self.homes.show(event["user"], [blocks.paragraph(sentence)]))
        if event.get("type") in {"message", "app_mention"} and event.get("channel"):
            facts = {"text": blocks.marked(sentence), "blocks": [], "thread_ts": event.get("ts")}
            why = "somebody without access wrote"
            self._once(body, lambda tx: self._message(TURNED_AWAY, facts, event["channel"], body["event_id"], why))

    def home(self, body: Mapping[str, Any]) -> None:
        """Fill the Home tab; greet a person who opens the messages for the first time."""
        event = body["event"]
        if event.get("tab") == "messages":
            self._once(body, lambda tx: self._welcome(tx, body["event_id"], event))
            return
        self.homes.fill(lambda: self.homes.open(event["user"]))

    def _welcome(self, tx: Tx, event_id: str, event: Mapping[str, Any]) -> Draft | None:
        if not greetings.first_time(tx, event["user"], at=self.executor.clock.now()):
            return None
        return self._help(event_id, event["channel"], event["user"], None)

    def _help(self, event_id: str, channel: str, user: str, thread: str | None) -> Draft:
        return self._message("help", {"thread_ts": thread, "reader": user}, channel, event_id, "somebody wrote to the bot")

    def _message(self, notice: str, facts: Mapping[str, Any], channel: str, event_id: str, reason: str) -> Draft:
        thread = f"event {event_id}"
        return Draft(notice, To(f"channel:{channel}", reason), facts, thread, self.executor.clock.now(), dedup=thread)

    def _once(
        self, body: Mapping[str, Any], message: Callable[[Tx], Draft | None] = lambda tx: None, then: Callable[[], object] = lambda: None
    ) -> None:
        """Answer an event once, even if Slack repeats it, with a message or an action after the commit."""
        kept = {"type": body["event"].get("type"), "user": body["event"].get("user")}
        policy = self.executor.policies.now
        with self.executor.database.begin(NOTHING, write=True, patience=PATIENCE) as tx:
            fresh = inbox.accept(tx, f"event {body['event_id']}", kept, at=self.executor.clock.now(), state=inbox.DONE)
            if fresh and (draft := message(tx)):
                tell(tx, draft, policy)
        if fresh:
            then()
        self.executor.courier.wake()
