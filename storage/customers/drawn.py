"""Customers' drawn amounts by currency, kept up by each load of facilities in its own transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, cast, delete, func, insert, select, type_coerce

from storage.customers.customers import known
from storage.database import Tx
from storage.schema import DrawnRow, FacilityVersionRow


def follow(tx: Tx, *, above: int) -> None:
    """Bring the amounts of those up to date to whom facilities with new versions belong or belonged.

    Args:
        above: the highest number of a version before the load.
    """
    lent = FacilityVersionRow
    loaded = select(lent.facility).where(lent.id > above)
    whose = select(lent.customer_id).where(lent.facility.in_(loaded)).distinct()
    # of a first load there is nothing to find
    of_them: list[Any] = [lent.customer_id.in_(whose)] if above else []
    tx.connection.execute(delete(DrawnRow).where(DrawnRow.customer_id.in_(whose)) if above else delete(DrawnRow))
    summed = cast(func.sum(type_coerce(lent.outstanding, BigInteger)), BigInteger)
    query = select(lent.customer_id, lent.currency, summed).where(known(lent, None), *of_them).group_by(lent.customer_id, lent.currency)
    tx.connection.execute(insert(DrawnRow).from_select(["customer_id", "currency", "amount"], query))
