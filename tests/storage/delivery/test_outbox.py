"""What has not reached people: by cause, page by page, told once, and carried anew when somebody says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Database
from storage.delivery import outbox
from storage.delivery.deliveries import DeliveryState
from storage.delivery.outbox import Cause
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.storage.delivery.test_deliveries import claim, enqueue, finish

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def fail(database: Database, text: str, error: str, state: DeliveryState = DeliveryState.DEAD, **more) -> None:
    enqueue(database, text, audience=f"channel:{more.pop('channel', text)}")
    finish(database, claim(database), state=state, error=error, **more)


def causes(database: Database, after: timedelta = timedelta(0)) -> list[tuple[str, str, int, bool]]:
    with database.begin(EVERYTHING) as tx:
        return [(cause.audience, cause.error, cause.count, cause.dead) for cause in outbox.causes(tx, before=MONDAY + after)]


def news(database: Database, after: timedelta = timedelta(0), **more) -> list[Cause]:
    now = MONDAY + after
    wanted = {"before": now - 10 * MINUTE, "apart": ("outbox.trouble",)}
    with database.begin(EVERYTHING) as tx:
        seen = outbox.untold(tx, **wanted)
    with database.begin(EVERYTHING, write=True) as tx:
        found = outbox.take_news(tx, now=now, again_after=now - 24 * HOUR, **wanted)
    assert seen or not found, "the look that takes no lock sees what there is to take"
    return found


def test_what_is_stuck_is_what_should_have_gone_out_long_ago_and_what_is_dead(database: Database):
    for text in ("tried", "dead", "sent", "never tried"):
        enqueue(database, text, audience=f"channel:{text}")
    tried, dead, sent = claim(database), claim(database), claim(database)
    finish(database, tried, state=DeliveryState.PENDING, error="channel_not_found", attempt=0)
    finish(database, dead, state=DeliveryState.DEAD, error="msg_too_long")
    finish(database, sent)

    given_up = ("channel:dead", "msg_too_long", 1, True)
    assert causes(database) == [given_up]
    assert causes(database, 2 * MINUTE) == [
        given_up,
        ("channel:never tried", "", 1, False),
        ("channel:tried", "channel_not_found", 1, False),
    ]


def test_a_page_shows_the_dead_first_and_when_each_other_is_tried_next(database: Database):
    later = MONDAY + 5 * MINUTE
    fail(database, "waits", "not_in_channel", DeliveryState.PENDING, due_at=later, held=True)
    fail(database, "dead", "msg_too_long")
    with database.begin(EVERYTHING) as tx:
        count, first = outbox.page(tx, limit=1)
        _count, second = outbox.page(tx, limit=1, offset=1)

    assert count == 2
    assert [(one.audience, one.error, one.next_at, one.dead, one.held, one.since) for one in (*first, *second)] == [
        ("channel:dead", "msg_too_long", None, True, False, MONDAY),
        ("channel:waits", "not_in_channel", later, False, True, MONDAY),
    ]


def test_the_oldest_that_is_due_is_found_and_what_waits_by_policy_is_not_counted(database: Database):
    fail(database, "held", "by policy", DeliveryState.PENDING, due_at=MONDAY + HOUR, held=True)
    fail(database, "dead", "msg_too_long")
    with database.begin(EVERYTHING) as tx:
        without = outbox.oldest_due(tx, now=MONDAY + HOUR)
    enqueue(database, "waits", at=MONDAY + MINUTE)
    with database.begin(EVERYTHING) as tx:
        assert (without, outbox.oldest_due(tx, now=MONDAY + HOUR)) == (None, MONDAY + MINUTE)


def test_a_cause_is_told_once_a_day_however_many_messages_it_kills(database: Database):
    for number in range(3):
        fail(database, f"one {number}", "msg_too_long", channel="C1")
    fail(database, "two", "no_text", channel="C1")
    told = news(database)
    fail(database, "three", "msg_too_long", channel="C1")
    again, elsewhere = news(database, MINUTE), []
    fail(database, "four", "msg_too_long", channel="C2")
    elsewhere = news(database, 2 * MINUTE)
    fail(database, "five", "msg_too_long", channel="C1")

    assert [(cause.audience, cause.error, cause.count) for cause in told] == [
        ("channel:C1", "msg_too_long", 3),
        ("channel:C1", "no_text", 1),
    ]
    assert (again, [cause.audience for cause in elsewhere]) == ([], ["channel:C2"])
    assert [cause.count for cause in news(database, 25 * HOUR)] == [1], "a day later it is news again"


@pytest.mark.parametrize("state", [DeliveryState.DEAD, DeliveryState.PENDING])
def test_a_cause_that_never_rests_is_told_again_every_day(database: Database, state: DeliveryState):
    told = []
    for hours in range(0, 80, 10):
        fail(database, f"after {hours}", "not_in_channel", state, channel="C1", due_at=MONDAY + 1000 * HOUR)
        told += [(hours, cause.count) for cause in news(database, hours * HOUR + 11 * MINUTE)]

    assert told == [(0, 1), (30, 1), (60, 1)]


def test_what_waits_for_ten_minutes_is_told_and_its_end_is_told_too(database: Database):
    fail(database, "waits", "not_in_channel", DeliveryState.PENDING, due_at=MONDAY + 12 * MINUTE)
    fail(database, "held", "by policy", DeliveryState.PENDING, due_at=MONDAY + HOUR, held=True)
    early, late = news(database, 9 * MINUTE), news(database, 11 * MINUTE)
    finish(database, claim(database, at=MONDAY + 12 * MINUTE), state=DeliveryState.DEAD, error="not_in_channel")
    end = news(database, 13 * MINUTE)

    assert (early, [(cause.audience, cause.dead) for cause in late]) == ([], [("channel:waits", False)])
    assert [(cause.audience, cause.dead) for cause in end] == [("channel:waits", True)]


def test_what_is_requeued_is_claimed_again_and_what_may_have_been_posted_is_still_looked_for(database: Database):
    fail(database, "one", "unreadable_answer")
    fail(database, "two", "msg_too_long")
    fail(database, "three", "msg_too_long")
    later = MONDAY + HOUR
    with database.begin(EVERYTHING, write=True) as tx:
        of_a_cause = outbox.requeue(tx, now=later, error="msg_too_long")
        one = outbox.requeue(tx, now=later, number=1)
        nothing = outbox.requeue(tx, now=later)
    claimed = [claim(database, at=later) for _ in range(3)]

    assert (of_a_cause, one, nothing) == (
        [(2, "channel:two", "msg_too_long"), (3, "channel:three", "msg_too_long")],
        [(1, "channel:one", "unreadable_answer")],
        [],
    )
    assert [(each.attempt, each.first_try_at, each.since) for each in claimed] == [(2, MONDAY, later)] * 3


def test_what_is_under_way_or_sent_is_not_requeued(database: Database):
    enqueue(database, "under way")
    enqueue(database, "sent")
    claim(database)
    finish(database, claim(database))
    with database.begin(EVERYTHING, write=True) as tx:
        found = [outbox.requeue(tx, now=MONDAY, number=number) for number in (1, 2, 3)]
        states = [outbox.exists(tx, number) for number in (1, 2, 3)]

    assert (found, states) == ([[], [], []], ["sending", "sent", None])
