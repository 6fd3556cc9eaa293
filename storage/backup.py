"""Copies of a SQLite database: made while others write, of one moment, and put in its place while nobody has it open."""

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

# pages between two reports of how far it is
STEP = 2_000


class NoBackup(Exception):
    """The file is no database that could be copied; the text says why."""


class Unreadable(Exception):
    """The database in the way is damaged; the text says how."""


def files(path: Path) -> list[Path]:
    """A database, and what SQLite keeps beside it and takes for its own by the name."""
    return [path, *(Path(f"{path}{ending}") for ending in BESIDE)]


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A new file of a name of its own in the folder of another, for its owner alone; gone at the end, if it was not moved.

    Raises:
        OSError: there is no such folder, or it cannot be written.
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
    """Copy a database as it is at one moment, while others go on writing.

    Args:
        done: told how many pages of how many are copied.
    """
    with database.begin(EVERYTHING) as tx, closing(sqlite3.connect(to)) as out:
        # the moment is that of the first look; without one, each step of the copy would have a moment of its own
        tx.connection.execute(select(func.count()).select_from(SealRow))
        driver: Any = tx.connection.connection.driver_connection
        driver.backup(out, pages=STEP, progress=lambda _status, left, total: done(total - left, total))


def copy_file(source: Path, to: Path) -> None:
    """Copy a backup, which nobody writes, and leave it as it is.

    Raises:
        NoBackup: it is not there, or no SQLite database.
    """
    # looked at as it is, nothing is left beside it; what a plain copy has in a log of its own would be left out
    how = "mode=ro" if Path(f"{source}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?{how}", uri=True)) as file, closing(sqlite3.connect(to)) as out:
            file.backup(out)
    except sqlite3.Error as error:
        raise NoBackup(str(error)) from error


def damage(tx: Tx) -> str | None:
    """What SQLite finds wrong with the file itself; None if it is sound."""
    found = str(tx.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return None if found == "ok" else found


@contextmanager
def damage_named() -> Iterator[None]:
    """Tell damage from every other reason why a database is not read.

    Raises:
        Unreadable: it is damaged.
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
        # without a name it is a table that is missing, or a text of broken letters
        if found is not None and not (isinstance(found, Unwell) and found.trouble is Trouble.UNREADABLE):
            raise found from error
        raise Unreadable(said) from error
    except ValueError as error:
        # facts that are not JSON any more
        raise Unreadable(str(error)) from error


def is_in_use(path: Path) -> bool:
    """Whether another process has a database open; if none has, everything is in the one file afterwards.

    Of a file that cannot be read at all nobody can tell, and nobody works with it.
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
    """Give a finished copy its name, which nobody else has by now.

    Raises:
        FileExistsError: somebody has.
    """
    _to_disk(part)
    private.take_free_name(part, target)
    _to_disk(target.parent)


def put_in_place(part: Path, target: Path, aside: Path) -> list[Path]:
    """Put a copy in the place of a database, which is kept under another name with what was beside it; says what is kept."""
    _to_disk(part)
    kept = []
    # a log that stayed would be replayed over the copy, even one of a database that is long gone
    for path, other in zip(files(target), files(aside), strict=True):
        with suppress(FileNotFoundError):
            os.replace(path, other)
            kept.append(other)
    os.replace(part, target)
    _to_disk(target.parent)
    return kept


def look_before_posting(tx: Tx) -> None:
    """Messages that waited when the copy was made may have been posted since: the courier looks for each before it posts it."""
    row = DeliveryRow
    waits = (row.state == DeliveryState.PENDING.value, row.attempt == 0)
    tx.connection.execute(update(row).where(*waits).values(attempt=1, first_try_at=func.coalesce(row.first_try_at, row.due_at)))


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
