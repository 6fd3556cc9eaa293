"""Kill tickers around their commits, several at a time: the digest of every business date is queued once.

Run with ``python -m tests.chaos.schedule [--kills 100] [--postgres] [--seed N]``.
"""

from __future__ import annotations

import random
import signal
from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from bot.ticking import LEASE
from storage.database import Database
from storage.schema import JobRunRow, NoticeRow
from tests.chaos import running
from tests.chaos.life import COMMITS, OUTSIDE, Life, tick
from tests.chaos.processes import Mortal

REPLICAS = 3
HOUR = 3600.0


def main() -> None:
    """A long campaign; fails aloud."""
    wanted = running.arguments(__doc__, kills=100)
    dice, ahead, killed = random.Random(wanted.seed), 0.0, Counter[str]()
    with running.staged(postgres=wanted.postgres) as (_workspace, database, url, _policy):
        while killed.total() < wanted.kills:
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
    print(f"{len(dates)} digests on {len(set(dates))} dates, {killed.total()} kills {dict(sorted(killed.items()))}")
    print(f"{sum(runs.values()) - len(runs)} slots taken over; unfinished {sorted(set(runs) - set(dates))}")
    assert len(dates) == len(set(dates)), "no date may have two digests"
    assert all(datetime.fromisoformat(date).isoweekday() <= 5 for date in dates), "only business dates have one"
    assert dates == sorted(dates), "dates go forward"
    assert sum(runs.values()) > len(runs), "slots have to be taken over, or nothing was tried"
    assert set(killed) == {*COMMITS, OUTSIDE}, "every place has to be hit"
    assert not [date for date, attempts in runs.items() if attempts < 3 and date not in dates and date < max(dates)], "a date was missed"


def _dates(database: Database) -> list[str]:
    with database.begin() as tx:
        marks = tx.connection.execute(sa.select(NoticeRow.dedup).order_by(NoticeRow.id)).scalars()
        return [str(mark).removeprefix("digest ") for mark in marks]


def _runs(database: Database) -> dict[str, int]:
    """Attempts by slot."""
    with database.begin() as tx:
        return dict(tx.connection.execute(sa.select(JobRunRow.slot, JobRunRow.attempt)).all())


if __name__ == "__main__":
    main()
