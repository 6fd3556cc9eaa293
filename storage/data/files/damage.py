"""Traces that other programs leave in text and ids: lost digits, escapes, letters decoded wrongly, words for nothing."""

from __future__ import annotations

import html
import re

from storage.data.files.refusals import BadCell

_FLOAT = re.compile(r"([0-9]{1,15})[.,]0+")
# a number that a spreadsheet program or a data frame has rounded to fifteen digits
_ROUNDED = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}|[0-9]{16,}[.,]0+")
_ERRORS = frozenset(
    [
        "#ref!",
        "#n/a",
        "#value!",
        "#name?",
        "#div/0!",
        "#num!",
        "#null!",
        "#spill!",
        "#calc!",
        "#getting_data",
        "#nv",
        "#bezug!",
        "#wert!",
        "#zahl!",
        "#wert",
        "#na",
        "#valeur!",
        "#nom?",
    ]
)
_NOTHING = frozenset(("nan", "null", "none", "<na>", "nat", "undefined", "\\n", "(null)", "#leer!"))
# ids are also never a dash or an abbreviation for nothing
_NO_ID = frozenset(("-", "--", "–", "—", "n/a", "n.a.", "nil"))
_ESCAPES = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{2,6}|#x[0-9a-fA-F]{2,5});|_x00(?:0[9AaDd]|5[Ff])_|\\u[0-9a-fA-F]{4}")
_HASHES = re.compile(r"#{3,}")
# UTF-8 that was read as windows-1252 once too often: an accented capital, and a sign
_TWICE = re.compile("[\u00c2-\u00f4\u0102\u0103][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_SUSPECT = re.compile("[&#_\\\\\ufffd\u00c2-\u00f4\u0102\u0103]")


def undamaged(id: str) -> str:
    """Return an id without the decimals that a data frame gives to whole numbers: 1001.0 is 1001.

    Raises:
        BadCell: digits of the id are lost, or it is a word for nothing.
    """
    if id.isalpha() and len(id) > 9:
        return id
    if _ROUNDED.fullmatch(id):
        raise BadCell("lost_digits")
    if id.casefold() in _NO_ID:
        raise BadCell("nothing")
    found = _FLOAT.fullmatch(id)
    return found[1] if found else id


def damage_of(text: str) -> BadCell | None:
    """Return the refusal of a text with a spreadsheet's error, an escape, a lost letter or a word for nothing; None for any other."""
    if len(text) < 12 and text.casefold() in _NOTHING:
        return BadCell("nothing")
    if not _SUSPECT.search(text):
        return None
    if text.casefold() in _ERRORS or _HASHES.fullmatch(text):
        return BadCell("spreadsheet_error")
    if "\ufffd" in text:
        return BadCell("lost_letters")
    if _ESCAPES.search(text) and (meant := _decoded(text)) != text:
        return BadCell("escaped", meant=meant)
    if _TWICE.search(text) and (once := _once(text)) is not None:
        return BadCell("decoded_twice", meant=once)
    return None


def _decoded(text: str) -> str:
    plain = re.sub(r"_x([0-9A-Fa-f]{4})_|\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1] or found[2], 16)), html.unescape(text))
    return "".join(letter for letter in plain if letter.isprintable()).strip()


def _once(text: str) -> str | None:
    """Return the text whose UTF-8 was read as windows-1252, or None if it is not that."""
    try:
        meant = text.encode("windows-1252").decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant != text else None
