"""Exports of facts: the current versions of each kind, in the columns of an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, func, literal, select

from storage.customers.customers import known
from storage.data.files.fields import Field
from storage.data.files.kinds import KINDS
from storage.database import Tx
from storage.types import Money

CHUNK = 10_000


def fields_of(kind: str) -> tuple[Field, ...]:
    """Return the columns of an export, named as in an import of this kind."""
    return tuple(field for field in KINDS[kind].fields if field.name not in KINDS[kind].elsewhere)


def types_of(kind: str) -> list[type]:
    """Return the Python type of each column's values."""
    columns = KINDS[kind].table.__table__.columns
    kept = [columns[field.target].type if field.name != KINDS[kind].unit else Text() for field in fields_of(kind)]
    return [Decimal if isinstance(column, Money) else column.python_type for column in kept]


def count(tx: Tx, kind: str, *, at: datetime | None = None) -> int:
    """Return the number of facts of a kind that are known now, or were at a moment."""
    return int(tx.connection.execute(select(func.count()).select_from(KINDS[kind].table).where(known(KINDS[kind].table, at))).scalar_one())


def facts_of(tx: Tx, kind: str, *, at: datetime | None = None) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield the facts of a kind by key, in chunks, as known now or at a moment."""
    table = KINDS[kind].table
    # amounts are stored in whole units
    columns = [literal("1") if field.name == KINDS[kind].unit else getattr(table, field.target) for field in fields_of(kind)]
    query = select(*columns).where(known(table, at)).order_by(*(getattr(table, name) for name in KINDS[kind].key))
    with tx.connection.execute(query, execution_options={"stream_results": True, "yield_per": CHUNK}) as result:
        for rows in result.partitions():
            yield [tuple(row) for row in rows]
