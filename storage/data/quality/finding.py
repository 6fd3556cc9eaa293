"""Findings, and the common parts of all questions about the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Date, Double, Integer, Select, Text, and_, cast, func, null, select, true

from risk_engine.facts.data_policy import Data
from risk_engine.policy.policy import Policy
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import CustomerVersionRow
from storage.visibility import visible


class FindingKind(StrEnum):
    """The kind of defect of a fact."""

    MISSING = "missing"
    STALE = "stale"
    CONTRADICTORY = "contradictory"
    IMPLAUSIBLE = "implausible"


class Check(StrEnum):
    """The check that made a finding."""

    NO_ATTRIBUTE = "no_attribute"
    NO_FACILITY = "no_facility"
    NO_RATING = "no_rating"
    NO_STATEMENT = "no_statement"
    NO_READING = "no_reading"
    NO_RATE = "no_rate"
    NO_VALUATION = "no_valuation"
    OLD_RATING = "old_rating"
    OLD_STATEMENT = "old_statement"
    OLD_READING = "old_reading"
    OLD_FACILITY = "old_facility"
    OLD_RATE = "old_rate"
    OLD_VALUATION = "old_valuation"
    OLD_PROJECTION = "old_projection"
    BALANCE = "balance"
    PART_OVER_WHOLE = "part_over_whole"
    SOURCES_DISAGREE = "sources_disagree"
    DRAWN_OVER_LIMIT = "drawn_over_limit"
    ARREARS_DISAGREE = "arrears_disagree"
    VALUES_DISAGREE = "values_disagree"
    CURRENCIES_DISAGREE = "currencies_disagree"
    SCHEDULE = "schedule"
    ACCOUNT_GAPS = "account_gaps"
    ACCOUNT_MOVED = "account_moved"
    ANOTHERS_FACILITY = "anothers_facility"
    UNKNOWN_FACILITY = "unknown_facility"
    NO_COLLATERAL_KIND = "no_collateral_kind"
    IDS_ALIKE = "ids_alike"
    FACILITIES_ALIKE = "facilities_alike"
    ONE_NAME = "one_name"
    NEGATIVE = "negative"
    OUT_OF_BOUNDS = "out_of_bounds"
    UNIT_SLIP = "unit_slip"
    MONTHS_IN_YEAR = "months_in_year"
    RATE_OUT_OF_BOUNDS = "rate_out_of_bounds"
    SMALL_SHARE = "small_share"
    MATURED = "matured"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding; ``customer`` is None if it concerns the whole book, such as a rate.

    Attributes:
        about: the indicator, facility, currency or column.
        value, against: the figure, and the one that contradicts it; amounts are in ``unit``, a currency.
        file, row: the source of the fact.
    """

    customer: str | None
    kind: FindingKind
    check: Check
    about: str | None
    value: float | None
    against: float | None
    unit: str | None
    as_of: date | None
    file: str | None
    row: int | None


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all questions: day, policy, and one customer, one sector or all; visible customers only."""

    tx: Tx
    today: date
    policy: Policy
    customer: str | None = None
    sector: str | None = None

    @property
    def data(self) -> Data:
        return self.policy.data

    def about(self, column: Any) -> ColumnElement[bool]:
        """Return the condition for the customers in question."""
        return and_(chosen(column, self.customer, self.sector), *visible(self.tx, column))

    def days_between(self, later: Any, earlier: Any) -> Any:
        """Return the whole days from one date to another, on either database."""
        return func.julianday(later) - func.julianday(earlier) if self.tx.dialect == "sqlite" else later - earlier


def chosen(column: Any, customer: str | None, sector: str | None) -> ColumnElement[bool]:
    """Return the condition for one customer, those of a sector, or all."""
    conditions: list[ColumnElement[bool]] = [true()]
    if customer is not None:
        conditions.append(column == customer)
    if sector is not None:
        of_the_sector = select(CustomerVersionRow.customer_id).where(
            known(CustomerVersionRow, None), func.lower(CustomerVersionRow.sector) == sector.lower()
        )
        conditions.append(column.in_(of_the_sector))
    return and_(*conditions)


Question: TypeAlias = tuple[Check, Select[Any]]


def line(
    customer: Any, *, about: Any = None, value: Any = None, against: Any = None, unit: Any = None, as_of: Any = None, fact: Any = None
) -> Select[Any]:
    """Return a select with one finding per row; ``fact`` is the table with file and row."""
    return select(
        customer if customer is not None else cast(null(), Text),
        about if about is not None else cast(null(), Text),
        value if value is not None else cast(null(), Double),
        against if against is not None else cast(null(), Double),
        unit if unit is not None else cast(null(), Text),
        as_of if as_of is not None else cast(null(), Date),
        fact.import_id if fact is not None else cast(null(), Integer),
        fact.file_row if fact is not None else cast(null(), Integer),
    )
