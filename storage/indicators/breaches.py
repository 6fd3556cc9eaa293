"""Episodes in which an indicator is beyond its threshold."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select

from risk_engine.indicators.breach import Breach, BreachState, Reading
from risk_engine.indicators.events import Ending
from risk_engine.indicators.monitoring import Colour
from risk_engine.references import BreachId
from storage.database import Tx
from storage.queries.among import among
from storage.rows import compare_and_set, insert_row, next_number, one_seen
from storage.schema import BreachRow
from storage.visibility import visible

# the advisory lock of those who open and change episodes
LOCK = 7_236_118_459
# of more customers than this a list in the query does not pay
A_LIST = 5_000


def next_id(tx: Tx) -> BreachId:
    return BreachId(next_number(tx, BreachId.letter))


def add(tx: Tx, breach: Breach) -> None:
    insert_row(tx, BreachRow, {"id": int(breach.id), **_row(breach), "version": breach.version})


def save(tx: Tx, breach: Breach) -> None:
    compare_and_set(tx, BreachRow, int(breach.id), breach.version, _row(breach))


def get(tx: Tx, id: BreachId) -> Breach | None:
    row = one_seen(tx, BreachRow, int(id))
    return None if row is None else _breach(row)


def by_ids(tx: Tx, ids: Collection[BreachId]) -> list[Breach]:
    """Return these breaches: red before amber, then in order."""
    wanted, found = [int(id) for id in ids], list[Breach]()
    # a statement takes only so many parameters
    for start in range(0, len(wanted), 500):
        some = BreachRow.id.in_(wanted[start : start + 500])
        query = select(*BreachRow.__table__.columns).where(some, *visible(tx, BreachRow.customer_id))
        found += [_breach(row) for row in tx.connection.execute(query).mappings()]
    return sorted(found, key=lambda breach: (-breach.colour, int(breach.id)))


def by_key(tx: Tx, key: str) -> Breach | None:
    """Return the breach whose buttons carry this key; a writer locks it until the transaction ends."""
    query = select(*BreachRow.__table__.columns).where(BreachRow.key == key, *visible(tx, BreachRow.customer_id))
    row = tx.connection.execute(query.with_for_update() if tx.writes else query).mappings().one_or_none()
    return None if row is None else _breach(row)


def open_of_kri(tx: Tx, kri: str, customers: Collection[str]) -> dict[str, Breach]:
    """Return at least these customers' episodes of one indicator that are not closed, by customer.

    A writer holds them until its transaction ends. Of two writers on PostgreSQL the second waits, as both would open the same episode.
    """
    theirs = [among(tx, BreachRow.customer_id, customers)] if len(customers) <= A_LIST else []
    return {breach.customer: breach for breach in _running(tx, BreachRow.kri == kri, *theirs)}


def of_other_kris(tx: Tx, names: Collection[str], *, limit: int) -> list[Breach]:
    """Return the first episodes of other indicators that are not closed; a writer holds them like :func:`open_of_kri`."""
    return _running(tx, BreachRow.kri.not_in(sorted(names)), limit=limit)


def _running(tx: Tx, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Breach]:
    if tx.writes and tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    query = select(*BreachRow.__table__.columns).where(
        *conditions, BreachRow.state != BreachState.CLOSED.value, *visible(tx, BreachRow.customer_id)
    )
    query = query.order_by(BreachRow.id).limit(limit)
    return [_breach(row) for row in tx.connection.execute(query.with_for_update() if tx.writes else query).mappings()]


def not_closed(
    tx: Tx, *, customer: str | None = None, state: BreachState | None = None, limit: int, offset: int = 0
) -> tuple[int, list[Breach]]:
    """Return the number of open episodes, and the first of them: red before amber, then oldest first."""
    conditions = [
        BreachRow.state == state.value if state else BreachRow.state != BreachState.CLOSED.value,
        *visible(tx, BreachRow.customer_id),
    ]
    if customer is not None:
        conditions.append(BreachRow.customer_id == customer)
    count = tx.connection.execute(select(func.count()).select_from(BreachRow).where(*conditions)).scalar_one()
    query = (
        select(*BreachRow.__table__.columns)
        .where(*conditions)
        .order_by(BreachRow.colour.desc(), BreachRow.opened_at, BreachRow.id)
        .limit(limit)
        .offset(offset)
    )
    return count, [_breach(row) for row in tx.connection.execute(query).mappings()]


def _row(breach: Breach) -> dict[str, Any]:
    return {
        "key": breach.key,
        "kri": breach.kri,
        "customer_id": breach.customer,
        "colour": int(breach.colour),
        "value": breach.reading.value,
        "as_of": breach.reading.as_of,
        "source": breach.reading.source,
        "threshold": breach.threshold,
        "state": breach.state.value,
        "owner": breach.owner,
        "opened_at": breach.opened_at,
        "acknowledge_by": breach.acknowledge_by,
        "acknowledged_by": breach.acknowledged_by,
        "acknowledged_at": breach.acknowledged_at,
        "closed_at": breach.closed_at,
        "ending": breach.ending.value if breach.ending else None,
    }


def _breach(row: RowMapping) -> Breach:
    return Breach(
        id=BreachId(row["id"]),
        key=row["key"],
        kri=row["kri"],
        customer=row["customer_id"],
        colour=Colour(row["colour"]),
        reading=Reading(row["value"], row["as_of"], row["source"]),
        threshold=row["threshold"],
        state=BreachState(row["state"]),
        opened_at=row["opened_at"],
        acknowledge_by=row["acknowledge_by"],
        owner=row["owner"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=row["acknowledged_at"],
        closed_at=row["closed_at"],
        ending=Ending(row["ending"]) if row["ending"] else None,
        version=row["version"],
    )
