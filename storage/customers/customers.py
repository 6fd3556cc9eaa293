"""Customers with their exposures, ratings and observations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, or_, select, type_coerce

from storage.database import Tx
from storage.names import name_key
from storage.queries.columns import day, day_of
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, FacilityVersionRow, RatingVersionRow
from storage.visibility import seen, visible


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's master data, in the current version."""

    id: str
    name: str
    group: str | None
    sector: str | None
    country: str | None
    department: str | None
    manager: str | None
    kind: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Facilities in one currency: their number, limits, drawn amounts and the worst arrears.

    ``as_of`` is the oldest entry's day in the ledger, or the day on which an entry without one became known.
    """

    currency: str
    facilities: int
    limit: Decimal
    outstanding: Decimal
    days_past_due: int | None
    as_of: date


@dataclass(frozen=True, slots=True)
class Rating:
    """An agency's newest letter."""

    letter: str
    agency: str
    scale: str
    as_of: date
    outlook: str | None


def known(table: Any, at: datetime | None) -> ColumnElement[bool]:
    """Return the condition for versions that were current at a moment; None is now."""
    if at is None:
        return table.superseded_at.is_(None)  # type: ignore[no-any-return]
    return and_(table.known_at <= at, or_(table.superseded_at.is_(None), table.superseded_at > at))


_WHO = ("name", "group", "sector", "country", "department", "manager", "kind", "currency")
CUSTOMER_COLUMNS = (CustomerVersionRow.customer_id, *(getattr(CustomerVersionRow, column) for column in _WHO))


@prepared
def _by_id(tx: Tx, *, id: Any, at: Any) -> Any:
    table = CustomerVersionRow
    return select(*CUSTOMER_COLUMNS).where(table.customer_id == id, known(table, at), *visible(tx, table.customer_id))


def get(tx: Tx, id: str, *, at: datetime | None = None) -> Customer | None:
    """Return a customer by its id, as known at a moment."""
    row = _by_id(tx, id=id, at=at).one_or_none()
    return None if row is None else Customer(*row)


def named(tx: Tx, text: str) -> list[Customer]:
    """Return customers whose id is the text exactly, else in any case, or whose name it is."""
    if exact := get(tx, text):
        return [exact]
    # two queries, each with an index of its own; one with OR would read the whole book
    current = select(*CUSTOMER_COLUMNS).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    spellings = dict.fromkeys((text.upper(), text.lower()))
    found = [customer for spelling in spellings if (customer := get(tx, spelling))]
    return found or [
        Customer(*row) for row in tx.connection.execute(current.where(CustomerVersionRow.name_key == name_key(text)).limit(10))
    ]


def by_spelling(tx: Tx, ids: Collection[str], keys: Collection[str]) -> list[Customer]:
    """Return the customers with one of these ids, or whose name has one of these keys (``storage.names``)."""
    current = select(*CUSTOMER_COLUMNS).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    found = [*tx.connection.execute(current.where(CustomerVersionRow.customer_id.in_(ids)))] if ids else []
    found += [*tx.connection.execute(current.where(CustomerVersionRow.name_key.in_(keys)).limit(50))] if keys else []
    return [Customer(*row) for row in dict.fromkeys(tuple(row) for row in found)]


# with more ids than this a list in the query does not pay
_A_LIST = 5_000


def many(tx: Tx, ids: Collection[str]) -> dict[str, Customer]:
    """Return these customers by id."""
    query = select(*CUSTOMER_COLUMNS).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    if len(ids) <= _A_LIST:
        query = query.where(CustomerVersionRow.customer_id.in_(ids))
    wanted = set(ids)
    return {row[0]: Customer(*row) for row in tx.connection.execute(query) if row[0] in wanted}


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    """Return the names of these customers."""
    query = select(CustomerVersionRow.customer_id, CustomerVersionRow.name).where(
        CustomerVersionRow.customer_id.in_(ids), known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow)
    )
    return dict(tx.connection.execute(query).all())


