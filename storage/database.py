"""One database, one way to begin: a snapshot to read, the write lock at once to write."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from storage.addresses import without_secrets
from storage.database_file import DatabaseFile
from storage.faults import Busy as Busy
from storage.faults import Conflict as Conflict
from storage.faults import Trouble, Unwell, named
from storage.sight import Sight

log = logging.getLogger(__name__)

# more connections than threads that want one
POOL: dict[str, Any] = {"pool_size": 24, "max_overflow": 24, "pool_timeout": 5}
_EXPECTED = "expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, with %40 for an @ and %2F for a / in the password"
WRITE, PATIENCE = "riskbot_write", "riskbot_patience"


class BadUrl(Exception):
    """``DATABASE_URL`` is not an address of SQLite or PostgreSQL; the text does not repeat it, as it may hold a password."""


class Gone(Busy):
    """The database is not there any more, or another stands in its place; the text says so. Nothing was read or written."""


Key = tuple[Any, ...]


@dataclass(slots=True)
class Changes:
    """The rows that a transaction has written and that no event of it has stated yet: their keys by table.

    Attributes:
        groups: of the rows that an import or a score run wrote together: its number, and the id that all of theirs are above, by table.
        rest: states what is left at the end, before the commit.
    """

    rows: dict[str, dict[Key, None]] = field(default_factory=dict)
    groups: dict[str, dict[int, int]] = field(default_factory=dict)
    rest: Callable[[Tx], None] | None = None


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction; only ``storage`` looks inside. ``replace(tx, sight=…)`` narrows it to what a person may see."""

    connection: Connection
    writes: bool
    # whose customers its questions are about
    sight: Sight
    changes: Changes = field(default_factory=Changes, compare=False)

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name


class Database:
    """The store behind ``DATABASE_URL``: SQLite in WAL mode or PostgreSQL.

    Args:
        url: ``sqlite:///file``, ``postgres://…`` or ``postgresql://…`` (both mean psycopg).
        busy_seconds: how long a writer waits for the lock.

    Raises:
        BadUrl: the URL is of no kind that is known here.
    """

    def __init__(self, url: str, *, busy_seconds: float = 15.0) -> None:
        self._busy_seconds = busy_seconds
        # what was wrong when something was last written, or tried to be
        self.unwell: Trouble | None = None
        self._url = url
        self.engine = _engine(url, busy_seconds)
        # None for what is no file: PostgreSQL, and memory
        self.file = _file_of(self.engine)
        self._forsaken: str | None = None

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @property
    def address(self) -> str:
        """What another process of ours opens the same database by; it may hold a password."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """Where the database is, spelled alike whoever opens it: a file's whole path, or a server's address without names and passwords."""
        url = self.engine.url
        if self.dialect == "sqlite":
            return str(Path(url.database or "").resolve())
        host = url.query.get("host") or url.host
        return f"postgresql://{host}:{url.port or 5432}/{url.database}"

    def trouble(self) -> str | None:
        """Why this database is not used: its file was deleted or replaced, or it was found to be another; None if it is."""
        if self._forsaken is not None or self.file is None:
            return self._forsaken
        trouble = self.file.trouble()
        return trouble and f"the database file {self.file.path} {trouble}"

    def forsake(self, why: str) -> None:
        """Read nothing from this database and write nothing to it any more."""
        self._forsaken = why

    def _refuse_another(self) -> None:
        if trouble := self.trouble():
            raise Gone(trouble)

    @contextmanager
    def begin(self, sight: Sight, *, write: bool = False, patience: float | None = None) -> Iterator[Tx]:
        """Begin one transaction; commit at the end, roll back on any exception.

        Args:
            sight: whose customers its questions are about: ``NOTHING`` for a person, until their rights are known.
            patience: seconds to wait for the write lock, where somebody waits for an acknowledgement.

        Raises:
            Busy: the lock was not to be had, or the transaction collided with another.
            Gone: the database's file was deleted or replaced; nothing was written.
            Unwell: the database's machine is in trouble; it is a kind of busy.
        """
        options: dict[str, Any] = {WRITE: write, PATIENCE: patience or self._busy_seconds}
        if self.dialect == "postgresql":
            options["isolation_level"] = "READ COMMITTED" if write else "REPEATABLE READ"
            options["postgresql_readonly"] = not write
        self._refuse_another()
        try:
            with (
                self.engine.connect().execution_options(**options) as connection,
                _not_reused_after_a_failure(connection),
                connection.begin(),
            ):
                if self.dialect == "postgresql" and patience:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
                tx = Tx(connection, write, sight)
                yield tx
                if tx.changes.rest is not None:
                    tx.changes.rest(tx)
                if write:
                    # what would be committed now would be acknowledged, and be nowhere
                    self._refuse_another()
        except PoolTimeout as error:
            raise Busy("every connection is in use") from error
        except (DBAPIError, sqlite3.Error) as error:
            # while a connection is prepared, the driver's own error comes
            found = named(error, self._said(error.orig if isinstance(error, DBAPIError) else error), write=write)
            if found is None:
                raise
            self._note(found.trouble if isinstance(found, Unwell) else self.unwell)
            raise found from error
        if write:
            self._note(None)

    def _note(self, trouble: Trouble | None) -> None:
        """Remember, and log once, that the machine is in trouble, until something is written again."""
        if trouble is not self.unwell and trouble is not None:
            log.error("the database is in trouble: %s", trouble.value)
        elif trouble is not self.unwell:
            log.warning("the database is well again")
        self.unwell = trouble

    def check(self) -> None:
        """Connect once.

        Raises:
            BadUrl: nobody answers there; the text says why.
            Gone: the database's file was deleted or replaced.
        """
        self._refuse_another()
        try:
            with self.engine.connect():
                pass
        except DBAPIError as error:
            raise BadUrl(f"the database does not answer: {self._said(error.orig)}") from None
        except (ValueError, TypeError, OSError) as error:
            # what the driver cannot even ask for, as a host's name of three hundred letters
            raise BadUrl(f"no database can be reached there: {type(error).__name__}") from None

    def _said(self, error: object) -> str:
        """The first line of a driver's message, without the password that it may repeat."""
        return without_secrets(next(iter(str(error).splitlines()), type(error).__name__), self._url)

    def close(self) -> None:
        """Close every connection; one that a thread still works with is closed when it comes back."""
        event.listen(self.engine.pool, "checkin", _close_at_once)
        self.engine.dispose()


