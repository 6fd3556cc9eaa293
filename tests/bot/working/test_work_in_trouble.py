"""A database in trouble is nobody's fault: what was acknowledged stays acknowledged, its asker hears so once, and it is done afterwards."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.policy_in_force import PolicyBook
from bot.receiving.request_queue import RequestQueue
from bot.timekeeping.job_scheduler import Ticker
from bot.working.executor import Executor
from bot.working.held_up import TRIES
from bot.working.home_tabs import Homes
from bot.working.pool import Pool
from commands.kit.registry import registry
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import inbox, jobs
from storage.faults import Trouble, Unwell
from storage.migrations import migrate
from storage.schema import InboxRow, JobRunRow
from storage.sight import EVERYTHING
from tests.bot.carrying import HandClock
from tests.bot.executing import RISK, ends, executor_for, heard, keep, load, ticket, titles
from tests.bot.receiving.test_matrix import AtOnce
from tests.bot.timekeeping.test_job_scheduler import At
from tests.databases import Masters

Break = Callable[[Database], None]


@contextmanager
def a_pragma(database: Database, pragma: str) -> Iterator[None]:
    """Every connection of the time being has this; those of before are not used again."""

    def set_it(connection, _entry) -> None:
        connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(database.engine, "connect", set_it)
    database.engine.dispose()
    yield
    sa.event.remove(database.engine, "connect", set_it)
    database.engine.dispose()


def greedy(database: Database, size: int) -> int:
    """Let a risk take more room than it does; how many pages there are before."""
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("CREATE TABLE ballast (x BLOB)")
        tx.connection.exec_driver_sql(f"CREATE TRIGGER grow AFTER INSERT ON risk BEGIN INSERT INTO ballast VALUES (zeroblob({size})); END")
        return int(tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one())


def full(database: Database):
    """No room for what a risk needs: SQLite says what it says on a full disk."""
    return a_pragma(database, f"max_page_count={greedy(database, 99_999) + 2}")


def read_only(database: Database):
    return a_pragma(database, "query_only=ON")


@contextmanager
def refusing(database: Database, state: str, table: str = "risk") -> Iterator[None]:
    """PostgreSQL refuses every row with this SQLSTATE."""
    body = f"BEGIN RAISE EXCEPTION 'on order' USING ERRCODE = '{state}'; END"
    if state == "terminated":
        body = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        tx.connection.exec_driver_sql(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
    yield
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("DROP FUNCTION refuse CASCADE")


STATES = ["53100", "53200", "53300", "58030", "25006", "42501", "40001", "57014", "XX001", "terminated"]
AT_ONCE = timedelta(0)
TROUBLES = [full, read_only, *STATES]


@pytest.fixture(params=TROUBLES, ids=lambda one: one if isinstance(one, str) else one.__name__)
def troubled(request: pytest.FixtureRequest, masters: Masters, tmp_path: Path) -> Iterator[tuple[Database, Break]]:
    """A database, and what puts it in trouble."""
    one = request.param
    postgres = isinstance(one, str)
    database = Database(masters.postgresql(migrate.upgrade) if postgres else masters.sqlite(migrate.upgrade, tmp_path / "riskbot.db"))
    yield database, (lambda of: refusing(of, one)) if postgres else one
    database.close()


@pytest.fixture
def small(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Executor:
    load(sqlite, tmp_path)
    return executor_for(workspace, sqlite, policy)


def request_queue(executor: Executor, pool: Pool | None = None) -> RequestQueue:
    pool = pool or AtOnce()
    return RequestQueue(executor, pool, Homes(executor, pool))


def test_a_change_that_meets_trouble_stays_acknowledged_is_told_once_and_done_afterwards(
    troubled: tuple[Database, Break], workspace: Playground, policy: Policy, tmp_path: Path
):
    database, breaking = troubled
    load(database, tmp_path)
    executor = executor_for(workspace, database, policy)
    key = keep(database, ticket("log", RISK))
    with breaking(database):
        for _ in range(3):
            executor.write(key)
        meanwhile = (titles(database), ends(database), heard(workspace, "ana"))
    executor.write(key)

    assert meanwhile[:2] == ([], ["queued"])
    assert len(meanwhile[2]) == 1, "it is said once"
    assert re.search("Your request is recorded and will be carried out", meanwhile[2][0])
    assert (len(titles(database)), ends(database)) == (1, ["done"])
    assert "R-1 is recorded in the register" in heard(workspace, "ana")[-1]


def test_a_change_that_waits_for_slack_to_say_who_somebody_is_is_done_once_it_does(small: Executor, workspace: Playground):
    key = keep(small.database, ticket("log", {**RISK, "owner": "U0EVA"}))
    workspace.faults.add("users.info", "error:internal_error", times=5)
    for _ in range(2):
        small.people.forget("U0EVA")
        small.write(key)
    meanwhile = (
        titles(small.database),
        ends(small.database),
        [said for said in heard(workspace, "ana") if "confirm the person you named" in said],
    )
    workspace.faults.clear()
    small.people.forget("U0EVA")
    small.write(key)

    assert meanwhile[:2] == ([], ["queued"])
    assert len(meanwhile[2]) == 1, "it is said once"
    assert (len(titles(small.database)), ends(small.database)) == (1, ["done"])


def test_a_change_that_names_somebody_whom_slack_does_not_know_is_refused(small: Executor, workspace: Playground):
    key = keep(small.database, ticket("log", {**RISK, "owner": "U0NOBODY"}))
    small.write(key)

    assert ends(small.database) == ["refused"]
    assert "Slack does not tell me who" in heard(workspace, "ana")[-1]


@pytest.mark.parametrize("code", ["missing_scope", "invalid_auth", "token_revoked", "user_not_visible", "user_not_found", "no_permission"])
def test_a_change_is_refused_in_words_if_slack_says_for_good_that_it_tells_nothing_of_somebody(
    small: Executor, workspace: Playground, code: str
):
    key = keep(small.database, ticket("log", {**RISK, "owner": "U0EVA"}))
    small.people.person("U0ANA")
    workspace.faults.add("users.info", f"error:{code}", times=50)
    small.write(key)

    assert ends(small.database) == ["refused"]
    assert "Slack does not tell me who" in heard(workspace, "ana")[-1]


@pytest.mark.parametrize("fault", ["error:internal_error", "error:of_next_year", "429", "500_before", "html_before", "reset_before"])
def test_a_change_waits_for_slack_for_a_day_and_is_then_refused_in_words(
    workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path, fault: str
):
    load(sqlite, tmp_path)
    clock = HandClock()
    small = executor_for(workspace, sqlite, policy, clock)
    key = keep(sqlite, ticket("log", {**RISK, "owner": "U0EVA"}))
    small.people.person("U0ANA")
    workspace.faults.add("users.info", fault, times=50)
    small.write(key)
    clock.move(timedelta(hours=23, minutes=50).total_seconds())
    small.write(key)
    within = (ends(sqlite), heard(workspace, "ana")[-1])
    clock.move(timedelta(minutes=20).total_seconds())
    small.write(key)

    assert within[0] == ["queued"]
    assert "Your request is recorded and will be carried out" in within[1]
    assert (ends(sqlite), titles(sqlite)) == (["refused"], [])
    assert "Slack does not tell me who" in heard(workspace, "ana")[-1]


def test_requests_that_rest_do_not_keep_later_ones_from_being_taken_up(small: Executor):
    held = [ticket("log", {**RISK, "owner": "U0EVA"}) for _ in range(120)]
    with small.database.begin(EVERYTHING, write=True) as tx:
        for asked in held:
            inbox.accept(tx, asked.key, asked.written(), at=asked.received_at)
    for asked in held:
        small.held_up.again(asked.key, small.clock.monotonic())
    keep(small.database, ticket("log", RISK))

    assert request_queue(small).sweep(older_than=timedelta()) == 1
    assert len(titles(small.database)) == 1


def test_what_cannot_be_kept_is_refused_in_words_with_the_trouble(small: Executor, workspace: Playground):
    asked = ticket("log", RISK)
    with read_only(small.database):
        said = request_queue(small).take(registry().commands["log"], asked)

    assert said == "My database cannot be written to, and nothing was recorded. Please try again once that is fixed."
    assert ends(small.database) == []


def test_a_real_disk_that_is_full_loses_nothing_that_was_acknowledged(
    workspace: Playground, policy: Policy, masters: Masters, tmp_path: Path
):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("only an administrator mounts a disk")
    try:
        database = Database(masters.sqlite(migrate.upgrade, disk / "riskbot.db"))
        load(database, tmp_path)
        executor, key = executor_for(workspace, database, policy), keep(database, ticket("log", RISK))
        greedy(database, 1_000_000)
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            for _page in range(10_000):
                file.write(b"x" * 4096)
        executor.write(key)
        meanwhile = (titles(database), ends(database), heard(workspace, "ana"))
        trouble = database.unwell
        ballast.unlink()
        executor.write(key)
        after = (titles(database), ends(database), database.unwell)
        database.close()
    finally:
        subprocess.run(["umount", disk], check=True)

    kept = "Your request is recorded and will be carried out once that is fixed; please do not ask again."
    assert meanwhile == ([], ["queued"], [f"The disk of my database is full. {kept}"])
    assert trouble is Trouble.FULL
    assert after == (["lost its main buyer"], ["done"], None)


def test_the_sweeper_tries_less_and_less_often_and_the_tries_are_not_counted(
    workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path
):
    load(sqlite, tmp_path)
    clock = HandClock()
    executor = executor_for(workspace, sqlite, policy, clock)
    key, tries = keep(sqlite, ticket("log", RISK)), []
    sweeper = request_queue(executor)
    with read_only(sqlite):
        for _ in range(120):
            clock.move(10)
            tries.append(sweeper.sweep(older_than=AT_ONCE))
    with sqlite.begin(EVERYTHING) as tx:
        counted = tx.connection.execute(sa.select(InboxRow.begun_again)).scalar_one()
    clock.move(301)
    sweeper.sweep(older_than=AT_ONCE)

    assert 5 <= sum(tries) <= 10
    assert counted == 0
    assert (titles(sqlite), ends(sqlite), key in executor.held_up._until) == (["lost its main buyer"], ["done"], False)


def test_a_request_that_kills_whoever_takes_it_up_is_given_up_told_and_listed(small: Executor, workspace: Playground):
    key = keep(small.database, ticket("log", RISK))
    with small.database.begin(EVERYTHING, write=True) as tx:
        # so many processes took it up and died
        for _ in range(TRIES):
            inbox.begin_again(tx, key)
    small.write(key, again=True)
    small.write(key, again=True)
    with small.database.begin(EVERYTHING) as tx:
        (listed,) = inbox.failed(tx)
    small.read(ticket("status", {}))

    assert (titles(small.database), ends(small.database)) == ([], ["failed"])
    assert re.search(f"quote reference {listed.mark}", heard(workspace, "ana")[0])
    assert listed.command == "log"
    assert "needs attention" in heard(workspace, "ana")[-1], "status names it"


def test_a_request_that_others_left_is_done_and_counted(small: Executor):
    key = keep(small.database, ticket("log", RISK))
    small.write(key, again=True)
    with small.database.begin(EVERYTHING) as tx:
        counted = tx.connection.execute(sa.select(InboxRow.begun_again)).scalar_one()

    assert (titles(small.database), ends(small.database), counted) == (["lost its main buyer"], ["done"], 1)


def test_a_refusal_that_cannot_be_written_down_is_not_spoken_yet(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path):
    load(sqlite, tmp_path)
    executor = executor_for(workspace, sqlite, policy)
    key = keep(sqlite, ticket("log", RISK | {"customer": "NOBODY"}))
    with read_only(sqlite):
        executor.write(key)
        meanwhile = ends(sqlite)
    executor.write(key)

    assert (meanwhile, ends(sqlite)) == (["queued"], ["refused"])
    assert ["NOBODY" in said for said in heard(workspace, "ana")] == [False, True]


def test_trouble_in_the_middle_of_a_job_costs_no_attempt(masters: Masters, policy: Policy):
    database = Database(masters.postgresql(migrate.upgrade))
    clock = At()
    ticker = Ticker(database, PolicyBook(database, policy), clock, lambda: None, jobs=[registry().jobs["digest"]])
    with refusing(database, "53100", "notice"):
        for _ in range(jobs.ATTEMPTS + 3):
            ticker.tick()
            clock.at += timedelta(seconds=1)
        with database.begin(EVERYTHING) as tx:
            attempts = tx.connection.execute(sa.select(JobRunRow.attempt)).scalars().all()
    ran = ticker.tick()
    database.close()

    assert (attempts, ran) == ([0], 1)


def test_a_database_that_cannot_be_reached_is_named_so(masters: Masters):
    database = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    with pytest.raises(Unwell) as unwell, database.begin(EVERYTHING):
        pass
    database.close()

    assert unwell.value.trouble is Trouble.UNREACHABLE
