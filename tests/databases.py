"""Databases for tests: each is filled once a run, and every test gets a copy, which takes a sixtieth of filling another."""

from __future__ import annotations

import fcntl
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from storage.database import Database
from storage.migrations import migrate
from tests import database_server

# an engine keeps what it has compiled for itself, and every test has an engine of its own: half of their time went into compiling
# the same statements again; all engines of a kind compile alike
COMPILED: LRUCache[Any, Any] = LRUCache(4000)
for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    kind.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
    kind.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=COMPILED)


# brings into a database what a test finds there; a function of a module, so that all test processes know it by its name
Fill = Callable[[Database], object]
# what begins with the database of another, instead of with the tables alone
_UPON: dict[Fill, Fill] = {}


def upon(base: Fill) -> Callable[[Fill], Fill]:
    """Mark a function that brings more into a copy of what another has brought."""

    def mark(fill: Fill) -> Fill:
        _UPON[fill] = base
        return fill

    return mark


class Masters:
    """The databases of a run to copy: the process that first asks for one fills it, others that ask for it meanwhile wait."""

    def sqlite(self, fill: Fill, file: Path) -> str:
        """The address of a SQLite file with all tables and with what ``fill`` brings."""
        with _master(fill, "db") as master:
            if not master.exists():
                begun = master.with_suffix(".begun")
                migrated(f"sqlite:///{begun}" if fill is migrate.upgrade else self.sqlite(_base(fill), begun), fill)
                begun.rename(master)
        shutil.copy(master, file)
        return f"sqlite:///{file}"

    def postgresql(self, fill: Fill) -> str:
        """The same on PostgreSQL."""
        with _master(fill, "template") as name:
            if not name.exists():
                empty = fresh_postgres(database_server.address()) if fill is migrate.upgrade else self.postgresql(_base(fill))
                name.write_text(name_in(migrated(empty, fill)))
        return fresh_postgres(database_server.address(), name.read_text())


def _base(fill: Fill) -> Fill:
    return _UPON.get(fill, migrate.upgrade)


@contextmanager
def _master(fill: Fill, kind: str) -> Iterator[Path]:
    """The file that holds it, or names it on the server; only one process at a time."""
    file = database_server.masters() / f"{fill.__module__}.{fill.__qualname__}.{kind}"
    assert "<" not in file.name, "a function within another is not the same to another process"
    with file.with_suffix(f".{kind}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield file


def migrated(url: str, fill: Fill = migrate.upgrade) -> str:
    """The same address, with what ``fill`` brings: the tables alone unless said otherwise."""
    database = Database(url)
    try:
        fill(database)
    finally:
        database.close()
    return url


def given_back(url: str) -> None:
    """Drop a database where it takes memory; on a disk to leave it is faster."""
    if database_server.in_memory():
        with psycopg.connect(database_server.address(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name_in(url)} WITH (FORCE)")


def name_in(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def fresh_postgres(server: str, template: str = "template1") -> str:
    """A new database on the server: an empty one, or a copy."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return server.replace("/postgres?", f"/{name}?")
