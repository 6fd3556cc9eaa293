"""Maturities of a customer, and exposures of a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, or_, select

from storage.customers.customers import known
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, FacilityVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Facility:
    """One loan or credit line, as the ledger has it."""

    id: str
    customer: str
    kind: str
    currency: str
    limit: Decimal
    outstanding: Decimal
    start: date | None
    maturity: date | None
    rate: float | None
    collateral: Decimal | None
    collateral_kind: str | None
    days_past_due: int | None
    overdue: Decimal | None
    as_of: date | None


_LENT = FacilityVersionRow
_COLUMNS: tuple[Any, ...] = (
    *(_LENT.facility, _LENT.customer_id, _LENT.kind, _LENT.currency, _LENT.limit, _LENT.outstanding, _LENT.start, _LENT.maturity),
    *(_LENT.rate, _LENT.collateral, _LENT.collateral_kind, _LENT.days_past_due, _LENT.overdue, _LENT.as_of),
)


def facility(tx: Tx, id: str, *, at: datetime | None = None) -> Facility | None:
    """Return the facility with this id, in any case, as known at a moment."""
    query = select(*_COLUMNS).where(known(_LENT, at), *visible(tx, _LENT.customer_id))
    for spelling in dict.fromkeys((id, id.upper(), id.lower())):
        if (row := tx.connection.execute(query.where(_LENT.facility == spelling)).one_or_none()) is not None:
            return Facility(*row)
    return None


def facilities(tx: Tx, customer: str, *, at: datetime | None = None) -> list[Facility]:
    """Return a customer's facilities, the longest past due first, then by number."""
    query = select(*_COLUMNS).where(_LENT.customer_id == customer, known(_LENT, at), *visible(tx, _LENT.customer_id))
    longest = func.coalesce(_LENT.days_past_due, 0).desc()
    return [Facility(*row) for row in tx.connection.execute(query.order_by(longest, _LENT.facility))]


@dataclass(frozen=True, slots=True)
class Maturing:
    """A facility that ends on a day, with its drawn amount."""

    facility: str
    kind: str
    maturity: date
    outstanding: Decimal
    currency: str


@prepared
def _maturing(tx: Tx, *, customer: Any, until: Any, at: Any) -> Any:
    table = FacilityVersionRow
    return (
        select(table.facility, table.kind, table.maturity, table.outstanding, table.currency)
        .where(table.customer_id == customer, known(table, at), table.maturity <= until, table.outstanding > Decimal(0))
        .where(*visible(tx, table.customer_id))
        .order_by(table.maturity, table.facility)
    )


def maturing(tx: Tx, customer: str, *, until: date, at: datetime | None = None) -> list[Maturing]:
    """Return a customer's drawn facilities that end up to a day, the earliest first, including matured ones."""
    found = _maturing(tx, customer=customer, until=until, at=at)
    return [Maturing(facility, kind, day, drawn, currency) for facility, kind, day, drawn, currency in found if day]


@dataclass(frozen=True, slots=True)
class Group:
    """Connected customers: their number, and their drawn amount in each currency."""

    name: str
    members: int
    drawn: dict[str, Decimal]


@prepared
def _members(tx: Tx, *, name: Any, at: Any) -> Any:
    return select(func.count()).select_from(CustomerVersionRow).where(*_of_group(tx, name, at))


@prepared
def _drawn(tx: Tx, *, name: Any, at: Any) -> Any:
    who, lent = CustomerVersionRow, FacilityVersionRow
    query = select(lent.currency, func.sum(lent.outstanding, type_=lent.outstanding.type)).join(who, who.customer_id == lent.customer_id)
    return query.where(*_of_group(tx, name, at), known(lent, at)).group_by(lent.currency).order_by(lent.currency)


def _of_group(tx: Tx, name: Any, at: Any) -> tuple[Any, ...]:
    who = CustomerVersionRow
    return (who.group == name, known(who, at), *visible(tx, who.customer_id))


def group(tx: Tx, name: str, *, at: datetime | None = None) -> Group:
    """Return a group's visible members and exposure as known at a moment."""
    return Group(name, _members(tx, name=name, at=at).scalar_one(), dict(_drawn(tx, name=name, at=at).all()))


def total_exposure(tx: Tx, customer: str) -> dict[str, Decimal]:
    """Return the total granted to a customer's group, or to the customer alone, in each currency: drawn or not.

    The whole group counts for every reader: an authority limits the bank's loss, regardless of a person's sight.
    """
    who, lent = CustomerVersionRow, FacilityVersionRow
    group = select(who.group).where(who.customer_id == customer, known(who, None)).scalar_subquery()
    member = select(who.customer_id).where(known(who, None), or_(who.customer_id == customer, who.group == group))
    larger = case((lent.outstanding > lent.limit, lent.outstanding), else_=lent.limit)
    query = select(lent.currency, func.sum(larger, type_=lent.limit.type)).where(known(lent, None), lent.customer_id.in_(member))
    return dict(tx.connection.execute(query.group_by(lent.currency).order_by(lent.currency)).all())
