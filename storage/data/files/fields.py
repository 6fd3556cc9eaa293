"""Kinds of files: their columns, with a reader for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from risk_engine.indicators.derived import Basis
from storage.data.files import cells, figures
from storage.data.files.cells import Cell, Formats, Reader
from storage.data.files.refusals import BadCell
from storage.data.files.targets import Target

Party = Literal["customer", "facility"]

ID, NAME, NOTE = 64, 200, 1000


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name in the file, its name in the tables, and its reader.

    ``needed``: the column must be there; ``filled``: none of its cells may be empty; ``default`` stands for an empty
    cell or an absent column. ``show`` formats a staged value for people. ``refers`` names the party whose id the cell holds, which
    must have been imported.
    """

    name: str
    reader: Callable[[Formats], Reader]
    column: str = ""
    needed: bool = False
    filled: bool = False
    default: Cell = None
    numeric: bool = False
    scales: bool = False
    show: Callable[[Cell], str] = str
    refers: Party | None = None

    @property
    def target(self) -> str:
        return self.column or self.name


Check = Callable[[Mapping[str, Cell]], tuple[str, BadCell] | None]


class Concerns(Enum):
    """The customers that a row is about."""

    CUSTOMER = "the one in its column"
    BORROWER = "the borrower of its facility"
    CURRENCIES = "those who owe in several currencies"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    ``key`` names the columns that identify a fact; ``check`` looks at a row as a whole; ``complete`` is an
    SQL assignment for staged rows whose default depends on another column. ``unit`` names the column with the unit of the row's
    amounts, which is not stored, since amounts are stored in whole units.

    Attributes:
        table: where its facts are kept, a version each.
        place: its place among the kinds, the lowest first.
        touches: the basis of the derived indicators that a row may change.
        concerns: whose indicators these are.
        elsewhere: columns that are kept, and exported, as another kind.
        targets: the tables that it fills, for its stored columns and the absent ones; its own table unless said otherwise.
        kept_as: the kind as which its facts are kept and exported, for a kind whose rows are condensed; empty: as they are.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    table: Any
    place: int
    check: Check | None = None
    complete: str = ""
    unit: str = ""
    touches: Basis | None = None
    concerns: Concerns = Concerns.CUSTOMER
    elsewhere: tuple[str, ...] = ()
    targets: Callable[[Mapping[str, str], frozenset[str]], Iterator[Target]] | None = None
    kept_as: str = ""

    @property
    def stored(self) -> tuple[Field, ...]:
        """Return the columns stored in the tables."""
        return tuple(field for field in self.fields if field.name != self.unit)

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def text(longest: int) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.text(longest)


def identifier(_formats: Formats) -> Reader:
    return cells.identifier(ID)


def choice(*choices: str) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.one_of(choices)


def pattern(expression: str, code: str) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.pattern(expression, code)


def past(formats: Formats) -> Reader:
    return cells.day(formats, past=True)


def number(low: float, high: float) -> Callable[[Formats], Reader]:
    return lambda formats: figures.number(formats, low=low, high=high)


def whole(low: int, high: int) -> Callable[[Formats], Reader]:
    return lambda formats: figures.whole(formats, low=low, high=high)


def money(name: str, *, needed: bool = False) -> Field:
    """Return an amount that cannot be negative."""
    return Field(name, figures.money, needed=needed, filled=needed, scales=True, show=figures.shown_money)


def signed_money(name: str) -> Field:
    """Return an amount of either sign, such as a loss."""
    return Field(name, lambda formats: figures.money(formats, signed=True), scales=True, show=figures.shown_money)


def day(name: str, *, needed: bool = False) -> Field:
    """Return a date that may lie in the future."""
    return Field(name, cells.day, needed=needed, filled=needed)


def past_day(name: str, *, needed: bool = False) -> Field:
    """Return a date that cannot lie in the future."""
    return Field(name, past, needed=needed, filled=needed)


def yes_or_no(name: str) -> Field:
    return Field(name, cells.yes_or_no, show=lambda value: "yes" if value else "no")


def customer(name: str = "customer", column: str = "customer_id") -> Field:
    """Return a column for a customer that must have been imported."""
    return Field(name, identifier, column, needed=True, filled=True, refers="customer")


def facility(*, needed: bool = False) -> Field:
    """Return a column for a facility that must have been imported; if optional, empty means no particular one."""
    return Field("facility", identifier, needed=needed, filled=needed, refers="facility")


def currency(_formats: Formats) -> Reader:
    return cells.currency()
