"""What customers owe, made comparable for putting them in order; never a figure to show, as that would need dated rates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Double, cast, func, literal, select, type_coerce

from storage.customers import known
from storage.database import Tx
from storage.schema import FacilityVersionRow, RateVersionRow


def number(column: Any) -> Any:
    """A column of money as a binary number of ten-thousandths, for comparing and dividing."""
    return cast(type_coerce(column, BigInteger), Double)


def worth() -> Any:
    """A subquery of (customer_id, worth): drawn amounts at their newest rates; a currency without a rate counts as it is."""
    owed = (
        select(FacilityVersionRow.customer_id, FacilityVersionRow.currency, func.sum(number(FacilityVersionRow.outstanding)).label("drawn"))
        .where(known(FacilityVersionRow, None))
        .group_by(FacilityVersionRow.customer_id, FacilityVersionRow.currency)
        .subquery()
    )
    rates = _newest_rates()
    return (
        select(owed.c.customer_id, func.sum(owed.c.drawn * func.coalesce(rates.c.rate, literal(1.0))).label("worth"))
        .outerjoin(rates, rates.c.currency == owed.c.currency)
        .group_by(owed.c.customer_id)
        .subquery()
    )


def weights(tx: Tx) -> dict[str, float]:
    """Every customer's worth by id; whoever has no facility is not in it."""
    owed = worth()
    return dict(tx.connection.execute(select(owed.c.customer_id, owed.c.worth)).all())


def _newest_rates() -> Any:
    """(currency, rate): one line a currency, into the base that most rates are given in."""
    current = known(RateVersionRow, None)
    base = (
        select(RateVersionRow.base)
        .where(current)
        .group_by(RateVersionRow.base)
        .order_by(func.count().desc(), RateVersionRow.base)
        .limit(1)
        .scalar_subquery()
    )
    place = func.row_number().over(partition_by=RateVersionRow.currency, order_by=(RateVersionRow.as_of.desc(), RateVersionRow.id.desc()))
    ranked = (
        select(RateVersionRow.currency, RateVersionRow.rate, place.label("place")).where(current, RateVersionRow.base == base).subquery()
    )
    return select(ranked.c.currency, ranked.c.rate).where(ranked.c.place == 1).subquery()
