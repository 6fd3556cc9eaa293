"""Characters that are refused in every text, from people, files and policies alike."""

from __future__ import annotations

import re
import unicodedata

# controls (but tabs and line breaks), line separators, direction marks, surrogates and noncharacters:
# PostgreSQL and Slack refuse some of them, and others make one text look like another
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# letters that look blank: Hangul fillers, and the braille pattern without dots
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"

# invisible too: joiners, variation selectors and tag characters
_JOINERS = re.compile("[\u034f\u17b4\u17b5\ufe00-\ufe0f\U000e0000-\U000e0fff]")


def refused_in(text: str) -> str | None:
    """Return the first refused character of a text, as ``U+0007``; None if there is none."""
    match = _REFUSED.search(text)
    return f"U+{ord(match[0]):04X}" if match else None


def shown(text: str) -> str:
    """Return any text in a displayable form, with a replacement mark for each refused character."""
    return _REFUSED.sub("\N{REPLACEMENT CHARACTER}", text)


def unseen_in(text: str) -> str | None:
    """Return the first invisible character, as ``U+200E``, which makes two ids look alike; None if there is none."""
    for character in text:
        if character in _FILLERS or unicodedata.category(character) in {"Cf", "Cc"} or _JOINERS.match(character):
            return f"U+{ord(character):04X}"
    return None


def is_blank(text: str) -> bool:
    """Return True if a text has only spaces and invisible characters."""
    return all(character.isspace() or character in _FILLERS or unicodedata.category(character) == "Cf" for character in text)
