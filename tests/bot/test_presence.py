"""The database that is deleted, replaced or dropped under a running bot is noticed, and nothing is acknowledged that is kept nowhere."""

from __future__ import annotations

import logging
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from bot.presence import Lookout
from bot.receiving import web
from bot.receiving.complaints import Complaints
from storage.audit.anchoring.presence import Presence
from storage.database import BadUrl, Database, Gone
from storage.migrations import migrate
from storage.sight import EVERYTHING
from tests import database_server
from tests.bot.conftest import Typed, written
from tests.databases import name_in

CUSTOMERS = "id,name\nC1,Acme\n"


def path_of(database: Database) -> Path:
    assert database.file is not None
    return database.file.path


def delete(database: Database) -> str:
    path_of(database).unlink()
    return "was deleted"


def replace(database: Database) -> str:
    other = path_of(database).with_name("other.db")
    shutil.copy(path_of(database), other)
    other.replace(path_of(database))
    return "was replaced by another file"


@pytest.mark.parametrize("happens", [delete, replace])
def test_nothing_is_read_from_or_written_to_a_file_that_is_not_there_any_more(sqlite: Database, happens):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.text("SELECT 1"))
    said = happens(sqlite)
    for write in (True, False):
        with pytest.raises(Gone, match=said), sqlite.begin(EVERYTHING, write=write):
            pass
    with pytest.raises(Gone, match=said):
        sqlite.check()
    # a new one is not made in its place
    assert path_of(sqlite).exists() is (happens is replace)


@pytest.mark.parametrize("happens", [delete, replace])
def test_what_is_under_way_when_the_file_goes_is_not_acknowledged(sqlite: Database, happens):
    def change() -> None:
        with sqlite.begin(EVERYTHING, write=True) as tx:
            tx.connection.execute(sa.text("CREATE TABLE mark (id INTEGER)"))
            happens(sqlite)

    with pytest.raises(Gone):
        change()


def test_a_file_that_is_moved_away_and_back_is_the_same(sqlite: Database):
    path, away = path_of(sqlite), path_of(sqlite).with_name("away.db")
    sqlite.check()
    path.rename(away)
    with pytest.raises(Gone), sqlite.begin(EVERYTHING):
        pass
    away.rename(path)
    with sqlite.begin(EVERYTHING):
        pass


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(BadUrl, match=r"the file /nowhere/riskbot\.db cannot be opened: No such file or directory"):
        Database("sqlite:////nowhere/riskbot.db").check()


def test_another_trail_in_the_same_place_is_not_written_to(database: Database):
    presence = Presence(database)
    assert presence.look() is None
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.text("UPDATE trail SET id = 'another'"))

    assert "another database stands in the place of" in str(presence.look())
    with pytest.raises(Gone, match="another database"), database.begin(EVERYTHING, write=True):
        pass


def test_a_postgresql_that_is_dropped_or_replaced_is_noticed(database: Database):
    if database.dialect == "sqlite":
        pytest.skip("a file is deleted, not dropped")
    presence, name = Presence(database), name_in(database.address)
    with psycopg.connect(database_server.address(), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    # the first look finds that its connection was ended
    presence.look()
    assert "does not hold our tables any more" in str(presence.look())
    fresh = Database(database.address)
    migrate.upgrade(fresh)
    fresh.close()

    assert "another database stands in the place of" in str(presence.look())


def test_the_health_page_and_the_log_say_it_loudly_and_once(sqlite: Database, caplog: pytest.LogCaptureFixture):
    lookout = Lookout(sqlite)
    probe = web.Probe(sqlite, lambda: True, list, lambda: [str(trouble) for trouble in lookout.troubles()])
    page = web.create_app(probe, readers=web.Readers(public=False, token=None), complaints=Complaints()).test_client()
    lookout.tick()
    assert page.get("/readyz").status_code == 200
    delete(sqlite)
    for _ in range(3):
        lookout.tick()
    answer = page.get("/readyz")

    assert answer.status_code == 503
    assert "was deleted" in answer.json["why"]
    assert "The database is not the one I started with" in str(lookout.troubles()[0])
    assert [record.levelno for record in caplog.records if "was deleted" in record.getMessage()] == [logging.CRITICAL]


@pytest.mark.parametrize("left", ["riskbot-anchors.txt", None])
def test_nothing_starts_on_an_empty_book_where_one_was(typed: Typed, monkeypatch: pytest.MonkeyPatch, left: str | None):
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "a key of more than thirty-two letters")
    assert typed("import", "customers", written("c.csv", CUSTOMERS))[0] == 0
    assert typed("audit", "anchor")[0] == 0
    for file in Path().glob("riskbot.db*"):
        file.unlink()
    if left:
        # the head file went with the database
        for file in Path().glob("*.head"):
            file.unlink()
    code, said, complained = typed("import", "customers", "c.csv")

    assert (code, said) == (1, "")
    assert "riskbot.db is empty, but" in complained
    assert "knows of a trail of" in complained
    assert "restore a backup" in complained
    # what it says to type helps
    subprocess.run(complained.strip().rpartition(": ")[2], shell=True, check=True)
    assert typed("import", "customers", "c.csv")[0] == 0
