"""Totals of the scored book by department, sector and country: counted after each scoring, and not at each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select

from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, ScoreTotalRow, ScoreTotalStateRow, ScoreVersionRow

_KEYS = ("department", "sector", "country", "currency")
_COUNTED = ("expected_loss", "ead", "pd")


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of the filtered book; sums cover computable figures, ``without_*`` counts the others.

    ``change`` is that of the expected loss; None where the ranking is by another measure.
    """

    customers: int
    expected_loss: Decimal
    ead: Decimal
    without_loss: int
    without_ead: int
    unranked: int
    currency: str | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Totals by parts of the book, and the numbers of the last score and customer's version that they cover."""

    through: tuple[int, int]
    rows: Sequence[Mapping[str, Any]]


_LAST = select(
    select(func.coalesce(func.max(ScoreVersionRow.id), 0)).scalar_subquery(),
    select(func.coalesce(func.max(CustomerVersionRow.id), 0)).scalar_subquery(),
)
_STATE = select(ScoreTotalStateRow.score, ScoreTotalStateRow.customer)


def count(tx: Tx) -> Counted | None:
    """Count the book; None where the kept totals cover it already."""
    through = tuple(tx.connection.execute(_LAST).one())
    if through == _kept(tx):
        return None
    who, score = CustomerVersionRow, ScoreVersionRow
    keys = (*(getattr(who, name) for name in _KEYS[:-1]), score.currency)
    columns = (
        *(key.label(name) for key, name in zip(keys, _KEYS, strict=True)),
        func.count().label("customers"),
        *(func.sum(column, type_=column.type).label(column.key) for column in (score.expected_loss, score.ead)),
        *(func.count(column).label(f"with_{column.key}") for column in (score.expected_loss, score.ead, score.pd)),
    )
    query = select(*columns).join(who, who.customer_id == score.customer_id)
    query = query.where(score.superseded_at.is_(None), who.superseded_at.is_(None)).group_by(*keys)
    return Counted((through[0], through[1]), [dict(row) for row in tx.connection.execute(query).mappings()])


def keep(tx: Tx, counted: Counted) -> None:
    """Replace the kept totals."""
    tx.connection.execute(delete(ScoreTotalRow))
    tx.connection.execute(delete(ScoreTotalStateRow))
    if counted.rows:
        tx.connection.execute(insert(ScoreTotalRow), [dict(row) for row in counted.rows])
    score, customer = counted.through
    tx.connection.execute(insert(ScoreTotalStateRow).values(id=1, score=score, customer=customer))


def of(tx: Tx, ranked_by: str, filters: Mapping[str, str]) -> Totals | None:
    """Return the totals of all customers that pass the filters; None where nobody has counted this book for this reader.

    Args:
        ranked_by: the figure without which a customer is unranked; a grade has everybody.
    """
    if not tx.sight.everything or ranked_by not in (*_COUNTED, "grade") or _kept(tx) != tuple(tx.connection.execute(_LAST).one()):
        return None
    ranked = "customers" if ranked_by == "grade" else f"with_{ranked_by}"
    wanted = {name: value.lower() for name, value in filters.items()}
    row = _summed(tx, ranked, tuple(sorted(wanted)), **wanted).one()
    *figures, currency = row
    customers, loss, ead, with_loss, with_ead, with_rank = (figure or 0 for figure in figures)
    sums = (Decimal(loss), Decimal(ead))
    return Totals(customers, *sums, customers - with_loss, customers - with_ead, customers - with_rank, currency, change=None)


@prepared
def _summed(_tx: Tx, ranked: str, filtered: tuple[str, ...], **wanted: Any) -> Any:
    total = ScoreTotalRow
    amount = total.ead.type
    columns = (
        func.sum(total.customers),
        func.sum(total.expected_loss, type_=amount),
        func.sum(total.ead, type_=amount),
        func.sum(total.with_expected_loss),
        func.sum(total.with_ead),
        func.sum(getattr(total, ranked)),
        func.min(total.currency),
    )
    return select(*columns).where(*(func.lower(getattr(total, name)) == wanted[name] for name in filtered))


def unchanged_since(tx: Tx, at: datetime) -> bool:
    """Return True if no score and no customer has changed after a moment, so that the present answer is that moment's."""
    for table in (ScoreVersionRow, CustomerVersionRow):
        newest = tx.connection.execute(select(table.known_at).order_by(table.id.desc()).limit(1)).scalar_one_or_none()
        if newest is not None and newest > at:
            return False
    return True


def _kept(tx: Tx) -> tuple[int, int] | None:
    row = tx.connection.execute(_STATE).one_or_none()
    return None if row is None else (row.score, row.customer)
