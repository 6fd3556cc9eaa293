"""Upgrading of a database's tables, once, by the first process that starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import WRITE, Database

# an arbitrary lock number: replicas that upgrade at once queue for it
LOCK = 7_236_118_455


def upgrade(database: Database) -> str:
    """Run every missing migration in one transaction; return the revision reached."""
    with database.engine.connect().execution_options(**{WRITE: True}) as connection:
        if database.dialect == "sqlite":
            # rebuilding a table under enforced foreign keys would delete child rows; inside a transaction this pragma has no effect
            _without_transaction(connection, "PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if database.dialect == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                command.upgrade(_config(connection), "head")
                if database.dialect == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                    raise RuntimeError(f"the migration broke {len(broken)} references; nothing was changed")
        finally:
            if database.dialect == "sqlite":
                _without_transaction(connection, "PRAGMA foreign_keys=ON")
    return head()


def is_current(database: Database) -> bool:
    """Return True if the tables match this version of the product."""
    with database.engine.connect() as connection, connection.begin():
        return MigrationContext.configure(connection).get_current_revision() == head()


def is_newer(database: Database) -> bool:
    """Return True if a later version of the product has upgraded these tables."""
    with database.engine.connect() as connection, connection.begin():
        current = MigrationContext.configure(connection).get_current_revision()
    return current is not None and current not in {
        script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()
    }


def head() -> str:
    """Return the newest revision of this version."""
    revision = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert revision is not None, "the package carries its migrations"
    return revision


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _without_transaction(connection: Connection, statement: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None, "an open connection has a driver's"
    driver.execute(statement)
