"""The database: read transactions on a snapshot, and write transactions that take the lock at once."""

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

from storage import write_queue
from storage.addresses import without_secrets
from storage.database_file import DatabaseFile
from storage.faults import Busy as Busy
from storage.faults import Conflict as Conflict
from storage.faults import Trouble, Unwell, named
from storage.names import narrowed
from storage.sight import Sight

log = logging.getLogger(__name__)

# more connections than threads that need one
POOL: dict[str, Any] = {"pool_size": 24, "max_overflow": 24, "pool_timeout": 5}
_EXPECTED = "expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, with %40 for an @ and %2F for a / in the password"
WRITE, PATIENCE, GIVES_WAY = "riskbot_write", "riskbot_patience", "riskbot_gives_way"
# long work on SQLite keeps so many KiB of pages in memory; with the usual 2,000 it writes and reads the pages of its indexes many times
_LONG_WORK_CACHE = 131_072


class BadUrl(Exception):
    """``DATABASE_URL`` is no address of SQLite or PostgreSQL; the text omits it, as it may hold a password."""


class Gone(Busy):
    """The database has disappeared or was replaced, as the text explains. Nothing was read or written."""


Key = tuple[Any, ...]


@dataclass(slots=True)
class Changes:
    """The rows that a transaction has written and no event has stated yet: their keys by table.

    Attributes:
        groups: for rows written together by an import or score run: its number, and the highest id before them, by table.
        rest: states the remaining rows before the commit.
    """

    rows: dict[str, dict[Key, None]] = field(default_factory=dict)
    groups: dict[str, dict[int, int]] = field(default_factory=dict)
    rest: Callable[[Tx], None] | None = None


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction; only ``storage`` looks inside. ``replace(tx, sight=…)`` narrows it to a person's sight."""

    connection: Connection
    writes: bool
    # the customers that its queries may see
    sight: Sight
    changes: Changes = field(default_factory=Changes, compare=False)
    # while a statement is prepared, which will be run with the sight of others
    preparing: bool = False

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name


class Database:
    """The store behind ``DATABASE_URL``: SQLite in WAL mode or PostgreSQL.

    Args:
        url: ``sqlite:///file``, ``postgres://…`` or ``postgresql://…`` (both mean psycopg).
        busy_seconds: the seconds that a writer waits for the lock.

    Raises:
        BadUrl: the URL has an unknown scheme.
    """

    def __init__(self, url: str, *, busy_seconds: float = 15.0) -> None:
        self._busy_seconds = busy_seconds
        # the trouble at the last attempt to write
        self.unwell: Trouble | None = None
        self._url = url
        self.engine = _engine(url, busy_seconds)
        # None without a file: PostgreSQL, and memory
        self.file = _file_of(self.engine)
        self._forsaken: str | None = None

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @property
    def address(self) -> str:
        """Return the address for other processes of the product; it may hold a password."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """Return the location in a canonical form: a file's absolute path, or a server's address without credentials."""
        url = self.engine.url
        if self.dialect == "sqlite":
            return str(Path(url.database or "").resolve())
        host = url.query.get("host") or url.host
        return f"postgresql://{host}:{url.port or 5432}/{url.database}"

    def trouble(self) -> str | None:
        """Return the reason why this database is unusable: deleted, replaced or another one; None if it is usable."""
        if self._forsaken is not None or self.file is None:
            return self._forsaken
        trouble = self.file.trouble()
        return trouble and f"the database file {self.file.path} {trouble}"

    def forsake(self, why: str) -> None:
        """Stop reading from and writing to this database."""
        self._forsaken = why

    def _refuse_another(self) -> None:
        if trouble := self.trouble():
            raise Gone(trouble)

    @contextmanager
    def begin(self, sight: Sight, *, write: bool = False, patience: float | None = None, gives_way: bool = False) -> Iterator[Tx]:
        """Begin one transaction; commit at the end, roll back on any exception.

        Args:
            sight: the customers that its queries may see: ``NOTHING`` for a person, until their rights are known.
            patience: seconds to wait for the write lock, for requests that wait for an acknowledgement.
            gives_way: whether whoever waits for the write lock comes first: for work in many transactions that nobody waits for.

        Raises:
            Busy: the lock was not available, or the transaction collided with another.
            Gone: the database's file was deleted or replaced; nothing was written.
            Unwell: the database's machine is in trouble; it is a kind of busy.
        """
        options: dict[str, Any] = {WRITE: write, PATIENCE: patience or self._busy_seconds, GIVES_WAY: gives_way}
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
                    # a commit now would be acknowledged, but lost
                    self._refuse_another()
        except PoolTimeout as error:
            raise Busy("every connection is in use") from error
        except (DBAPIError, sqlite3.Error) as error:
            # while a connection is prepared, the driver raises its own error
            found = named(error, self._said(error.orig if isinstance(error, DBAPIError) else error), write=write)
            if found is None:
                raise
            self._note(found.trouble if isinstance(found, Unwell) else self.unwell)
            raise found from error
        if write:
            self._note(None)

    def _note(self, trouble: Trouble | None) -> None:
        """Record the machine's trouble, and log it once, until something is written again."""
        if trouble is not self.unwell and trouble is not None:
            log.error("the database is in trouble: %s", trouble.value)
        elif trouble is not self.unwell:
            log.warning("the database is well again")
        self.unwell = trouble

    def check(self) -> None:
        """Connect once to check the address.

        Raises:
            BadUrl: no database answers; the text gives the reason.
            Gone: the database's file was deleted or replaced.
        """
        self._refuse_another()
        try:
            with self.engine.connect():
                pass
        except DBAPIError as error:
            raise BadUrl(f"the database does not answer: {self._said(error.orig)}") from None
        except (ValueError, TypeError, OSError) as error:
            # errors before the driver connects, such as a host name of three hundred letters
            raise BadUrl(f"no database can be reached there: {type(error).__name__}") from None

    def _said(self, error: object) -> str:
        """Return the first line of a driver's message, without a password."""
        return without_secrets(next(iter(str(error).splitlines()), type(error).__name__), self._url)

    def close(self) -> None:
        """Close every connection; one in use by a thread is closed when it is returned."""
        event.listen(self.engine.pool, "checkin", _close_at_once)
        self.engine.dispose()


