"""Totals of the scored book by sector, country or department: one row for each of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from storage.customers import book_totals
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.one_of import Value, matching
from storage.schema import CustomerVersionRow, ScoreTotalRow, ScoreVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class PartTotal:
    """The totals of one part; ``name`` is None for customers without the attribute, and sums cover computable figures."""

    name: str | None
    currency: str
    customers: int
    expected_loss: Decimal
    ead: Decimal
    without_loss: int
    late: int


def of(tx: Tx, column: str, filters: Mapping[str, Value]) -> list[PartTotal]:
    """Return the totals of the customers that pass the filters by the values of a column: the kept ones where they are this reader's."""
    rows: Any = tx.connection.execute(_kept(column, filters) if book_totals.usable(tx) else _counted(tx, column, filters))
    return [
        PartTotal(name, currency, int(n), loss or Decimal(0), ead or Decimal(0), int(n) - int(known_ones), int(late))
        for name, currency, n, loss, ead, known_ones, late in rows
    ]


def _kept(column: str, filters: Mapping[str, Value]) -> Any:
    total = ScoreTotalRow
    part, amount = getattr(total, column), total.ead.type
    figures = (
        func.sum(total.customers),
        func.sum(total.expected_loss, type_=amount),
        func.sum(total.ead, type_=amount),
        func.sum(total.with_expected_loss),
        func.sum(total.late),
    )
    wanted = [matching(getattr(total, name), value) for name, value in filters.items()]
    return select(part, func.min(total.currency), *figures).where(total.currency.is_not(None), *wanted).group_by(part)


def _counted(tx: Tx, column: str, filters: Mapping[str, Value]) -> Any:
    who, score = CustomerVersionRow, ScoreVersionRow
    part, amount = getattr(who, column), score.ead.type
    figures = (
        func.count(),
        func.sum(score.expected_loss, type_=amount),
        func.sum(score.ead, type_=amount),
        func.count(score.expected_loss),
        func.count(func.nullif(score.days_past_due > 0, False)),
    )
    wanted = [matching(getattr(who, name), value) for name, value in filters.items()]
    query = select(part, func.min(score.currency), *figures).join(who, who.customer_id == score.customer_id)
    return query.where(known(score, None), known(who, None), *wanted, *visible(tx, score.customer_id)).group_by(part)
