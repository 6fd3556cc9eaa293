"""Text that a spreadsheet would take for a formula, and how it becomes harmless and itself again."""

from __future__ import annotations

import re
import unicodedata

_SKIPPED = "\ufeff\u200b\u200c\u200d\u2060 "
_DANGEROUS = tuple("=+-@|%\t\r\n")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?")


def defused(cell: str) -> str:
    """A cell of CSV that no spreadsheet takes for a formula: an apostrophe goes before one that looks like it; numbers stay."""
    return f"'{cell}" if _looks_like_a_formula(cell.lstrip("'")) else cell


def restored(cell: str) -> str:
    """What :func:`defused` was given: the apostrophe that was put before a formula is taken away."""
    return cell[1:] if cell.startswith("'") and _looks_like_a_formula(cell.lstrip("'")) else cell


def _looks_like_a_formula(cell: str) -> bool:
    if _PLAIN_NUMBER.fullmatch(cell):
        return False
    # full-width signs and invisible characters in front do not stop a spreadsheet
    seen = unicodedata.normalize("NFKC", cell).lstrip(_SKIPPED)
    return cell.startswith(_DANGEROUS) or seen.startswith(_DANGEROUS)
