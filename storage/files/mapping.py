"""The mapping file: how a team's own columns, dates and numbers become those of the product."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from storage.files.kinds import KINDS, OBSERVATIONS, KindName
from storage.files.refusals import FileRefused, MapProblem, MapRefused

_LARGEST_MAP = 1_000_000
_SOME_DAY = date(2026, 12, 31)
_DATE_PARTS = (("%Y",), ("%m", "%b", "%B"), ("%d",))


def _as_written(value: object) -> object:
    """TOML's own numbers and dates are read as if they stood in a cell."""
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def _date_format(shape: str) -> str:
    if not all(any(part in shape for part in parts) for parts in _DATE_PARTS):
        raise ValueError("expected a date format with %Y, %m and %d, such as %d/%m/%Y")
    try:
        datetime.strptime(_SOME_DAY.strftime(shape), shape)  # noqa: DTZ007 a calendar day has no zone
    except ValueError as error:
        raise ValueError(f"not a date format: {error}") from None
    return shape


Name = Annotated[str, Field(min_length=1, max_length=200)]
Constant = Annotated[str, BeforeValidator(_as_written), Field(min_length=1, max_length=1000)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
Indicator = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]


class _Part(BaseModel):
    """A table of the mapping: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFormat(_Part):
    """How the file itself is written."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "utf-16", "windows-1252", "gb18030"] = "utf-8"


class Dates(_Part):
    """Date formats, tried in order; none means ISO dates."""

    formats: tuple[DateFormat, ...] = ()


class Numbers(_Part):
    """Decimal sign, thousands separator, percent signs, and the columns that hold percentages without a sign."""

    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    percent: bool = False
    in_percent: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _signs_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands cannot be the same sign")
        return self


class Section(_Part):
    """One kind's columns (ours = theirs), constants, dates and numbers; ``melt`` turns wide columns into observations."""

    columns: dict[str, Name] = {}
    constants: dict[str, Constant] = {}
    dates: Dates = Dates()
    numbers: Numbers = Numbers()
    melt: dict[str, Indicator] = {}


class Mapping(_Part):
    """A mapping file: how the file is written, and a section for each kind that it holds."""

    file: FileFormat = FileFormat()
    customers: Section | None = None
    facilities: Section | None = None
    observations: Section | None = None
    ratings: Section | None = None

    def section(self, kind: KindName) -> Section | None:
        found: Section | None = getattr(self, kind)
        return found

    def mentioned(self) -> set[str]:
        """Every column of the file that some section uses: one wide file may be imported several times."""
        sections = [section for kind in KINDS if (section := self.section(kind))]
        return {column for section in sections for column in (*section.columns.values(), *section.melt)}


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        FileRefused: there is no such file, or it is not text.
        MapRefused: it is not TOML, or keys are wrong; each is named.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_MAP + 1)
    except IsADirectoryError:
        raise FileRefused("directory", file=str(path)) from None
    except FileNotFoundError:
        raise FileRefused("missing", file=str(path)) from None
    except OSError as error:
        raise FileRefused("unreadable", file=str(path), problem=error.strerror or str(error)) from None
    if len(content) > _LARGEST_MAP:
        raise FileRefused("too_large", file=str(path), bytes=_LARGEST_MAP)
    return parse_mapping(content)


def parse_mapping(content: bytes) -> Mapping:
    """Check the text of a mapping file.

    Raises:
        MapRefused: it is not TOML, or keys are wrong; each is named.
    """
    try:
        mapping = Mapping.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MapRefused(MapProblem("", f"not TOML in UTF-8: {error}")) from None
    except ValidationError as error:
        problems = [MapProblem(".".join(str(part) for part in each["loc"] if part != "[key]"), each["msg"]) for each in error.errors()]
        raise MapRefused(*problems) from None
    if problems := [problem for kind in KINDS if (section := mapping.section(kind)) for problem in _problems(kind, section)]:
        raise MapRefused(*problems)
    return mapping


def _problems(kind: KindName, section: Section) -> Iterable[MapProblem]:
    """What a section says that its kind cannot hold."""
    fields = [field.name for field in KINDS[kind].fields]
    for table in ("columns", "constants"):
        for name in getattr(section, table):
            if name not in fields:
                yield MapProblem(f"{kind}.{table}.{name}", f"not a column of {kind}; those are {', '.join(fields)}")
    for name in section.columns.keys() & section.constants.keys():
        yield MapProblem(f"{kind}.constants.{name}", "stands under columns as well; keep one")
    if section.melt:
        yield from _melt_problems(kind, section)
    known = {field.name for field in KINDS[kind].fields if field.numeric} | set(section.melt)
    for name in section.numbers.in_percent:
        if name not in known:
            yield MapProblem(f"{kind}.numbers.in_percent", f"{name!r} is neither a melted column nor one of {', '.join(sorted(known))}")


def _melt_problems(kind: KindName, section: Section) -> Iterable[MapProblem]:
    if kind != OBSERVATIONS.name:
        yield MapProblem(f"{kind}.melt", "only observations can be melted from wide columns")
    for name in ("indicator", "value"):
        for table in ("columns", "constants"):
            if name in getattr(section, table):
                yield MapProblem(f"{kind}.{table}.{name}", f"melt gives each row its {name}; leave this out")
    doubled = [indicator for indicator in section.melt.values() if list(section.melt.values()).count(indicator) > 1]
    for column, indicator in section.melt.items():
        if indicator in doubled:
            yield MapProblem(f"{kind}.melt.{column}", f"{indicator!r} is given to more than one column")
