"""The customer list: one line per customer, filtered, sorted and paged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, or_, select

from risk_engine.indicators.breach import BreachState as BreachState
from storage.customers.customers import CUSTOMER_COLUMNS, Customer, Exposure, Rating, exposures, known, ratings
from storage.customers.exposure_ranking import Into, worth
from storage.database import Tx
from storage.schema import BreachRow, CustomerVersionRow, RiskRow, ScoreVersionRow
from storage.visibility import seen, visible

WHO = CustomerVersionRow


class BookOrder(StrEnum):
    """The order of the customer list."""

    BREACH = "breach"
    EXPOSURE = "exposure"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the customer list."""

    customer: Customer
    exposures: tuple[Exposure, ...]
    rating: Rating | None
    colour: int | None
    open_risks: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of the customer list; None means all, and ``managers`` are the names of one person.

    ``stage``, ``default`` and ``grade`` are those of the present scores; a customer without a score passes none of them.
    """

    sector: str | None = None
    country: str | None = None
    department: str | None = None
    manager: str | None = None
    group: str | None = None
    colour: int | None = None
    managers: tuple[str, ...] = ()
    # the currency for an order by exposure
    compared: Into | None = None
    stage: int | None = None
    default: bool | None = None
    grade: int | None = None


def book(tx: Tx, filters: Filters, *, limit: int, offset: int = 0, order: BookOrder = BookOrder.BREACH) -> tuple[int, list[Listed]]:
    """Return the number of customers that pass the filters, and a page of them in this order, then by name."""
    conditions = [known(WHO, None), *_wanted(filters), *seen(tx, WHO)]
    total = tx.connection.execute(select(func.count()).select_from(WHO).where(*conditions)).scalar_one()
    rows = (
        _by_breach(tx, conditions, limit, offset)
        if order is BookOrder.BREACH
        else _by(tx, conditions, order, filters.compared, limit, offset)
    )
    ids = [row[0] for row in rows]
    owed, letters, risks = exposures(tx, ids), ratings(tx, ids), _open_risks(tx, ids)
    return total, [
        Listed(Customer(*row[:-1]), owed.get(row[0], ()), next(iter(letters.get(row[0], ())), None), row[-1], risks.get(row[0], 0))
        for row in rows
    ]


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


def _by(tx: Tx, conditions: list[ColumnElement[bool]], order: BookOrder, compared: Into | None, limit: int, offset: int) -> list[Any]:
    worst = _worst()
    query: Select[Any] = select(*CUSTOMER_COLUMNS, worst.c.colour).outerjoin(worst, worst.c.customer_id == WHO.customer_id)
    first: list[Any] = []
    if order is BookOrder.EXPOSURE:
        assert compared is not None, "an order by exposure says in which currency"
        owed = worth(tx, compared)
        query = query.outerjoin(owed, owed.c.customer_id == WHO.customer_id)
        first = [owed.c.worth.desc().nulls_last()]
    query = query.where(*conditions).order_by(*first, WHO.name_key, WHO.customer_id)
    return list(tx.connection.execute(query.limit(limit).offset(offset)))


def _open_risks(tx: Tx, ids: list[str]) -> dict[str, int]:
    query = select(RiskRow.customer_id, func.count()).where(RiskRow.open, RiskRow.customer_id.in_(ids), *visible(tx, RiskRow.customer_id))
    return dict(tx.connection.execute(query.group_by(RiskRow.customer_id)).all())


def _wanted(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions of the filters, which match whole words in any case."""
    columns = ("sector", "country", "department", "manager", "group")
    conditions: list[ColumnElement[bool]] = [
        func.lower(getattr(WHO, column)) == value.lower() for column in columns if (value := getattr(filters, column)) is not None
    ]
    if filters.managers:
        conditions.append(or_(*(func.lower(WHO.manager) == name.lower() for name in filters.managers)))
    if filters.colour is not None:
        worst = _worst()
        conditions.append(WHO.customer_id.in_(select(worst.c.customer_id).where(worst.c.colour == filters.colour)))
    if scored := _scored(filters):
        conditions.append(WHO.customer_id.in_(select(ScoreVersionRow.customer_id).where(known(ScoreVersionRow, None), *scored)))
    return conditions


def _scored(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions on present scores; a PD of 1 is a default and nothing else."""
    score, conditions = ScoreVersionRow, []
    if filters.stage is not None:
        conditions.append(score.stage == filters.stage)
    if filters.default is not None:
        conditions.append(score.pd >= 1.0 if filters.default else or_(score.pd.is_(None), score.pd < 1.0))
    if filters.grade is not None:
        conditions.append(score.grade == filters.grade)
    return conditions
