"""Messages and mentions, and openings of the bot's tabs: each takes effect once, even if Slack repeats it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.delivering.secrecy import TURNED_AWAY
from bot.receiving.request_queue import RequestQueue
from bot.working.desk import PATIENCE
from bot.working.executor import Executor
from bot.working.home_tabs import Homes
from bot.working.ticket import Ticket
from commands.delivery import Draft, tell
from commands.kit import blocks
from commands.kit.contract import Refused, To
from commands.kit.i18n import Text, reading
from commands.kit.input import inline
from commands.kit.input.markup import but_for_people, unescape
from commands.kit.input.stray_characters import storable
from commands.kit.registry import registry
from commands.questions import understand
from risk_engine.people.roles import Right
from storage.database import Tx
from storage.delivery import greetings, inbox
from storage.sight import NOTHING

# Slack puts the bot's own mention before, after or inside a question
_OWN_MENTION = r"<@{me}(?:\|[^<>]*)?>"


def _own_id(body: Mapping[str, Any]) -> str:
    """Return the bot's user id, which Slack names as the recipient of an event."""
    authorizations = body.get("authorizations") or [{}]
    return re.escape(str(authorizations[0].get("user_id") or "")) or "[UW][A-Z0-9]+"


def _thread(event: Mapping[str, Any]) -> str | None:
    """Return the thread to answer in: that of a mention; a direct message is answered below it, where its writer looks."""
    return event.get("thread_ts") or (event.get("ts") if event["type"] == "app_mention" else None)


@dataclass(frozen=True, slots=True)
class Messages:
    """Answers to messages, in place."""

    executor: Executor
    request_queue: RequestQueue
    homes: Homes

    def greet(self, body: Mapping[str, Any]) -> None:
        """Answer a message or mention once: a question as /risk would, anything else with help; an edited one was answered before."""
        if body["event"].get("edited"):
            return
        ticket = self._question(body)
        self._once(body, then=lambda: self._queue(body, ticket))

    def _question(self, body: Mapping[str, Any]) -> Ticket:
        """Return the ticket of a message, which is a question until it is understood."""
        event = body["event"]
        text = re.sub(_OWN_MENTION.format(me=_own_id(body)), " ", str(event.get("text") or ""))
        values = {"text": storable(unescape(but_for_people(text))).strip()}
        # in a channel only the asker reads the answer; a direct message has no other readers
        channel = None if event.get("channel_type") == "im" else event["channel"]
        now, thread = self.executor.clock.now(), event.get("thread_ts")
        return Ticket(f"event {body['event_id']}", "find.ask", values, event["user"], now, channel, thread=thread)

    def _queue(self, body: Mapping[str, Any], ticket: Ticket) -> None:
        """Queue a question; say so if the queue is full."""
        if not self.request_queue.pool.submit(lambda: self.executor.heard(ticket, lambda: self._answer(body, ticket))):
            self.request_queue.say(ticket, self.request_queue.full())

    def _answer(self, body: Mapping[str, Any], ticket: Ticket) -> None:
        """Answer a message that is understood, in the thread of a mention; send help for any other."""
        if (understood := self._understood(ticket)) is not None:
            self.executor.read(understood)
            return
        event = body["event"]
        with self.executor.database.begin(NOTHING, write=True, patience=PATIENCE) as tx:
            tell(tx, self._help(body["event_id"], event["channel"], event["user"], _thread(event)), self.executor.policies.now)
        self.executor.courier.wake()

    def _understood(self, ticket: Ticket) -> Ticket | None:
        """Return the ticket of the command that a message means; None if it means none.

        A command with a right of its own, such as help, which needs none, is asked directly: a question needs the right to read.
        """
        person, text = self.executor.people.person(ticket.person), str(ticket.values["text"])
        if not text:
            return None
        try:
            with reading(person.reader), self.executor.looking(ticket, person) as (request, tx):
                found = understand(text, tx, request.today)
                if not found.lines:
                    return None
                asked = inline.read(registry(), found.lines[0], today=request.today)
        except Refused:
            # it is refused again, in words
            return ticket
        alone = found.sure and not asked.command.writes and not asked.missing
        own = alone and asked.command.right is not Right.READ
        return replace(ticket, command=asked.command.name, values=asked.values) if own else ticket

    def refuse(self, body: Mapping[str, Any], sentence: Text) -> None:
        """Tell somebody without access so, once per event."""
        event = body["event"]
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            self.homes.fill(lambda: self.homes.show(event["user"], [blocks.paragraph(sentence)]))
        if event.get("type") in {"message", "app_mention"} and event.get("channel"):
            facts: dict[str, Any] = {"text": blocks.marked(sentence), "blocks": [], "thread_ts": _thread(event)}
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
