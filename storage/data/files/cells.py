"""Readers of cells: strict conversions of text to values, which refuse anything that a column does not accept.

Values have SQLite's form: dates as ISO text, money as an integer of ten-thousandths, so that they pass through staging
into the tables without another conversion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from risk_engine.characters import refused_in, unseen_in
from storage.data.files import units
from storage.data.files.refusals import BadCell

Cell = str | int | float | None
Reader = Callable[[str], Cell]

# controls, line and paragraph separators, bidi embeddings and overrides, invisible joiners, lone surrogates
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ud800-\udfff]")
# paths, markup of Slack and HTML, and invisible spaces
_NO_ID = re.compile(r"[/\\<>&*`~|\"]|\.\.|^\.$|[^\S ]|  ")
_FORBIDDEN_SIGNS = '/ \\ < > & * ` ~ | " ..'
_EARLIEST = date(1900, 1, 1)
_YEARS_AHEAD = 50
# a bounded cache of repeated values: dates and indicators repeat by the thousand, ids do not
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of dates and numbers in a file, and the latest day that is not in the future.

    ``percent``: figures may have a percent sign; ``hundredths``: this column holds percentages without one;
    ``factor``: the whole units of one figure, such as 10,000 in a column of 万; ``binary``: figures were binary floats, so that
    1234.56 may appear as 1234.5600000000001.
    """

    today: date
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    percent: bool = False
    hundredths: bool = False
    factor: Decimal = units.ONE
    binary: bool = False


def text(longest: int) -> Reader:
    """Read text: composed (NFC), stripped, without control characters or bidi overrides; an empty cell is missing."""

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not (value.isascii() and value.isprintable()):
            value = unicodedata.normalize("NFC", value)
            if _FORBIDDEN.search(value) or refused_in(value):
                raise BadCell("text", longest=longest)
        if len(value) > longest:
            raise BadCell("text", longest=longest)
        return value or None

    return read


def identifier(longest: int) -> Reader:
    """Read an id: text that cannot be confused with a path, with markup, or with the form of another id."""
    whole = text(longest)

    def read(cell: str) -> Cell:
        value = str(whole(cell) or "")
        if not value.isascii() and unseen_in(value):
            raise BadCell("identifier", longest=longest, signs=_FORBIDDEN_SIGNS)
        if not value.isalnum() and (_NO_ID.search(value) or value.lower().startswith("customer:")):
            raise BadCell("identifier", longest=longest, signs=_FORBIDDEN_SIGNS)
        return value or None

    return read


def prefixed(read: Reader, prefix: str) -> Reader:
    """Return a reader of ids that prepends a prefix."""
    return lambda cell: read(f"{prefix}{cell.strip()}" if cell.strip() else cell)


def one_of(choices: Collection[str]) -> Reader:
    """Read one of a list of words, in any case."""
    known = {choice.casefold(): choice for choice in choices}

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not value:
            return None
        if (choice := known.get(value.casefold())) is None:
            raise BadCell("choice", choices=list(choices))
        return choice

    return read


_YES_OR_NO = {"yes": 1, "y": 1, "true": 1, "1": 1, "是": 1, "no": 0, "n": 0, "false": 0, "0": 0, "否": 0}


def yes_or_no(_formats: Formats) -> Reader:
    """Read yes or no, in any case, also as true or 1 and 是 or 否."""

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not value:
            return None
        if (answer := _YES_OR_NO.get(value.casefold())) is None:
            raise BadCell("choice", choices=list(_YES_OR_NO))
        return answer

    return read


def unit(_formats: Formats) -> Reader:
    """Read the unit of a row's amounts, such as 万 or thousands; :func:`units.factor_of` gives its factor."""

    def read(cell: str) -> Cell:
        if units.factor_of(cell) is None:
            raise BadCell("choice", choices=list(units.ACCEPTED))
        return cell.strip() or None

    return read


def translated(read: Reader, words: Mapping[str, str]) -> Reader:
    """Return a reader that first replaces the file's own words."""
    return lambda cell: read(words.get(cell.strip(), cell))


def pattern(expression: str, code: str) -> Reader:
    """Read text of one shape, such as a currency's three capital letters."""
    matches = re.compile(expression, re.ASCII).fullmatch

    @lru_cache(_REMEMBERED)
    def read(cell: str) -> Cell:
        value = cell.strip()
        if value and not matches(value):
            raise BadCell(code)
        return value or None

    return read


def several(longest: int) -> Reader:
    """Read a list of names separated by ``|`` or ``;``; stored with ``|``, in the order given, without duplicates."""
    whole = text(longest)

    def read(cell: str) -> Cell:
        names = [name.strip() for name in re.split(r"[|;；]", str(whole(cell) or ""))]
        return "|".join(dict.fromkeys(name for name in names if name)) or None

    return read


def day(formats: Formats, *, past: bool = False) -> Reader:
    """Read a date, ISO unless the mapping says otherwise; not before 1900, 50 years ahead, or (``past``) in the future."""
    latest = formats.today if past else formats.today.replace(year=formats.today.year + _YEARS_AHEAD, day=min(formats.today.day, 28))

    @lru_cache(_REMEMBERED)
    def read(cell: str) -> Cell:
        value = cell.strip()
        if not value:
            return None
        found = _date(value, formats.dates)
        if found is None:
            raise BadCell("date", formats=list(formats.dates))
        if not _EARLIEST <= found <= latest:
            raise BadCell("date_range", earliest=_EARLIEST.isoformat(), latest=latest.isoformat())
        return found.isoformat()

    return read


def _date(value: str, formats: tuple[str, ...]) -> date | None:
    # strptime and fromisoformat accept full-width digits and other unintended spellings
    if not value.isascii() and not formats:
        return None
    for shape in formats:
        if not value.isascii() and not {letter for letter in value if not letter.isascii()} <= set(shape):
            continue
        try:
            return datetime.strptime(value, shape).date()  # noqa: DTZ007 a calendar day has no zone
        except ValueError:
            continue
    if formats or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
