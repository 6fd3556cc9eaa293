"""Exchange rates as known on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from risk_engine.exchange import Conversion, Quote, conversions
from storage.customers.customers import known
from storage.database import Tx
from storage.queries.prepared import prepared
from storage.schema import RateVersionRow


def rates(
    tx: Tx, currencies: Collection[str], into: str, *, as_of: date, max_age_days: int, known_at: datetime | None = None
) -> dict[str, Conversion]:
    """Return the rate of one unit of each currency, from recent quotes not after the day; currencies without one are omitted."""
    rows = _quotes(tx, until=as_of, since=as_of - timedelta(days=max_age_days), at=known_at)
    newest = {(row[0], row[1]): row for row in rows}
    return conversions([Quote(*row) for row in newest.values()], currencies, into)


@prepared
def _quotes(_tx: Tx, *, until: Any, since: Any, at: Any) -> Any:
    table = RateVersionRow
    usable = (table.as_of <= until, table.as_of >= since, known(table, at), table.rate > 0)
    return select(table.currency, table.base, table.as_of, table.rate, table.id).where(*usable).order_by(table.as_of, table.id)
