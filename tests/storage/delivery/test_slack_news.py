"""What Slack tells one replica: numbered without gaps, seen in that order, and kept for minutes."""

from __future__ import annotations

import threading
from datetime import timedelta

from storage.database import Database
from storage.delivery import slack_news
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

EVENT = {"type": "channel_rename", "channel": "C1"}


def test_a_write_sweeps_what_nobody_needs_any_more_and_numbers_go_on(database: Database):
    for seconds in (0, 1, slack_news.KEPT.total_seconds() + 1):
        with database.begin(EVERYTHING, write=True) as tx:
            slack_news.tell(tx, EVENT, at=MONDAY + timedelta(seconds=seconds))

    with database.begin(EVERYTHING) as tx:
        assert slack_news.newest(tx) == 3
        now = MONDAY + slack_news.KEPT
        assert slack_news.after(tx, 0, now=now) == [(2, EVENT), (3, EVENT)]
        # nothing new has come, so the outdated ones are still there, and nobody hears them
        assert slack_news.after(tx, 0, now=now + timedelta(seconds=2)) == [(3, EVENT)]


def test_of_two_that_write_at_once_the_second_number_is_not_seen_before_the_first(database: Database):
    def tell() -> None:
        with database.begin(EVERYTHING, write=True) as tx:
            slack_news.tell(tx, EVENT, at=MONDAY)

    second = threading.Thread(target=tell)
    with database.begin(EVERYTHING, write=True) as tx:
        first = slack_news.tell(tx, EVENT, at=MONDAY)
        second.start()
        second.join(0.1)
        with database.begin(EVERYTHING) as reading:
            seen = slack_news.newest(reading)
    second.join()

    assert (first, seen) == (1, 0)
    with database.begin(EVERYTHING) as tx:
        assert [number for number, _event in slack_news.after(tx, 0, now=MONDAY)] == [1, 2]
