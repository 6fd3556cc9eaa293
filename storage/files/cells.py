"""From the text of a cell to a value: strict readers, each of which refuses what a column does not accept.

Values have the shape in which SQLite keeps them: dates as ISO text, money as an integer of ten-thousandths,
so that they pass through staging into the tables without another conversion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from storage.files.refusals import BadCell
from storage.types import MONEY_LIMIT, MONEY_SCALE

Cell = str | int | float | None
Reader = Callable[[str], Cell]

# controls, line and paragraph separators, bidi embeddings and overrides, invisible joints, lone surrogates
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ud800-\udfff]")
_EARLIEST = date(1900, 1, 1)
_YEARS_AHEAD = 50
# larger figures are slips of the keyboard, and beyond this a float no longer counts in ones
_LARGEST = 1e15
_MONEY_DECIMALS = 4
# a bounded memory of what repeats: dates and indicators come by the thousand, ids are too many to be worth it
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Formats:
    """How this file writes dates and numbers, and which day is the latest that is not yet to come.

    ``percent``: a figure may carry a percent sign; ``hundredths``: this column holds percentages without one.
    """

    today: date
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    percent: bool = False
    hundredths: bool = False


def text(longest: int) -> Reader:
    """Read text: composed (NFC), stripped, without control characters or bidi overrides; an empty cell is missing."""

    def read(cell: str) -> Cell:
        value = cell.strip()
        if not (value.isascii() and value.isprintable()):
            value = unicodedata.normalize("NFC", value)
            if _FORBIDDEN.search(value):
                raise BadCell("text", longest=longest)
        if len(value) > longest:
            raise BadCell("text", longest=longest)
        return value or None

    return read


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
    """Read a list of names divided by ``|`` or ``;``; kept with ``|``, in the order given, each once."""
    whole = text(longest)

    def read(cell: str) -> Cell:
        names = [name.strip() for name in re.split(r"[|;；]", str(whole(cell) or ""))]
        return "|".join(dict.fromkeys(name for name in names if name)) or None

    return read


def day(formats: Formats, *, past: bool = False) -> Reader:
    """Read a date, ISO unless the mapping says otherwise; none before 1900, more than 50 years ahead, or (``past``) to come."""
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


def number(formats: Formats, *, low: float = -_LARGEST, high: float = _LARGEST) -> Reader:
    """Read a number into a float; percentages become shares of one."""
    plain = _figures(formats, exponent=True)
    hundredths = formats.hundredths
    bounded = (low, high) != (-_LARGEST, _LARGEST)

    def read(cell: str) -> Cell:
        if not cell or not (figure := cell.strip()):
            return None
        digits, share = plain(figure)
        # through Decimal, because 12.3 / 100 in binary is not what 0.123 would have been
        value = float(Decimal(digits) / 100) if share or hundredths else float(digits)
        if not low <= value <= high:
            raise BadCell("range" if bounded else "number", low=low, high=high, decimal=formats.decimal)
        return value + 0.0  # -0.0 is 0

    return read


def whole(formats: Formats, *, low: int, high: int) -> Reader:
    """Read a whole number between two bounds."""
    plain = _figures(formats, exponent=False)

    def read(cell: str) -> Cell:
        if not (figure := cell.strip()):
            return None
        try:
            value = Decimal(plain(figure)[0])
        except BadCell:
            raise BadCell("whole", low=low, high=high) from None
        if value != value.to_integral_value() or not low <= value <= high:
            raise BadCell("whole", low=low, high=high)
        return int(value)

    return read


def money(formats: Formats) -> Reader:
    """Read an amount exactly: not negative, at most four decimals, kept as ten-thousandths."""
    plain = _figures(formats, exponent=False)

    def read(cell: str) -> Cell:
        if not (figure := cell.strip()):
            return None
        try:
            value = Decimal(plain(figure)[0])
        except BadCell:
            raise BadCell("money", decimals=_MONEY_DECIMALS, decimal=formats.decimal) from None
        scaled = value * MONEY_SCALE
        if scaled != scaled.to_integral_value() or not 0 <= value <= MONEY_LIMIT:
            raise BadCell("money", decimals=_MONEY_DECIMALS, decimal=formats.decimal)
        return int(scaled)

    return read


def shown_money(value: Cell) -> str:
    """An amount as a person would write it."""
    return f"{(Decimal(value or 0) / MONEY_SCALE).normalize():f}"


def _date(value: str, formats: tuple[str, ...]) -> date | None:
    # strptime and fromisoformat both take full-width digits or spellings that nobody meant
    if not value.isascii():
        return None
    for shape in formats:
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


def _figures(formats: Formats, *, exponent: bool) -> Callable[[str], tuple[str, bool]]:
    """Check a figure against an ASCII pattern with bounded digits; give it with a point, and whether it had a percent sign."""
    point, group = re.escape(formats.decimal), re.escape(formats.thousands)
    units = rf"[0-9]{{1,18}}{rf'|[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{1,5}}' if group else ''}"
    power = r"(?:[eE][+-]?[0-9]{1,2})?" if exponent else ""
    share = r"( ?%)?" if formats.percent else "()"
    matches = re.compile(rf"([+-]?(?:(?:{units})(?:{point}[0-9]{{1,30}})?|{point}[0-9]{{1,30}}){power}){share}").fullmatch
    standard = formats.decimal == "." and not formats.thousands

    def plain(figure: str) -> tuple[str, bool]:
        if formats.thousands == " ":
            figure = figure.replace("\u00a0", " ").replace("\u202f", " ")
        if (found := matches(figure)) is None:
            raise BadCell("number", decimal=formats.decimal)
        digits = found[1]
        if not standard:
            digits = digits.replace(formats.thousands, "") if formats.thousands else digits
            digits = digits.replace(formats.decimal, ".")
        return digits, bool(found[2])

    return plain
