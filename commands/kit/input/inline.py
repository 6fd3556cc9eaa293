"""Parsing of typed lines into a command and arguments: words in order, ``key=value`` by name, quotes group."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from commands.kit.contract import Command, Refused
from commands.kit.i18n import _, listed
from commands.kit.input.fields import Argument, arguments
from commands.kit.input.mistyped import explain, unknown_option, unknown_second, unknown_word
from commands.kit.input.stray_characters import storable
from commands.kit.registry import Registry
from risk_engine.characters import refused_in

# straight and curly double quotes group; an apostrophe is a letter
_OPENING, _CLOSING = '"“„«', '"”“»'
_TOKEN = re.compile(rf'\s*(?:(?P<key>[A-Za-z_]+)=)?(?:[{_OPENING}](?P<quoted>[^"”“»]*)[{_CLOSING}]|(?P<word>\S+))')
LONGEST_LINE = 3000


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a line with its position, so that a rest keeps its spaces."""

    text: str
    key: str | None
    quoted: bool
    start: int
    end: int


def split(line: str) -> list[Word]:
    """Return the words of a line.

    Raises:
        Refused: a quote is not closed, or the line is too long.
    """
    if len(line) > LONGEST_LINE:
        raise Refused(_("Your line has {n} characters; at most {most} are accepted.").format(n=len(line), most=LONGEST_LINE))
    words = []
    for match in _TOKEN.finditer(line):
        quoted = match["quoted"] is not None
        text = match["quoted"] if quoted else match["word"]
        if not quoted and text[0] in _OPENING:
            raise Refused(
                _("The quotation mark opened at {place} is not closed: close it, or leave it out.").format(
                    place=_excerpt(line[match.start() :])
                )
            )
        words.append(Word(text, match["key"], quoted, match.end() - len(match[0].lstrip()), match.end()))
    return words


def _excerpt(text: str) -> str:
    text = text.strip()
    return f"“{text[:20]}…”" if len(text) > 20 else f"“{text}”"


def unescape(text: str) -> str:
    """Return text with Slack's ``&amp; &lt; &gt;`` decoded; mentions keep their brackets."""
    return html.unescape(text) if re.search(r"&(amp|lt|gt);", text) else text