@prepared
def _exposures(tx: Tx, *, ids: Any, at: Any) -> Any:
    columns: list[Any] = [
        FacilityVersionRow.customer_id,
        FacilityVersionRow.currency,
        func.count(),
        func.sum(FacilityVersionRow.limit, type_=FacilityVersionRow.limit.type),
        func.sum(FacilityVersionRow.outstanding, type_=FacilityVersionRow.outstanding.type),
        func.max(FacilityVersionRow.days_past_due),
        type_coerce(func.min(func.coalesce(day(tx, FacilityVersionRow.as_of), day_of(tx, FacilityVersionRow.known_at))), Date),
    ]
    return (
        select(*columns)
        .where(FacilityVersionRow.customer_id.in_(ids), known(FacilityVersionRow, at), *visible(tx, FacilityVersionRow.customer_id))
        .group_by(FacilityVersionRow.customer_id, FacilityVersionRow.currency)
    )


def exposures(tx: Tx, ids: Sequence[str], *, at: datetime | None = None) -> dict[str, tuple[Exposure, ...]]:
    """Return these customers' exposures by currency, the largest first; currencies are never added up."""
    found: dict[str, list[Exposure]] = {}
    for id, *figures in _exposures(tx, ids=ids, at=at):
        found.setdefault(id, []).append(Exposure(*figures))
    return {id: tuple(sorted(entries, key=lambda entry: -entry.outstanding)) for id, entries in found.items()}


@prepared
def _ratings(tx: Tx, *, ids: Any, at: Any) -> Any:
    newest = func.row_number().over(
        partition_by=(RatingVersionRow.customer_id, RatingVersionRow.agency, RatingVersionRow.scale), order_by=RatingVersionRow.as_of.desc()
    )
    letters = (
        select(
            RatingVersionRow.customer_id,
            RatingVersionRow.rating,
            RatingVersionRow.agency,
            RatingVersionRow.scale,
            RatingVersionRow.as_of,
            RatingVersionRow.outlook,
            newest.label("place"),
        )
        .where(RatingVersionRow.customer_id.in_(ids), known(RatingVersionRow, at), *visible(tx, RatingVersionRow.customer_id))
        .subquery()
    )
    return select(letters).where(letters.c.place == 1).order_by(letters.c.as_of.desc(), letters.c.agency)


def ratings(tx: Tx, ids: Sequence[str], *, at: datetime | None = None) -> dict[str, tuple[Rating, ...]]:
    """Return each agency's newest letter for these customers, the newest first."""
    found: dict[str, list[Rating]] = {}
    for id, letter, agency, scale, as_of, outlook, _place in _ratings(tx, ids=ids, at=at):
        found.setdefault(id, []).append(Rating(letter, agency, scale, as_of, outlook))
    return {id: tuple(entries) for id, entries in found.items()}


def values_of(tx: Tx, column: str, *, limit: int = 100) -> list[str]:
    """Return the values available to a filter, sorted."""
    field = getattr(CustomerVersionRow, column)
    query = select(field).where(known(CustomerVersionRow, None), field.is_not(None), *seen(tx, CustomerVersionRow))
    return list(tx.connection.execute(query.distinct().order_by(field).limit(limit)).scalars())


def has_value(tx: Tx, column: str, value: str) -> bool:
    """Return True if a customer has exactly this value."""
    field = getattr(CustomerVersionRow, column)
    query = select(CustomerVersionRow.id).where(field == value, known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    return tx.connection.execute(query.limit(1)).first() is not None


def common_values(tx: Tx, column: str, *, limit: int) -> list[str]:
    """Return the values that most customers have, the most frequent first."""
    field = getattr(CustomerVersionRow, column)
    query = select(field).where(known(CustomerVersionRow, None), field.is_not(None), *seen(tx, CustomerVersionRow))
    return list(tx.connection.execute(query.group_by(field).order_by(func.count().desc(), field).limit(limit)).scalars())


def ids(tx: Tx) -> list[str]:
    """The ids of all customers."""
    query = select(CustomerVersionRow.customer_id).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    return list(tx.connection.execute(query).scalars())


def count(tx: Tx) -> int:
    """Return the number of customers."""
    query = select(func.count()).select_from(CustomerVersionRow).where(known(CustomerVersionRow, None), *seen(tx, CustomerVersionRow))
    return tx.connection.execute(query).scalar_one()
