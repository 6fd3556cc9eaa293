"""Kill tickers around their commits, several at a time: every channel gets the digest of every business date once.

Run with ``python -m tests.chaos.schedule [--kills 100] [--postgres] [--minutes M] [--seed N]``.
"""

from __future__ import annotations

import random
import signal
from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.timekeeping.job_scheduler import LEASE
from storage.database import Database
from storage.delivery import subscriptions
from storage.delivery.subscriptions import Subscription
from storage.schema import JobRunRow, NoticeRow
from storage.sight import EVERYTHING
from tests.chaos import running
from tests.chaos.life import COMMITS, OUTSIDE, Life, tick
from tests.chaos.processes import Mortal

REPLICAS = 3
ZONES = {"C0ASIA": "Asia/Shanghai", "C0WEST": "America/New_York"}
HOUR = 3600.0
# a campaign that was shorter than this proves no more than that nothing was missed or doubled
LONG = 50
# UTC
AFTERNOON = 15


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__, kills=100)
    dice, ahead, killed = random.Random(wanted.seed), _to_the_afternoon(), Counter[str]()
    with running.staged(postgres=wanted.postgres) as (_workspace, database, url, _policy):
        _subscribe(database)
        while killed.total() < wanted.kills and not wanted.over:
            lives = [Life(url, ahead=ahead, dies=dice.choice([*COMMITS, OUTSIDE]), nth=dice.randint(1, 2)) for _ in range(REPLICAS)]
            for mortal in [Mortal(tick, life, dice) for life in lives]:
                if mortal.end() == -signal.SIGKILL:
                    killed[mortal.place] += 1
            # a few ticks around the lease, then on to the next day
            ahead += dice.choice([LEASE.total_seconds() + 1, LEASE.total_seconds() + 1, 24 * HOUR])
        for _ in range(4):
            ahead += LEASE.total_seconds() + 1
            Mortal(tick, Life(url, ahead=ahead), dice, spared=True).end()
        dates, runs = _dates(database), _runs(database)
    print(f"{len(dates)} digests, {len({job for job, _date in dates})} channels, {killed.total()} kills {dict(sorted(killed.items()))}")
    print(f"{sum(runs.values()) - len(runs)} slots taken over; unfinished {sorted(set(runs) - set(dates))}")
    assert len(dates) == len(set(dates)), "no channel may have two digests of a date"
    assert {job for job, _date in dates} == {"digest", *(f"digest:{channel}" for channel in ZONES)}, "every channel has some"
    assert all(datetime.fromisoformat(date).isoweekday() <= 5 for _job, date in dates), "only business dates have one"
    assert killed, "nobody was killed"
    if killed.total() >= LONG:
        assert sum(runs.values()) > len(runs), "slots have to be taken over, or nothing was tried"
        assert set(killed) == {*COMMITS, OUTSIDE}, "every place has to be hit"
    assert not [slot for slot, attempts in runs.items() if attempts < 3 and slot not in dates and slot < max(dates)], "a date was missed"


def _to_the_afternoon() -> float:
    """Seconds until an hour at which the digest of the date is due everywhere: before its first run a job looks no further back."""
    now = datetime.now(UTC)
    return ((AFTERNOON - now.hour) % 24) * HOUR


def _subscribe(database: Database) -> None:
    """Two channels on other sides of the world have a digest of their own."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with database.begin(EVERYTHING, write=True) as tx:
        for channel, zone in ZONES.items():
            subscriptions.add(tx, Subscription(channel, "U0ANA", since=long_ago, changed_at=long_ago, timezone=zone))


def _dates(database: Database) -> list[tuple[str, str]]:
    """(job, date) of every digest that was queued."""
    with database.begin(EVERYTHING) as tx:
        marks = tx.connection.execute(sa.select(NoticeRow.dedup).where(NoticeRow.name == "digest").order_by(NoticeRow.id)).scalars()
        return [(job, date) for job, date in (str(mark).rsplit(" ", 1) for mark in marks)]


def _runs(database: Database) -> dict[tuple[str, str], int]:
    """Attempts by job and slot, of the digests alone: what else the clock runs queues none."""
    with database.begin(EVERYTHING) as tx:
        of_a_digest = sa.or_(JobRunRow.job == "digest", JobRunRow.job.startswith("digest:"))
        rows = tx.connection.execute(sa.select(JobRunRow.job, JobRunRow.slot, JobRunRow.attempt).where(of_a_digest))
        return {(job, slot): attempts for job, slot, attempts in rows}


if __name__ == "__main__":
    main()
