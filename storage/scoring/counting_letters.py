"""The letter that counts in a score: of the letters on record, the one that gives the PD."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select

from storage.customers.customers import Rating
from storage.database import Tx
from storage.queries.among import among
from storage.schema import RatingVersionRow
from storage.scoring.scores import Score
from storage.visibility import visible


def of(tx: Tx, found: Collection[Score]) -> dict[str, Rating]:
    """Return the letter that counts for each customer, by the scores given; customers without one are omitted."""
    table = RatingVersionRow
    ids = [score.rating_id for score in found if score.rating_id is not None]
    columns = (table.customer_id, table.rating, table.agency, table.scale, table.as_of, table.outlook)
    query = select(*columns).where(among(tx, table.id, ids), *visible(tx, table.customer_id))
    rows: Iterable[Any] = tx.connection.execute(query)
    return {customer: Rating(*cells) for customer, *cells in rows}
