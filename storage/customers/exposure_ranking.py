"""Customers' drawn amounts in one currency, for ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Double, case, cast, func, literal, null, select, type_coerce

from storage.customers import currencies
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import FacilityVersionRow
from storage.visibility import visible


def number(column: Any) -> Any:
    """Return a money column as a binary number of ten-thousandths, for comparison and division."""
    return cast(type_coerce(column, BigInteger), Double)


@dataclass(frozen=True, slots=True)
class Into:
    """The currency for comparison, and the usable rates: not after the day, not too old."""

    currency: str
    as_of: date
    max_age_days: int


def worth(tx: Tx, into: Into) -> Any:
    """Return a subquery of (customer_id, worth): drawn amounts in one currency; NULL without any usable rate."""
    table = FacilityVersionRow
    used = tx.connection.execute(select(table.currency).where(known(table, None)).distinct()).scalars().all()
    found = currencies.rates(tx, used, into.currency, as_of=into.as_of, max_age_days=into.max_age_days)
    factors = {currency: literal(one.factor, Double) for currency, one in found.items()}
    factor: Any = case(factors, value=table.currency) if factors else null()
    return (
        select(table.customer_id, func.sum(number(table.outstanding) * cast(factor, Double)).label("worth"))
        .where(known(table, None))
        .group_by(table.customer_id)
        .subquery()
    )


def weights(tx: Tx, into: Into) -> dict[str, float]:
    """Return every customer's drawn amount by id; customers without a facility or a usable rate are omitted."""
    owed = worth(tx, into)
    query = select(owed.c.customer_id, owed.c.worth).where(owed.c.worth.is_not(None), *visible(tx, owed.c.customer_id))
    return dict(tx.connection.execute(query).all())
