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

from risk_engine import currencies
from risk_engine.characters import refused_in, unseen_in
from storage.data.files import months, units
from storage.data.files.damage import damage_of, undamaged
from storage.data.files.refusals import BadCell

Cell = str | int | float | None
Reader = Callable[[str], Cell]

# controls, line and paragraph separators, bidi embeddings and overrides, invisible joiners, lone surrogates
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ud800-\udfff]")
# paths, markup of Slack and HTML, and invisible spaces
_NO_ID = re.compile(r"[/\\<>&*`~|\"]|\.\.|^\.$|[^\S ]|  ")
_FORBIDDEN_SIGNS = '/ \\ < > & * ` ~ | " ..'
_EARLIEST = date(1900, 1, 1)
YEARS_AHEAD = 50
# a bounded cache of repeated values: dates and indicators repeat by the thousand, ids do not
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of dates and numbers in a file, and the latest day that is not in the future.

    ``percent``: figures may have a percent sign; ``hundredths``: this column holds percentages without one;
    ``factor``: the whole units of one figure, such as 10,000 in a column of 万; ``binary``: figures were binary floats, so that
    1234.56 may appear as 1234.5600000000001; ``negatives`` are forms of negative figures beside a leading minus; ``missing`` and
    ``missing_dates`` words for a missing figure or date; ``pivot`` is the last year that two digits may mean, and ``language`` that of
    the names of months.
    """

    today: date
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    percent: bool = False
    hundredths: bool = False
    factor: Decimal = units.ONE
    binary: bool = False
    negatives: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    pivot: int | None = None
    language: str | None = None
    missing_dates: tuple[str, ...] = ()


def text(longest: int) -> Reader:
    """Read text: composed (NFC), stripped, without control characters or bidi overrides; an empty cell is missing."""

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not (value.isascii() and value.isprintable()):
            value = unicodedata.normalize("NFC", value)
            if _FORBIDDEN.search(value) or refused_in(value):
                raise BadCell("text", longest=longest)
        if (damage := damage_of(value)) is not None:
            raise damage
        if len(value) > longest:
            raise BadCell("text", longest=longest)
        return value or None

    return read


def identifier(longest: int) -> Reader:
    """Read an id: text that cannot be confused with a path, with markup, or with the form of another id."""
    whole = text(longest)

    def read(cell: str) -> Cell:
        value = undamaged(str(whole(cell) or ""))
        if not value.isascii() and unseen_in(value):
            raise BadCell("identifier", longest=longest, signs=_FORBIDDEN_SIGNS)
        if not value.isalnum() and (_NO_ID.search(value) or value.lower().startswith("customer:")):
            raise BadCell("identifier", longest=longest, signs=_FORBIDDEN_SIGNS)
        return value or None

    return read


def prefixed(read: Reader, prefix: str) -> Reader:
    """Return a reader of ids that prepends a prefix."""
    return lambda cell: read(f"{prefix}{undamaged(cell.strip())}" if cell.strip() else cell)


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


_YES = ("yes", "y", "true", "t", "1", "1.0", "是", "真", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero", "sim", "tak", "ano")
_NO = ("no", "n", "false", "f", "0", "0.0", "否", "假", "nein", "falsch", "non", "faux", "falso", "não", "nie", "ne")
_YES_OR_NO = dict.fromkeys(_YES, 1) | dict.fromkeys(_NO, 0)
# those that a refusal names
_ANSWERS = ("yes", "y", "true", "1", "是", "no", "n", "false", "0", "否")


def yes_or_no(_formats: Formats) -> Reader:
    """Read yes or no, in any case, also as true or 1 and 是 or 否."""

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not value:
            return None
        if (answer := _YES_OR_NO.get(value.casefold())) is None:
            raise BadCell("choice", choices=list(_ANSWERS))
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


def currency() -> Reader:
    """Read a currency by its ISO code; for another word the refusal names the likely one."""

    @lru_cache(_REMEMBERED)
    def read(cell: str) -> Cell:
        value = cell.strip()
        if value and value not in currencies.CODES:
            raise BadCell("currency", meant=currencies.nearest(value) or "")
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
    latest = formats.today if past else formats.today.replace(year=formats.today.year + YEARS_AHEAD, day=min(formats.today.day, 28))
    missing = frozenset(word.casefold() for word in formats.missing_dates)
    pivot = formats.pivot or latest.year

    @lru_cache(_REMEMBERED)
    def read(cell: str) -> Cell:
        value = cell.strip()
        if not value or value.casefold() in missing:
            return None
        found = _dates(value, formats.dates, pivot, formats.language)
        if len(found) > 1:
            raise BadCell("date_ambiguous", days=sorted(each.isoformat() for each in found))
        if not found:
            raise BadCell("date", formats=list(formats.dates))
        (day,) = found
        if not _EARLIEST <= day <= latest:
            raise BadCell("date_range", earliest=_EARLIEST.isoformat(), latest=latest.isoformat())
        return day.isoformat()

    return read


def _dates(value: str, formats: tuple[str, ...], pivot: int, language: str | None) -> set[date]:
    """Return the days that a cell may mean: ISO, or read by the formats of the mapping."""
    if formats:
        return {day for shape in formats if (day := read_as(value, shape, pivot, language)) is not None}
    # fromisoformat accepts full-width digits and other unintended spellings
    if not value.isascii() or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return set()
    try:
        return {date.fromisoformat(value)}
    except ValueError:
        return set()


def read_as(value: str, shape: str, pivot: int, language: str | None = None) -> date | None:
    """Return the day of a cell written in one format; None if it is written otherwise."""
    if "%b" in shape or "%B" in shape:
        value, shape = months.numbered(value, language) or "", re.sub(r"%[bB]\.?", "%m", shape)
    # strptime accepts full-width digits
    if not value.isascii() and not {letter for letter in value if not letter.isascii()} <= set(shape):
        return None
    try:
        day = datetime.strptime(value, shape).date()  # noqa: DTZ007 a calendar day has no zone
        return day.replace(year=pivot - (pivot - day.year) % 100) if "%y" in shape else day
    except ValueError:
        return None
