"""Customers whose grade differs from the one at an earlier moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from risk_engine.grading import Grade
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.one_of import Value, matching
from storage.schema import CustomerVersionRow, ScoreVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Regraded:
    """A customer with its grades and expected losses before and now."""

    customer: str
    name: str
    before: Grade
    after: Grade
    loss_before: Decimal | None
    loss_after: Decimal | None
    currency: str


_Now, _Then, _Who = ScoreVersionRow, aliased(ScoreVersionRow), CustomerVersionRow


def since(
    tx: Tx, then: datetime, filters: Mapping[str, Value], *, limit: int, at: datetime | None = None
) -> tuple[int, int, list[Regraded]]:
    """Return how many grades are worse and how many better than at a moment, and the customers, those that fell furthest first."""
    joined = _Now.__table__.join(_Then, and_(_Then.customer_id == _Now.customer_id, known(_Then, then)))
    joined = joined.join(_Who.__table__, and_(_Who.customer_id == _Now.customer_id, known(_Who, at)))
    wanted = [matching(getattr(_Who, column), value) for column, value in filters.items()]
    moved = (known(_Now, at), _Now.known_at > then, _Now.grade != _Then.grade, *wanted, *visible(tx, _Now.customer_id))
    counts = select(func.count(case((_Now.grade > _Then.grade, 1))), func.count()).select_from(joined).where(*moved)
    worse, all_ = tx.connection.execute(counts).one()
    columns: tuple[Any, ...] = (
        *(_Now.customer_id, _Who.name, _Then.grade, _Now.grade),
        *(_Then.expected_loss, _Now.expected_loss, _Now.currency),
    )
    order = ((_Now.grade - _Then.grade).desc(), _Now.grade.desc(), _Now.expected_loss.desc().nulls_last(), _Now.customer_id)
    rows: Any = tx.connection.execute(select(*columns).select_from(joined).where(*moved).order_by(*order).limit(limit)) if all_ else ()
    found = [Regraded(id, name, Grade(before), Grade(after), *losses) for id, name, before, after, *losses in rows]
    return worse, all_ - worse, found
