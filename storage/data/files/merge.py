"""Merging of staged rows into the versioned tables: only new or changed facts are written, and nothing is overwritten.

The staged rows go into a temporary table of the database; one join with the current versions finds the changes; three
statements then close the old versions and write the new ones, in SQL that SQLite and PostgreSQL share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select, update

from storage.data.files.formats.table import Progress
from storage.data.files.mapping.plan import Staged
from storage.data.files.staging import StagedFile
from storage.data.files.targets import Incoming, Target
from storage.database import Tx
from storage.types import Instant

# depends on names only, so that every version of the product computes one key
_DERIVED = frozenset({"name_key"})


@dataclass(frozen=True, slots=True)
class Part:
    """The result of a load for one table."""

    name: str
    added: int
    changed: int
    unchanged: int


class Summed:
    """The result of a load for all its tables."""

    __slots__ = ()
    parts: tuple[Part, ...]

    @property
    def added(self) -> int:
        return sum(part.added for part in self.parts)

    @property
    def changed(self) -> int:
        return sum(part.changed for part in self.parts)

    @property
    def unchanged(self) -> int:
        return sum(part.unchanged for part in self.parts)


def merge(
    tx: Tx, staged: StagedFile, target: Target, *, at: datetime, import_id: Callable[[], int], progress: Progress | None = None
) -> Part:
    """Load the staged rows of one table; ``import_id`` is called only if something changes."""
    incoming = _create(tx, target)
    total = 0
    for chunk in staged.chunks(target.columns, target.where):
        _copy(tx, incoming.rows, chunk)
        total += len(chunk)
        if progress is not None:
            progress(len(chunk))
    if total and target.prepare is not None:
        target.prepare(tx, incoming.rows, at)
    if tx.dialect == "postgresql":
        # without statistics the planner assumes that a temporary table is small, and joins row by row
        tx.connection.exec_driver_sql(f"ANALYZE {incoming.rows.name}")
    touched, replaced = _find_changes(tx, target, incoming)
    if touched:
        _write(tx, target, incoming, at, import_id(), replaced)
    for table in (incoming.rows, incoming.change):
        table.drop(tx.connection)
    return Part(target.name, added=touched - replaced, changed=replaced, unchanged=total - touched)


def _create(tx: Tx, target: Target) -> Incoming:
    metadata = sa.MetaData()
    fields = target.table.__table__.columns
    rows = sa.Table(
        f"incoming_{target.name}",
        metadata,
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("file_row", sa.Integer),
        *(sa.Column(name, fields[name].type) for name in target.columns),
        prefixes=["TEMPORARY"],
    )
    change = sa.Table(
        f"change_{target.name}",
        metadata,
        sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("current_id", sa.Integer),
        prefixes=["TEMPORARY"],
    )
    metadata.create_all(tx.connection, checkfirst=False)
    return Incoming(rows, change)


def _copy(tx: Tx, table: sa.Table, chunk: list[Staged]) -> None:
    """Copy rows into a temporary table by the driver's fastest method; their values already have the columns' form."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if tx.dialect == "postgresql":
        driver: Any = tx.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in chunk:
                copy.write_row(row)
    else:
        tx.connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES (?{', ?' * (len(table.columns) - 1)})", chunk)


def _current(target: Target, rows: sa.Table) -> ColumnElement[bool]:
    return and_(target.table.superseded_at.is_(None), *(getattr(target.table, name) == rows.c[name] for name in target.key))


def _find_changes(tx: Tx, target: Target, incoming: Incoming) -> tuple[int, int]:
    """List the rows that are new or changed; return their number, and the number that replace a version."""
    rows, change = incoming.rows, incoming.change
    compared = [name for name in target.columns if name not in {*target.key, *target.inherited, *_DERIVED}]
    differs = [getattr(target.table, name).is_distinct_from(rows.c[name]) for name in compared]
    query = (
        select(rows.c.n, target.table.id)
        .select_from(rows.outerjoin(target.table.__table__, _current(target, rows)))
        .where(or_(target.table.id.is_(None), *differs))
    )
    tx.connection.execute(insert(change).from_select(["n", "current_id"], query))
    touched, replaced = tx.connection.execute(select(func.count(), func.count(change.c.current_id))).one()
    return touched, replaced


def _write(tx: Tx, target: Target, incoming: Incoming, at: datetime, import_id: int, replaced: int) -> None:
    table, rows, change = target.table, incoming.rows, incoming.change
    if target.before is not None:
        target.before(tx, incoming, import_id)
    if replaced:
        closed = select(change.c.current_id).where(change.c.current_id.is_not(None))
        tx.connection.execute(update(table).where(table.id.in_(closed)).values(superseded_at=at))
    # a new fact has nothing to inherit and takes the default of an absent column
    values = [func.coalesce(getattr(table, name), rows.c[name]) if name in target.inherited else rows.c[name] for name in target.columns]
    query = (
        select(*values, literal(import_id), rows.c.file_row, literal(at, Instant()))
        .select_from(change.join(rows, rows.c.n == change.c.n).outerjoin(table.__table__, table.id == change.c.current_id))
        .order_by(change.c.n)
    )
    tx.connection.execute(insert(table).from_select([*target.columns, "import_id", "file_row", "known_at"], query))
