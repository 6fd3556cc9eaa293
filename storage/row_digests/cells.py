"""Rows as JSON values that are equal on both databases, and digests over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, type_coerce

from storage.database import Tx
from storage.queries.columns import fetched_rows
from storage.types import Instant, Json, Money, canonical

Cell = str | int | float | None
# longer texts are stated by their digest
LONG = 200
# rows per portion, small enough for other requests of the process to run in between
CHUNK = 2_500
_SPELL = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def spelled(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column as text or number, spelled alike on both databases."""
    of, sqlite = column.type, tx.dialect == "sqlite"
    if isinstance(of, Instant):
        moment = type_coerce(column, sa.Text)
        return moment if sqlite else func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    if isinstance(of, sa.Date):
        return type_coerce(column, sa.Text) if sqlite else func.to_char(column, "YYYY-MM-DD")
    if isinstance(of, sa.Boolean):
        return type_coerce(column, sa.Integer) if sqlite else sa.cast(column, sa.Integer)
    if isinstance(of, sa.LargeBinary):
        return func.hex(column) if sqlite else func.upper(func.encode(column, "hex"))
    if isinstance(of, Money):
        return type_coerce(column, sa.BigInteger)
    return type_coerce(column, sa.Text) if isinstance(of, Json) else column


def stated(names: Sequence[str], cells: Sequence[Cell]) -> dict[str, Cell]:
    """Return an event's statement of a row: its cells by column, long texts by their digest."""
    return {name: _short(cell) for name, cell in zip(names, cells, strict=True)}


def shown(statement: Mapping[str, Cell] | str | None) -> Cell:
    """Return a whole row as one line, or its digest."""
    if not isinstance(statement, Mapping):
        return statement
    return ", ".join(f"{column} {cell}" for column, cell in statement.items() if cell is not None)


def _short(cell: Cell) -> Cell:
    return f"sha256:{_sha256(cell)}" if isinstance(cell, str) and len(cell) > LONG else cell


def digest(values: Mapping[str, Cell]) -> str:
    """Return one digest over an event's statement of a row."""
    return f"sha256:{_sha256(canonical(dict(values)))}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return rows as bytes; portions can be concatenated."""
    # a list's JSON without its brackets, with the comma between this portion and the next
    return f"{_SPELL(rows)[1:-1]},".encode("ascii")


def portions(tx: Tx, query: sa.Select[*tuple[Any, ...]], id: Any, *, above: int | None = None) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a query by ascending number, its first column, after a number, in portions."""
    # one bound at a time: with two, SQLite would start every portion at the lower one
    query, last = query.order_by(id).limit(CHUNK), above
    while found := fetched_rows(tx, query if last is None else query.where(id > last)):
        yield found
        last = found[-1][0]
