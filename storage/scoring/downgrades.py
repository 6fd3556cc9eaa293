"""Sharp downgrades that scoring has found: both letters, by the sources of a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from storage.database import Tx
from storage.queries.among import among
from storage.schema import RatingVersionRow
from storage.visibility import visible


@dataclass(frozen=True, slots=True)
class Downgrade:
    """An external letter that stands notches below one before it; ``since`` is the day of the new one."""

    customer: str
    agency: str
    before: str
    after: str
    since: date


def found(tx: Tx, pairs: Sequence[tuple[int, int]]) -> list[Downgrade]:
    """Return the downgrades between these letters, as (earlier, later), by customer."""
    then, now, earlier = aliased(RatingVersionRow), aliased(RatingVersionRow), {later: earlier for earlier, later in pairs}
    newest = among(tx, now.id, list(earlier))
    query = select(now.id, now.customer_id, now.agency, now.rating, now.as_of).where(newest, *visible(tx, now.customer_id))
    rows = tx.connection.execute(query.order_by(now.customer_id)).all()
    letters = dict(tx.connection.execute(select(then.id, then.rating).where(among(tx, then.id, list(earlier.values())))).all())
    return [Downgrade(customer, agency, letters[earlier[id]], letter, since) for id, customer, agency, letter, since in rows]
