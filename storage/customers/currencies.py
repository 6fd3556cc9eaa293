"""Exchange rates as known on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select

from risk_engine.exchange import Conversion, Quote, conversions
from storage.customers.customers import known
from storage.database import Tx
from storage.schema import RateVersionRow


def rates(
    tx: Tx, currencies: Collection[str], into: str, *, as_of: date, max_age_days: int, known_at: datetime | None = None
) -> dict[str, Conversion]:
    """Return the rate of one unit of each currency, from recent quotes not after the day; currencies without one are omitted."""
    table = RateVersionRow
    usable = (table.as_of <= as_of, table.as_of >= as_of - timedelta(days=max_age_days), known(table, known_at), table.rate > 0)
    query = select(table.currency, table.base, table.as_of, table.rate, table.id).where(*usable).order_by(table.as_of, table.id)
    return conversions((Quote(*row) for row in tx.connection.execute(query)), currencies, into)
