"""The revision of a database's tables, beside those that this version of the product knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from storage.database import Database

MIGRATIONS = Path(__file__).parent


def known() -> list[str]:
    """Return this version's revisions, the oldest first: each is the number at the beginning of its file's name."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def head() -> str:
    """Return the newest revision of this version."""
    return known()[-1]


def current(database: Database) -> str | None:
    """Return the revision of the tables; None if there are none yet."""
    with database.engine.connect() as connection, connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def is_current(database: Database) -> bool:
    """Return True if the tables match this version of the product."""
    return current(database) == head()


def is_newer(database: Database) -> bool:
    """Return True if a later version of the product has upgraded these tables."""
    found = current(database)
    return found is not None and found not in known()