@contextmanager
def _not_reused_after_a_failure(connection: Connection) -> Iterator[None]:
    """Discard a connection after a failure, whose traceback may hold a result and with it SQLite's old snapshot."""
    try:
        yield
    except BaseException:  # also when stopped, as SQLite keeps the snapshot; raised again
        if connection.dialect.name == "sqlite":
            connection.invalidate()
        raise


def _engine(url: str, busy_seconds: float) -> Engine:
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):
        # without its cause, which repeats the unreadable text
        raise BadUrl(_EXPECTED) from None
    if target.drivername not in {"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"}:
        # the scheme is no secret
        raise BadUrl(f"{target.drivername}:// is not supported; {_EXPECTED}")
    if target.drivername in {"postgres", "postgresql"}:
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() == "postgresql":
        return create_engine(target, hide_parameters=True, pool_pre_ping=True, **POOL)
    # parameters are customers' data, and error texts go to the log
    if target.host or target.username or target.password or target.port or target.query:
        raise BadUrl(_EXPECTED)
    engine = create_engine(target, hide_parameters=True, connect_args={"timeout": busy_seconds, "isolation_level": None}, **POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _file_of(engine: Engine) -> DatabaseFile | None:
    """Return the file of a SQLite engine, which is checked before every new connection."""
    path = _path(engine)
    if path is None:
        return None
    file = DatabaseFile(path)

    def before(*_: object) -> None:
        try:
            file.prepare()
        except OSError as error:
            raise BadUrl(f"the file {file.path} cannot be opened: {error.strerror}") from None
        if trouble := file.trouble():
            raise Gone(f"the database file {file.path} {trouble}")

    event.listen(engine, "do_connect", before)
    return file


def _path(engine: Engine) -> Path | None:
    name = engine.url.database
    return None if engine.dialect.name != "sqlite" or not name or name == ":memory:" else Path(name)


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # FULL: acknowledged writes survive a power cut; secure_delete: erased data are overwritten
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own lower() handles ASCII letters only
    connection.create_function("lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True)
    # letters of usual width, as PostgreSQL's translate() makes them
    connection.create_function("narrowed", 1, narrowed, deterministic=True)


def _close_at_once(_connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.close()


def _begin_sqlite(connection: Connection) -> None:
    # the driver begins only before the first change, which may lose updates; readers must not take the lock
    options = connection.get_execution_options()
    patience = options.get(PATIENCE, 15)
    if options.get(WRITE):
        driver: Any = connection.connection.driver_connection
        if gives_way := options.get(GIVES_WAY, False):
            driver.execute(f"PRAGMA cache_size=-{_LONG_WORK_CACHE}")
        driver.execute("PRAGMA busy_timeout=0")
        write_queue.take(driver, _path(connection.engine), patience, gives_way=gives_way)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience * 1000)}")
    if not options.get(WRITE):
        connection.exec_driver_sql("BEGIN")
