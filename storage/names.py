"""Names as people type them: one spelling to compare by."""

from __future__ import annotations

import re
import unicodedata


def name_key(name: str) -> str:
    """A name without case, accents, width and punctuation: ``"Société Générale S.A."`` and ``"societe generale sa"`` are one."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[.'’]", "", re.sub(r"[^\w.'’]+|_", " ", bare)).split())
