"""A canonical spelling of names, for comparison."""

from __future__ import annotations

import re
import unicodedata


def name_key(name: str) -> str:
    """Return a name without case, accents, width and punctuation: ``"Société Générale S.A."`` equals ``"societe generale sa"``."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[.'’]", "", re.sub(r"[^\w.'’]+|_", " ", bare)).split())
