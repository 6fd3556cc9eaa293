"""The words of a question, each with its meaning by the vocabulary or by the book's own values, if it has one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from commands.kit.input.book_values import territories
from commands.kit.input.plain import folded, plain
from commands.questions.lexicon import LONGEST, lexicon

_LETTER = "A-Za-z\u00c0-\u024f0-9"
_WORD = re.compile(rf"[{_LETTER}][{_LETTER}_.&'/-]*[{_LETTER}]|[{_LETTER}]")
# short for "is": no possessives
_IS = "what|who|how|where|when|there|it|that|let|here|she|he"
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase at its place; without features it is small or unknown."""

    text: str
    start: int
    end: int
    features: tuple[str, ...] = ()
    known: bool = True

    @property
    def is_capital(self) -> bool:
        return self.text[:1].isupper()


def scan(text: str, values: Mapping[str, tuple[str, ...]]) -> list[Token]:
    """Return the tokens of a text in plain characters; ``values`` are phrases of the book, such as its sectors."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        if _HAN.match(text, place):
            token = _chinese(text, place, values)
        elif match := _WORD.match(text, place):
            token = _english(text, place, match, values)
        else:
            place += 1
            continue
        if not token.known and found and not found[-1].known and _HAN.match(token.text) and found[-1].end == token.start:
            found[-1] = replace(found[-1], text=found[-1].text + token.text, end=token.end)
        else:
            found.append(token)
        place = token.end
    return found


def tidy(text: str) -> str:
    """Return a question in plain characters, without possessives, and with spaces between words of two scripts."""
    text = re.sub(rf"(?<={_HAN.pattern})(?=[{_LETTER}])|(?<=[{_LETTER}])(?={_HAN.pattern})|(?<=\btop)(?=\d)", " ", plain(text))
    return re.sub(rf"\b(?!(?:{_IS})')([{_LETTER}]+)'s\b", r"\1", text, flags=re.IGNORECASE)


def _chinese(text: str, place: int, values: Mapping[str, tuple[str, ...]]) -> Token:
    words = lexicon()
    for length in range(min(LONGEST, len(text) - place), 0, -1):
        phrase = text[place : place + length]
        if features := _said(folded(phrase), values):
            return Token(phrase, place, place + length, features)
        if phrase in words.small:
            return Token(phrase, place, place + length)
        if phrase in words.numbers:
            return Token(phrase, place, place + length, (f"number:{words.numbers[phrase]}",))
    return Token(text[place], place, place + 1, known=False)


def _english(text: str, place: int, first: re.Match[str], values: Mapping[str, tuple[str, ...]]) -> Token:
    words, ends = lexicon(), [first.end()]
    while len(ends) < LONGEST and (following := re.compile(r"[ -]+").match(text, ends[-1])):
        word = _WORD.match(text, following.end())
        if word is None:
            break
        ends.append(word.end())
    for end in reversed(ends):
        phrase = folded(text[place:end])
        if features := _said(phrase, values):
            return Token(text[place:end], place, end, features)
    if first[0] in _codes() and text != text.upper():
        return Token(first[0], place, first.end(), (f"country:{first[0]}",))
    return _single(first[0], place, words.small | set(words.numbers))


@cache
def _codes() -> frozenset[str]:
    """Return the codes of countries, which count where they stand in capitals among other words."""
    return frozenset(territories().values())


def _single(word: str, place: int, known: frozenset[str] | set[str]) -> Token:
    end, said = place + len(word), folded(word)
    if re.fullmatch(r"\d{1,2}", word):
        return Token(word, place, end, (f"number:{int(word)}",))
    if said in lexicon().numbers:
        return Token(word, place, end, (f"number:{lexicon().numbers[said]}",))
    if said in known or said.rstrip("'") in known:
        return Token(word, place, end)
    return Token(word, place, end, known=False)


def _said(phrase: str, values: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return values.get(phrase) or lexicon().features.get(phrase, ())


def corrected(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with typing errors of the vocabulary's words mended."""
    words = lexicon()
    found = []
    for token in tokens:
        meant = words.corrected(folded(token.text)) if not token.known and token.text.isascii() else None
        found.append(replace(token, features=words.features[meant], known=True) if meant else token)
    return found
