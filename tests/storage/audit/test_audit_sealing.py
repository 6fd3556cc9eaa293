"""Sealing: every event once, in the order of their numbers, whoever seals and whoever commits late; and triggers that bite."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from storage.audit import history, rows, sealing
from storage.database import Database
from storage.policy import policies
from storage.policy.policies_in_force import begin as put_in_force
from storage.schema import EventRow, SealRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.processes import at_once, wait_until
from tests.storage.trail import KEY, found, run, sealed, sealing_on, write


def seals(database):
    with database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.select(SealRow.seq, SealRow.event_id).order_by(SealRow.seq)).all()


def test_an_empty_trail_has_no_seal_and_nothing_is_written(database):
    assert sealing.seal_all(database, KEY, guard=sealing_on) == 0
    assert seals(database) == []


def test_events_are_sealed_in_the_order_of_their_numbers_without_a_gap(database):
    sealed(database, 3)
    sealed(database, 2)

    assert seals(database) == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]


def test_what_was_written_in_one_transaction_is_sealed_in_portions(database, monkeypatch):
    monkeypatch.setattr(sealing.seal, "__kwdefaults__", {"above": 0, "limit": 4})
    sealed(database, 10)

    assert [seq for seq, _event in seals(database)] == list(range(1, 11))
    assert found(database).broken is None


def test_an_event_that_rolled_back_leaves_no_gap_in_the_chain(database):
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 2)
        tx.connection.get_transaction().rollback()
    sealed(database, 2)

    assert [seq for seq, _event in seals(database)] == [1, 2]


def race(instant, url):
    database = Database(url)
    wait_until(instant)
    try:
        for _round in range(4):
            with database.begin(EVERYTHING, write=True) as tx:
                write(tx, 7)
            sealing.seal_all(database, KEY, guard=sealing_on)
    finally:
        database.close()


def test_two_sealers_at_once_seal_every_event_once_without_a_gap(database, database_url):
    at_once(race, [(database_url,)] * 2)
    sealing.seal_all(database, KEY, guard=sealing_on)
    made = seals(database)

    assert [seq for seq, _event in made] == list(range(1, 57))
    assert len({event for _seq, event in made}) == 56
    assert found(database).broken is None


def test_an_event_that_is_committed_after_a_later_one_is_sealed_although_the_floor_has_risen(database):
    if database.dialect == "sqlite":
        pytest.skip("one writer at a time: numbers are committed in their order")
    floor = sealing.Floor()
    with database.begin(EVERYTHING, write=True) as slow:
        write(slow, 1)
        for _look in range(3):
            sealed(database, 1)
            sealing.seal_all(database, KEY, floor, guard=sealing_on)
        held = floor.id
    done = sealing.seal_all(database, KEY, floor, guard=sealing_on)

    assert held == 0
    assert done == 1
    assert sorted(event for _seq, event in seals(database)) == [1, 2, 3, 4]


def test_the_floor_rises_to_the_last_event_once_nothing_can_appear_below(database):
    floor = sealing.Floor()
    sealed(database, 5)
    for _look in range(3):
        sealing.seal_all(database, KEY, floor, guard=sealing_on)

    assert floor.id == 5


def test_the_floor_rises_whatever_is_open_in_another_database_of_the_server(database, postgres):
    if database.dialect == "sqlite":
        pytest.skip("a file has no neighbours")
    floor = sealing.Floor()
    with psycopg.connect(postgres) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        sealed(database, 5)
        for _look in range(3):
            sealing.seal_all(database, KEY, floor, guard=sealing_on)

    assert floor.id == 5


def test_every_event_carries_the_policy_version_in_force(database):
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 1)
        put_in_force(tx, policies.read(None), file=None, at=MONDAY)
        write(tx, 1, first=2)
        before, after = tx.connection.execute(sa.select(EventRow.policy_version).order_by(EventRow.id)).scalars()

    assert before is None
    assert after == 1


def test_a_subjects_entries_come_newest_first_with_their_place_in_the_chain_page_by_page(database):
    sealed(database, 3)
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=2)
    with database.begin(EVERYTHING) as tx:
        newest, older = history.of_subject(tx, "R-2", 10)
        page = history.of_subject(tx, "R-2", 10, before=newest.event.id)

    assert (newest.seq, newest.hash, newest.event.id) == (None, None, 4)
    assert (older.seq, older.event.facts["n"]) == (2, 2)
    assert page == [older]


def test_an_event_is_spelled_alike_on_every_database(database):
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 1)
        (fact,) = rows.unsealed(tx)

    assert fact[1:7] == ("risk.logged", "R-1", "U0ANA", "2026-11-23T09:01:00.000000Z", "key 1", None)
    assert fact.payload == '{"customer":"C1","n":1,"title":"Ölpreis 1"}'


# --- triggers -------------------------------------------------------------------------------------------------------------

EVENT_COLUMNS = [column.name for column in EventRow.__table__.columns]
SEAL_COLUMNS = [column.name for column in SealRow.__table__.columns]
VALUES = {"id": "9", "at": "'2026-01-01T00:00:00.000000Z'", "policy_version": "9", "payload": "'{}'", "seq": "9", "event_id": "9"}


@pytest.mark.parametrize(("table", "column"), [*(("event", name) for name in EVENT_COLUMNS), *(("seal", name) for name in SEAL_COLUMNS)])
def test_no_column_of_the_trail_can_be_changed(database, table, column):
    sealed(database, 1)

    with pytest.raises(DatabaseError, match="append-only"), database.begin(EVERYTHING, write=True) as tx:
        run(tx, f"UPDATE {table} SET {column} = {VALUES.get(column, chr(39) + 'x' + chr(39))}")
    assert found(database).broken is None


@pytest.mark.parametrize("table", ["event", "seal"])
def test_nothing_of_the_trail_can_be_deleted(database, table):
    sealed(database, 1)

    with pytest.raises(DatabaseError, match="append-only"), database.begin(EVERYTHING, write=True) as tx:
        run(tx, f"DELETE FROM {table}")


def test_a_payload_can_go_with_its_salt_and_cannot_come_back(database):
    sealed(database, 1)
    with database.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE event SET payload = NULL, salt = ''")

    with pytest.raises(DatabaseError, match="append-only"), database.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE event SET payload = '{}'")


def test_a_payload_cannot_go_without_its_salt(database):
    sealed(database, 1)

    with pytest.raises(DatabaseError, match="append-only"), database.begin(EVERYTHING, write=True) as tx:
        run(tx, "UPDATE event SET payload = NULL")
