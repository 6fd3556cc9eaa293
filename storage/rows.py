"""Common operations on rows: numbering, insertion, and conditional updates."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import events
from storage.database import Conflict, Tx
from storage.row_digests import stating
from storage.schema import CounterRow
from storage.visibility import visible


def next_number(tx: Tx, letter: str) -> int:
    """Return the next number of a letter; two transactions never get an equal one."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    query = dialect.insert(CounterRow).values(letter=letter, last=1)
    query = query.on_conflict_do_update(index_elements=["letter"], set_={"last": CounterRow.last + 1}).returning(CounterRow.last)
    return int(tx.connection.execute(query).scalar_one())


def insert_once(tx: Tx, table: Any, values: dict[str, Any]) -> bool:
    """Insert a row unless its key exists; return True if it was inserted."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    # the row is returned only if it was inserted; not every driver reports a count of rows
    query = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*_key(table))
    key = tx.connection.execute(query).one_or_none()
    if key is not None:
        written(tx, table, *key)
    return key is not None


def insert_row(tx: Tx, table: Any, values: dict[str, Any]) -> None:
    written(tx, table, *tx.connection.execute(_insertion(table), values).one())


@cache
def _insertion(table: Any) -> Any:
    """Return the statement that inserts a row; to build it anew for each of thousands would take longer than to run it."""
    return insert(table.__table__).returning(*_key(table))


def written(tx: Tx, table: Any, *key: Any) -> None:
    """Note that a row was inserted, changed or deleted; the transaction's next event states it for the trail."""
    stating.note(tx, table, key, events.record_the_rest)


def loaded(tx: Tx, table: Any, number: int, *, above: int) -> None:
    """Note that an import or score run has written rows, all with ids above ``above``."""
    stating.note_group(tx, table, number, above, events.record_the_rest)


def last_id(tx: Tx, table: Any) -> int:
    """Return the highest number in a table; 0 if it is empty."""
    return int(tx.connection.execute(select(func.coalesce(func.max(table.id), 0))).scalar_one())


def _key(table: Any) -> list[Any]:
    return list(table.__table__.primary_key.columns)


def compare_and_set(tx: Tx, table: Any, id: int, version: int, values: dict[str, Any]) -> None:
    """Update a row that still has this version, and increment the version.

    Raises:
        Conflict: somebody changed it meanwhile.
    """
    query = update(table).where(table.id == id, table.version == version).values(**values, version=version + 1)
    if tx.connection.execute(query).rowcount != 1:
        raise Conflict(f"{table.__tablename__} {id} is no longer at version {version}")
    written(tx, table, id)


def one_by_id(tx: Tx, table: Any, id: int) -> Any | None:
    """Return the row with this number, as a mapping; None if there is none."""
    return tx.connection.execute(select(*table.__table__.columns).where(table.id == id)).mappings().one_or_none()


def one_seen(tx: Tx, table: Any, id: int) -> Any | None:
    """Return the row with this number, as a mapping; None if there is none, or its customer is not visible."""
    query = select(*table.__table__.columns).where(table.id == id, *visible(tx, table.customer_id))
    return tx.connection.execute(query).mappings().one_or_none()


def searched(query: Any, text: str, number: Any, title: Any) -> Any:
    """Return the query for rows whose number or title contains a text; all of them if it is empty."""
    if not text:
        return query
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())[:12]
    by_title = title.icontains(text, autoescape=True)
    return query.where(by_title | (number == int(digits)) if digits else by_title)
