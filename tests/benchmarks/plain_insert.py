"""The floor of an import: the rows are there, the table is empty, and the driver inserts them."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import FromClause, text

from storage.database import Database
from storage.sight import EVERYTHING


def insert(source: Database, target: Database, table: FromClause) -> float:
    """Copy a table's rows, as they are stored, into the same table of another database; returns the seconds of the inserting alone."""
    name = table.description
    names = [column.name for column in table.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    with source.begin(EVERYTHING) as tx:
        rows = tx.connection.exec_driver_sql(f'SELECT {quoted} FROM "{name}" ORDER BY id').fetchall()
        known = [dict(row) for row in tx.connection.execute(text('SELECT * FROM "import"')).mappings()]
    _same_imports(target, known)
    mark = "?" if target.dialect == "sqlite" else "%s"
    statement = f'INSERT INTO "{name}" ({quoted}) VALUES ({", ".join([mark] * len(names))})'
    return _timed(target, statement, [tuple(row) for row in rows])


def _same_imports(target: Database, known: list[dict[str, Any]]) -> None:
    """The rows refer to the import that made them."""
    columns = ", ".join(f'"{name}"' for name in known[0])
    places = ", ".join(f":{name}" for name in known[0])
    with target.begin(EVERYTHING, write=True) as tx:
        there = {row.id for row in tx.connection.execute(text('SELECT id FROM "import"'))}
        for row in known:
            if row["id"] not in there:
                tx.connection.execute(text(f'INSERT INTO "import" ({columns}) VALUES ({places})'), row)


def _timed(target: Database, statement: str, rows: list[tuple[Any, ...]]) -> float:
    began = time.perf_counter()
    with target.begin(EVERYTHING, write=True) as tx:
        cursor: Any = tx.connection.connection.cursor()
        cursor.executemany(statement, rows)
        cursor.close()
    return time.perf_counter() - began
