"""Maturities of a customer, and exposures of a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import case, func, or_, select

from storage.customers.customers import known
from storage.database import Tx
from storage.schema import CustomerVersionRow, FacilityVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Maturing:
    """A facility that ends on a day, with its drawn amount."""

    facility: str
    kind: str
    maturity: date
    outstanding: Decimal
    currency: str


def maturing(tx: Tx, customer: str, *, until: date, at: datetime | None = None) -> list[Maturing]:
    """Return a customer's drawn facilities that end up to a day, the earliest first, including matured ones."""
    table = FacilityVersionRow
    query = (
        select(table.facility, table.kind, table.maturity, table.outstanding, table.currency)
        .where(table.customer_id == customer, known(table, at), table.maturity <= until, table.outstanding > Decimal(0))
        .where(*visible(tx, table.customer_id))
        .order_by(table.maturity, table.facility)
    )
    return [Maturing(facility, kind, day, drawn, currency) for facility, kind, day, drawn, currency in tx.connection.execute(query) if day]


@dataclass(frozen=True, slots=True)
class Group:
    """Connected customers: their number, and their drawn amount in each currency."""

    name: str
    members: int
    drawn: dict[str, Decimal]


def group(tx: Tx, name: str, *, at: datetime | None = None) -> Group:
    """Return a group's visible members and exposure as known at a moment."""
    who, lent = CustomerVersionRow, FacilityVersionRow
    mine = (who.group == name, known(who, at), *visible(tx, who.customer_id))
    members = tx.connection.execute(select(func.count()).select_from(who).where(*mine)).scalar_one()
    query = (
        select(lent.currency, func.sum(lent.outstanding, type_=lent.outstanding.type))
        .join(who, who.customer_id == lent.customer_id)
        .where(*mine, known(lent, at))
        .group_by(lent.currency)
        .order_by(lent.currency)
    )
    return Group(name, members, dict(tx.connection.execute(query).all()))


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
