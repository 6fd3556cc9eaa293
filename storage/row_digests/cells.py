"""Rows as JSON values that are the same on both databases, and digests over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, type_coerce

from storage.database import Tx
from storage.types import Instant, Json, Money, canonical

Cell = str | int | float | None
# a longer text is stated by its digest
LONG = 200
# so many rows at a time: whoever waits for an answer of the same process comes to their turn in between
CHUNK = 2_500
_SPELL = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def spelled(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as text or number, spelled alike on both databases."""
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
    """What an event says of a row: its cells by column, long texts by their digest."""
    return {name: _short(cell) for name, cell in zip(names, cells, strict=True)}


def shown(statement: Mapping[str, Cell] | str | None) -> Cell:
    """A whole row in a line, or its digest."""
    if not isinstance(statement, Mapping):
        return statement
    return ", ".join(f"{column} {cell}" for column, cell in statement.items() if cell is not None)


def _short(cell: Cell) -> Cell:
    return f"sha256:{_sha256(cell)}" if isinstance(cell, str) and len(cell) > LONG else cell


def digest(values: Mapping[str, Cell]) -> str:
    """One name for all that an event says of a row."""
    return f"sha256:{_sha256(canonical(dict(values)))}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def lines(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Rows as bytes; those of several portions one after the other are those of all of them."""
    # a list's spelling without its brackets, and the comma that stands between this portion and the next
    return f"{_SPELL(rows)[1:-1]},".encode("ascii")


def portions(tx: Tx, query: sa.Select[*tuple[Any, ...]], id: Any, *, above: int | None = None) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query by ascending number, which is its first column, from one number on; a portion at a time."""
    # one bound at a time: of two, SQLite would begin every portion at the lower one
    query, last = query.order_by(id).limit(CHUNK), above
    while found := list(map(tuple, tx.connection.execute(query if last is None else query.where(id > last)))):
        yield found
        last = found[-1][0]
