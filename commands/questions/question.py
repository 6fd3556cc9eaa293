"""The answer to a question in plain words: the command that it means, run at once if that is clear and only reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.access.authority import demand
from commands.kit.contract import Args, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, pgettext, sentences
from commands.kit.input import inline
from commands.kit.input.customer import PREFIX
from commands.kit.input.fields import Ask, arguments
from commands.kit.input.inline import Asked
from commands.kit.input.mistyped import unknown_word
from commands.kit.registry import registry
from commands.questions import conditions
from commands.questions.understanding import Understood, understand
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.database import Tx

# the readings that are offered
OFFERED = 3


class QuestionArgs(Args):
    text: Annotated[str, Field(min_length=1, max_length=3000), Ask(_("Question"), hidden=True)]


def meant_by(args: QuestionArgs, request: Request, tx: Tx) -> tuple[Command, Any, Request]:
    """Return the command that a question means, which shows how it was understood; or the choice between several.

    Raises:
        Refused: nothing in it is understood, or the right for the answer is missing.
    """
    found = understand(args.text, tx, request.today)
    readings = [inline.read(registry(), line, today=request.today) for line in found.lines[:OFFERED]]
    if not readings and found.left:
        raise Refused(_turned_round(found))
    if not readings:
        raise unknown_word(registry(), args.text.split()[0])
    first = readings[0]
    demand(tx, request, first.command.right)
    if found.sure and len(readings) == 1 and not first.command.writes and not first.missing:
        typed = found.lines[0] == args.text.strip()
        explained = _explained(first.command.run, "" if typed else _note(found), _ignored(found))
        return replace(first.command, run=explained), first.checked(), request

    def choose(args: QuestionArgs, request: Request, tx: Tx) -> Reply:
        return _choice(found, readings, tx)

    return replace(QUESTION, stands_for=None, run=choose), args, request


def _turned_round(found: Understood) -> Text:
    """Return the refusal of a negation that no filter expresses."""
    said = listed(dict.fromkeys(condition.words for condition in found.left))
    return _("I cannot leave out what “{words}” excludes, and show no list that says the opposite. Please ask without it.").format(
        words=said
    )


def _note(found: Understood) -> str:
    said = str(_("Understood as /risk {line}").format(line=found.lines[0]))
    left = _("not understood: {words}").format(words=listed(found.unknown)) if found.unknown else None
    return f"{said} · {left}" if left else said


def _ignored(found: Understood) -> Text | None:
    """Return the filters that were said and that the answer does not have; None without any."""
    if not found.unused:
        return None
    said, names = dict.fromkeys(words for _name, words in found.unused), dict.fromkeys(name for name, _words in found.unused)
    sentence = _("Not narrowed by “{words}”: this answer cannot be filtered by {names}.")
    return sentence.format(words=listed(said), names=listed(str(_FILTERS[name]) for name in names))


_FILTERS = {
    "sector": pgettext("filter", "sector"),
    "country": pgettext("filter", "country"),
    "department": pgettext("filter", "department"),
    "manager": pgettext("filter", "manager"),
    "group": pgettext("filter", "group"),
    "colour": pgettext("filter", "colour"),
    "category": pgettext("filter", "risk category"),
    "stage": pgettext("filter", "stage"),
    "default": pgettext("filter", "default"),
    "grade": pgettext("filter", "grade"),
}


def _explained(run: Callable[[Any, Request, Tx], Reply], note: str, ignored: Text | None) -> Callable[[Any, Request, Tx], Reply]:
    """Return a command's answer with the filters that it lacks above it, and the line that was understood below it."""

    def explained(args: Any, request: Request, tx: Tx) -> Reply:
        reply = run(args, request, tx)
        if not note:
            return reply
        body = reply.blocks or [blocks.sentence(reply.text)]
        first = [blocks.sentence(ignored)] if ignored else []
        text = sentences(blocks.marked(ignored), reply.text) if ignored else reply.text
        told = [*first, *body, blocks.note(note)]
        return replace(reply, text=text, blocks=told, shareable=reply.shareable and bool(reply.blocks))

    return explained


def _choice(found: Understood, readings: Sequence[Asked], tx: Tx) -> Reply:
    """Return the readings as buttons, and help last; a change, or a line that lacks something, opens its form."""
    lines = list(zip(found.lines, readings, strict=False))
    asking = [(_named(line, asked, tx), QuestionArgs(text=line)) for line, asked in lines if not (asked.command.writes or asked.missing)]
    forms: list[tuple[Text, str, Mapping[str, Any]]] = [
        (_("Open form"), asked.command.name, asked.values)
        for _line, asked in lines
        if (asked.command.writes or asked.missing) and any(not one.ask.hidden for one in arguments(asked.command.args))
    ]
    sentence = _sentence(found, readings, has_form=bool(forms))
    helping = (_("What you can ask"), QuestionArgs(text="help"))
    return Reply(blocks.marked(sentence), [blocks.sentence(sentence)], pages=[*asking, helping], forms=forms)


def _named(line: str, asked: Asked, tx: Tx) -> Text:
    """Return the label of a reading: the customer that it is about, or its line."""
    id = str(asked.values.get("customer") or asked.values.get("thing") or "").removeprefix(PREFIX)
    name = masking.names(tx, [id]).get(id) if id else None
    if name is None:
        return Text(f"/risk {line}")
    return Text(name if name == id else f"{name} · {id}")


def _sentence(found: Understood, readings: Sequence[Asked], *, has_form: bool) -> Text:
    line = found.lines[0]
    if readings[0].command.writes:
        if has_form:
            return _("I understood `/risk {line}`. Nothing has been changed yet: check it in the form and send it.").format(line=line)
        return _("I understood `/risk {line}`, which changes something: type it to do it.").format(line=line)
    if found.left:
        sentence = _("I cannot apply “{words}” here. Without that condition I can show you this:")
        return sentence.format(words=conditions.spoken(found.left))
    if unclear := [*found.unknown, *(words for _name, words in found.unused)]:
        return _("I did not understand “{words}”. Did you mean this?").format(words=listed(unclear))
    return _("I am not sure what you mean. Did you mean one of these?")


QUESTION = Command(
    "find.ask",
    QuestionArgs,
    lambda args, request, tx: Reply(""),
    right=Right.READ,
    summary=_("Answer a question in plain words"),
    classification=Secrecy.CONFIDENTIAL,
    stands_for=meant_by,
)
ACTIONS = [QUESTION]
