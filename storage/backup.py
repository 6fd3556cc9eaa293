"""Backups of a SQLite database: consistent copies made during use, and restores while nobody has it open."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from storage import private
from storage.database import Database, Tx
from storage.database_file import BESIDE
from storage.delivery.deliveries import DeliveryState
from storage.faults import Trouble, Unwell, named
from storage.schema import DeliveryRow, SealRow
from storage.sight import EVERYTHING

# pages between two progress reports
STEP = 2_000


class NoBackup(Exception):
    """The file is not a database that can be copied; the text gives the reason."""


class Unreadable(Exception):
    """The existing database is damaged; the text gives the details."""


def files(path: Path) -> list[Path]:
    """Return a database's file and the files that SQLite keeps beside it."""
    return [path, *(Path(f"{path}{ending}") for ending in BESIDE)]


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Yield a new private file in the folder of another, and delete it at the end unless it was moved.

    Raises:
        OSError: there is no such folder, or it is not writable.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        for path in files(part):
            path.unlink(missing_ok=True)


def copy(database: Database, to: Path, done: Callable[[int, int], object]) -> None:
    """Copy a database as it is at one moment, while others keep writing.

    Args:
        done: called with the pages copied and their total.
    """
    with database.begin(EVERYTHING) as tx, closing(sqlite3.connect(to)) as out:
        # the first read fixes the moment; without it, each step of the copy would have its own
        tx.connection.execute(select(func.count()).select_from(SealRow))
        driver: Any = tx.connection.connection.driver_connection
        driver.backup(out, pages=STEP, progress=lambda _status, left, total: done(total - left, total))


def copy_file(source: Path, to: Path) -> None:
    """Copy a backup, which nobody writes to, without changing it.

    Raises:
        NoBackup: the file does not exist, or is not a SQLite database.
    """
    # opened as immutable, it leaves no files beside it; a plain copy's own log would be left out
    how = "mode=ro" if Path(f"{source}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?{how}", uri=True)) as file, closing(sqlite3.connect(to)) as out:
            file.backup(out)
    except sqlite3.Error as error:
        raise NoBackup(str(error)) from error


def damage(tx: Tx) -> str | None:
    """Return SQLite's report of damage to the file; None if it is sound."""
    found = str(tx.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return None if found == "ok" else found


@contextmanager
def damage_named() -> Iterator[None]:
    """Distinguish damage from other failures to read a database.

    Raises:
        Unreadable: the database is damaged.
    """
    try:
        yield
    except Unwell as error:
        if error.trouble is not Trouble.UNREADABLE:
            raise
        raise Unreadable(error.said) from error
    except (DBAPIError, sqlite3.Error) as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error)
        found = named(error, said, write=False)
        # without an error name, a table is missing or a text is not decodable
        if found is not None and not (isinstance(found, Unwell) and found.trouble is Trouble.UNREADABLE):
            raise found from error
        raise Unreadable(said) from error
    except ValueError as error:
        # facts that are no longer JSON
        raise Unreadable(str(error)) from error


def is_in_use(path: Path) -> bool:
    """Return True if another process has a database open; if not, all data are in the one file afterwards.

    An unreadable file counts as unused, as nobody can work with it.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
            alone = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] == "delete"
            connection.execute("PRAGMA journal_mode=WAL")
            return not alone
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def publish(part: Path, target: Path) -> None:
    """Give a finished copy its final name.

    Raises:
        FileExistsError: the name has been taken meanwhile.
    """
    _to_disk(part)
    private.take_free_name(part, target)
    _to_disk(target.parent)


def put_in_place(part: Path, target: Path, aside: Path) -> list[Path]:
    """Replace a database by a copy, keep the old files under another name, and return those."""
    _to_disk(part)
    kept = []
    # a leftover log would be replayed over the copy, even one of a database deleted long ago
    for path, other in zip(files(target), files(aside), strict=True):
        with suppress(FileNotFoundError):
            os.replace(path, other)
            kept.append(other)
    os.replace(part, target)
    _to_disk(target.parent)
    return kept


def look_before_posting(tx: Tx) -> None:
    """Mark messages that were pending at the time of the copy: they may have been posted since, so check before posting."""
    row = DeliveryRow
    waits = (row.state == DeliveryState.PENDING.value, row.attempt == 0)
    tx.connection.execute(update(row).where(*waits).values(attempt=1, first_try_at=func.coalesce(row.first_try_at, row.due_at)))


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
