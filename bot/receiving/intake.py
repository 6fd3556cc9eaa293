"""Entry of requests from Slack: commands, presses and shortcuts; forms and messages have modules of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from bot.delivering.secrecy import TURNED_AWAY
from bot.receiving import typed_lines
from bot.receiving.files_sent import FilesSent
from bot.receiving.forms import Forms
from bot.receiving.messages import Messages
from bot.receiving.request_queue import RequestQueue
from bot.working.desk import PATIENCE
from bot.working.executor import Executor
from bot.working.home_tabs import Homes
from bot.working.pool import URGENT, Pool
from bot.working.ticket import Ticket
from commands.kit import blocks
from commands.kit.access.access import Outside
from commands.kit.contract import Command, Person, Refused
from commands.kit.i18n import Text, _, reading
from commands.kit.input import inline
from commands.kit.input.fields import arguments
from commands.kit.input.inline import Asked
from commands.kit.input.markup import with_names
from commands.kit.input.mistyped import Unknown
from commands.kit.registry import registry
from storage.customers import customers
from storage.database import Busy, Tx
from storage.names import name_key

# seconds to wait for the lock with news that change nobody's access, as most do
IN_PASSING = 0.3
# in place of a channel's id
EVERY = "every channel"


class Intake:
    """The entry of requests."""

    def __init__(self, executor: Executor, pool: Pool) -> None:
        self.executor = executor
        homes = Homes(executor, pool)
        self.request_queue = RequestQueue(executor, pool, homes)
        self.forms = Forms(executor, self.request_queue)
        self.messages = Messages(executor, self.request_queue, homes)
        self.files = FilesSent(executor, self.request_queue)
        # channels that wait for a check, or all of them
        self._to_look_at: set[str] = set()
        self._lock = threading.Lock()

    def command(self, body: Mapping[str, Any]) -> str | None:
        """Accept a slash command; return the immediate acknowledgement text, if any."""
        who = self.executor.people.person(body["user_id"])
        with reading(who.reader):
            try:
                asked = typed_lines.read(self.executor, body.get("text") or "", who)
                ticket = self.request_queue.ticket(f"command {body['trigger_id']}", asked.command, asked.values, body["user_id"], body)
                if asked.missing or asked.doubtful:
                    asked.check_given()
                    return self.forms.open_later(ticket, body["trigger_id"])
                asked.checked()
                return self.request_queue.take(asked.command, ticket)
            except Unknown as error:
                # a name, or a question in plain words; a word that resembles a command is a typing error
                asked = Asked(registry().actions["find.ask"], {"text": error.line})
                ticket = self.request_queue.ticket(f"command {body['trigger_id']}", asked.command, asked.values, body["user_id"], body)
                if error.near and not error.line[:1].isupper() and not self._is_a_name(error.line, ticket, who):
                    return blocks.marked(error.sentence)
                return self.request_queue.take(asked.command, ticket)
            except Refused as error:
                return blocks.marked(error.sentence)

    def _is_a_name(self, line: str, ticket: Ticket, person: Person) -> bool:
        """Return True if a line is the whole name of a customer whom the asker may see."""
        try:
            with self.executor.looking(ticket, person) as (_request, tx):
                return bool(customers.by_spelling(tx, (), {name_key(line)}))
        except (Refused, Busy):
            return False

    def press(self, body: Mapping[str, Any]) -> None:
        """Accept a press of a button; any reply goes to the presser only."""
        action, user = body["actions"][0], body["user"]["id"]
        with reading(self.executor.people.person(user).reader):
            if action["action_id"].partition(":")[0] == "form.open":
                self.forms.reopen(body, str(action.get("value")), user)
                return
            if action["action_id"].startswith("form.new:") and (wanted := registry().commands.get(str(action.get("value")))):
                self.forms.open_later(self.request_queue.ticket(f"press {body['trigger_id']}", wanted, {}, user, body), body["trigger_id"])
                return
            command = registry().actions.get(action["action_id"].partition(":")[0])
            ticket = self._pressed(command, action, user, body)
            said = self._carried_out(command, ticket, body["trigger_id"])
            if said:
                self.request_queue.say(ticket, said)

    def _pressed(self, command: Command | None, action: Mapping[str, Any], user: str, body: Mapping[str, Any]) -> Ticket:
        """Return the ticket of a button, whose value is the first argument."""
        if command is None:
            return self.request_queue.ticket("unknown press", registry().commands["help"], {}, user, body)
        first = next(arguments(command.args)).name
        key = f"press {user} {action.get('action_ts')} {action['action_id']} {action.get('value')}"
        return self.request_queue.ticket(key, command, {first: action.get("value")}, user, body)

    def _carried_out(self, command: Command | None, ticket: Ticket, trigger: str) -> str | None:
        """Ask for missing values or queue the ticket; return the immediate reply, if any."""
        if command is None:
            return blocks.marked(_("This button is out of date. Please ask again with /risk."))
        if inline.Asked(command, ticket.values).missing:
            return self.forms.open_later(ticket, trigger)
        try:
            inline.check(command, ticket.values)
            return self.request_queue.take(command, ticket)
        except Refused as error:
            return blocks.marked(error.sentence)

    def shortcut(self, body: Mapping[str, Any]) -> None:
        """Open the form of a shortcut, starting with the message's text."""
        shortcut = registry().shortcuts.get(body["callback_id"])
        if shortcut is None:
            return
        command, message = registry().commands[shortcut.command], body.get("message") or {}
        user = body["user"]["id"]
        ticket = self.request_queue.ticket(f"shortcut {body['trigger_id']}", command, {}, user, body)

        def prefill(tx: Tx) -> Mapping[str, Any]:
            if shortcut.prefill is None:
                return {}
            # names are Slack's: asked for here, as commands know only ids
            text = with_names(str(message.get("text") or ""), self.executor.people.name_of)
            return {**shortcut.prefill(text, self._permalink(body)), **shortcut.named(text, tx)}

        def open_it() -> None:
            self.forms.open_with(ticket, prefill, body["trigger_id"])

        if not self.request_queue.pool.submit(lambda: self.executor.heard(ticket, open_it), priority=URGENT):
            self.request_queue.say(ticket, self.request_queue.full())

    def _permalink(self, body: Mapping[str, Any]) -> str | None:
        try:
            return str(self.executor.client.chat_getPermalink(channel=body["channel"]["id"], message_ts=body["message_ts"])["permalink"])
        except Exception:  # the link is optional
            return None

    def note_outsider(self, user: str, why: Outside) -> None:
        """Record an outsider's attempt in the trail when a worker is free, unless Slack gave no answer."""
        if why is not Outside.UNKNOWN:
            self.request_queue.pool.submit(lambda: self.executor.note_refusal(user, "the door", why.value))

    def channel_changed(self, event: Mapping[str, Any]) -> None:
        """Apply news about a channel here and in every replica, and check its readers as soon as possible.

        Raises:
            Busy: the event could not be stored, so that Slack must resend it.
        """
        channels = self.executor.courier.channels
        if channel := channels.told(event):
            self._look_soon(channel, lambda: channels.look(channel))
        self.executor.courier.news.tell(event, patience=PATIENCE)

    def somebody_changed(self, event: Mapping[str, Any]) -> None:
        """Apply news about a person here and in every replica, such as leaving or becoming a guest.

        Raises:
            Busy: the event could not be stored, so that Slack must resend it.
        """
        people, user = self.executor.people, event["user"]
        moved = people.changed(user)
        if moved:
            self._look_soon(EVERY, self.executor.courier.channels.look_again)
        # most news are status changes, for which no listener waits long
        out = people.known_outside(str(user["id"])) is not None
        try:
            self.executor.courier.news.tell(event, patience=PATIENCE if out else IN_PASSING)
        except Busy:
            # of a mere status the other replicas learn by themselves; Slack ends events that fail too often
            if out or moved:
                raise

    def _look_soon(self, what: str, look: Callable[[], object]) -> None:
        """Check when a worker is free; further news meanwhile adds no second check."""
        with self._lock:
            if what in self._to_look_at:
                return
            self._to_look_at.add(what)

        def work() -> None:
            # first, because events from now on need another check
            self._to_look_at.discard(what)
            look()

        if not self.request_queue.pool.submit(work):
            self._to_look_at.discard(what)

    def turn_away(self, body: Mapping[str, Any], sentence: Text) -> None:
        """Tell somebody that they may not press this button."""
        key = f"turned away {body.get('trigger_id') or body.get('action_ts')}"
        ticket = self.request_queue.ticket(key, registry().commands["help"], {}, body["user"]["id"], body)
        self.request_queue.say(ticket, blocks.marked(sentence), notice=TURNED_AWAY)
