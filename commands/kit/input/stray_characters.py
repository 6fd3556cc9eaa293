"""Stray characters in typed text: invisible ones that come with copied words."""

from __future__ import annotations

import re

# word joiners, soft hyphens, direction marks, the byte order mark; joiners used by scripts and emoji
# stay beside a letter of those
_UNSEEN = re.compile(r"[\0\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<![^\x00-\x7f])[\u200c\u200d](?![^\x00-\x7f])")


def storable(text: str) -> str:
    """Return text without invisible characters, and without the one that PostgreSQL refuses."""
    return _UNSEEN.sub("", text)
