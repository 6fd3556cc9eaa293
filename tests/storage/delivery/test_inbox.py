"""The inbox: a request is kept once, taken once, and left for the next one when its taker dies."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.person import PATIENCE
from storage import events, rows
from storage.database import Busy, Database
from storage.delivery import inbox
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.processes import at_once, wait_until
from tests.raw_events import RawEvent

KEYS = [f"command {number}" for number in range(20)]


def accept(database: Database, key: str, minutes: int = 0) -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return inbox.accept(tx, key, {"command": "log", "key": key}, at=MONDAY + timedelta(minutes=minutes))


def numbers_drawn(database: Database) -> int:
    with database.begin(EVERYTHING, write=True) as tx:
        return rows.next_number(tx, "R") - 1


def test_a_key_is_accepted_once_and_the_first_request_is_the_one_that_is_kept(database: Database):
    first = accept(database, "k1")
    with database.begin(EVERYTHING, write=True) as tx:
        second = inbox.accept(tx, "k1", {"command": "respond"}, at=MONDAY)

    assert (first, second) == (True, False)
    with database.begin(EVERYTHING) as tx:
        assert inbox.peek(tx, "k1") == {"command": "log", "key": "k1"}


def test_what_is_finished_is_taken_no_more_and_its_end_stands(database: Database):
    accept(database, "k1")
    for state in (inbox.DONE, inbox.FAILED):
        with database.begin(EVERYTHING, write=True) as tx:
            inbox.finish(tx, "k1", state=state, at=MONDAY)

    with database.begin(EVERYTHING, write=True) as tx:
        assert (inbox.take(tx, "k1"), inbox.peek(tx, "k1"), inbox.counts(tx)) == (None, None, {"done": 1})


def test_a_worker_that_dies_before_its_commit_leaves_the_request_to_the_next(database: Database):
    accept(database, "k1")

    def die_in_the_middle() -> None:
        with database.begin(EVERYTHING, write=True) as tx:
            assert inbox.take(tx, "k1")
            rows.next_number(tx, "R")
            inbox.finish(tx, "k1", state=inbox.DONE, at=MONDAY)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_in_the_middle()

    with database.begin(EVERYTHING) as tx:
        assert inbox.left_over(tx, before=MONDAY + timedelta(minutes=1), limit=9) == ["k1"]
    assert numbers_drawn(database) == 0


def test_the_left_over_are_those_accepted_before_a_moment_and_not_finished_oldest_first(database: Database):
    for key, minutes in (("late", 9), ("second", 2), ("first", 1), ("done", 0)):
        accept(database, key, minutes)
    with database.begin(EVERYTHING, write=True) as tx:
        inbox.finish(tx, "done", state=inbox.DONE, at=MONDAY)

    with database.begin(EVERYTHING) as tx:
        assert inbox.left_over(tx, before=MONDAY + timedelta(minutes=9), limit=9) == ["first", "second"]
        assert inbox.left_over(tx, before=MONDAY + timedelta(minutes=10), limit=1) == ["first"]


def test_a_second_worker_waits_for_the_first_and_finds_the_work_done(database: Database):
    accept(database, "k1")
    found: list[object] = []

    def second() -> None:
        with database.begin(EVERYTHING, write=True) as tx:
            found.append(inbox.take(tx, "k1"))

    with database.begin(EVERYTHING, write=True) as tx:
        taken = inbox.take(tx, "k1")
        other = threading.Thread(target=second)
        other.start()
        other.join(0.1)
        waited = other.is_alive()
        inbox.finish(tx, "k1", state=inbox.DONE, at=MONDAY)
    other.join(PATIENCE)

    assert taken
    assert waited
    assert found == [None]


def work_off(instant: float, url: str) -> tuple[list[str], list[str]]:
    """Accept every key and carry out every one, as all the others do at the same time."""
    database, accepted, done = Database(url), [], []
    wait_until(instant)
    for key in KEYS:
        if accept(database, key):
            accepted.append(key)
        try:
            with database.begin(EVERYTHING, write=True) as tx:
                if inbox.take(tx, key) is None:
                    continue
                rows.next_number(tx, "R")
                inbox.finish(tx, key, state=inbox.DONE, at=MONDAY)
            done.append(key)
        except Busy:
            continue
    database.close()
    return accepted, done


def test_several_processes_on_the_same_keys_accept_and_do_each_of_them_once(database: Database, database_url: str):
    worked = at_once(work_off, [(database_url,)] * 3)

    assert sorted(key for accepted, _done in worked for key in accepted) == sorted(KEYS)
    assert sorted(key for _accepted, done in worked for key in done) == sorted(KEYS)
    assert numbers_drawn(database) == len(KEYS)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["accept", "work", "die"])), max_size=25))
def test_however_requests_are_repeated_and_workers_die_each_key_takes_effect_at_most_once(sqlite: Database, sent):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        run = rows.next_number(tx, "T")
        effects = len(events.kinds(tx))
    accepted: set[str] = set()
    for name, what in sent:
        key = f"{run} {name}"
        if what == "accept":
            accept(sqlite, key)
            accepted.add(key)
            continue
        with sqlite.begin(EVERYTHING, write=True) as tx:
            if inbox.take(tx, key) is not None:
                happen(tx, key)
                inbox.finish(tx, key, state=inbox.DONE, at=MONDAY)
            if what == "die":
                tx.connection.get_transaction().rollback()

    for key in accepted:
        with sqlite.begin(EVERYTHING, write=True) as tx:
            if inbox.take(tx, key) is not None:
                happen(tx, key)
                inbox.finish(tx, key, state=inbox.DONE, at=MONDAY)
    with sqlite.begin(EVERYTHING) as tx:
        assert len(events.kinds(tx)) - effects == len(accepted)


def happen(tx, key: str) -> None:
    events.record(tx, RawEvent("test.happened", key, "U0ANA", MONDAY, {}))
