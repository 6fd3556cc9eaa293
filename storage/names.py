"""A canonical spelling of names, for comparison."""

from __future__ import annotations

import re
import unicodedata

WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
_NARROWED = str.maketrans(WIDE, NARROW)


def narrowed(text: str) -> str:
    """Return text with full-width letters, digits and signs in their usual width."""
    return text.translate(_NARROWED)


def name_key(name: str) -> str:
    """Return a name without case, accents, width and punctuation: ``"Société Générale S.A."`` equals ``"societe generale sa"``."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[.'’]", "", re.sub(r"[^\w.'’]+|_", " ", bare)).split())
