"""Output on terminals and pipes of any encoding: characters that cannot be printed are replaced, and no command fails for them."""

from __future__ import annotations

import codecs
import io
import sys

_PLAIN = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...", "×": "x", "→": "->", "≥": ">=", "≤": "<=", "·": "-",
    "▲": "^", "▼": "v", "€": "EUR", "\u00a0": " ", "\u202f": " ", "•": "*", "✓": "x", "│": "|", "─": "-", "█": "#",
}  # fmt: skip


def print_in_any_encoding() -> None:
    """Replace characters that an output cannot encode by a plain sign with that meaning, or by a question mark."""
    codecs.register_error("riskbot", _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="riskbot")


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unprintable = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(letter, "?") for letter in unprintable)
    return plain, error.end
