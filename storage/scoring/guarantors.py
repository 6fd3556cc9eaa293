"""The guarantors by whom expected losses fall: those of the guarantees that scores name among their sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from storage.customers.customers import known
from storage.database import Tx
from storage.queries.among import among
from storage.schema import CustomerVersionRow, GuaranteeVersionRow
from storage.visibility import seen, visible


@dataclass(frozen=True, slots=True)
class Guarantor:
    """A guarantor by id and name; both None for one whom the reader may not see."""

    id: str | None
    name: str | None


def of(tx: Tx, guarantees: Collection[int]) -> dict[int, Guarantor]:
    """Return the guarantor of each of these versions of guarantees."""
    table, who = GuaranteeVersionRow, CustomerVersionRow
    query = select(table.id, who.customer_id, who.name)
    query = query.outerjoin(who, and_(who.customer_id == table.guarantor, known(who, None), *seen(tx, who)))
    rows: Iterable[Any] = tx.connection.execute(query.where(among(tx, table.id, guarantees), *visible(tx, table.customer_id)))
    return {id: Guarantor(guarantor, name) for id, guarantor, name in rows}
