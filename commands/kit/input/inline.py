"""Parsing of typed lines into a command and arguments: words in order, ``key=value`` by name, quotes group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from commands.kit.contract import Command, Refused
from commands.kit.i18n import _
from commands.kit.input import synonyms
from commands.kit.input.binding import bind, shown
from commands.kit.input.fields import arguments
from commands.kit.input.markup import Called, but_for_people, unescape, with_names
from commands.kit.input.mistyped import explain, unknown_second, unknown_word
from commands.kit.input.plain import plain
from commands.kit.input.stray_characters import storable
from commands.kit.input.tokens import Unclosed, Word, split
from commands.kit.registry import Registry
from risk_engine.characters import refused_in


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with the raw values from a line.

    Attributes:
        doubtful: a quotation mark was not closed: a form shows the values before anything is done.
    """

    command: Command
    values: Mapping[str, Any]
    doubtful: bool = False

    @property
    def missing(self) -> list[str]:
        """Return the arguments that a form must still ask for."""
        asked = (argument for argument in arguments(self.command.args) if argument.required or argument.ask.asked)
        return [argument.name for argument in asked if argument.name not in self.values]

    def check_given(self) -> None:
        """Refuse a wrong value before a form asks for the others.

        Raises:
            Refused: names the argument, the value and the accepted values.
        """
        try:
            self.command.args.model_validate(dict(self.values))
        except ValidationError as error:
            faults = explain(self.command.args, error, self.values)
            if wrong := next((name for name in faults if name in self.values), None):
                raise Refused(faults[wrong], field=wrong) from error

    def checked(self) -> Any:
        """Return the validated arguments.

        Raises:
            Refused: names the argument, the value and the accepted values.
        """
        return check(self.command, self.values)


def read(registry: Registry, line: str, *, today: date | None = None, called: Called = str) -> Asked:
    """Parse the text after ``/risk``.

    Args:
        today: the reader's date, for ``tomorrow`` and the like.
        called: gives somebody's name by their id, for a mention in free text.

    Raises:
        Unknown: the first word is no command.
        Refused: a word fits no argument, or a character is refused.
    """
    line = storable(unescape(but_for_people(line)))
    if character := refused_in(line):
        raise Refused(_("Your line contains a character that cannot be stored, {character}: remove it.").format(character=character))
    words = split(line)
    if not words:
        return Asked(registry.commands["help"], {})
    command, taken, given = _command(registry, words, line)
    if taken == 1:
        _check_second(registry, command, words)
    command, doubtful = _with_more(registry, command, words[taken:]), False
    try:
        bound = bind(command, words[taken:], line, today)
    except Unclosed:
        if not command.writes:
            raise
        # the text reaches to the end of the line, as far as can be told
        line, doubtful = f'{line}"', True
        bound = bind(command, split(line)[taken:], line, today)
    return Asked(command, shown(command, {**given, **bound}, lambda text: with_names(text, called)), doubtful)


def _command(registry: Registry, words: list[Word], line: str) -> tuple[Command, int, dict[str, str]]:
    """Return the command of a line, the number of words that name it, and the values that they imply.

    Raises:
        Unknown: the first word is no command, no other word for one and no id.
    """
    # "digest pause" is a command of two words
    spelled = [" ".join(plain(word.text).lower() for word in words[:taken]) for taken in (2, 1) if not words[0].key]
    for taken, name in zip((2, 1), spelled, strict=False):
        if command := registry.commands.get(name):
            return command, taken, {}
    for taken, name in zip((2, 1), spelled, strict=False):
        if stands_for := synonyms.line_for(name):
            name, implied = _implied(stands_for)
            return registry.commands[name], min(taken, len(words)), implied
    if len(words) == 1 and not words[0].key and re.search(r"[0-9]", plain(words[0].text)):
        return registry.commands["show"], 0, {}
    raise unknown_word(registry, words[0].text, line)


def _implied(line: str) -> tuple[str, dict[str, str]]:
    """Return the command of a line such as ``show view=trend``, and its values."""
    words = line.split()
    names = [word for word in words if "=" not in word]
    values = dict(word.split("=", 1) for word in words if "=" in word)
    if names[0] == "list" and len(names) > 1:
        values["what"] = names.pop()
    return " ".join(names), values


def _check_second(registry: Registry, command: Command, words: list[Word]) -> None:
    """Refuse an unknown second word of a command, as in "digest subscibe"."""
    seconds = [name.partition(" ")[2] for name in registry.commands if name.startswith(f"{command.name} ")]
    if not seconds or len(words) < 2 or words[1].quoted or words[1].key:
        return
    first = next(arguments(command.args))
    if not first.choices:
        # the first argument is free text
        return
    choices = [choice.value for choice in first.choices]
    if synonyms.choice(type(first.choices[0]), words[1].text) is None:
        raise unknown_second(command.name, words[1].text, [*choices, *seconds])


def _with_more(registry: Registry, command: Command, words: list[Word]) -> Command:
    """Return the longer command if more words follow than this one takes."""
    if not command.more:
        return command
    known, longer = {argument.name: argument for argument in arguments(command.args)}, registry.commands[command.more]
    loose = [word for word in words if not word.key or word.key.lower() not in known]
    if any(argument.ask.rest for argument in known.values()):
        # a text or a customer may have several words: only those that the longer command alone knows tell it apart
        return longer if any(_is_for(longer, word) for word in loose[1:]) else command
    return longer if len(loose) > 1 else command


def _is_for(command: Command, word: Word) -> bool:
    """Return True if a word after the first belongs to an argument of a command: by its name, its quotes, or as a choice."""
    known = {argument.name: argument for argument in arguments(command.args)}
    if word.quoted or word.key:
        return word.key is None or word.key.lower() in known
    return any(synonyms.choice(type(one.choices[0]), word.text) is not None for one in known.values() if one.choices)


def check(command: Command, values: Mapping[str, Any]) -> Any:
    """Validate raw values as a command's arguments.

    Raises:
        Refused: the first refused value, with its name and the accepted values.
    """
    try:
        return command.args.model_validate(dict(values))
    except ValidationError as error:
        faults = explain(command.args, error, values)
        name, sentence = next(iter(faults.items()))
        raise Refused(sentence, field=name) from error
