"""Protection against formulas in text: cells are made harmless for spreadsheets, and restored on import."""

from __future__ import annotations

import re
import unicodedata

_SKIPPED = "\ufeff\u200b\u200c\u200d\u2060 "
_DANGEROUS = tuple("=+-@|%\t\r\n")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?")

_WRAPPED = re.compile(r'="((?:[^"]|"")*)"')


def defused(cell: str) -> str:
    """Prefix a CSV cell with an apostrophe if a spreadsheet would take it for a formula; numbers stay."""
    return f"'{cell}" if _looks_like_a_formula(cell.lstrip("'")) else cell


def restored(cell: str) -> str:
    """Undo :func:`defused` by removing the apostrophe before a formula."""
    return cell[1:] if cell.startswith("'") and _looks_like_a_formula(cell.lstrip("'")) else cell


def unwrapped(cell: str) -> str:
    """Return the text of a formula that is only a text, ``="0042"``, as people write it to keep leading zeros."""
    found = _WRAPPED.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def _looks_like_a_formula(cell: str) -> bool:
    if _PLAIN_NUMBER.fullmatch(cell):
        return False
    # spreadsheets accept full-width signs and leading invisible characters
    seen = unicodedata.normalize("NFKC", cell).lstrip(_SKIPPED)
    return cell.startswith(_DANGEROUS) or seen.startswith(_DANGEROUS)
