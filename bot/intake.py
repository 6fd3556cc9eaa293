"""What comes in from Slack, made into tickets: answered at once, queued, or kept before it is acknowledged."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from bot.logs import reference
from bot.metrics import REFUSED_FULL
from bot.pool import URGENT, Pool
from bot.work import Ticket, Workshop, broken, refusal
from commands import home as home_texts
from commands.kit import blocks, inline
from commands.kit.contract import Blocks, Command, Refused, Reply
from commands.kit.fields import arguments
from commands.kit.forms import filled_in, form
from commands.kit.i18n import Text, _, reading
from commands.kit.mistyped import explain
from commands.kit.refusals import in_words
from commands.kit.registry import registry
from risk_engine.refusals import Refusal
from storage import answers, deliveries, greetings, inbox, visits
from storage.answers import Answer
from storage.database import Busy, Tx

log = logging.getLogger(__name__)

# a trigger lives three seconds: after two of waiting a button is offered instead
TRIGGER_LIFE = timedelta(seconds=2)
# what is left of Slack's three seconds for the lock, after everything else
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Intake:
    """The counter where requests arrive."""

    workshop: Workshop
    pool: Pool
    # keys of kept requests that this process has queued
    under_way: set[str] = field(default_factory=set)

    # --- slash commands ------------------------------------------------------------------------------------------

    def command(self, body: Mapping[str, Any]) -> str | None:
        """Take a slash command; the text to acknowledge it with, if there is something to say at once."""
        with reading(self.workshop.people.person(body["user_id"]).reader):
            try:
                asked = inline.read(registry(), body.get("text") or "")
                ticket = self._ticket(f"command {body['trigger_id']}", asked.command, asked.values, body["user_id"], body)
                if asked.missing:
                    asked.check_given()
                    return self._open_later(ticket, body["trigger_id"])
                asked.checked()
                return self._take(asked.command, ticket)
            except Refused as error:
                return blocks.marked(error.sentence)

    def _ticket(self, key: str, command: Command, values: Mapping[str, Any], user: str, body: Mapping[str, Any]) -> Ticket:
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id")
        return Ticket(key, command.name, values, user, self.workshop.clock.now(), channel, body.get("response_url"))

    def _take(self, command: Command, ticket: Ticket) -> str | None:
        """Queue a question; keep a change on disk first, so that it happens once, whatever dies."""
        if not command.writes:
            return None if self.pool.submit(lambda: self.workshop.read(ticket)) else self._full()
        if self.pool.full:
            return self._full()
        try:
            with self.workshop.database.begin(write=True, patience=PATIENCE) as tx:
                fresh = inbox.accept(tx, ticket.key, ticket.written(), at=ticket.received_at)
        except Busy:
            return blocks.marked(_("The database is busy, and nothing was recorded. Please try again."))
        if not fresh:
            return blocks.marked(_("This was recorded before; nothing was done twice."))
        # if the pool has filled up meanwhile, the sweeper finds it
        self._carry_out(ticket.key)
        return None

    def _carry_out(self, key: str) -> bool:
        """Queue a kept request, unless it is queued or under way here already."""
        if key in self.under_way:
            return False
        self.under_way.add(key)

        def work() -> None:
            try:
                person = self.workshop.write(key)
            finally:
                self.under_way.discard(key)
            if person:
                self._refresh_home(person)

        if not self.pool.submit(work):
            self.under_way.discard(key)
            return False
        return True

    def _full(self) -> str:
        REFUSED_FULL.inc()
        return blocks.marked(_("I have too much to do right now, and nothing was recorded. Please try again in a minute."))

    def sweep(self, *, older_than: timedelta) -> int:
        """Carry out what was kept and not done, by this process or one that died."""
        with self.workshop.database.begin() as tx:
            keys = inbox.left_over(tx, before=self.workshop.clock.now() - older_than)
        return sum(self._carry_out(key) for key in keys)

    # --- buttons and shortcuts -----------------------------------------------------------------------------------

    def press(self, body: Mapping[str, Any]) -> None:
        """Take a press of a button; whatever there is to say goes to the presser alone."""
        action, user = body["actions"][0], body["user"]["id"]
        with reading(self.workshop.people.person(user).reader):
            if action["action_id"] == "form.open":
                self._reopen(body, str(action.get("value")), user)
                return
            if action["action_id"].startswith("form.new:") and (wanted := registry().commands.get(str(action.get("value")))):
                self._open_later(self._ticket(f"press {body['trigger_id']}", wanted, {}, user, body), body["trigger_id"])
                return
            command = registry().actions.get(action["action_id"].partition(":")[0])
            if command is None:
                ticket = self._ticket("unknown press", registry().commands["help"], {}, user, body)
                self._say(ticket, blocks.marked(_("I no longer know this button. Please ask again with /risk.")))
                return
            first = next(arguments(command.args)).name
            key = f"press {user} {action.get('action_ts')} {action['action_id']} {action.get('value')}"
            ticket = self._ticket(key, command, {first: action.get("value")}, user, body)
            if inline.Asked(command, ticket.values).missing:
                said = self._open_later(ticket, body["trigger_id"])
            else:
                try:
                    inline.check(command, ticket.values)
                    said = self._take(command, ticket)
                except Refused as error:
                    said = blocks.marked(error.sentence)
            if said:
                self._say(ticket, said)

    def _say(self, ticket: Ticket, text: str) -> None:
        """Tell the asker something without making them wait for it."""
        if not self.pool.submit(lambda: self.workshop.answer(ticket, Reply(text)), priority=URGENT):
            log.warning("there was no room even to say no", extra={"user": ticket.person})

    def shortcut(self, body: Mapping[str, Any]) -> None:
        """Open the form of a shortcut; a message's text is its beginning."""
        shortcut = registry().shortcuts.get(body["callback_id"])
        if shortcut is None:
            return
        command, message = registry().commands[shortcut.command], body.get("message") or {}
        user = body["user"]["id"]
        ticket = self._ticket(f"shortcut {body['trigger_id']}", command, {}, user, body)

        def open_it() -> None:
            values: Mapping[str, Any] = {}
            if shortcut.prefill is not None:
                values = shortcut.prefill(str(message.get("text") or ""), self._permalink(body))
            self._open(ticket, values, body["trigger_id"])

        if not self.pool.submit(lambda: self.workshop.heard(ticket, open_it), priority=URGENT):
            self._say(ticket, self._full())

    def _permalink(self, body: Mapping[str, Any]) -> str | None:
        try:
            return str(self.workshop.client.chat_getPermalink(channel=body["channel"]["id"], message_ts=body["message_ts"])["permalink"])
        except Exception:  # a link is worth having, not worth failing for
            return None

    # --- forms -----------------------------------------------------------------------------------------------------

    def _open_later(self, ticket: Ticket, trigger: str) -> str | None:
        opened = self.pool.submit(lambda: self.workshop.heard(ticket, lambda: self._open(ticket, ticket.values, trigger)), priority=URGENT)
        return None if opened else self._full()

    def _open(self, ticket: Ticket, values: Mapping[str, Any], trigger: str) -> None:
        """Open a command's form, filled in as far as values are given."""
        command = registry().asked(ticket.command)
        assert command is not None, "a ticket names what is in the registry"
        person = self.workshop.people.person(ticket.person)
        with reading(person.reader):
            try:
                view = self._form(command, values, ticket)
            except (Refused, Refusal) as error:
                self.workshop.answer(ticket, refusal((in_words(error) if isinstance(error, Refusal) else error).sentence))
                return
            if self.workshop.clock.now() - ticket.received_at > TRIGGER_LIFE:
                self._offer(ticket, command, values)
                return
            try:
                self.workshop.client.views_open(trigger_id=trigger, view=view)
            except Exception as error:  # the trigger has expired or was used; the button brings a fresh one
                log.warning("views.open failed", extra={"command": command.name, "error": str(error)[:200]})
                self._offer(ticket, command, values)

    def _form(self, command: Command, values: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
        request = self.workshop.request(ticket, self.workshop.people.person(ticket.person))
        with self.workshop.database.begin() as tx:
            about = command.ready(values, request, tx) if command.ready else None
            given, labels, notes = dict(values), {}, [about] if about else []
            for argument in arguments(command.args):
                if argument.ask.options and argument.name in given and not argument.is_reference:
                    typed = str(given.pop(argument.name))
                    meant = registry().options[argument.ask.options].meant(typed, request, tx)
                    if meant:
                        labels[argument.name], given[argument.name] = meant
                    else:
                        notes.append(str(_("“{text}” may mean several or none: please choose.").format(text=typed)))
        return form(command, given, request.policy, channel=ticket.channel, labels=labels, notes=notes)

    def _offer(self, ticket: Ticket, command: Command, values: Mapping[str, Any]) -> None:
        """A button that opens the form, for when Slack's three seconds were over."""
        now = self.workshop.clock.now()
        kept = Answer(uuid.uuid4().hex, command.name, dict(values), ticket.person, now, now + timedelta(days=1))
        with self.workshop.database.begin(write=True) as tx:
            answers.keep(tx, kept)
        sentence = _("The form took too long to open.")
        self.workshop.answer(
            ticket, Reply(str(sentence), [blocks.paragraph(sentence), blocks.buttons(blocks.button("form.open", _("Open form"), kept.key))])
        )

    def _reopen(self, body: Mapping[str, Any], key: str, user: str) -> None:
        with self.workshop.database.begin() as tx:
            kept = answers.get(tx, key, now=self.workshop.clock.now())
        command = registry().asked(kept.command) if kept else None
        if kept is None or command is None:
            ticket = self._ticket(f"press {body['trigger_id']}", registry().commands["help"], {}, user, body)
            self._say(ticket, blocks.marked(_("This form has expired. Please ask again.")))
            return
        ticket = self._ticket(f"press {body['trigger_id']}", command, kept.arguments, user, body)
        self._open_later(ticket, body["trigger_id"])

    def submit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Carry a form out whole; what to acknowledge it with: nothing, errors under the fields, or a refusal in its place."""
        view, user = body["view"], body["user"]["id"]
        command = registry().asked(view["callback_id"])
        if command is None:
            return {}
        values, channel = filled_in(view)
        ticket = Ticket(f"view {view['id']} {view.get('hash')}", command.name, values, user, self.workshop.clock.now(), channel)
        with reading(self.workshop.people.person(user).reader):
            try:
                reply = self.workshop.change_now(ticket, patience=PATIENCE)
            except (Refused, Refusal) as error:
                return _refused_form(view, command, values, in_words(error) if isinstance(error, Refusal) else error)
            except Busy:
                return _under_the_first_field(view, _("The database is busy, and nothing was recorded. Please try again."))
            except Exception:  # the asker must not be left with a form that does nothing
                mark = reference()
                log.exception("a form failed", extra={"reference": mark, "command": command.name, "user": user})
                return _under_the_first_field(view, broken(mark))
        # the effect is on record; the answer is best effort
        self.pool.submit(lambda: self.workshop.answer(ticket, reply), priority=URGENT)
        if command.writes:
            self._fill(lambda: self._refresh_home(user))
        return {}

    def options(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The options of a searching select."""
        command = registry().asked((body.get("view") or {}).get("callback_id", ""))
        argument = next((one for one in arguments(command.args) if one.name == body["block_id"]), None) if command else None
        if command is None or argument is None or argument.ask.options is None:
            return []
        user = body["user"]["id"]
        ticket = self._ticket("options", command, {}, user, body)
        person = self.workshop.people.person(user)
        request = self.workshop.request(ticket, person)
        with reading(person.reader), self.workshop.database.begin() as tx:
            found = registry().options[argument.ask.options].find(body.get("value") or "", request, tx)
        return [blocks.option(label, value) for label, value in found[: blocks.OPTIONS]]

    # --- events ------------------------------------------------------------------------------------------------------

    def greet(self, body: Mapping[str, Any]) -> None:
        """Answer a message to the bot, or a mention: a question as /risk would, anything else with help; once an event."""
        event = body["event"]
        if ticket := self._question(body):
            self._once(body, lambda tx: None, then=lambda: self.pool.submit(lambda: self.workshop.read(ticket)))
            return
        thread = event.get("thread_ts") or (event.get("ts") if event["type"] == "app_mention" else None)
        self._once(body, lambda tx: self._help(tx, body["event_id"], event["channel"], event["user"], thread))

    def _question(self, body: Mapping[str, Any]) -> Ticket | None:
        """What a message asks, if its words are a question that /risk knows; a change is asked for with /risk alone."""
        event = body["event"]
        line = re.sub(r"^\s*(<@[UW][A-Z0-9]+(\|[^>]*)?>)?\s*(/risk\b)?", "", str(event.get("text") or ""))
        word = line.split(maxsplit=1)[0].lower() if line.split() else ""
        if word not in registry().commands or registry().commands[word].writes:
            return None
        try:
            asked = inline.read(registry(), line)
            asked.checked()
        except Refused:
            return None
        # in a channel the asker alone reads the answer; a direct message has nobody else
        channel = None if event.get("channel_type") == "im" else event["channel"]
        return Ticket(f"event {body['event_id']}", asked.command.name, asked.values, event["user"], self.workshop.clock.now(), channel)

    def refuse(self, body: Mapping[str, Any], sentence: Text) -> None:
        """Tell somebody who may not talk to the bot so, once an event."""
        event = body["event"]
        if event.get("type") == "app_home_opened" and event.get("tab") == "home":
            self._fill(lambda: self._show_home(event["user"], [blocks.paragraph(sentence)]))
        if event.get("type") in {"message", "app_mention"} and event.get("channel"):
            facts = {"text": blocks.marked(sentence), "blocks": [], "thread_ts": event.get("ts")}
            self._once(
                body, lambda tx: self._queue(tx, "answer", facts, event["channel"], body["event_id"], "somebody without access wrote")
            )

    def turn_away(self, body: Mapping[str, Any], sentence: Text) -> None:
        """Tell somebody who may not press this button so."""
        self._say(self._ticket("turned away", registry().commands["help"], {}, body["user"]["id"], body), blocks.marked(sentence))

    def home(self, body: Mapping[str, Any]) -> None:
        """Fill the Home tab; whoever opens the messages for the first time is greeted there."""
        event = body["event"]
        if event.get("tab") == "messages":
            self._once(body, lambda tx: self._welcome(tx, body["event_id"], event))
            return
        self._fill(lambda: self._open_home(event["user"]))

    def _open_home(self, user: str) -> None:
        try:
            with self.workshop.database.begin(write=True, patience=PATIENCE) as tx:
                visits.visited(tx, user, at=self.workshop.clock.now())
        except Busy:
            # what moved since the visit before is then shown once more
            log.info("a visit at Home was not written down")
        self._publish(user)

    def _refresh_home(self, user: str) -> None:
        """Fill the Home of somebody who has just changed something, if they ever look at it."""
        with self.workshop.database.begin() as tx:
            known = visits.knows_home(tx, user)
        if known:
            self._publish(user)

    def _fill(self, publish: Callable[[], None]) -> None:
        if not self.pool.submit(publish):
            log.warning("Home was not filled: the pool is full")

    def _publish(self, user: str) -> None:
        person = self.workshop.people.person(user)
        ticket = Ticket(f"home {user}", "help", {}, user, self.workshop.clock.now())
        request = self.workshop.request(ticket, person)
        with reading(person.reader), self.workshop.database.begin() as tx:
            body = home_texts.home(request, tx)
        self._show_home(user, body)

    def _show_home(self, user: str, body: Blocks) -> None:
        view = {"type": "home", "blocks": blocks.fit(body, most=blocks.VIEW_BLOCKS)}
        try:
            self.workshop.client.views_publish(user_id=user, view=view)
        except Exception as error:  # Home is filled again at the next opening; somebody who has left has none
            log.warning("views.publish failed", extra={"user": user, "error": type(error).__name__})

    def _welcome(self, tx: Tx, event_id: str, event: Mapping[str, Any]) -> None:
        if greetings.first_time(tx, event["user"], at=self.workshop.clock.now()):
            self._help(tx, event_id, event["channel"], event["user"], None)

    def _help(self, tx: Tx, event_id: str, channel: str, user: str, thread: str | None) -> None:
        self._queue(tx, "help", {"thread_ts": thread, "reader": user}, channel, event_id, "somebody wrote to the bot")

    def _queue(self, tx: Tx, notice: str, facts: Mapping[str, Any], channel: str, event_id: str, reason: str) -> None:
        thread = f"event {event_id}"
        deliveries.enqueue(
            tx, notice, facts=facts, audience=f"channel:{channel}", reason=reason, thread=thread, at=self.workshop.clock.now(), dedup=thread
        )

    def _once(self, body: Mapping[str, Any], effect: Callable[[Tx], None], then: Callable[[], object] = lambda: None) -> None:
        """Let an event take effect once, however often Slack sends it; ``then`` comes after the commit."""
        kept = {"type": body["event"].get("type"), "user": body["event"].get("user")}
        with self.workshop.database.begin(write=True, patience=PATIENCE) as tx:
            fresh = inbox.accept(tx, f"event {body['event_id']}", kept, at=self.workshop.clock.now(), state=inbox.DONE)
            if fresh:
                effect(tx)
        if fresh:
            then()
        self.workshop.courier.wake()


def _refused_form(view: Mapping[str, Any], command: Command, values: Mapping[str, Any], refused: Refused) -> dict[str, Any]:
    """Errors under their fields; what is about no field of the form takes its place."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    try:
        command.args.model_validate(dict(values))
        faults: Mapping[str, Text] = {refused.field or "": refused.sentence}
    except ValidationError as error:
        faults = explain(command.args, error)
    errors = {field: blocks.cut(str(sentence), 150 * 2) for field, sentence in faults.items() if field in inputs}
    return {"response_action": "errors", "errors": errors} if errors else _in_place(view, refused.sentence)


def _under_the_first_field(view: Mapping[str, Any], sentence: Text) -> dict[str, Any]:
    """What went wrong, without losing what was typed."""
    first = next((block["block_id"] for block in view["blocks"] if block["type"] == "input"), None)
    return {"response_action": "errors", "errors": {first: str(sentence)}} if first else _in_place(view, sentence)


def _in_place(view: Mapping[str, Any], sentence: Text) -> dict[str, Any]:
    body = {"type": "section", "text": {"type": "mrkdwn", "text": blocks.marked(sentence)}}
    title = {"type": "plain_text", "text": view["title"]["text"], "emoji": True}
    return {"response_action": "update", "view": {"type": "modal", "title": title, "close": blocks.plain(_("Close"), 24), "blocks": [body]}}
