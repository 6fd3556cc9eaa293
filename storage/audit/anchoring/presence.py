"""Presence of the database that a process started with: it may be deleted, dropped or replaced."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from storage.audit.anchoring.known import identity
from storage.database import Busy, Database, Gone
from storage.sight import EVERYTHING


@dataclass
class Presence:
    """A check by the open file and by the id of the trail."""

    database: Database
    _began: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._id()

    def look(self) -> str | None:
        """Return the reason why this is no longer the original database; None if it is, or if it does not answer now.

        If another database has taken its place, nothing is read from it or written to it any more.
        """
        try:
            now = self._id()
        except Gone as error:
            return str(error)
        except Busy:
            return None
        except DBAPIError as error:
            return f"the database at {self.database.place} does not hold our tables any more ({type(error.orig).__name__})"
        if now != self._began:
            self.database.forsake(f"another database stands in the place of {self.database.place}")
        return self.database.trouble()

    def _id(self) -> str | None:
        with self.database.begin(EVERYTHING) as tx:
            return identity(tx).database
