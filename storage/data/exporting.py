"""Facts on their way out: every kind's current versions, in the columns in which they came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, func, literal, select

from storage.customers.customers import known
from storage.data.facts import TABLES
from storage.data.files.kinds import CUSTOMERS, KINDS, Field, KindName
from storage.database import Tx
from storage.types import Money

CHUNK = 10_000
# letters with their dates and agencies are facts of their own, and go out as ratings
_ELSEWHERE = {CUSTOMERS.name: ("rating", "rating_date")}


def fields_of(kind: KindName) -> tuple[Field, ...]:
    """The columns of an export, as an import of the same kind names them."""
    return tuple(field for field in KINDS[kind].fields if field.name not in _ELSEWHERE.get(kind, ()))


def types_of(kind: KindName) -> list[type]:
    """What Python type each column's values have."""
    columns = TABLES[kind].__table__.columns
    kept = [columns[field.target].type if field.name != KINDS[kind].unit else Text() for field in fields_of(kind)]
    return [Decimal if isinstance(column, Money) else column.python_type for column in kept]


def count(tx: Tx, kind: KindName, *, at: datetime | None = None) -> int:
    """How many facts of a kind are known, or were at a moment."""
    return int(tx.connection.execute(select(func.count()).select_from(TABLES[kind]).where(known(TABLES[kind], at))).scalar_one())


def facts_of(tx: Tx, kind: KindName, *, at: datetime | None = None) -> Iterator[Sequence[tuple[Any, ...]]]:
    """The facts of a kind by their key, a chunk at a time; as they were known at a moment, or as they are now."""
    table = TABLES[kind]
    # amounts are kept in whole units
    columns = [literal("1") if field.name == KINDS[kind].unit else getattr(table, field.target) for field in fields_of(kind)]
    query = select(*columns).where(known(table, at)).order_by(*(getattr(table, name) for name in KINDS[kind].key))
    with tx.connection.execute(query, execution_options={"stream_results": True, "yield_per": CHUNK}) as result:
        for rows in result.partitions():
            yield [tuple(row) for row in rows]
