"""Classification of driver errors: busy, in trouble, or a faulty query."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError


class Busy(Exception):
    """The database was locked, or two transactions collided: the whole transaction may be retried."""


class Conflict(Busy):
    """A row had changed since it was read; nothing was written."""


class Trouble(StrEnum):
    """A problem with the database's machine, independent of the request."""

    FULL = "the disk is full"
    READ_ONLY = "the database may not be written to"
    UNREADABLE = "the disk cannot be read or written"
    UNREACHABLE = "the database does not answer"
    EXHAUSTED = "the database has no memory or no connection left"


class Unwell(Busy):
    """The database's machine is in trouble: stored requests stay stored, and are retried after its repair."""

    def __init__(self, trouble: Trouble, said: str) -> None:
        super().__init__(f"{trouble.value}: {said}")
        self.trouble, self.said = trouble, said


_SQLITE: dict[int, Trouble | None] = {
    # None means busy
    sqlite3.SQLITE_BUSY: None,
    sqlite3.SQLITE_LOCKED: None,
    sqlite3.SQLITE_PROTOCOL: None,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_IOERR: Trouble.UNREADABLE,
    sqlite3.SQLITE_CORRUPT: Trouble.UNREADABLE,
    sqlite3.SQLITE_NOTADB: Trouble.UNREADABLE,
    sqlite3.SQLITE_CANTOPEN: Trouble.UNREACHABLE,
    sqlite3.SQLITE_NOMEM: Trouble.EXHAUSTED,
}
# by the beginning of SQLSTATE, the longest first
_POSTGRESQL: tuple[tuple[str, Trouble | None], ...] = (
    ("53100", Trouble.FULL),
    ("25006", Trouble.READ_ONLY),
    ("42501", Trouble.READ_ONLY),
    # an orderly stop or a crash: a retry in a moment will find it running
    ("57P", None),
    ("57014", None),
    ("55P03", None),
    ("40", None),
    ("08", Trouble.UNREACHABLE),
    ("28", Trouble.UNREACHABLE),
    ("3D000", Trouble.UNREACHABLE),
    ("53", Trouble.EXHAUSTED),
    ("58", Trouble.UNREADABLE),
    ("XX001", Trouble.UNREADABLE),
    ("XX002", Trouble.UNREADABLE),
    ("F0", Trouble.UNREADABLE),
)


# a read query that writes is a programming error
_IN_A_QUESTION = "25006"


def named(error: DBAPIError | sqlite3.Error, said: str, *, write: bool) -> Busy | None:
    """Return the error as one of these types, with the driver's message; None if the query itself is wrong."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        # extended codes contain the plain one in their last byte
        code = (getattr(origin, "sqlite_errorcode", None) or 0) & 0xFF
        return _named(_SQLITE[code], said) if code in _SQLITE else None
    state = getattr(origin, "sqlstate", None)
    if state == _IN_A_QUESTION and not write:
        return None
    for beginning, meaning in _POSTGRESQL:
        if state and state.startswith(beginning):
            return _named(meaning, said)
    lost = isinstance(error, DBAPIError) and (error.connection_invalidated or (not state and type(origin).__name__ == "OperationalError"))
    return _named(Trouble.UNREACHABLE, said) if lost else None


def _named(trouble: Trouble | None, said: str) -> Busy:
    return Busy(said) if trouble is None else Unwell(trouble, said)
