"""Requests carried out: the effect and its mark together, refusals and faults in words, and never a second time."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.working.executor import Executor, Ticket
from commands.kit.contract import Refused
from playground.hosting import Playground
from playground.person import PATIENCE
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.delivery import inbox
from storage.schema import EventRow
from storage.sight import EVERYTHING
from tests.bot.executing import MAKER, OMAR, RISK, ends, executor_for, heard, keep, load, ticket, titles


@pytest.fixture
def executor(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> Executor:
    load(database, tmp_path)
    return executor_for(workspace, database, policy)


@pytest.fixture
def small(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Executor:
    """On SQLite alone, where the database has no part in the story."""
    load(sqlite, tmp_path)
    return executor_for(workspace, sqlite, policy)


def refuse_all(database: Database, table: str) -> None:
    """Let the database fail in the middle of a change."""
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk full'); END")


def events(database: Database) -> list[tuple[str, str | None]]:
    with database.begin(EVERYTHING) as tx:
        return [tuple(row) for row in tx.connection.execute(sa.select(EventRow.kind, EventRow.request_key).order_by(EventRow.id))]


def test_a_ticket_reads_back_as_it_was_written():
    asked = Ticket("k", "log", {"customer": "ACME", "likelihood": 4}, MAKER, ticket("log", {}).received_at, "C1", "https://hooks/1")

    assert Ticket.read("k", asked.written()) == asked


def test_a_kept_request_takes_effect_once_however_often_it_is_carried_out(executor: Executor, workspace: Playground):
    key = keep(executor.database, ticket("log", RISK))
    for _ in range(3):
        executor.write(key)

    assert (titles(executor.database), ends(executor.database)) == (["lost its main buyer"], ["done"])
    assert events(executor.database)[-1] == ("risk.logged", key)
    assert len(heard(workspace, "ana")) == 1
    assert "R-1 is recorded in the register" in heard(workspace, "ana")[0]


def test_two_workers_on_one_key_do_it_once_and_answer_once(executor: Executor, workspace: Playground):
    others = executor_for(workspace, executor.database, executor.policies.now)
    keys = [keep(executor.database, ticket("log", RISK | {"title": f"risk {number}"})) for number in range(6)]
    start = threading.Barrier(2)

    def work(who: Executor) -> None:
        start.wait()
        for key in keys:
            who.write(key)

    workers = [threading.Thread(target=work, args=(who,)) for who in (executor, others)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(PATIENCE)

    assert sorted(titles(executor.database)) == [f"risk {number}" for number in range(6)]
    assert len(heard(workspace, "ana")) == 6


def test_a_refusal_is_said_in_words_and_ends_the_request(small: Executor, workspace: Playground):
    key = keep(small.database, ticket("log", RISK | {"customer": "NOBODY"}))
    small.write(key)
    small.write(key)

    assert (titles(small.database), ends(small.database)) == ([], ["refused"])
    assert [("NOBODY" in said, "reference" in said) for said in heard(workspace, "ana")] == [(True, False)]


def test_a_refusal_of_the_engine_is_said_in_words_too(small: Executor, workspace: Playground):
    small.write(keep(small.database, ticket("log", RISK)))
    late = {"risk": "R-1", "strategy": "reduce", "measure": "do it yesterday", "due": "2020-01-01"}
    small.write(keep(small.database, ticket("respond", late)))

    assert "is in the past" in heard(workspace, "ana")[-1]
    assert ends(small.database) == ["done", "refused"]


@pytest.mark.parametrize("table", ["risk", "event"])
def test_a_fault_in_the_middle_leaves_nothing_and_shows_the_reference_that_stands_in_the_log(
    small: Executor, workspace: Playground, caplog: pytest.LogCaptureFixture, table: str
):
    refuse_all(small.database, table)
    small.write(keep(small.database, ticket("log", RISK)))
    (said,) = heard(workspace, "ana")
    found = re.search(r"quote reference ([0-9a-f]{8})", said)

    assert found, said
    assert found[1] in [record.__dict__.get("reference") for record in caplog.records]
    assert (titles(small.database), ends(small.database)) == ([], ["failed"])
    assert ("risk.logged", None) not in [(kind, None) for kind, _key in events(small.database)]


def test_while_the_book_is_locked_a_kept_request_stays_kept_and_is_done_afterwards(
    workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path
):
    load(sqlite, tmp_path)
    hurried = Database(str(sqlite.engine.url), busy_seconds=0.05)
    executor = executor_for(workspace, hurried, policy)
    key = keep(sqlite, ticket("log", RISK))
    with sqlite.begin(EVERYTHING, write=True):
        executor.write(key)
        meanwhile = (titles(sqlite), ends(sqlite))
    executor.write(key)
    hurried.close()

    assert meanwhile == ([], ["queued"])
    assert (titles(sqlite), ends(sqlite)) == (["lost its main buyer"], ["done"])


def test_a_submitted_form_takes_effect_once(executor: Executor):
    asked = ticket("log", RISK)
    first, second = executor.change_now(asked, patience=2), executor.change_now(asked, patience=2)

    assert "R-1 is recorded in the register" in first.text
    assert second.text == "This was already recorded; nothing was done twice."
    assert titles(executor.database) == ["lost its main buyer"]


def test_a_refused_form_may_be_submitted_again_with_what_was_amiss_put_right(small: Executor):
    asked = ticket("log", RISK | {"customer": "NOBODY"})

    with pytest.raises(Refused) as refused:
        small.change_now(asked, patience=2)
    mended = small.change_now(Ticket(asked.key, "log", RISK, MAKER, asked.received_at, asked.channel), patience=2)

    assert refused.value.field == "customer"
    assert "R-1 is recorded in the register" in mended.text


def test_a_form_does_not_wait_for_the_lock_beyond_its_patience(small: Executor):
    with small.database.begin(EVERYTHING, write=True), pytest.raises(Busy):
        small.change_now(ticket("log", RISK), patience=0.1)

    assert (titles(small.database), ends(small.database)) == ([], [])


def test_a_question_is_answered_while_an_import_holds_the_lock(small: Executor, workspace: Playground):
    with small.database.begin(EVERYTHING, write=True):
        small.read(ticket("show", {"customer": "ACME"}))

    assert "Acme Steel" in heard(workspace, "ana")[0]


def test_a_question_changes_nothing_but_the_trail_and_is_never_kept(small: Executor, workspace: Playground):
    before = events(small.database)
    small.read(ticket("list", {}))

    assert (events(small.database), ends(small.database)) == ([*before, ("detail.read", None)], [])
    assert "Nova Power" in str(workspace.person("ana").messages("general"))


def test_where_the_asker_cannot_be_answered_they_are_told_by_direct_message(small: Executor, workspace: Playground):
    asked = ticket("log", RISK, OMAR, channel="C0RANDOM")
    small.write(keep(small.database, asked))
    small.courier.step()

    assert heard(workspace, "omar", "random") == []
    assert ["R-1 is recorded in the register" in message["text"] for message in workspace.person("omar").messages("dm")] == [True]


def test_what_the_product_no_longer_knows_is_refused_in_words(small: Executor, workspace: Playground):
    small.write(keep(small.database, ticket("forecast", {"customer": "ACME"})))

    assert "“forecast” no longer exists" in heard(workspace, "ana")[0]
    assert ends(small.database) == ["refused"]


def test_an_unknown_key_is_nothing_to_do(small: Executor, workspace: Playground):
    small.write("never kept")

    with small.database.begin(EVERYTHING) as tx:
        assert inbox.counts(tx) == {}
    assert heard(workspace, "ana") == []
