"""Mapping files: a team's own columns, dates and numbers, and their counterparts in the product."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from storage.data.files import months, units
from storage.data.files.kinds import KIND_NAMES

_SOME_DAY = date(2026, 12, 31)
_PLACES = re.compile(r"\{([^{}]+)\}")
_DATE_PARTS = (("%Y", "%y"), ("%m", "%b", "%B"), ("%d",))


def _as_written(value: object) -> object:
    """Return TOML's own numbers and dates as the text of a cell."""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def _date_format(shape: str) -> str:
    if not all(any(part in shape for part in parts) for parts in _DATE_PARTS):
        raise ValueError("expected a date format with %Y (or %y), %m (or %b) and %d, such as %d/%m/%Y")
    try:
        datetime.strptime(_SOME_DAY.strftime(shape), shape)  # noqa: DTZ007 a calendar day has no zone
    except ValueError as error:
        raise ValueError(f"not a date format: {error}") from None
    return shape


def _unit(written: str) -> str:
    if units.factor_of(written) is None:
        raise ValueError(f"expected a unit: {', '.join(units.ACCEPTED)}")
    return written


def _template(written: str) -> str:
    pieces = _PLACES.split(written)
    if len(pieces) == 1 or any(sign in piece for piece in pieces for sign in "{}"):
        raise ValueError("expected text with the file's columns in braces, such as {branch}-{number}")
    return written


def _language(written: str) -> str:
    if not months.is_language(written):
        raise ValueError(f"expected a language such as {', '.join(months.LANGUAGES[:6])}")
    return written


def _encoding(written: object) -> object:
    """Return the name of an encoding in the form of this list; programs have several names for it."""
    if not isinstance(written, str):
        return written
    name = written.strip().lower().replace("_", "-")
    return _ENCODINGS.get(name, name)


Delimiter = Literal[",", ";", "\t", "|", "^", "~", "，", "；"]
Encoding = Literal[
    "utf-8", "utf-16", "windows-1250", "windows-1251", "windows-1252", "gb18030", "big5", "shift_jis", "cp850", "mac-roman"
]  # fmt: skip
# a later name that covers every text of the earlier ones
_ENCODINGS = {
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf16": "utf-16",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "cp950": "big5",
    "cp932": "shift_jis",
    "shift-jis": "shift_jis",
    "macroman": "mac-roman",
    "ibm850": "cp850",
    **dict.fromkeys(("latin1", "latin-1", "iso-8859-1", "iso8859-1", "cp1252", "ansi"), "windows-1252"),
    **dict.fromkeys(("cp1250", "latin2", "latin-2"), "windows-1250"),
    "cp1251": "windows-1251",
}

Name = Annotated[str, Field(min_length=1, max_length=200)]
Constant = Annotated[str, BeforeValidator(_as_written), Field(min_length=1, max_length=1000)]
Word = Annotated[str, BeforeValidator(_as_written), Field(max_length=1000)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Unit = Annotated[str, BeforeValidator(_as_written), AfterValidator(_unit)]
Template = Annotated[str, Field(max_length=1000), AfterValidator(_template)]
Negative = Literal["parentheses", "trailing", "CR", "DR"]
Language = Annotated[str, AfterValidator(_language)]
Indicator = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]


class _Part(BaseModel):
    """A table of the mapping: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFormat(_Part):
    """The format of the file: delimiter and encoding of CSV, sheet of a workbook, row of the column names.

    Without a delimiter the file shows its own; without an encoding it is UTF-8, unless a byte order mark says otherwise.
    """

    delimiter: Delimiter | None = None
    encoding: Annotated[Encoding, BeforeValidator(_encoding)] | None = None
    sheet: Name | None = None
    header_row: int = Field(default=1, ge=1, le=10_000)


class Dates(_Part):
    """Date formats, tried in order; none means ISO dates.

    ``pivot`` is the last year that two digits may mean, ``language`` the language of the names of months; by default names that mean
    one month in all languages are read.
    """

    formats: tuple[DateFormat, ...] = ()
    pivot: int | None = Field(default=None, ge=1950, le=2099)
    language: Language | None = None
    missing: tuple[Word, ...] = ()


class Numbers(_Part):
    """Decimal sign, thousands separator, percent signs, columns of percentages without a sign, and the unit of amounts.

    ``negatives`` names the forms of negative figures beside a leading minus, ``missing`` the words for a figure that is not there.
    """

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    percent: bool = False
    in_percent: tuple[Name, ...] = ()
    unit: Unit | None = None
    negatives: tuple[Negative, ...] = ()
    missing: tuple[Word, ...] = ()

    @property
    def settled(self) -> bool:
        """Return True if the mapping says that a figure such as 1.234 has three decimals: its decimal sign, and that nothing groups."""
        return {"decimal", "thousands"} <= self.model_fields_set and not self.thousands

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands cannot be the same sign")
        return self


class Ids(_Part):
    """The prefix of customer ids from this file, if they clash with ids of the product or of another source."""

    customer_prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._#-]{0,15}$")] | None = None


class Section(_Part):
    """One kind's columns (product's = file's) and constants, and the formats of its cells.

    ``join`` combines several columns of the file into one, ``values`` translates words (a row with a word translated to nothing is
    omitted), ``units`` names single columns' units; ``melt`` turns wide columns into observations.
    """

    columns: dict[str, Name] = {}
    constants: dict[str, Constant] = {}
    join: dict[str, Template] = {}
    values: dict[str, dict[str, Word]] = {}
    dates: Dates = Dates()
    numbers: Numbers = Numbers()
    units: dict[str, Unit] = {}
    melt: dict[str, Indicator] = {}

    @property
    def joined(self) -> set[str]:
        """Return the file's columns that templates use."""
        return {column for template in self.join.values() for column in _PLACES.findall(template)}


class Mapping(_Part):
    """A mapping file: the format of the file, and a section for each kind in it."""

    file: FileFormat = FileFormat()
    ids: Ids = Ids()

    def section(self, kind: str) -> Section | None:
        """Return a kind's section; a mapping without any describes the file alone, and its columns are named as ours."""
        found: Section | None = getattr(self, kind)
        return found or (None if any(getattr(self, name) for name in KIND_NAMES) else Section())

    def mentioned(self) -> set[str]:
        """Return every column that some section uses, as one wide file may be imported several times."""
        sections = [section for kind in KIND_NAMES if (section := getattr(self, kind))]
        return {column for section in sections for column in (*section.columns.values(), *section.melt, *section.joined)}


# each kind has its section; what is no kind is refused
OF_KINDS: type[Mapping] = create_model(
    "Mapping",
    __base__=Mapping,
    **dict.fromkeys(KIND_NAMES, (Section | None, None)),  # type: ignore[call-overload]
)


def pieces(template: str) -> list[str]:
    """Split a template: text, column, text, column, …"""
    return _PLACES.split(template)
