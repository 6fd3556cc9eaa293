"""Upgrading of a database's tables, once, by the first process that starts."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.database import WRITE, Database
from storage.migrations.revisions import MIGRATIONS, head

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


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _without_transaction(connection: Connection, statement: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None, "an open connection has a driver's"
    driver.execute(statement)
