"""Replies to mistyped words: the mistake, the nearest word, and the accepted ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from rapidfuzz.distance import OSA

from commands.kit.contract import Args, Refused
from commands.kit.i18n import Text, _, listed
from commands.kit.input.fields import Argument, arguments
from commands.kit.input.plain import folded
from commands.kit.registry import Registry
from risk_engine.characters import shown


class Unknown(Refused):
    """The first word is no command; the line may be a customer's name, or a question.

    Attributes:
        line: the whole line.
        near: the command that it resembles.
    """

    def __init__(self, sentence: Text, line: str, near: str | None) -> None:
        super().__init__(sentence)
        self.line, self.near = line, near


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a typing error turned into this one: one wrong letter in four, two in eight; None if there is none."""
    typed = folded(word)
    spelled = {folded(one): one for one in known}
    distances = {one: OSA.distance(typed, one) for one in spelled if one}
    best = min(distances, key=lambda one: (distances[one], abs(len(one) - len(typed))), default=None)
    return spelled[best] if best is not None and distances[best] <= _errors(min(len(typed), len(best))) else None


def _errors(length: int) -> int:
    """Return how many typing errors a word of this length may have and still be recognised."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 10 else 3


def unknown_word(registry: Registry, word: str, line: str = "") -> Unknown:
    """Return the refusal of a word that is no command."""
    near = nearest(word, registry.commands)
    if near is not None:
        sentence = _("There is no command “{word}”. Did you mean `/risk {nearest}`? `/risk help` lists all commands.")
        return Unknown(sentence.format(word=_short(word), nearest=near), line, near)
    return Unknown(_("There is no command “{word}”. `/risk help` lists all commands.").format(word=_short(word)), line, None)


def unknown_second(command: str, word: str, known: Sequence[str]) -> Refused:
    """Return the refusal of an invalid second word of a command."""
    if near := nearest(word, known):
        return Refused(
            _("`{command}` has no “{word}”. Did you mean `/risk {command} {nearest}`?").format(
                word=_short(word), command=command, nearest=near
            )
        )
    return Refused(
        _("`{command}` has no “{word}”: expected one of {choices}.").format(word=_short(word), command=command, choices=listed(known))
    )


def unknown_option(word: str, known: Mapping[str, Argument]) -> Refused:
    """Return the refusal of a ``word=value`` that fits no argument."""
    if near := nearest(word, known):
        return Refused(_("There is no option “{word}”. Did you mean `{near}=`?").format(word=word, near=near))
    return Refused(_("There is no option “{word}”; there are: {names}.").format(word=word, names=listed(known)))


def explain(model: type[Args], error: ValidationError, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the faults by argument: name, value as it was given, and accepted values."""
    known = {argument.name: argument for argument in arguments(model)}
    faults: dict[str, Any] = {}
    for fault in error.errors():
        name = str(fault["loc"][0]) if fault["loc"] else next(iter(known))
        argument = known.get(name)
        value = str(given.get(name, fault["input"]))
        if argument is None:
            faults[name] = _("“{name}” is not one of: {names}.").format(name=name, names=listed(known))
        elif fault["type"] == "missing":
            faults[name] = _("{name} is missing: expected {accepted}.").format(name=argument.ask.label, accepted=argument.accepted)
        elif fault["type"] == "character":
            sentence = _("{name} “{value}” contains a character that cannot be stored, {character}: remove it.")
            faults[name] = sentence.format(name=argument.ask.label, value=_short(shown(value)), **fault["ctx"])
        elif fault["type"] == "far_day":
            sentence = _("{name} “{value}” is not accepted: expected a day from {first} to {last}.")
            faults[name] = sentence.format(name=argument.ask.label, value=_short(value), **fault["ctx"])
        else:
            faults[name] = _not_accepted(argument, value)
    return faults


def _not_accepted(argument: Argument, value: str) -> Text:
    said = {"name": argument.ask.label, "value": shown(value[:60]), "accepted": argument.accepted}
    if near := nearest(value, [choice.value for choice in argument.choices]):
        return _("{name} “{value}” is not accepted: expected {accepted}. Did you mean `{near}`?").format(**said, near=near)
    return _("{name} “{value}” is not accepted: expected {accepted}.").format(**said)


def _short(word: str) -> str:
    return word if len(word) <= 30 else word[:29] + "…"
