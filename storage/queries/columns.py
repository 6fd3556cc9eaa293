"""Whole tables as NumPy columns, read at the drivers' speed."""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import BigInteger, CursorResult, func, type_coerce

from storage.database import Tx
from storage.types import MONEY_SCALE

Column = NDArray[Any]


def fetched(tx: Tx, query: Any) -> list[Column]:
    """Return a query's columns as arrays of objects, all of one length, with the driver's own values."""
    return columns_of(tx.connection.execute(query))


def columns_of(result: CursorResult[*tuple[Any, ...]]) -> list[Column]:
    """Return a result's columns as arrays of objects, all of one length, with the driver's own values."""
    assert result.cursor is not None, "a query has rows"
    width, rows = len(result.cursor.description), rows_of(result)
    columns = np.empty((width, len(rows)), dtype=object)
    for place, values in enumerate(zip(*rows, strict=True)):
        columns[place] = values
    return list(columns)


def fetched_rows(tx: Tx, query: Any) -> list[tuple[Any, ...]]:
    """Return a query's rows with the driver's own values: SQLAlchemy's would cost as much again."""
    return rows_of(tx.connection.execute(query))


def rows_of(result: CursorResult[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return a result's rows with the driver's own values."""
    assert result.cursor is not None, "a query has rows"
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def day(tx: Tx, column: Any) -> Any:
    """Return a date as stored: on SQLite that is text, which NumPy parses faster than Python."""
    return type_coerce(column, sa.String) if tx.dialect == "sqlite" else column


def day_of(tx: Tx, column: Any) -> Any:
    """Return the date in UTC of a moment."""
    if tx.dialect == "sqlite":
        return func.substr(type_coerce(column, sa.String), 1, 10)
    return sa.cast(func.timezone("UTC", column), sa.Date)


def scaled(column: Any) -> Any:
    """Return an amount as its stored integer."""
    return type_coerce(column, BigInteger)


def dates(column: Column) -> Column:
    return column.astype("datetime64[D]")


def floats(column: Column) -> Column:
    """Return numbers as floats; None becomes NaN."""
    return column.astype(np.float64)


def amounts(column: Column) -> Column:
    """Return amounts from stored integers."""
    return floats(column) / MONEY_SCALE
