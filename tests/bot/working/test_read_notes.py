"""Who is shown a customer is on record: at once where the lock is free, later and surely where it is not; and no file without its entry."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.working.executor import Executor, Ticket
from bot.working.read_notes import Notes
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.policy.policy import Policy
from storage.audit import trail
from storage.audit.history import Entry
from storage.audit.trail import Wanted
from storage.database import Database
from storage.delivery.answers import Answer
from storage.sight import EVERYTHING
from tests.bot.carrying import HandClock
from tests.bot.executing import MAKER, OMAR, executor_for, heard, load, ticket
from tests.conftest import MONDAY, eventually
from tests.raw_events import RawEvent


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def executor(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path, clock: HandClock) -> Executor:
    load(sqlite, tmp_path)
    return executor_for(workspace, sqlite, policy, clock)


def typed(command: str, values: dict[str, Any], person: str = MAKER, key: str = "command 1") -> Ticket:
    asked = ticket(command, values, person)
    return Ticket(key, asked.command, asked.values, asked.person, asked.received_at, asked.channel)


def looks(database: Database, kind: str = "detail.read", **more: Any) -> list[Entry]:
    with database.begin(EVERYTHING) as tx:
        return trail.entries(tx, Wanted(until=MONDAY + timedelta(days=36_500), kind=kind, **more), limit=100)


def test_whoever_is_shown_a_customer_is_in_its_history(executor: Executor):
    executor.read(typed("show", {"customer": "ACME"}))
    (entry,) = looks(executor.database, subjects=["ACME"], customer="ACME")

    assert (entry.event.actor, entry.event.subject) == (MAKER, "ACME")
    assert entry.event.facts == {"command": "show", "customers": ["ACME"], "count": 1, "via": "command"}


def test_a_list_is_one_entry_and_stands_in_the_history_of_each_customer_on_it(executor: Executor):
    executor.read(typed("list", {}, key="event 1"))
    (entry,) = looks(executor.database)

    assert entry.event.facts == {"command": "list", "customers": ["ACME", "NOVA"], "count": 2, "via": "message"}
    for customer in ("ACME", "NOVA"):
        assert looks(executor.database, subjects=[customer], customer=customer) == [entry]


def test_a_second_look_within_ten_minutes_is_part_of_the_first(executor: Executor, clock: HandClock):
    for _ in range(3):
        executor.read(typed("show", {"customer": "ACME"}))
        clock.move(120)
    executor.read(typed("show", {"customer": "NOVA"}))
    executor.read(typed("show", {"customer": "ACME"}, OMAR))

    assert [(entry.event.actor, entry.event.subject) for entry in looks(executor.database)] == [
        (OMAR, "ACME"),
        (MAKER, "NOVA"),
        (MAKER, "ACME"),
    ]


def test_after_ten_minutes_it_is_another_look(executor: Executor, clock: HandClock):
    executor.read(typed("show", {"customer": "ACME"}))
    clock.move(601)
    executor.read(typed("show", {"customer": "ACME"}))

    assert len(looks(executor.database)) == 2


def test_what_names_nobody_leaves_nothing(executor: Executor):
    executor.read(typed("help", {}))
    executor.read(typed("status", {}))
    executor.read(typed("show", {"customer": "NOBODY"}))

    assert looks(executor.database) == []


def test_while_the_lock_is_held_the_answer_comes_and_its_entry_follows(executor: Executor, workspace: Playground):
    held, answered = threading.Event(), threading.Event()

    def hold() -> None:
        with executor.database.begin(EVERYTHING, write=True):
            held.set()
            answered.wait(PATIENCE)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(PATIENCE)
    executor.read(typed("show", {"customer": "ACME"}))
    said, meanwhile = heard(workspace, "ana")[-1], looks(executor.database)
    answered.set()
    holder.join()
    (entry,) = eventually(lambda: looks(executor.database))
    executor.notes.close()

    assert "Acme Steel" in said
    assert meanwhile == []
    assert entry.event.subject == "ACME"


def test_closing_writes_what_still_waits(sqlite: Database, policy: Policy):
    hurried = Database(str(sqlite.engine.url), busy_seconds=0.05)
    notes = Notes(hurried)
    facts = {"command": "show", "customers": ["ACME"], "count": 1, "via": "command"}
    with sqlite.begin(EVERYTHING, write=True):
        for number in range(5):
            notes.keep([], [RawEvent("detail.read", f"C{number}", MAKER, MONDAY, facts)], policy)
        time.sleep(0.3)
    notes.close()
    hurried.close()

    assert len(looks(sqlite)) == 5


def exported(executor: Executor) -> str:
    """Ask for the list, and press Export."""
    executor.read(typed("list", {}))
    with executor.database.begin(EVERYTHING) as tx:
        key = str(tx.connection.exec_driver_sql("SELECT key FROM answer ORDER BY expires_at DESC LIMIT 1").scalar_one())
    executor.read(typed("reply.export", {"key": key}, key="press 1"))
    return key


def test_an_export_is_on_record_with_its_rows(executor: Executor):
    exported(executor)
    (entry,) = looks(executor.database, "answer.exported")

    assert (entry.event.actor, entry.event.subject) == (MAKER, "list")
    facts = dict(entry.event.facts or {})
    assert (facts["command"], facts["rows"], facts["via"]) == ("list", 2, "button")


def test_without_an_entry_there_is_no_file(executor: Executor, workspace: Playground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.working.questions.PATIENCE", 0.05)
    files = len(workspace.core.files)
    executor.read(typed("list", {}))
    with executor.database.begin(EVERYTHING) as tx:
        key = str(tx.connection.exec_driver_sql("SELECT key FROM answer LIMIT 1").scalar_one())
    with executor.database.begin(EVERYTHING, write=True):
        executor.read(typed("reply.export", {"key": key}, key="press 1"))

    assert len(workspace.core.files) == files
    assert heard(workspace, "ana")[-1] == "The database is busy right now. Please try again."
    assert looks(executor.database, "answer.exported") == []


def test_the_same_holds_on_postgresql(workspace: Playground, database: Database, policy: Policy, tmp_path: Path):
    load(database, tmp_path)
    executor = executor_for(workspace, database, policy)
    executor.read(typed("show", {"customer": "ACME"}))
    executor.read(typed("show", {"customer": "ACME"}))

    assert [entry.event.subject for entry in looks(database)] == ["ACME"]


def keys(database: Database) -> list[str]:
    with database.begin(EVERYTHING) as tx:
        return list(tx.connection.exec_driver_sql("SELECT key FROM answer").scalars())


def test_an_answer_has_its_buttons_while_the_lock_is_held_and_they_work_when_it_is_free(executor: Executor, workspace: Playground):
    with executor.database.begin(EVERYTHING, write=True):
        executor.read(typed("list", {}))
        shown = [message for message in workspace.person("ana").messages("general") if message.get("ephemeral")][-1]
        pressed = {button["value"] for block in shown["blocks"] if block["type"] == "actions" for button in block["elements"]}
        assert (len(pressed) > 0, keys(executor.database)) == (True, [])

    assert all(executor.notes.written(key, patience=10) for key in pressed)
    assert set(keys(executor.database)) == pressed


def test_a_button_that_is_pressed_before_its_note_is_written_is_told_to_wait(
    executor: Executor, workspace: Playground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.working.desk.PATIENCE", 0.05)
    with executor.database.begin(EVERYTHING, write=True):
        executor.read(typed("list", {}))
        shown = [message for message in workspace.person("ana").messages("general") if message.get("ephemeral")][-1]
        key = next(block for block in shown["blocks"] if block["type"] == "actions")["elements"][0]["value"]
        executor.read(typed("reply.again", {"key": key}, key="press 1"))

    assert heard(workspace, "ana")[-1] == "The database is busy, so this button does not work yet. Please press it again in a moment."


def test_notes_that_wait_together_are_written_in_one_transaction(sqlite: Database, policy: Policy):
    notes = Notes(sqlite)
    answers = [Answer(f"key {number}", "list", {}, MAKER, MONDAY, MONDAY + timedelta(days=9)) for number in range(20)]
    with sqlite.begin(EVERYTHING, write=True):
        for answer in answers:
            notes.keep([answer], [], policy)
        # the lock is met once, and nobody waits for it any longer
        notes.settle()
    notes.close()

    assert sorted(keys(sqlite)) == sorted(answer.key for answer in answers)


def test_a_note_that_cannot_be_written_holds_up_no_other_for_ever(sqlite: Database, policy: Policy, caplog: pytest.LogCaptureFixture):
    notes = Notes(sqlite)

    def noted(key: str, arguments: dict[str, Any]) -> None:
        notes.keep([Answer(key, "list", arguments, MAKER, MONDAY, MONDAY + timedelta(days=9))], [], policy)

    noted("bad", {"that no JSON holds": object()})
    for number in range(5):
        noted(f"good {number}", {})
    assert all(notes.written(f"good {number}", patience=PATIENCE) for number in range(5))
    notes.close()

    assert sorted(keys(sqlite)) == [f"good {number}" for number in range(5)]
