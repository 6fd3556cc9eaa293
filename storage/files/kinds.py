"""What files there are: the columns of each kind, how a cell is read, and what makes two rows the same fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from storage.files import cells
from storage.files.cells import Cell, Formats, Reader
from storage.files.refusals import BadCell

KindName = Literal["customers", "facilities", "observations", "ratings"]
KIND_NAMES: tuple[KindName, ...] = get_args(KindName)

CUSTOMER_KINDS = ("manufacturer", "listed manufacturer", "other", "project")
FACILITY_KINDS = ("term_loan", "revolver", "project_loan", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
COLLATERAL_KINDS = ("cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other")
SENIORITIES = ("senior", "subordinated")
SOURCES = ("customer", "market", "competitor", "relationship")
SCALES = ("global", "domestic", "internal")
INTERNAL = "internal"

_ID, _NAME, _NOTE = 64, 200, 1000


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name in the file, its name in the tables, and how to read a cell of it.

    ``needed``: the column must be there; ``filled``: none of its cells may be empty; ``default`` stands for an empty
    cell or an absent column. ``show`` puts a staged value as a person would.
    """

    name: str
    reader: Callable[[Formats], Reader]
    column: str = ""
    needed: bool = False
    filled: bool = False
    default: Cell = None
    numeric: bool = False
    show: Callable[[Cell], str] = str

    @property
    def target(self) -> str:
        return self.column or self.name


Check = Callable[[Mapping[str, Cell]], tuple[str, BadCell] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    ``key`` names the columns in which two rows are the same fact; ``check`` looks at a row as a whole; ``complete`` is an
    SQL assignment for staged rows whose default depends on another column.
    """

    name: KindName
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    check: Check | None = None
    complete: str = ""

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def _text(longest: int) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.text(longest)


def _choice(*choices: str) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.one_of(choices)


def _pattern(expression: str, code: str) -> Callable[[Formats], Reader]:
    return lambda _formats: cells.pattern(expression, code)


def _past(formats: Formats) -> Reader:
    return cells.day(formats, past=True)


def _share(low: float, high: float) -> Callable[[Formats], Reader]:
    return lambda formats: cells.number(formats, low=low, high=high)


def _money(name: str, *, needed: bool = False) -> Field:
    return Field(name, cells.money, needed=needed, filled=needed, show=cells.shown_money)


def _customer() -> Field:
    return Field("customer", _text(_ID), "customer_id", needed=True, filled=True)


_CURRENCY = _pattern(r"[A-Z]{3}", "currency")


def _ends_after_it_starts(row: Mapping[str, Cell]) -> tuple[str, BadCell] | None:
    start, maturity = row.get("start"), row.get("maturity")
    # both are ISO text, which sorts like the days it names
    if isinstance(start, str) and isinstance(maturity, str) and maturity < start:
        return "maturity", BadCell("not_before", earliest=start)
    return None


CUSTOMERS = Kind(
    "customers",
    (
        Field("id", _text(_ID), "customer_id", needed=True, filled=True),
        Field("name", _text(_NAME), needed=True, filled=True),
        *(Field(name, _text(_NAME)) for name in ("group", "sector", "country", "department", "manager")),
        Field("kind", _choice(*CUSTOMER_KINDS)),
        Field("rating", _text(_ID)),
        Field("rating_date", _past),
        Field("currency", _CURRENCY),
        Field("aliases", lambda _formats: cells.several(_NOTE)),
        Field("since", _past),
    ),
    key=("customer_id",),
)
FACILITIES = Kind(
    "facilities",
    (
        Field("id", _text(_ID), "facility", needed=True, filled=True),
        _customer(),
        Field("kind", _choice(*FACILITY_KINDS), needed=True, filled=True),
        Field("currency", _CURRENCY, needed=True, filled=True),
        _money("limit", needed=True),
        _money("outstanding", needed=True),
        Field("start", cells.day),
        Field("maturity", cells.day),
        Field("rate", _share(-1, 1), numeric=True),
        Field("rate_kind", _text(_NAME)),
        Field("ccf", _share(0, 1), numeric=True),
        Field("lgd", _share(0, 1), numeric=True),
        _money("collateral"),
        Field("collateral_kind", _choice(*COLLATERAL_KINDS)),
        Field("seniority", _choice(*SENIORITIES)),
        Field("days_past_due", lambda formats: cells.whole(formats, low=0, high=36_500)),
        Field("as_of", _past),
    ),
    key=("facility",),
    check=_ends_after_it_starts,
)
OBSERVATIONS = Kind(
    "observations",
    (
        _customer(),
        Field("indicator", _pattern(r"[a-z][a-z0-9_.]{0,59}", "indicator"), needed=True, filled=True),
        Field("as_of", _past, needed=True, filled=True),
        Field("value", cells.number, needed=True, numeric=True),
        Field("source", _choice(*SOURCES), filled=True, default="customer"),
        Field("unit", _text(_ID)),
        Field("note", _text(_NOTE)),
    ),
    key=("customer_id", "indicator", "as_of", "source"),
)
RATINGS = Kind(
    "ratings",
    (
        _customer(),
        Field("rating", _text(_ID), needed=True, filled=True),
        Field("as_of", _past, needed=True, filled=True),
        Field("agency", _text(_NAME), filled=True, default=INTERNAL),
        Field("scale", _choice(*SCALES)),
        Field("outlook", _text(_ID)),
    ),
    key=("customer_id", "as_of", "agency", "scale"),
    # the bank's own letters stand on its own scale, so that they meet those of customers.csv
    complete=f"scale = CASE agency WHEN '{INTERNAL}' THEN '{INTERNAL}' ELSE 'global' END WHERE scale IS NULL",
)
KINDS: dict[KindName, Kind] = {kind.name: kind for kind in (CUSTOMERS, FACILITIES, OBSERVATIONS, RATINGS)}
