"""The words of a typed line, with their places: quotes group, and ``key = value`` is one word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from commands.kit.contract import Refused
from commands.kit.i18n import _

# straight and curly double quotes and Chinese ones group; an apostrophe is a letter
OPENING, CLOSING = '"“„«＂「『', '"”“»＂」』'
# "exposure>50m": a comparison with a number belongs to the value
_COMPARED = r"[<>≥≤＜＞][=＝]?\s*(?:[€$£¥]|[A-Za-z]{3}\s*)?\d"
_KEY = rf"(?P<key>[^\W\d]\w*?)(?P<joint>\s*[=＝]\s*|(?={_COMPARED})|(?=(?:超过|大于|高于|小于|低于|不低于|不超过|至少)\s*\d))"
_TOKEN = re.compile(rf"\s*(?:{_KEY})?(?:[{OPENING}](?P<quoted>[^{CLOSING}]*)[{CLOSING}]|(?P<word>\S+))", re.UNICODE)
LONGEST_LINE = 3000


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a line with its position, so that a text keeps its spaces and quotes."""

    text: str
    key: str | None
    quoted: bool
    start: int
    end: int
    # between key and value, as typed
    joint: str = ""

    @property
    def is_open(self) -> bool:
        """Return True for a word that begins with a quotation mark that is never closed."""
        return not self.quoted and self.text[:1] in OPENING


def split(line: str) -> list[Word]:
    """Return the words of a line.

    Raises:
        Refused: the line is too long.
    """
    if len(line) > LONGEST_LINE:
        raise Refused(_("Your line has {n} characters; at most {most} are accepted.").format(n=len(line), most=LONGEST_LINE))
    words = []
    for match in _TOKEN.finditer(line):
        quoted = match["quoted"] is not None
        text = match["quoted"] if quoted else match["word"]
        words.append(Word(text, match["key"], quoted, match.end() - len(match[0].lstrip()), match.end(), match["joint"] or ""))
    return words


def as_typed(words: Sequence[Word], line: str) -> str:
    """Return several words with everything that was typed between them."""
    return line[words[0].start : words[-1].end].strip()


def spelled(word: Word) -> str:
    """Return one word without its quotes."""
    if not word.key:
        return word.text
    return f"{word.key}={word.text}" if word.joint.strip() else f"{word.key}{word.joint}{word.text}"


class Unclosed(Refused):
    """A quotation mark is opened and never closed."""


def unclosed(word: Word, line: str) -> Unclosed:
    """Return the refusal of a value that begins with an unclosed quotation mark."""
    sentence = _("The quotation mark opened at {place} is not closed: close it, or leave it out.")
    return Unclosed(sentence.format(place=excerpt(line[word.start :])))


def excerpt(text: str) -> str:
    text = text.strip()
    return f"“{text[:20]}…”" if len(text) > 20 else f"“{text}”"
