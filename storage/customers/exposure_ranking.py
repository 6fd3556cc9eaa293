"""Customers' drawn amounts in one currency, for ranking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Double, case, cast, func, literal, null, select, type_coerce

from storage.customers import currencies
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import DrawnRow
from storage.types import MONEY_SCALE
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
    return select(DrawnRow.customer_id, _sum(_factors(tx, into)).label("worth")).group_by(DrawnRow.customer_id).subquery()


def worth_of(tx: Tx, into: Into, customer: Any) -> Any:
    """Return the worth of the customer in a column, as an expression: for lists of which only some customers are in the query."""
    return select(_sum(_factors(tx, into))).where(DrawnRow.customer_id == customer).correlate_except(DrawnRow).scalar_subquery()


def _sum(factors: Mapping[str, float]) -> Any:
    usable = {currency: literal(factor, Double) for currency, factor in factors.items()}
    factor: Any = case(usable, value=DrawnRow.currency) if usable else null()
    return func.sum(number(DrawnRow.amount) * cast(factor, Double))


def _factors(tx: Tx, into: Into) -> dict[str, float]:
    """Return the usable rates by currency, of the currencies in which anything is drawn."""
    used: list[str] = []
    while (found := _next_currency(tx, after=used[-1] if used else "").scalar()) is not None:
        used.append(found)
    rates = currencies.rates(tx, used, into.currency, as_of=into.as_of, max_age_days=into.max_age_days)
    return {currency: one.factor for currency, one in rates.items()}


@prepared
def _next_currency(_tx: Tx, *, after: Any) -> Any:
    # one look-up for each currency, where a distinct one would read the whole index
    return select(func.min(DrawnRow.currency)).where(DrawnRow.currency > after)


def leading(tx: Tx, into: Into, customers: Callable[[list[str]], Sequence[Any]], count: int) -> Sequence[Any] | None:
    """Return rows of the customers with the largest worth, at least so many, in their order; None where many more would have to be read.

    The largest amounts in each currency come from an index. A customer who is not among them is worth less than the sum of the least of
    them, so that all who are worth more than this sum are certainly the first.

    Args:
        customers: returns the wanted rows of these customers in their order, each row with its worth at the end.
    """
    factors = {currency: factor for currency, factor in _factors(tx, into).items() if factor > 0}
    depth = _DEPTH
    while depth <= _DEEPEST:
        heads = [(_first(tx, currency=currency, limit=depth).all(), factor) for currency, factor in factors.items()]
        rest = sum(max(number_of(rows[-1].amount), 0.0) * factor for rows, factor in heads if len(rows) == depth)
        rows = customers(sorted({row.customer_id for rows, _factor in heads for row in rows}))
        certain = [row for row in rows if row[-1] is not None and row[-1] > rest * _MARGIN]
        if len(certain) >= count:
            return certain
        depth *= 8
    return None


# so many of the largest amounts are looked at, and at most so many
_DEPTH, _DEEPEST = 128, 10_000
# sums of binary numbers may differ by their order
_MARGIN = 1.000001


@prepared
def _first(_tx: Tx, *, currency: Any, limit: Any) -> Any:
    table = DrawnRow
    return select(table.customer_id, table.amount).where(table.currency == currency).order_by(table.amount.desc()).limit(limit)


def number_of(amount: Decimal) -> float:
    """Return an amount as the number of ten-thousandths."""
    return float(amount) * MONEY_SCALE


def weights(tx: Tx, into: Into) -> dict[str, float]:
    """Return every customer's drawn amount by id; customers without a facility or a usable rate are omitted."""
    owed = worth(tx, into)
    query = select(owed.c.customer_id, owed.c.worth).where(owed.c.worth.is_not(None), *visible(tx, owed.c.customer_id))
    return dict(tx.connection.execute(query).all())
