"""The queue before SQLite's write lock: long work waits until nobody else does.

SQLite wakes nobody when its lock is free: all who want it ask again and again, and on a busy machine a request may sleep each time the
lock is free. So all who wait hold a shared lock on a file beside the database, and work in many transactions looks there first.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENDING = "-queue"
# those who wait ask again after this many seconds
_ASK_AGAIN = 0.003
# for so many seconds long work lets others pass; then it asks as they do, so that it ends on a day of many requests too
POLITE = 5.0


def take(driver: Any, file: Path | None, patience: float, *, gives_way: bool = False) -> None:
    """Begin to write as soon as the lock is free.

    Args:
        file: the database; None in memory, where nobody else waits.
        patience: seconds to wait.
        gives_way: whether all others who wait come first.

    Raises:
        sqlite3.OperationalError: the lock was not free for so many seconds.
    """
    until = time.monotonic() + patience
    if gives_way and file is not None and _begun_after_others(driver, file):
        return
    with waiting(file):
        while not _begun(driver, last=time.monotonic() >= until):
            time.sleep(_ASK_AGAIN)


def _begun_after_others(driver: Any, file: Path) -> bool:
    """Begin to write when the lock is free and nobody waits for it; return False if that does not come for a while."""
    until = time.monotonic() + POLITE
    while waited_for(file) or not _begun(driver, last=False):
        if time.monotonic() >= until:
            return False
        time.sleep(_ASK_AGAIN)
    return True


def _begun(driver: Any, *, last: bool) -> bool:
    """Begin to write if the lock is free; the last attempt raises if it is not."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def waiting(file: Path | None) -> Iterator[None]:
    """Be seen waiting; the lock of a process that dies goes with it."""
    queue = None if file is None else _opened(file)
    if queue is None:
        yield
        return
    try:
        fcntl.flock(queue, fcntl.LOCK_SH)
        yield
    finally:
        os.close(queue)


def waited_for(file: Path) -> bool:
    """Return True if anybody waits for the write lock."""
    queue = _opened(file)
    if queue is None:
        return False
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(queue)
    return False


def _opened(file: Path) -> int | None:
    """Open the file of the queue; None where there can be none, as in a full or read-only folder, of which SQLite itself complains."""
    try:
        queue = os.open(f"{file}{ENDING}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
    if os.fstat(queue).st_mode & 0o777 != 0o600:
        # under an unusual umask
        os.fchmod(queue, 0o600)
    return queue
