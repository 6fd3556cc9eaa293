"""Tickers that are killed at their commits, two at a time: every channel gets the digest of a date exactly once."""

from __future__ import annotations

import random
import signal
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from bot.timekeeping.job_scheduler import LEASE
from storage.database import Database
from storage.delivery import subscriptions
from storage.delivery.subscriptions import Subscription
from storage.schema import NoticeRow
from storage.sight import EVERYTHING
from tests.chaos.life import COMMITS, Life, tick
from tests.chaos.processes import Mortal

ZONES = {"C0ONE": "Asia/Shanghai", "C0TWO": "America/New_York", "C0THREE": "Australia/Lord_Howe"}


def next_wednesday_evening() -> datetime:
    """A moment at which it is past midnight of a business day everywhere."""
    now = datetime.now(UTC)
    day = now.date() + timedelta(days=(2 - now.date().weekday()) % 7 or 7)
    return datetime.combine(day, time(20), tzinfo=UTC)


def marks(database: Database) -> list[str]:
    """Every digest that was queued, as its channel and date."""
    with database.begin(EVERYTHING) as tx:
        found = tx.connection.execute(sa.select(NoticeRow.dedup).where(NoticeRow.name == "digest").order_by(NoticeRow.id))
        return [str(mark) for mark in found.scalars()]


@pytest.mark.parametrize("place", COMMITS)
def test_two_tickers_that_die_leave_exactly_one_digest_a_channel_and_date(database: Database, database_url: str, place: str):
    wednesday, dice = next_wednesday_evening(), random.Random(7)
    with database.begin(EVERYTHING, write=True) as tx:
        for channel, zone in ZONES.items():
            long_ago = wednesday - timedelta(days=30)
            subscriptions.add(tx, Subscription(channel, "U0ANA", since=long_ago, changed_at=long_ago, at=time(0, 30), timezone=zone))
    ahead, killed = (wednesday - datetime.now(UTC)).total_seconds(), 0
    for nth in (1, 2, 3, 4):
        lives = [Mortal(tick, Life(database_url, ahead=ahead, dies=place, nth=nth), dice) for _replica in range(2)]
        killed += sum(life.end() == -signal.SIGKILL for life in lives)
        ahead += LEASE.total_seconds() + 1
    Mortal(tick, Life(database_url, ahead=ahead), dice, spared=True).end()
    found = marks(database)

    assert killed >= 2
    assert len(found) == len(set(found)), "no channel may get two digests of a date"
    assert {mark.split()[0] for mark in found} == {"digest", *(f"digest:{channel}" for channel in ZONES)}
    assert len(found) == 4
