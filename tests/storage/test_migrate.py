"""Migrations: from nothing to the newest tables, once, whoever comes first; and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.opening import open_database
from bot.settings import Settings, SettingsError
from storage.database import Database
from storage.delivery import inbox
from storage.migrations import migrate, revisions
from storage.schema import Table
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.processes import at_once, wait_until


def tables(database: Database) -> set[str]:
    with database.begin(EVERYTHING) as tx:
        return set(sa.inspect(tx.connection).get_table_names())


@pytest.fixture
def empty(database_url: str):
    opened = Database(database_url)
    yield opened
    opened.close()


def test_an_empty_database_gets_every_table(empty: Database):
    before = revisions.is_current(empty)
    reached = migrate.upgrade(empty)

    assert not before
    assert reached == revisions.head()
    assert revisions.is_current(empty)
    assert tables(empty) == {*Table.metadata.tables, "alembic_version"}


def test_a_second_run_changes_nothing_and_keeps_what_is_there(empty: Database):
    migrate.upgrade(empty)
    with empty.begin(EVERYTHING, write=True) as tx:
        inbox.accept(tx, "k1", {"command": "log"}, at=MONDAY)

    assert migrate.upgrade(empty) == revisions.head()
    with empty.begin(EVERYTHING) as tx:
        assert inbox.peek(tx, "k1") == {"command": "log"}


def test_the_migrated_tables_are_those_of_the_models(database: Database):
    with database.begin(EVERYTHING) as tx:
        context = MigrationContext.configure(
            tx.connection, opts={"compare_type": True, "compare_server_default": True, "user_module_prefix": "types."}
        )
        differences = compare_metadata(context, Table.metadata)

    assert differences == []


def test_every_check_of_the_models_is_in_the_database_by_its_name(database: Database):
    with database.begin(EVERYTHING) as tx:
        look = sa.inspect(tx.connection)
        found = {check["name"] for name in Table.metadata.tables for check in look.get_check_constraints(name)}

    assert found == {
        constraint.name
        for table in Table.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert "ck_approval_four_eyes" in found


def test_going_back_leaves_no_table_and_going_forth_again_brings_them_all(empty: Database):
    migrate.upgrade(empty)
    with empty.begin(EVERYTHING, write=True) as tx:
        command.downgrade(migrate._config(tx.connection), "base")
    left = tables(empty)
    migrate.upgrade(empty)

    assert left == {"alembic_version"}
    assert revisions.is_current(empty)


def upgrade_at(instant: float, url: str) -> str:
    database = Database(url)
    wait_until(instant)
    try:
        return migrate.upgrade(database)
    finally:
        database.close()


@pytest.mark.parametrize("round", range(2))
def test_replicas_that_upgrade_at_the_same_instant_queue_and_all_succeed(database_url: str, round: int):
    reached = at_once(upgrade_at, [(database_url,)] * 3)

    assert reached == [revisions.head()] * 3


def test_broken_references_stop_the_migration_and_foreign_keys_are_enforced_again(sqlite: Database):
    with sqlite.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO customer (id, since_import) VALUES ('ACME', 7)")
        connection.commit()
        connection.invalidate()

    with pytest.raises(RuntimeError, match="broke 1 references; nothing was changed"):
        migrate.upgrade(sqlite)
    with sqlite.begin(EVERYTHING) as tx:
        assert tx.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_bot_brings_sqlite_up_to_date_itself(tmp_path: Path):
    opened = open_database(Settings(database_url=f"sqlite:///{tmp_path / 'new.db'}"))
    current = revisions.is_current(opened)
    opened.close()

    assert current


def test_the_bot_refuses_an_old_postgresql_with_the_command_to_type(postgres: str):
    url = fresh_postgres(postgres)

    with pytest.raises(SettingsError, match=r"DATABASE_URL: .*Type: python -m bot migrate$"):
        open_database(Settings(database_url=url))

    assert upgrade_at(0, url) == revisions.head()
    open_database(Settings(database_url=url)).close()


def test_the_files_of_the_migrations_are_named_by_their_revisions():
    config = Config()
    config.set_main_option("script_location", str(revisions.MIGRATIONS))
    chain = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert revisions.known() == chain[::-1]
