"""What every aggregate does alike: the next number, insert, and update if nobody else has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

from storage.database import Conflict, Tx
from storage.schema import CounterRow
from storage.sight import visible


def next_number(tx: Tx, letter: str) -> int:
    """The next number of a letter; two transactions never get the same."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    query = dialect.insert(CounterRow).values(letter=letter, last=1)
    query = query.on_conflict_do_update(index_elements=["letter"], set_={"last": CounterRow.last + 1}).returning(CounterRow.last)
    return int(tx.connection.execute(query).scalar_one())


def insert_once(tx: Tx, table: type[DeclarativeBase], values: dict[str, Any]) -> bool:
    """Insert a row unless its key is there already; says whether it was new."""
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    # the row comes back only if it was written; a count of rows is not to be had from every driver
    query = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return tx.connection.execute(query).one_or_none() is not None


def insert_row(tx: Tx, table: type[DeclarativeBase], values: dict[str, Any]) -> None:
    tx.connection.execute(insert(table).values(**values))


def compare_and_set(tx: Tx, table: Any, id: int, version: int, values: dict[str, Any]) -> None:
    """Update a row that still has this version, and count it up.

    Raises:
        Conflict: somebody changed it meanwhile.
    """
    query = update(table).where(table.id == id, table.version == version).values(**values, version=version + 1)
    if tx.connection.execute(query).rowcount != 1:
        raise Conflict(f"{table.__tablename__} {id} is no longer at version {version}")


def one_by_id(tx: Tx, table: Any, id: int) -> Any | None:
    """The row with this number, as a mapping; None if there is none."""
    return tx.connection.execute(select(*table.__table__.columns).where(table.id == id)).mappings().one_or_none()


def one_seen(tx: Tx, table: Any, id: int) -> Any | None:
    """The same of a table whose rows are about a customer: None also where that customer is not seen."""
    query = select(*table.__table__.columns).where(table.id == id, *visible(tx, table.customer_id))
    return tx.connection.execute(query).mappings().one_or_none()
