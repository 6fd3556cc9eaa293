"""What every aggregate does alike: the next number, insert, and update if nobody else has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import events
from storage.database import Conflict, Tx
from storage.row_digests import stating
from storage.schema import CounterRow
from storage.visibility import visible


def next_number(tx: Tx, letter: str) -> int:
    """The next number of a letter; two transactions never get the same."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    query = dialect.insert(CounterRow).values(letter=letter, last=1)
    query = query.on_conflict_do_update(index_elements=["letter"], set_={"last": CounterRow.last + 1}).returning(CounterRow.last)
    return int(tx.connection.execute(query).scalar_one())


def insert_once(tx: Tx, table: Any, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is there already; says whether it was new."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    # the row comes back only if it was written; a count of rows is not to be had from every driver
    query = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*_key(table))
    key = tx.connection.execute(query).one_or_none()
    if key is not None:
        written(tx, table, *key)
    return key is not None


def insert_row(tx: Tx, table: Any, values: dict[str, Any]) -> None:
    written(tx, table, *tx.connection.execute(insert(table).values(**values).returning(*_key(table))).one())


def written(tx: Tx, table: Any, *key: Any) -> None:
    """Say that a row was inserted, changed or deleted; the transaction's next event states it for the trail."""
    stating.note(tx, table, key, events.record_the_rest)


def loaded(tx: Tx, table: Any, number: int, *, above: int) -> None:
    """The same of all rows of one import or score run, whose ids are above one."""
    stating.note_group(tx, table, number, above, events.record_the_rest)


def last_id(tx: Tx, table: Any) -> int:
    """The highest number in a table; 0 if it is empty."""
    return int(tx.connection.execute(select(func.coalesce(func.max(table.id), 0))).scalar_one())


def _key(table: Any) -> list[Any]:
    return list(table.__table__.primary_key.columns)


def compare_and_set(tx: Tx, table: Any, id: int, version: int, values: dict[str, Any]) -> None:
    """Update a row that still has this version, and count it up.

    Raises:
        Conflict: somebody changed it meanwhile.
    """
    query = update(table).where(table.id == id, table.version == version).values(**values, version=version + 1)
    if tx.connection.execute(query).rowcount != 1:
        raise Conflict(f"{table.__tablename__} {id} is no longer at version {version}")
    written(tx, table, id)


def one_by_id(tx: Tx, table: Any, id: int) -> Any | None:
    """The row with this number, as a mapping; None if there is none."""
    return tx.connection.execute(select(*table.__table__.columns).where(table.id == id)).mappings().one_or_none()


def one_seen(tx: Tx, table: Any, id: int) -> Any | None:
    """The same of a table whose rows are about a customer: None also where that customer is not seen."""
    query = select(*table.__table__.columns).where(table.id == id, *visible(tx, table.customer_id))
    return tx.connection.execute(query).mappings().one_or_none()
