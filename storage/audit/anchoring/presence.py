"""Whether the database is still the one that a process began with: it can be deleted, dropped, or replaced by another."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from storage.audit.anchoring.known import identity
from storage.database import Busy, Database, Gone
from storage.sight import EVERYTHING


@dataclass
class Presence:
    """Knows a database by the file that is open and by the id that its trail has."""

    database: Database
    _began: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._id()

    def look(self) -> str | None:
        """Why this is not the database of the beginning; None if it is, or if it does not answer just now.

        Where another stands in its place, nothing is read from it or written to it from now on.
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
