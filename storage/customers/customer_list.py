"""The customer list: one line per customer, filtered, sorted and paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, null, or_, select

from risk_engine.exchange import Conversion
from risk_engine.indicators.breach import BreachState as BreachState
from storage.customers import book_totals, currencies
from storage.customers.customers import CUSTOMER_COLUMNS, Customer, Exposure, Rating, exposures, known, ratings
from storage.customers.exposure_ranking import Into, leading, worth, worth_of
from storage.database import Tx
from storage.queries.among import among
from storage.queries.one_of import Value, matching
from storage.schema import BreachRow, CustomerVersionRow, FacilityVersionRow, RatingVersionRow, RiskRow, ScoreVersionRow
from storage.visibility import seen, visible

WHO = CustomerVersionRow


class BookOrder(StrEnum):
    """The order of the customer list."""

    BREACH = "breach"
    EXPOSURE = "exposure"
    NAME = "name"


class Lacking(StrEnum):
    """A record of which customers have none: a rating of any age, a facility, an open risk, an open breach."""

    RATING = "rating"
    FACILITY = "facility"
    RISK = "risk"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the customer list.

    ``worth`` is the drawn amount in the currency for comparison, None without a rate for each of its currencies.
    """

    customer: Customer
    exposures: tuple[Exposure, ...]
    worth: Decimal | None
    rating: Rating | None
    colour: int | None
    open_risks: int


