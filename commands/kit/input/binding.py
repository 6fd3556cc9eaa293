"""Binding of a line's words to a command's arguments, in order; the form asks for arguments that no word fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from commands.kit.contract import Command, Refused
from commands.kit.i18n import _, listed
from commands.kit.input import synonyms, when
from commands.kit.input.fields import Argument, arguments
from commands.kit.input.fitting import fits, is_strict, resembles
from commands.kit.input.mistyped import unknown_option
from commands.kit.input.plain import plain
from commands.kit.input.tokens import Word, as_typed, excerpt, spelled, unclosed

# a value of several words without quotes, such as "next friday" or "remove source"
_TOGETHER = 4
_ID_LIKE = re.compile(r"[A-Z][A-Z0-9]*(?:[-_./][A-Z0-9]+)*|\w*\d[\w./-]*|\w+-\w*\d[\w-]*")


def bind(command: Command, words: Sequence[Word], line: str, today: date | None) -> dict[str, Any]:
    """Return the raw values of a line by argument; relative dates become dates if ``today`` is given.

    Raises:
        Refused: an option or a word that the command does not take, or a value given twice.
    """
    return _Binding(command, words, line, today).all()


@dataclass
class _Binding:
    """A line that is being bound, from left to right."""

    command: Command
    words: Sequence[Word]
    line: str
    today: date | None
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known: dict[str, Argument] = {one.name: one for one in arguments(self.command.args) if not one.ask.hidden}
        self.takes_text = any(one.ask.rest for one in self.known.values())

    def all(self) -> dict[str, Any]:
        place = 0
        while place < len(self.words):
            place = self._option(place) or self._loose(place)
        return self.values

    # --- options: key=value, and letters like L4 ---------------------------------------------------------------------

    def _option(self, place: int) -> int | None:
        """Bind an option; return the place after it, or None if there is none."""
        word = self.words[place]
        if (lettered := self._lettered(word)) is not None:
            self._set(*lettered)
            return place + 1
        if not word.key:
            return self._bounded(place)
        name = self._named(word)
        if name is None:
            if not self.takes_text:
                raise unknown_option(word.key, self.known)
            return None
        if word.is_open:
            raise unclosed(word, self.line)
        return self._value(self.known[name], place)

    def _bounded(self, place: int) -> int | None:
        """Bind ``exposure above 50m``, in which the name of a figure stands before its bounds; None for other words."""
        word, bounded = self.words[place], [one.name for one in self.known.values() if one.ask.bounds]
        name = None if word.quoted else synonyms.option(plain(word.text).lower(), bounded)
        following = self._following(place)[1:] if name else []
        for count in range(min(_TOGETHER, len(following)), 0, -1):
            text = " ".join(one.text for one in following[:count])
            if name and name not in self.values and re.match(r"\D", text) and fits(self.known[name], text, self.today, named=True):
                self._set(name, text)
                return place + 1 + count
        return None

    def _named(self, word: Word) -> str | None:
        typed = plain(word.key or "").lower()
        by_letter = next((one.name for one in self.known.values() if one.ask.letter and one.ask.letter.lower() == typed), None)
        return by_letter or synonyms.option(typed, self.known)

    def _lettered(self, word: Word) -> tuple[str, str] | None:
        typed = plain(word.text)
        for argument in self.known.values() if not word.quoted and not word.key else ():
            letter = argument.ask.letter
            if letter and re.fullmatch(rf"{letter}[0-9]+", typed, re.IGNORECASE | re.ASCII):
                return argument.name, typed[1:]
        return None

    def _value(self, argument: Argument, place: int) -> int:
        """Bind one value, of several words if they mean something only together; return the place after it."""
        count = self._together(argument, place)
        text = " ".join(word.text for word in self.words[place : place + count])
        self._set(argument.name, self._dated(argument, text))
        return place + count

    def _together(self, argument: Argument, place: int) -> int:
        if self.words[place].quoted:
            return 1
        following = self._following(place)
        named = self.words[place].key is not None
        for count in range(min(_TOGETHER, len(following)), 1, -1):
            if fits(argument, " ".join(word.text for word in following[:count]), self.today, named=named):
                return count
        if argument.type is str and not is_strict(argument) and not argument.is_free and named and not self._has_text():
            # department=Corporate Asia: the words go on until another argument takes one
            return next((count for count, word in enumerate(following) if count and self._taken_by_another(argument, word)), len(following))
        return 1

    def _following(self, place: int) -> list[Word]:
        """Return a word and the loose ones after it."""
        found = [self.words[place]]
        for word in self.words[place + 1 :]:
            if word.quoted or word.key or self._lettered(word):
                break
            found.append(word)
        return found

    def _has_text(self) -> bool:
        return any(one.is_free or one.ask.literal for one in self.known.values())

    def _taken_by_another(self, argument: Argument, word: Word) -> bool:
        return any(one.name not in self.values and one is not argument and self._accepts(one, word.text) for one in self.known.values())

    def _dated(self, argument: Argument, text: str) -> str:
        if argument.type is not date:
            return text
        found = when.day(text, self.today, past=argument.name == "since") if self.today else None
        return found.isoformat() if found else text

    def _accepts(self, argument: Argument | None, typed: str) -> bool:
        return fits(argument, typed, self.today)

    def _set(self, name: str, value: str) -> None:
        if name in self.values:
            sentence = _("“{name}” is given twice: “{first}” and “{second}”.")
            raise Refused(sentence.format(name=name, first=self.values[name], second=value), field=name)
        self.values[name] = value

    # --- loose words, in order ---------------------------------------------------------------------------------------

    def _loose(self, place: int) -> int:
        """Bind a word without a key to the first argument that takes it; return the place after its value."""
        word = self.words[place]
        argument = self._taker(place)
        if argument is None:
            names = listed(self.known) or str(_("nothing"))
            sentence = _("“{word}” was not expected: `{command}` takes {names}.")
            raise Refused(sentence.format(word=word.text, command=self.command.name, names=names))
        if word.is_open:
            raise unclosed(word, self.line)
        if argument.ask.options == "customer" or (argument.ask.rest and argument.several):
            return self._run(argument, place, self._end_of_name(argument, place))
        if argument.ask.literal:
            return self._run(argument, place, place + _bracketed(self.words[place:]))
        if argument.ask.rest:
            return self._text(argument, place)
        return self._value(argument, place)

    def _open(self) -> list[Argument]:
        return [one for one in self.known.values() if one.name not in self.values and not one.ask.letter]

    def _taker(self, place: int) -> Argument | None:
        """Return the argument for a word: the first that it fits or resembles, or that takes any text."""
        word, open_ = self.words[place], self._open()
        if not word.quoted and (bounded := self._with_bounds(place)):
            # also one that is given already: twice is refused
            return bounded
        if not open_ or (not word.text and word.quoted):
            return open_[0] if open_ else None
        for at, one in enumerate(open_):
            if one.is_free and one.required and self._is_lone(place):
                # one word is no title: it was meant for a choice, whose refusal says what it accepts
                return next((other for other in open_ if other.choices and other.required), one)
            if not is_strict(one):
                # a filter such as a sector leaves a word to an argument that understands it
                later = None if one.ask.rest or one.required else self._understood_by(open_[at + 1 :], word)
                return later or one
            if self._accepts(one, word.text) or self._together(one, place) > 1 or (not word.quoted and resembles(one, word.text)):
                return one
        return open_[0]

    def _with_bounds(self, place: int) -> Argument | None:
        """Return the first argument whose bounds begin at a word, such as ``>50m``."""
        bounded = [one for one in self.known.values() if one.ask.bounds]
        return next((one for one in bounded if self._accepts(one, self.words[place].text) or self._together(one, place) > 1), None)

    def _is_lone(self, place: int) -> bool:
        """Return True for an unquoted word of a spaced script without loose words after it."""
        word = self.words[place]
        return not word.quoted and word.text.isalpha() and word.text.isascii() and len(self._loose_after(place)) == 0

    def _loose_after(self, place: int) -> list[Word]:
        return [word for word in self.words[place + 1 :] if not (word.key and self._named(word)) and not self._lettered(word)]

    def _understood_by(self, later: Sequence[Argument], word: Word) -> Argument | None:
        return next((one for one in later if is_strict(one) and one.name != "page" and self._accepts(one, word.text)), None)

    def _run(self, argument: Argument, start: int, end: int) -> int:
        """Bind the words between two places as they were typed."""
        words = self.words[start:end]
        alone = len(words) == 1 and not argument.ask.literal
        self._set(argument.name, spelled(words[0]) if alone or len(words) == 1 else as_typed(words, self.line))
        return end

    def _end_of_name(self, argument: Argument, place: int) -> int:
        """Return the place after a customer's name: before an option, a quoted text, or a word of the next argument."""
        end = place + len(self._following(place))
        if self.words[place].quoted:
            return place + 1
        later = [one for one in self._open() if one is not argument and one.choices and one.required]
        if not self._open_text(argument) and _ID_LIKE.fullmatch(plain(self.words[place].text)):
            # show VK-01 score
            later = [one for one in self._open() if one is not argument and one.choices]
        for accepts in (self._accepts, resembles):
            for at in range(place + 1, end):
                if later and accepts(later[0] if later[0].required else _first(later, accepts, self.words[at].text), self.words[at].text):
                    return at
        if self._open_text(argument) and _ID_LIKE.fullmatch(plain(self.words[place].text)):
            return place + 1
        return end

    def _open_text(self, argument: Argument) -> Argument | None:
        return next((one for one in self._open() if one is not argument and one.is_free), None)

    # --- free text ---------------------------------------------------------------------------------------------------

    def _text(self, argument: Argument, place: int) -> int:
        """Bind free text: the rest of the line as typed, but for options that stand after all of it."""
        if self.words[place].quoted and self._all_bound(place + 1):
            self._set(argument.name, spelled(self.words[place]))
            return place + 1
        end = next((at for at in range(place + 1, len(self.words)) if self._are_options(at)), len(self.words))
        words = self.words[place:end]
        self._set(argument.name, spelled(words[0]) if len(words) == 1 else as_typed(words, self.line))
        return end

    def _all_bound(self, place: int) -> bool:
        """Return True if other arguments take everything from here on: the quoted text before it is the whole text."""
        rest, done = self.words[place:], dict(self.values)
        try:
            at = place
            while at < len(self.words):
                at = self._option(at) or self._strict(at)
            return True
        except (Refused, LookupError):
            # a wrong value of an option is refused when it is bound, in words of its own
            return bool(rest) and all(self._named(word) if word.key else self._lettered(word) for word in rest)
        finally:
            self.values = done

    def _strict(self, place: int) -> int:
        word = self.words[place]
        found = self._understood_by(self._open(), word) if not word.quoted and not word.key else None
        if found is None:
            raise LookupError(word.text)
        return self._value(found, place)

    def _are_options(self, place: int) -> bool:
        """Return True if only options follow; letters count where they give all that the line has not given."""
        letters, at = set(), place
        while at < len(self.words):
            word = self.words[at]
            if word.key and (name := self._named(word)) is not None:
                at += self._together(self.known[name], at)
            elif (lettered := self._lettered(word)) is not None:
                letters.add(lettered[0])
                at += 1
            else:
                return False
        return not letters or letters == {one.name for one in self.known.values() if one.ask.letter}


def _first(open_: Sequence[Argument], accepts: Callable[[Argument, str], bool], text: str) -> Argument | None:
    return next((one for one in open_ if accepts(one, text)), None)


def _bracketed(words: Sequence[Word]) -> int:
    """Return the number of words in a list in brackets; any other value has one."""
    if words[0].quoted or not words[0].text.startswith("["):
        return 1
    depth = 0
    for count, word in enumerate(words, 1):
        depth += 0 if word.quoted else word.text.count("[") - word.text.count("]")
        if depth <= 0:
            return count
    raise Refused(_("The bracket opened at {place} is not closed.").format(place=excerpt(words[0].text)))


def shown(command: Command, values: Mapping[str, Any], seen: Callable[[str], str]) -> dict[str, Any]:
    """Return the values with the names of people in text; only an argument that is a person keeps a mention."""
    known = {one.name: one for one in arguments(command.args)}
    return {name: seen(value) if known[name].type is str and not known[name].ask.person else value for name, value in values.items()}
