"""The newest fact of each customer not dated in the future, by one index look-up per customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from storage.customers.customers import known
from storage.schema import ObservationVersionRow, RatingVersionRow, StatementVersionRow


def newest_reading(customer: Any, indicator: str, today: date) -> Any:
    """Return the id of an indicator's newest reading with a value."""
    table = ObservationVersionRow
    query = select(table.id).where(
        table.customer_id == customer, table.indicator == indicator, table.value.is_not(None), table.as_of <= today, known(table, None)
    )
    return query.order_by(table.as_of.desc(), table.id.desc()).limit(1).correlate_except(table).scalar_subquery()


def newest_rating(customer: Any, today: date) -> Any:
    """Return the id of the newest rating of any agency."""
    return _newest(RatingVersionRow, RatingVersionRow.as_of, customer, today)


def newest_statement(customer: Any, today: date) -> Any:
    """Return the id of the newest statement."""
    return _newest(StatementVersionRow, StatementVersionRow.period_end, customer, today)


def _newest(table: Any, day: Any, customer: Any, today: date) -> Any:
    query = select(table.id).where(table.customer_id == customer, day <= today, known(table, None))
    return query.order_by(day.desc(), table.id.desc()).limit(1).correlate_except(table).scalar_subquery()