@dataclass(frozen=True, slots=True)
class Between:
    """The bounds of a figure, either of which may be missing; ``above`` and ``below`` leave out the bound itself."""

    least: Decimal | None
    most: Decimal | None
    above: bool = False
    below: bool = False

    def holds(self, column: Any, scale: int | None = None) -> list[ColumnElement[bool]]:
        """Return the conditions on a column; ``scale`` is that of a column of binary numbers."""
        least, most = (None if end is None else end if scale is None else float(end) * scale for end in (self.least, self.most))
        conditions: list[ColumnElement[bool]] = []
        if least is not None:
            conditions.append(column > least if self.above else column >= least)
        if most is not None:
            conditions.append(column < most if self.below else column <= most)
        return conditions


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the customer list; None means all, and ``managers`` are the names of one person.

    ``stages``, ``default``, ``grades`` and ``category`` are those of the present scores; a customer without a score passes none of them.
    ``figures`` are bounds by name: ``exposure``, the drawn amount in the currency for comparison, or a figure of the present scores.
    """

    sector: Value | None = None
    country: Value | None = None
    department: Value | None = None
    manager: Value | None = None
    group: Value | None = None
    colour: int | None = None
    managers: tuple[str, ...] = ()
    # the currency for comparing amounts
    compared: Into | None = None
    stages: tuple[int, ...] = ()
    default: bool | None = None
    grades: tuple[int, ...] = ()
    category: int | None = None
    figures: Mapping[str, Between] = field(default_factory=dict)
    lacking: Lacking | None = None


def book(tx: Tx, filters: Filters, *, limit: int, offset: int = 0, order: BookOrder = BookOrder.BREACH) -> tuple[int, list[Listed]]:
    """Return the number of customers that pass the filters, and a page of them in this order, then by name."""
    conditions = [known(WHO, None), *_wanted(tx, filters), *seen(tx, WHO)]
    total = _total(tx, filters, conditions)
    rows: Sequence[Any]
    match order:
        case BookOrder.BREACH:
            rows = _by_breach(tx, conditions, limit, offset)
        case BookOrder.EXPOSURE:
            rows = _by_exposure(tx, conditions, filters.compared, total, limit, offset)
        case BookOrder.NAME:
            rows = list(tx.connection.execute(_with_colour(conditions).order_by(WHO.name_key, WHO.customer_id).limit(limit).offset(offset)))
    ids = [row[0] for row in rows]
    owed, letters, risks = exposures(tx, ids), ratings(tx, ids), _open_risks(tx, ids)
    rates = _rates(tx, filters.compared, {entry.currency for entries in owed.values() for entry in entries})
    return total, [_listed(row, owed.get(row[0], ()), letters.get(row[0], ()), risks.get(row[0], 0), rates) for row in rows]


# so few customers are put in order one and all
_FEW = 500


def _total(tx: Tx, filters: Filters, conditions: list[ColumnElement[bool]]) -> int:
    """Return the number of customers that pass the filters: from the totals of the book where these are its parts."""
    if filters == replace(Filters(compared=filters.compared), **{name: getattr(filters, name) for name in _PARTS}):
        parts = {name: value for name in _PARTS if (value := getattr(filters, name)) is not None}
        if all(isinstance(value, str) for value in parts.values()) and (kept := book_totals.customers(tx, parts)) is not None:
            return kept
    return int(tx.connection.execute(select(func.count()).select_from(WHO).where(*conditions)).scalar_one())


_PARTS = ("sector", "country", "department")


def _listed(
    row: Sequence[Any], owed: tuple[Exposure, ...], letters: Sequence[Rating], risks: int, rates: Mapping[str, Conversion]
) -> Listed:
    return Listed(Customer(*row[:-1]), owed, _worth(owed, rates), next(iter(letters), None), row[-1], risks)


def _rates(tx: Tx, compared: Into | None, used: set[str]) -> Mapping[str, Conversion]:
    if compared is None:
        return {}
    return currencies.rates(tx, used, compared.currency, as_of=compared.as_of, max_age_days=compared.max_age_days)


def _worth(owed: Sequence[Exposure], rates: Mapping[str, Conversion]) -> Decimal | None:
    """Return drawn amounts as one sum; None without an amount, or without a rate for each."""
    if not owed or any(entry.currency not in rates for entry in owed):
        return None
    return round(sum((entry.outstanding * Decimal(repr(rates[entry.currency].factor)) for entry in owed), Decimal(0)), 2)


def _worst() -> Any:
    """Return the query of (customer_id, colour) for customers with an open breach."""
    query = select(BreachRow.customer_id, func.max(BreachRow.colour).label("colour")).where(BreachRow.state != BreachState.CLOSED.value)
    return query.group_by(BreachRow.customer_id).subquery()


def _by_breach(tx: Tx, conditions: list[ColumnElement[bool]], limit: int, offset: int) -> list[Any]:
    """Return customers in breach first, then the others in index order, which avoids sorting the whole book."""
    worst = _worst()
    out: Select[Any] = select(*CUSTOMER_COLUMNS, worst.c.colour).join(worst, worst.c.customer_id == WHO.customer_id).where(*conditions)
    found = list(tx.connection.execute(out.order_by(worst.c.colour.desc(), WHO.name_key, WHO.customer_id).limit(limit).offset(offset)))
    if len(found) == limit:
        return found
    before = tx.connection.execute(select(func.count()).select_from(out.subquery())).scalar_one()
    broken = select(BreachRow.id).where(BreachRow.customer_id == WHO.customer_id, BreachRow.state != BreachState.CLOSED.value).exists()
    others: Select[Any] = select(*CUSTOMER_COLUMNS, null()).where(*conditions, ~broken).order_by(WHO.name_key, WHO.customer_id)
    return [*found, *tx.connection.execute(others.limit(limit - len(found)).offset(max(offset - before, 0)))]


def _by_exposure(
    tx: Tx, conditions: list[ColumnElement[bool]], compared: Into | None, total: int, limit: int, offset: int
) -> Sequence[Any]:
    """Return customers by their drawn amounts: from those with the largest ones, where enough of these pass the conditions."""
    assert compared is not None, "an order by exposure says in which currency"
    owed = worth_of(tx, compared, WHO.customer_id).label("worth")
    order = (owed.desc().nulls_last(), WHO.name_key, WHO.customer_id)
    query = _with_colour(conditions).add_columns(owed).order_by(*order)

    def of_these(ids: list[str]) -> Sequence[Any]:
        return tx.connection.execute(query.where(among(tx, WHO.customer_id, ids))).all()

    first = leading(tx, compared, of_these, offset + limit) if total > _FEW and offset + limit <= total else None
    found = tx.connection.execute(query.limit(limit).offset(offset)).all() if first is None else first[offset : offset + limit]
    return [row[:-1] for row in found]


def _with_colour(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    worst = select(func.max(BreachRow.colour)).where(BreachRow.customer_id == WHO.customer_id, BreachRow.state != BreachState.CLOSED.value)
    return select(*CUSTOMER_COLUMNS, worst.scalar_subquery()).where(*conditions)


def _open_risks(tx: Tx, ids: list[str]) -> dict[str, int]:
    query = select(RiskRow.customer_id, func.count()).where(RiskRow.open, RiskRow.customer_id.in_(ids), *visible(tx, RiskRow.customer_id))
    return dict(tx.connection.execute(query.group_by(RiskRow.customer_id)).all())


def _wanted(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters, which match whole words in any case."""
    columns = ("sector", "country", "department", "manager", "group")
    conditions: list[ColumnElement[bool]] = [
        matching(getattr(WHO, column), value) for column in columns if (value := getattr(filters, column)) is not None
    ]
    if filters.managers:
        conditions.append(or_(*(func.lower(WHO.manager) == name.lower() for name in filters.managers)))
    if filters.colour is not None:
        worst = _worst()
        conditions.append(WHO.customer_id.in_(select(worst.c.customer_id).where(worst.c.colour == filters.colour)))
    if exposure := filters.figures.get("exposure"):
        assert filters.compared is not None, "a bound of exposure says in which currency"
        owed = worth(tx, filters.compared)
        # as the amounts are kept: in ten-thousandths
        conditions.append(WHO.customer_id.in_(select(owed.c.customer_id).where(*exposure.holds(owed.c.worth, 10_000))))
    if filters.lacking is not None:
        conditions.append(~exists().where(*_record(filters.lacking)))
    if scored := _scored(filters):
        conditions.append(WHO.customer_id.in_(select(ScoreVersionRow.customer_id).where(known(ScoreVersionRow, None), *scored)))
    return conditions


