"""Mapping files: a team's own columns, dates and numbers, and their counterparts in the product."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from storage.data.files import units
from storage.data.files.kinds import KIND_NAMES

_SOME_DAY = date(2026, 12, 31)
_PLACES = re.compile(r"\{([^{}]+)\}")
_DATE_PARTS = (("%Y",), ("%m", "%b", "%B"), ("%d",))


def _as_written(value: object) -> object:
    """Return TOML's own numbers and dates as the text of a cell."""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def _date_format(shape: str) -> str:
    if not all(any(part in shape for part in parts) for parts in _DATE_PARTS):
        raise ValueError("expected a date format with %Y, %m and %d, such as %d/%m/%Y")
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


Name = Annotated[str, Field(min_length=1, max_length=200)]
Constant = Annotated[str, BeforeValidator(_as_written), Field(min_length=1, max_length=1000)]
Word = Annotated[str, BeforeValidator(_as_written), Field(max_length=1000)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Unit = Annotated[str, BeforeValidator(_as_written), AfterValidator(_unit)]
Template = Annotated[str, Field(max_length=1000), AfterValidator(_template)]
Indicator = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]


class _Part(BaseModel):
    """A table of the mapping: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFormat(_Part):
    """The format of the file: delimiter and encoding of CSV, sheet of a workbook, row of the column names."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "utf-16", "windows-1252", "gb18030"] = "utf-8"
    sheet: Name | None = None
    header_row: int = Field(default=1, ge=1, le=10_000)


class Dates(_Part):
    """Date formats, tried in order; none means ISO dates."""

    formats: tuple[DateFormat, ...] = ()


class Numbers(_Part):
    """Decimal sign, thousands separator, percent signs, columns of percentages without a sign, and the unit of amounts."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    percent: bool = False
    in_percent: tuple[Name, ...] = ()
    unit: Unit | None = None

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
        found: Section | None = getattr(self, kind)
        return found

    def mentioned(self) -> set[str]:
        """Return every column that some section uses, as one wide file may be imported several times."""
        sections = [section for kind in KIND_NAMES if (section := self.section(kind))]
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
