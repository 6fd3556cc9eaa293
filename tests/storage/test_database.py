"""One database, one way to begin: snapshots that block nobody, writers one after the other, collisions that are named."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from contextlib import ExitStack

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from playground.person import PATIENCE
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Stage
from risk_engine.references import ApprovalId, ResponseId
from storage import rows
from storage.approvals import approvals
from storage.database import BadUrl, Busy, Conflict, Database, Tx
from storage.migrations import migrate
from storage.schema import ApprovalRow, CustomerRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.databases import Masters
from tests.processes import at_once, wait_until

PROCESSES, ROUNDS = 3, 25


@pytest.fixture
def asked(database: Database) -> Database:
    """One approval on record; its reason serves as a number that everybody counts up."""
    with database.begin(EVERYTHING, write=True) as tx:
        approvals.add(tx, Approval(ApprovalId(1), "k1", ResponseId(1), "U0ANA", MONDAY, MONDAY, ApprovalKind.RESPONSE, (Stage(),)))
        rows.compare_and_set(tx, ApprovalRow, 1, 1, {"reason": "0"})
    return database


def version(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        return approvals.get(tx, ApprovalId(1)).version


def rename(tx, version: int, reason: str) -> None:
    rows.compare_and_set(tx, ApprovalRow, 1, version, {"reason": reason})


def count_up(instant: float, url: str) -> list[int]:
    """Read, add one, write, and draw a number, many times; a collision is tried again whole."""
    database, numbers = Database(url), []
    wait_until(instant)
    while len(numbers) < ROUNDS:
        try:
            with database.begin(EVERYTHING, write=True) as tx:
                row = approvals.get(tx, ApprovalId(1))
                rename(tx, row.version, str(int(row.reason) + 1))
                number = rows.next_number(tx, "R")
        except Busy:
            continue
        numbers.append(number)
    database.close()
    return numbers


def test_no_update_is_lost_between_processes_and_no_number_is_given_twice(asked: Database, database_url: str):
    numbers = at_once(count_up, [(database_url,)] * PROCESSES)

    with asked.begin(EVERYTHING) as tx:
        row = approvals.get(tx, ApprovalId(1))
    assert (int(row.reason), row.version) == (PROCESSES * ROUNDS, PROCESSES * ROUNDS + 2)
    assert sorted(number for drawn in numbers for number in drawn) == list(range(1, PROCESSES * ROUNDS + 1))


def test_a_row_that_changed_since_it_was_read_is_a_conflict_and_stays_as_it_is(asked: Database):
    with asked.begin(EVERYTHING, write=True) as tx:
        rename(tx, 2, "first")

    with pytest.raises(Conflict, match="approval 1 is no longer at version 2"), asked.begin(EVERYTHING, write=True) as tx:
        rename(tx, 2, "second")

    with asked.begin(EVERYTHING) as tx:
        assert approvals.get(tx, ApprovalId(1)).reason == "first"


def test_a_reader_waits_for_no_writer_and_sees_the_book_as_it_was(asked: Database):
    with asked.begin(EVERYTHING, write=True) as writer:
        rename(writer, 2, "unseen")
        # the writer ends after the reader: one who waited would be told that the book is busy
        with asked.begin(EVERYTHING, patience=5) as reader:
            seen = approvals.get(reader, ApprovalId(1)).reason

    assert seen == "0"


def test_a_writer_waits_for_no_reader_and_the_readers_picture_does_not_move(asked: Database):
    with asked.begin(EVERYTHING) as reader:
        before = approvals.get(reader, ApprovalId(1)).reason
        with asked.begin(EVERYTHING, write=True, patience=1) as writer:
            rename(writer, 2, "newer")
        again = approvals.get(reader, ApprovalId(1)).reason

    assert (before, again) == ("0", "0")
    assert version(asked) == 3


def test_many_readers_at_once_take_no_lock_from_each_other(asked: Database):
    with ExitStack() as stack:
        readers = [stack.enter_context(asked.begin(EVERYTHING, patience=0.1)) for _ in range(8)]
        seen = {approvals.get(reader, ApprovalId(1)).reason for reader in readers}

    assert seen == {"0"}


def test_a_writer_who_cannot_wait_is_told_that_the_book_is_busy(asked: Database):
    with asked.begin(EVERYTHING, write=True) as first:
        rename(first, 2, "mine")
        started = time.monotonic()
        with pytest.raises(Busy), asked.begin(EVERYTHING, write=True, patience=0.2) as second:
            rename(second, 2, "yours")
        waited = time.monotonic() - started

    assert 0.1 < waited < 2
    assert version(asked) == 3


def test_patience_ends_with_its_transaction(asked: Database):
    with asked.begin(EVERYTHING, write=True, patience=0.05):
        pass
    held = threading.Event()

    def hold() -> None:
        with asked.begin(EVERYTHING, write=True) as tx:
            rows.next_number(tx, "R")
            held.set()
            time.sleep(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(PATIENCE)
    with asked.begin(EVERYTHING, write=True) as tx:
        drawn_after_a_wait = rows.next_number(tx, "R")
    holder.join()

    assert drawn_after_a_wait == 2


def test_on_sqlite_a_writer_holds_the_lock_from_its_first_moment(sqlite: Database):
    # a lock that is taken only with the first change lets two people read the same thing and both write it
    with sqlite.begin(EVERYTHING, write=True), pytest.raises(Busy), sqlite.begin(EVERYTHING, write=True, patience=0.05):
        pytest.fail("two writers at once")


def test_sqlite_is_told_to_keep_its_promises(sqlite: Database):
    with sqlite.begin(EVERYTHING) as tx:
        said = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }

    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_failure_leaves_nothing_behind(asked: Database):
    def half(tx: Tx) -> None:
        rename(tx, 2, f"half {rows.next_number(tx, 'R')}")
        rename(tx, 2, "the other half")

    with pytest.raises(Conflict), asked.begin(EVERYTHING, write=True) as tx:
        half(tx)

    with asked.begin(EVERYTHING, write=True) as tx:
        assert (approvals.get(tx, ApprovalId(1)).reason, rows.next_number(tx, "R")) == ("0", 1)


def test_a_failure_in_the_middle_of_reading_shows_nobody_after_it_an_old_book(asked: Database, database_url: str):
    """Its traceback keeps the half-read rows alive, and on SQLite these keep their snapshot open."""

    def fail(tx: Tx) -> None:
        half_read = tx.connection.exec_driver_sql("SELECT 'first' UNION ALL SELECT reason FROM approval")
        raise LookupError(half_read.fetchone())

    other = Database(database_url)
    with pytest.raises(LookupError) as kept, asked.begin(EVERYTHING) as tx:
        fail(tx)
    with other.begin(EVERYTHING, write=True) as tx:
        rename(tx, 2, "new")
    with asked.begin(EVERYTHING) as tx:
        seen = approvals.get(tx, ApprovalId(1)).reason
    other.close()

    assert seen == "new"
    assert kept.tb


def test_a_reference_to_nothing_is_refused(database: Database):
    with pytest.raises(DBAPIError), database.begin(EVERYTHING, write=True) as tx:
        rows.insert_row(tx, CustomerRow, {"id": "ACME", "since_import": 7})

    with database.begin(EVERYTHING) as tx:
        assert tx.connection.execute(sa.select(CustomerRow.id)).all() == []


def test_on_postgresql_a_question_cannot_write(masters: Masters):
    opened = Database(masters.postgresql(migrate.upgrade))

    with pytest.raises(DBAPIError, match="read-only"), opened.begin(EVERYTHING) as tx:
        rows.next_number(tx, "R")
    opened.close()


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "not a url secret", "oracle://secret@h"])
def test_an_address_of_another_kind_is_refused_without_repeating_it(url: str):
    with pytest.raises(BadUrl, match="expected sqlite:///FILE or postgresql://") as refused:
        Database(url)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_names_of_postgresql_mean_the_same_driver(postgres: str, scheme: str):
    opened = Database(re.sub(r"^postgresql\w*", scheme, postgres))
    opened.check()
    driver = opened.engine.dialect.driver
    opened.close()

    assert driver == "psycopg"


def test_a_database_that_does_not_answer_is_named_so_without_the_password():
    with pytest.raises(BadUrl, match="the database does not answer") as refused:
        Database("postgresql://u:secret@127.0.0.1:1/d").check()

    assert "secret" not in str(refused.value)


def test_a_connection_in_use_while_the_database_is_closed_is_closed_when_it_comes_back(database: Database):
    with database.begin(EVERYTHING) as tx:
        kept = tx.connection.connection.dbapi_connection
        database.close()

        assert tx.connection.exec_driver_sql("SELECT 1").scalar_one() == 1

    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        kept.cursor().execute("SELECT 1")
