"""Forms: opened within the trigger's life, searchable, and carried out before they are acknowledged."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from bot.logs import reference
from bot.receiving.request_queue import RequestQueue
from bot.working.desk import BUTTON_PATIENCE, PATIENCE
from bot.working.executor import Executor
from bot.working.outcomes import LOST, broken, refusal
from bot.working.pool import URGENT
from bot.working.ticket import Ticket
from bot.working.welcome import NotWelcome
from commands.kit import blocks
from commands.kit.access.authority import NotAllowed
from commands.kit.contract import Command, Refused, Reply
from commands.kit.i18n import Text, _, pgettext, reading
from commands.kit.input import customer
from commands.kit.input.fields import arguments
from commands.kit.input.forms import filled_in, form
from commands.kit.input.mistyped import explain
from commands.kit.registry import registry
from commands.kit.wording import trouble_words
from risk_engine.people.roles import Right
from risk_engine.refusals import Refusal
from storage.database import Busy, Gone, Tx
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.sight import NOTHING

log = logging.getLogger(__name__)

# a trigger lives three seconds: after two of waiting a button is offered instead
TRIGGER_LIFE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Forms:
    """Opening and submission of forms."""

    executor: Executor
    request_queue: RequestQueue

    def open_later(self, ticket: Ticket, trigger: str) -> str | None:
        """Open a form ahead of waiting requests; return the reply if there is no room."""
        opened = self.request_queue.pool.submit(
            lambda: self.executor.heard(ticket, lambda: self.open(ticket, ticket.values, trigger)), priority=URGENT
        )
        return None if opened else self.request_queue.full()

    def open(self, ticket: Ticket, values: Mapping[str, Any], trigger: str) -> None:
        """Open a command's form, filled with the given values."""
        command = registry().asked(ticket.command)
        assert command is not None, "a ticket names what is in the registry"
        person = self.executor.people.person(ticket.person)
        with reading(person.reader):
            try:
                view = self._form(command, values, ticket)
            except (Refused, Refusal) as error:
                self.executor.answer(ticket, refusal(registry().refused(error).sentence))
                return
            if self.executor.clock.now() - ticket.received_at > TRIGGER_LIFE:
                self._offer(ticket, command, values)
                return
            try:
                self.executor.client.views_open(trigger_id=trigger, view=view)
            except Exception as error:  # the trigger has expired or was used; the button brings a fresh one
                log.warning("views.open failed", extra={"command": command.name, "error": str(error)[:200]})
                self._offer(ticket, command, values)

    def _form(self, command: Command, values: Mapping[str, Any], ticket: Ticket) -> dict[str, Any]:
        person = self.executor.people.person(ticket.person)
        with self.executor.looking(ticket, person, command.right) as (request, tx):
            about = command.ready(values, request, tx) if command.ready else None
            if command.fills:
                values = {**command.fills(values, request, tx), **values}
            given, labels, notes = dict(values), {}, [about] if about else []
            for argument in arguments(command.args):
                if argument.ask.options and argument.name in given and not argument.is_reference:
                    typed = str(given.pop(argument.name))
                    text = _free_text(command, given) if argument.ask.options == "customer" else None
                    if text and (split := customer.leading(tx, typed)):
                        # log Vltava Kov lost its main buyer: the name, and then the title
                        labels[argument.name], given[argument.name] = customer.label(split[0]), customer.typed(split[0].id)
                        given[text] = split[1]
                    elif meant := registry().options[argument.ask.options].meant(typed, request, tx):
                        labels[argument.name], given[argument.name] = meant
                    else:
                        notes.append(str(_("“{text}” matches several or none: please choose.").format(text=typed)))
        return form(command, given, request.policy, channel=ticket.channel, labels=labels, notes=notes)

    def open_with(self, ticket: Ticket, prefill: Callable[[Tx], Mapping[str, Any]], trigger: str) -> None:
        """Open a form with values that are looked up only after checking the person's rights."""
        command = registry().asked(ticket.command)
        assert command is not None, "a ticket names what is in the registry"
        person = self.executor.people.person(ticket.person)
        with reading(person.reader):
            try:
                with self.executor.looking(ticket, person, command.right) as (_request, tx):
                    values = prefill(tx)
            except Refused as error:
                self.executor.answer(ticket, refusal(error.sentence))
                return
        self.open(ticket, values, trigger)

    def _offer(self, ticket: Ticket, command: Command, values: Mapping[str, Any]) -> None:
        """Offer a button that opens the form, after Slack's three seconds are over."""
        now = self.executor.clock.now()
        kept = Answer(uuid.uuid4().hex, command.name, dict(values), ticket.person, now, now + timedelta(days=1))
        with self.executor.database.begin(NOTHING, write=True) as tx:
            answers.keep(tx, kept)
        sentence = _("The form took too long to open.")
        self.executor.answer(
            ticket, Reply(str(sentence), [blocks.paragraph(sentence), blocks.buttons(blocks.button("form.open", _("Open form"), kept.key))])
        )

    def reopen(self, body: Mapping[str, Any], key: str, user: str) -> None:
        """Open the form of an offered button."""
        self.executor.notes.written(key, patience=BUTTON_PATIENCE)
        with self.executor.database.begin(NOTHING) as tx:
            kept = answers.get(tx, key, now=self.executor.clock.now())
        command = registry().asked(kept.command) if kept else None
        # typed text stays with its author
        if kept is None or command is None or kept.person != user:
            ticket = self.request_queue.ticket(f"press {body['trigger_id']}", registry().commands["help"], {}, user, body)
            self.request_queue.say(ticket, blocks.marked(_("This form has expired. Please ask again.")))
            return
        ticket = self.request_queue.ticket(f"press {body['trigger_id']}", command, kept.arguments, user, body)
        self.open_later(ticket, body["trigger_id"])

    def submit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a form; return its acknowledgement: nothing, errors under the fields, or a refusal."""
        view, user = body["view"], body["user"]["id"]
        command = registry().asked(view["callback_id"])
        if command is None:
            return {}
        values, channel = filled_in(view, self.executor.people.name_of)
        ticket = Ticket(f"view {view['id']} {view.get('hash')}", command.name, values, user, self.executor.clock.now(), channel)
        with reading(self.executor.people.person(user).reader):
            try:
                reply = self.executor.change_now(ticket, patience=PATIENCE)
            except (Refused, Refusal) as error:
                return _refused_form(view, command, values, registry().refused(error))
            except Gone:
                return _under_the_first_field(view, LOST)
            except Busy as error:
                return _under_the_first_field(view, trouble_words.not_kept(error))
            except Exception:  # the asker must not be left with a form that does nothing
                mark = reference()
                log.exception("a form failed", extra={"reference": mark, "command": command.name, "user": user})
                return _under_the_first_field(view, broken(mark))
        # the effect is on record; the answer is best effort
        self.request_queue.pool.submit(lambda: self.executor.answer(ticket, reply), priority=URGENT)
        if command.writes:
            self.request_queue.homes.fill(lambda: self.request_queue.homes.refresh(user))
        return {}

    def options(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the options of a searching select."""
        command = registry().asked((body.get("view") or {}).get("callback_id", ""))
        argument = next((one for one in arguments(command.args) if one.name == body["block_id"]), None) if command else None
        if command is None or argument is None or argument.ask.options is None:
            return []
        user = body["user"]["id"]
        ticket = self.request_queue.ticket("options", command, {}, user, body)
        person, source = self.executor.people.person(user), registry().options[argument.ask.options]
        try:
            # a list names customers and entries: readers without the right get none
            with reading(person.reader), self.executor.looking(ticket, person, command.right, Right.READ) as (request, tx):
                found = source.find(body.get("value") or "", request, tx)[: blocks.OPTIONS]
                about = source.described([value for _label, value in found], request, tx)
        except (NotAllowed, NotWelcome):
            return []
        return [blocks.option(label, value, about.get(value, "")) for label, value in found]


