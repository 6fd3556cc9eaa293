"""Characters that no text of ours may hold, whoever wrote it: a person, a file, a policy."""

from __future__ import annotations

import re
import unicodedata

# controls (but tabs and line breaks), separators of lines, what turns the direction of a text, halves of a character, and no characters
# at all: PostgreSQL and Slack refuse some of them, and others make a text look like another
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# letters by name that look like nothing: fillers of Hangul, and the braille pattern without a dot
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"

# nobody sees these either: what joins or varies the letter before it, and the shadows of letters
_JOINERS = re.compile("[\u034f\u17b4\u17b5\ufe00-\ufe0f\U000e0000-\U000e0fff]")


def refused_in(text: str) -> str | None:
    """The first character of a text that cannot be kept, as ``U+0007``; None if all can."""
    match = _REFUSED.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


def shown(text: str) -> str:
    """Text that may hold anything, fit to be said back: what cannot be shown is a replacement mark."""
    return _REFUSED.sub("\N{REPLACEMENT CHARACTER}", text)


def unseen_in(text: str) -> str | None:
    """The first character that nobody sees, as ``U+200E``, by which one id would look like another; None if all are seen."""
    for character in text:
        if character in _FILLERS or unicodedata.category(character) in {"Cf", "Cc"} or _JOINERS.match(character):
            return f"U+{ord(character):04X}"
    return None


def is_blank(text: str) -> bool:
    """Whether a text has no letter, figure or mark: only spaces, and what looks like one."""
    return all(character.isspace() or character in _FILLERS or unicodedata.category(character) == "Cf" for character in text)