def _record(kind: Lacking) -> list[ColumnElement[bool]]:
    """Return the conditions of a customer's record of this kind."""
    table, standing = _RECORDS[kind]
    return [table.customer_id == WHO.customer_id, standing]


_RECORDS: Mapping[Lacking, tuple[Any, ColumnElement[bool]]] = {
    Lacking.RATING: (RatingVersionRow, known(RatingVersionRow, None)),
    Lacking.FACILITY: (FacilityVersionRow, known(FacilityVersionRow, None)),
    Lacking.RISK: (RiskRow, RiskRow.open.is_(True)),
    Lacking.BREACH: (BreachRow, BreachRow.state != BreachState.CLOSED.value),
}


# the figures of the present scores, with the scale of binary numbers
_SCORED = {"expected_loss": None, "pd": 1, "days_past_due": 1}


def _scored(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions on present scores; a PD of 1 is a default and nothing else."""
    score = ScoreVersionRow
    conditions: list[ColumnElement[bool]] = []
    if filters.stages:
        conditions.append(score.stage.in_(filters.stages))
    if filters.default is not None:
        conditions.append(score.pd >= 1.0 if filters.default else or_(score.pd.is_(None), score.pd < 1.0))
    if filters.grades:
        conditions.append(score.grade.in_(filters.grades))
    if filters.category is not None:
        conditions.append(score.category == filters.category)
    for name, bounds in filters.figures.items():
        if name in _SCORED:
            conditions += bounds.holds(getattr(score, name), _SCORED[name])
    return conditions