def readable(text: str) -> str:
    """Return text with readable mentions: ``<@U1|omar>`` becomes ``@omar``, ``<#C1|deals>`` becomes ``#deals``."""
    return re.sub(r"<([@#])[A-Z0-9]+\|([^<>|]+)>", r"\1\2", text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with the raw values from a line."""

    command: Command
    values: Mapping[str, Any]

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
            faults = explain(self.command.args, error)
            if wrong := next((name for name in faults if name in self.values), None):
                raise Refused(faults[wrong], field=wrong) from error

    def checked(self) -> Any:
        """Return the validated arguments.

        Raises:
            Refused: names the argument, the value and the accepted values.
        """
        return check(self.command, self.values)


def read(registry: Registry, line: str) -> Asked:
    """Parse the text after ``/risk``.

    Raises:
        Refused: the first word is no command (the nearest is named), a word fits no argument, or a character is refused.
    """
    line = storable(unescape(line))
    if character := refused_in(line):
        raise Refused(_("Your line contains a character that cannot be stored, {character}: remove it.").format(character=character))
    words = split(line)
    if not words:
        return Asked(registry.commands["help"], {})
    # "digest pause" is a command of two words
    for taken in (2, 1):
        command = registry.commands.get(" ".join(word.text.lower() for word in words[:taken]))
        if command is not None:
            if taken == 1:
                _check_second(registry, command, words)
            command = _with_more(registry, command, words[taken:])
            return Asked(command, _bind(command, words[taken:], line))
    raise unknown_word(registry, words[0].text)


def _check_second(registry: Registry, command: Command, words: list[Word]) -> None:
    """Refuse an unknown second word of a command, as in "digest subscibe"."""
    seconds = [name.partition(" ")[2] for name in registry.commands if name.startswith(f"{command.name} ")]
    if not seconds or len(words) < 2 or words[1].quoted or words[1].key:
        return
    choices = [choice.value for choice in next(arguments(command.args)).choices]
    if not choices:
        # the first argument is free text
        return
    if words[1].text.lower() not in choices:
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
    return any(word.text.lower() == choice.value for argument in known.values() for choice in argument.choices)


def _bind(command: Command, words: list[Word], line: str) -> dict[str, Any]:
    known = {argument.name: argument for argument in arguments(command.args) if not argument.ask.hidden}
    values: dict[str, Any] = {}
    loose: list[Word] = []
    # in a text, leverage=high is just words
    takes_text = any(argument.ask.rest for argument in known.values())
    for word in words:
        if word.key and word.key.lower() in known:
            _set(values, word.key.lower(), word.text)
        elif not word.quoted and not word.key and (lettered := _lettered(known.values(), word.text)):
            _set(values, *lettered)
        elif word.key and not takes_text:
            raise unknown_option(str(word.key), known)
        else:
            loose.append(word)
    open_names = [name for name, argument in known.items() if name not in values and not argument.ask.letter]
    for place, name in enumerate(open_names):
        if not loose:
            break
        literal = known[name].ask.literal
        size = _bracketed(loose) if literal else _how_many(known, open_names[place:], loose, alone=not values)
        values[name] = _spelled(loose[0]) if size == 1 else _rest(loose[:size], line, exactly=literal)
        loose = loose[size:]
    if loose:
        names = listed(known) or str(_("nothing"))
        raise Refused(
            _("“{word}” was not expected: `{command}` takes {names}.").format(word=loose[0].text, command=command.name, names=names)
        )
    return {name: readable(value) if known[name].type is str and not known[name].ask.person else value for name, value in values.items()}


def _how_many(known: Mapping[str, Argument], names: list[str], loose: list[Word], *, alone: bool) -> int:
    """Return the number of words for the first open argument.

    A text or a customer takes the rest of the line if it is the last required argument, and otherwise everything up to a choice of
    the next argument: ``log Acme Steel credit …``.
    """
    if not known[names[0]].ask.rest or loose[0].quoted:
        return 1
    later = [name for name in names[1:] if known[name].required]
    if not later:
        return len(loose)
    choices = {choice.value for choice in known[later[0]].choices}
    for place, word in enumerate(loose[1:], 1):
        if word.quoted or word.text.lower() in choices:
            return place if not word.quoted else 1
    # nothing else was given: it is one long name, and a form asks for the rest
    return len(loose) if alone else 1


def _bracketed(words: list[Word]) -> int:
    """Return the number of words in a list in brackets; any other value has one."""
    if words[0].quoted or not words[0].text.startswith("["):
        return 1
    depth = 0
    for count, word in enumerate(words, 1):
        depth += 0 if word.quoted else word.text.count("[") - word.text.count("]")
        if depth <= 0:
            return count
    raise Refused(_("The bracket opened at {place} is not closed.").format(place=_excerpt(words[0].text)))


def _rest(words: list[Word], line: str, *, exactly: bool = False) -> str:
    """Return several words as typed, with the spaces between them if nothing else stood there."""
    typed = line[words[0].start : words[-1].end].strip()
    return typed if exactly or len(typed.split()) == len(words) else " ".join(_spelled(word) for word in words)


def _spelled(word: Word) -> str:
    return f"{word.key}={word.text}" if word.key else word.text


def _set(values: dict[str, Any], name: str, value: str) -> None:
    if name in values:
        raise Refused(
            _("“{name}” is given twice: “{first}” and “{second}”.").format(name=name, first=values[name], second=value), field=name
        )
    values[name] = value


def _lettered(known: Iterable[Argument], word: str) -> tuple[str, str] | None:
    for argument in known:
        letter = argument.ask.letter
        if letter and re.fullmatch(rf"{letter}[0-9]+", word, re.IGNORECASE | re.ASCII):
            return argument.name, word[1:]
    return None


def check(command: Command, values: Mapping[str, Any]) -> Any:
    """Validate raw values as a command's arguments.

    Raises:
        Refused: the first refused value, with its name and the accepted values.
    """
    try:
        return command.args.model_validate(dict(values))
    except ValidationError as error:
        faults = explain(command.args, error)
        name, sentence = next(iter(faults.items()))
        raise Refused(sentence, field=name) from error
