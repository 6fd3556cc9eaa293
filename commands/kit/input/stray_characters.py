"""What people type without meaning to: characters that nobody sees and that a copied word brings along."""

from __future__ import annotations

import re

# word joiners, soft hyphens, marks of direction, the byte order mark; the joiners that some scripts and emoji are written with
# stay beside a letter of theirs
_UNSEEN = re.compile(r"[\0\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<![^\x00-\x7f])[\u200c\u200d](?![^\x00-\x7f])")


def storable(text: str) -> str:
    """Text as it was meant: without what cannot be seen, and without the one character that PostgreSQL does not keep."""
    return _UNSEEN.sub("", text)