@contextmanager
def _not_reused_after_a_failure(connection: Connection) -> Iterator[None]:
    """A failure's traceback may hold a half-read result, and on SQLite that keeps the old snapshot open for whoever comes next."""
    try:
        yield
    except BaseException:
        if connection.dialect.name == "sqlite":
            connection.invalidate()
        raise


def _engine(url: str, busy_seconds: float) -> Engine:
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        # not with its cause, which repeats what it could not read
        raise BadUrl(_EXPECTED) from None
    if target.drivername not in {"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"}:
        raise BadUrl(_EXPECTED)
    if target.drivername in {"postgres", "postgresql"}:
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() == "postgresql":
        return create_engine(target, hide_parameters=True, pool_pre_ping=True, **POOL)
    # parameters are customers' data, and an error's text goes to the log
    if target.host or target.username or target.password or target.port or target.query:
        raise BadUrl(_EXPECTED)
    engine = create_engine(target, hide_parameters=True, connect_args={"timeout": busy_seconds, "isolation_level": None}, **POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _file_of(engine: Engine) -> DatabaseFile | None:
    """The file behind a SQLite engine, which is looked at before every new connection."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return None
    file = DatabaseFile(Path(name))

    def before(*_: object) -> None:
        try:
            file.prepare()
        except OSError as error:
            raise BadUrl(f"the file {file.path} cannot be opened: {error.strerror}") from None
        if trouble := file.trouble():
            raise Gone(f"the database file {file.path} {trouble}")

    event.listen(engine, "do_connect", before)
    return file


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # FULL: an acknowledged write is a promise that survives a power cut; secure_delete: what is erased is gone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows only the letters of ASCII
    connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True)


def _close_at_once(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.close()


def _begin_sqlite(connection: Connection) -> None:
    # the driver begins only before the first change, which loses updates; readers must not take the lock
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(options.get(PATIENCE, 15) * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITE) else "BEGIN")
