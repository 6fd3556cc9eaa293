"""The schedule: ticks come from anywhere and any number of times; the digest of a date is queued once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from bot.timekeeping import job_scheduler
from bot.timekeeping.job_scheduler import LEASE, Ticker
from commands.kit.registry import registry
from playground.person import PATIENCE
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.delivery import deliveries, jobs
from storage.delivery.deliveries import Decision, Withheld
from storage.migrations import migrate
from storage.policy import policies
from storage.schema import JobRunRow, NoticeRow
from storage.sight import EVERYTHING
from tests.databases import Masters
from tests.processes import at_once, wait_until

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class At(Clock):
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def ticker(database: Database, policy: Policy, clock: Clock) -> Ticker:
    """Runs the digests alone: what else is due a day is not counted here."""
    return Ticker(database, PolicyBook(database, policy), clock, lambda: None, jobs=[registry().jobs["digest"]])


def digests(database: Database) -> list[str]:
    """The dates whose digest was queued."""
    with database.begin(EVERYTHING) as tx:
        marks = tx.connection.execute(sa.select(NoticeRow.dedup).where(NoticeRow.name == "digest").order_by(NoticeRow.id))
        return [mark.removeprefix("digest ") for mark in marks.scalars()]


def timed(policy: Policy, at: wall, zone: str) -> Policy:
    digest = policy.digest.model_copy(update={"at": at, "timezone": zone, "weekdays": (1, 2, 3, 4, 5, 6, 7)})
    return policy.model_copy(update={"digest": digest})


def test_the_digest_is_queued_once_a_date_and_a_restart_does_not_repeat_it(database: Database, policy: Policy):
    clock = At()
    first = ticker(database, policy, clock)
    ran = [first.tick(), first.tick(), ticker(database, policy, clock).tick()]
    clock.at += DAY
    ran.append(ticker(database, policy, clock).tick())

    assert ran == [1, 0, 0, 1]
    assert digests(database) == ["2026-11-23", "2026-11-24"]


def test_not_before_its_hour_and_not_on_a_sunday(sqlite: Database, policy: Policy):
    early, sunday = datetime(2026, 11, 23, 8, 29, tzinfo=UTC), datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    assert [ticker(sqlite, policy, At(at)).tick() for at in (sunday, early, early + timedelta(minutes=1))] == [0, 0, 1]


def test_after_days_of_standing_still_only_the_latest_date_is_made_up_for_and_says_how_late(sqlite: Database, policy: Policy):
    ticker(sqlite, policy, At()).tick()
    ticker(sqlite, policy, At(MONDAY + 3 * DAY + timedelta(hours=1))).tick()
    with sqlite.begin(EVERYTHING) as tx:
        facts = tx.connection.execute(sa.select(NoticeRow.facts).order_by(NoticeRow.id.desc()).limit(1)).scalar_one()

    assert digests(sqlite) == ["2026-11-23", "2026-11-26"]
    assert timedelta(seconds=facts["late"]) == timedelta(hours=1, minutes=30)
    assert datetime.fromisoformat(facts["since"]) == MONDAY


def test_an_earlier_hour_set_on_the_same_day_does_not_run_the_date_again(sqlite: Database, policy: Policy):
    ticker(sqlite, policy, At()).tick()

    assert ticker(sqlite, timed(policy, wall(8, 45), "Europe/London"), At(MONDAY + timedelta(minutes=5))).tick() == 0


@pytest.mark.parametrize(
    ("zone", "at", "night"),
    [
        ("Europe/London", wall(1, 30), datetime(2026, 10, 24, 12, tzinfo=UTC)),  # half past one comes twice
        ("Europe/London", wall(1, 30), datetime(2027, 3, 27, 12, tzinfo=UTC)),  # and not at all
        ("Africa/Cairo", wall(0, 0), datetime(2026, 4, 23, 12, tzinfo=UTC)),  # a day without a midnight
    ],
)
def test_on_the_nights_when_clocks_change_each_date_runs_once(sqlite: Database, policy: Policy, zone: str, at: wall, night: datetime):
    clock = At(night)
    local = timed(policy, at, zone)
    ran = 0
    for _step in range(2 * 24 * 3):
        ran += ticker(sqlite, local, clock).tick()
        clock.at += timedelta(minutes=20)
    dates = {(night + timedelta(minutes=20) * step).astimezone(ZoneInfo(zone)).date().isoformat() for step in range(2 * 24 * 3)}

    assert ran == len(digests(sqlite)) == len(set(digests(sqlite)))
    assert set(digests(sqlite)) <= dates
    assert len(dates) - ran <= 1, "of the last date the hour may be still to come"


def tick_at(instant: float, url: str) -> int:
    database = Database(url)
    clock, ran = At(), 0
    wait_until(instant)
    for _date in range(7):
        ran += ticker(database, policies.read(None), clock).tick()
        clock.at += DAY
    database.close()
    return ran


def test_replicas_that_tick_at_the_same_instant_share_one_run_a_date(database: Database, database_url: str):
    ran = at_once(tick_at, [(database_url,)] * 3)

    assert sum(ran) == 5
    assert digests(database) == [f"2026-11-{day}" for day in (23, 24, 25, 26, 27)]


def test_a_slot_whose_process_died_is_run_by_another_once_the_lease_has_lapsed(database: Database, policy: Policy):
    with database.begin(EVERYTHING, write=True) as tx:
        jobs.claim(tx, "digest", "2026-11-23", owner="dead", now=MONDAY, lease=LEASE)
    before = ticker(database, policy, At(MONDAY + LEASE)).tick()
    after = ticker(database, policy, At(MONDAY + LEASE + timedelta(seconds=1))).tick()

    assert (before, after) == (0, 1)
    assert digests(database) == ["2026-11-23"]


@pytest.fixture
def full_disk(sqlite: Database) -> Iterator[Database]:
    """A database that refuses every notice."""
    with sqlite.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON notice BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    return sqlite


def mend(database: Database) -> None:
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.exec_driver_sql("DROP TRIGGER full")


def attempts(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.select(JobRunRow.attempt)).scalar_one()


def test_a_job_that_fails_is_tried_again_after_its_lease_so_often_and_no_more(full_disk: Database, policy: Policy):
    clock = At()
    ran = []
    for _ in range(jobs.ATTEMPTS + 3):
        ran += [ticker(full_disk, policy, clock).tick(), ticker(full_disk, policy, clock).tick()]
        clock.at += LEASE + timedelta(seconds=1)

    assert set(ran) == {0}
    assert attempts(full_disk) == jobs.ATTEMPTS
    assert digests(full_disk) == []


def test_a_job_that_failed_succeeds_when_its_cause_is_gone_and_the_next_date_runs_anyway(full_disk: Database, policy: Policy):
    clock = At()
    ticker(full_disk, policy, clock).tick()
    mend(full_disk)
    at_once_again = ticker(full_disk, policy, clock).tick()
    clock.at += LEASE + timedelta(seconds=1)
    later = ticker(full_disk, policy, clock).tick()
    clock.at += DAY
    tomorrow = ticker(full_disk, policy, clock).tick()

    assert (at_once_again, later, tomorrow) == (0, 1, 1)
    assert digests(full_disk) == ["2026-11-23", "2026-11-24"]


def test_without_its_mark_a_run_leaves_no_effect(masters: Masters, policy: Policy):
    database = Database(masters.postgresql(migrate.upgrade))

    class Frozen(Clock):
        """While the job runs, its process stands still for so long that another takes the slot over."""

        def now(self) -> datetime:
            with database.begin(EVERYTHING, write=True) as tx:
                tx.connection.execute(sa.update(JobRunRow).values(owner="another"))
            return MONDAY

    ran = ticker(database, policy, Frozen()).tick()

    assert (ran, digests(database)) == (0, [])
    database.close()


def test_ticks_go_on_after_one_that_failed_and_one_that_found_the_database_busy():
    came: list[str] = []
    enough = threading.Event()

    def stumble() -> None:
        came.append("tick")
        if len(came) >= 3:
            enough.set()
        raise Busy("locked") if len(came) == 1 else RuntimeError("on purpose")

    scheduler = job_scheduler.start([(stumble, 0.05)])
    seen = enough.wait(PATIENCE)
    scheduler.shutdown()

    assert seen


def test_a_long_tick_does_not_run_beside_itself():
    running, most = [], []

    def slow() -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.15)
        running.pop()

    scheduler = job_scheduler.start([(slow, 0.03)])
    time.sleep(0.5)
    scheduler.shutdown()

    assert set(most) == {1}


def test_records_of_messages_are_kept_as_long_as_the_policy_says(sqlite: Database, policy: Policy):
    clock = At()
    with sqlite.begin(EVERYTHING, write=True) as tx:
        days = [MONDAY + DAY * (number // 600) for number in range(1200)]
        deliveries.keep_withheld(tx, [Withheld("breach.alert", "route:alerts", "history", Decision.HISTORY, day, None) for day in days])
    left = []
    for seconds in (-1, 1, 1 + DAY.total_seconds()):
        clock.at = MONDAY + DAY * policy.retention.notices + timedelta(seconds=seconds)
        ticker(sqlite, policy, clock).tidy()
        with sqlite.begin(EVERYTHING) as tx:
            left.append(tx.connection.execute(sa.select(sa.func.count()).select_from(NoticeRow)).scalar_one())

    assert left == [1200, 600, 0]
