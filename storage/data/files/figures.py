"""Readers of figures: numbers, whole numbers and exact amounts, each with a pattern of ASCII digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal

from storage.data.files import units
from storage.data.files.cells import Cell, Formats, Reader
from storage.data.files.refusals import BadCell
from storage.types import MONEY_LIMIT, MONEY_SCALE

# larger figures are typing errors, and beyond this a float cannot represent every whole number
_LARGEST = 1e15
_MONEY_DECIMALS = 4
# enough digits for the longest accepted figure times the largest unit, without rounding
_EXACT = Context(prec=80)
# the digits that a spreadsheet shows of a binary float
_SHOWN = Context(prec=15)


# a minus before a figure, as typesetters and other programs write it
_MINUS = re.compile("^[\u2212\u2010-\u2013\ufe63\uff0d](?=[0-9.,])")
_BLANKS = re.compile("[\u00a0\u202f\u2009]")
# forms of negative figures; in ledgers CR marks what is owed to the customer, and DR the reverse
NEGATIVES = {
    "parentheses": re.compile(r"\(([^()+-]+)\)"),
    "trailing": re.compile(r"([^+-]+)[-\u2212\u2013]"),
    "DR": re.compile(r"([^+-]+?) ?DR", re.IGNORECASE),
    "CR": re.compile(r"([^+-]+?) ?CR", re.IGNORECASE),
}


def number(formats: Formats, *, low: float = -_LARGEST, high: float = _LARGEST, above: float | None = None) -> Reader:
    """Read a number into a float; percentages become shares, units whole ones.

    ``above``: the number must be larger than this, while ``low`` itself is allowed.
    """
    plain, missing = _figures(formats, exponent=True), _missing(formats)
    factors = (_factor(formats, share=False), _factor(formats, share=True))
    bounded = (low, high) != (-_LARGEST, _LARGEST)

    def read(cell: str) -> Cell:
        if not cell or not (figure := cell.strip()) or figure.casefold() in missing:
            return None
        digits, share = plain(figure)
        # through Decimal, because 12.3 / 100 in binary differs from 0.123
        factor = factors[share]
        value = float(digits) if factor is units.ONE else float(_EXACT.multiply(Decimal(digits), factor))
        if not low <= value <= high:
            raise BadCell("range" if bounded else "number", low=low, high=high, decimal=formats.decimal)
        if above is not None and not value > above:
            raise BadCell("above", above=above, decimal=formats.decimal)
        return value + 0.0  # -0.0 is 0

    return read


def _factor(formats: Formats, *, share: bool) -> Decimal:
    # a percent sign in a column of percentages is redundant
    return formats.factor / 100 if share or formats.hundredths else formats.factor


def whole(formats: Formats, *, low: int, high: int) -> Reader:
    """Read a whole number between two bounds."""
    plain, missing = _figures(formats, exponent=False), _missing(formats)

    def read(cell: str) -> Cell:
        if not (figure := cell.strip()) or figure.casefold() in missing:
            return None
        try:
            value = Decimal(plain(figure)[0])
        except BadCell:
            raise BadCell("whole", low=low, high=high) from None
        if value != value.to_integral_value() or not low <= value <= high:
            raise BadCell("whole", low=low, high=high)
        return int(value)

    return read


def money(formats: Formats, *, signed: bool = False) -> Reader:
    """Read an exact amount in whole units with up to four decimals, stored as ten-thousandths; ``signed`` allows negative ones."""
    plain, missing = _figures(formats, exponent=False), _missing(formats)
    scale = formats.factor * MONEY_SCALE
    largest = int(MONEY_LIMIT * MONEY_SCALE)

    def read(cell: str) -> Cell:
        if not cell or not (figure := cell.strip()) or figure.casefold() in missing:
            return None
        try:
            written = Decimal(plain(figure)[0])
        except BadCell:
            raise refused() from None
        scaled = _EXACT.multiply(written, scale)
        if formats.binary and scaled != int(scaled):
            scaled = _EXACT.multiply(_SHOWN.plus(written), scale)
        amount = int(scaled)
        if amount != scaled or (amount < 0 and not signed):
            raise refused()
        if abs(amount) > largest:
            raise BadCell("largest", limit=f"{MONEY_LIMIT:,}")
        return amount

    def refused() -> BadCell:
        return BadCell("signed_money" if signed else "money", decimals=_MONEY_DECIMALS, decimal=formats.decimal)

    return read


def shown_money(value: Cell) -> str:
    """Format an amount for people."""
    return f"{(Decimal(value or 0) / MONEY_SCALE).normalize():f}"


def _missing(formats: Formats) -> frozenset[str]:
    return frozenset(word.casefold() for word in formats.missing)


def _signed(figure: str, negatives: tuple[str, ...]) -> str:
    """Return a figure with a leading minus, if it is negative in one of these forms."""
    for form in negatives:
        if found := NEGATIVES[form].fullmatch(figure):
            return f"{'' if form == 'CR' else '-'}{found[1].strip()}"
    return figure


def _figures(formats: Formats, *, exponent: bool) -> Callable[[str], tuple[str, bool]]:
    """Check a figure against a bounded ASCII pattern; return it with a decimal point, and whether it had a percent sign."""
    point, group = re.escape(formats.decimal), re.escape(formats.thousands)
    digits = rf"[0-9]{{1,18}}{rf'|[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{1,5}}' if group else ''}"
    power = r"(?:[eE][+-]?[0-9]{1,2})?" if exponent else ""
    share = r"( ?%)?" if formats.percent else "()"
    matches = re.compile(rf"([+-]?(?:(?:{digits})(?:{point}[0-9]{{1,30}})?|{point}[0-9]{{1,30}}){power}){share}").fullmatch
    standard = formats.decimal == "." and not formats.thousands

    def plain(figure: str) -> tuple[str, bool]:
        if not figure.isascii():
            figure = _MINUS.sub("-", figure)
        if formats.thousands == " ":
            figure = _BLANKS.sub(" ", figure)
        elif formats.thousands == "'":
            figure = figure.replace("’", "'")
        if formats.negatives:
            figure = _signed(figure, formats.negatives)
        if (found := matches(figure)) is None:
            raise BadCell("number", decimal=formats.decimal)
        written = found[1]
        if not standard:
            written = written.replace(formats.thousands, "") if formats.thousands else written
            written = written.replace(formats.decimal, ".")
        return written, bool(found[2])

    return plain