def _free_text(command: Command, given: Mapping[str, Any]) -> str | None:
    """Return the free text that a command needs and a line has not given."""
    return next((one.name for one in arguments(command.args) if one.is_free and one.required and one.name not in given), None)


def _refused_form(view: Mapping[str, Any], command: Command, values: Mapping[str, Any], refused: Refused) -> dict[str, Any]:
    """Return errors under their fields, or a refusal in place of the form."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    try:
        command.args.model_validate(dict(values))
        faults: Mapping[str, Text] = {refused.field or "": refused.sentence}
    except ValidationError as error:
        faults = explain(command.args, error, values)
    errors = {field: blocks.cut(str(sentence), 150 * 2) for field, sentence in faults.items() if field in inputs}
    return {"response_action": "errors", "errors": errors} if errors else _in_place(view, refused.sentence)


def _under_the_first_field(view: Mapping[str, Any], sentence: Text) -> dict[str, Any]:
    """Return an error that keeps the typed values."""
    first = next((block["block_id"] for block in view["blocks"] if block["type"] == "input"), None)
    return {"response_action": "errors", "errors": {first: str(sentence)}} if first else _in_place(view, sentence)


def _in_place(view: Mapping[str, Any], sentence: Text) -> dict[str, Any]:
    body = {"type": "section", "text": {"type": "mrkdwn", "text": blocks.marked(sentence)}}
    title = {"type": "plain_text", "text": view["title"]["text"], "emoji": True}
    return {
        "response_action": "update",
        "view": {"type": "modal", "title": title, "close": blocks.plain(pgettext("form", "Close"), 24), "blocks": [body]},
    }
