"""The outbox: queued with the change, claimed by one, in order within a thread, fenced against whoever lost the claim."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.delivery import deliveries
from storage.delivery.deliveries import Delivery, DeliveryState, Opening, Operation
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.processes import at_once, wait_until

LEASE = timedelta(seconds=120)
MANY = 30


def enqueue(database: Database, text: str = "hello", *, thread: str | None = None, at: datetime = MONDAY, **more) -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return deliveries.enqueue(
            tx,
            "answer",
            facts={"text": text},
            audience=more.pop("audience", "channel:C1"),
            reason="a test",
            thread=thread or text,
            at=at,
            **more,
        )


def claim(database: Database, owner: str = "a", at: datetime = MONDAY, resting: tuple[str, ...] = ()) -> Delivery | None:
    with database.begin(EVERYTHING) as tx:
        due = deliveries.anything_due(tx, now=at, resting=resting)
    with database.begin(EVERYTHING, write=True) as tx:
        claimed = deliveries.claim(tx, owner=owner, now=at, lease=LEASE, resting=resting)
    assert due == (claimed is not None), "the look that takes no lock and the claim agree"
    return claimed


def finish(database: Database, delivery: Delivery, owner: str = "a", state: DeliveryState = DeliveryState.SENT, **more) -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return deliveries.finish(tx, delivery, owner=owner, state=state.value, **more)


def texts(*claimed: Delivery | None) -> list[str | None]:
    return [None if one is None else one.facts["text"] for one in claimed]


def test_a_message_is_told_to_nobody_twice_under_the_same_mark(database: Database):
    queued = [enqueue(database, "first", dedup="d1"), enqueue(database, "second", dedup="d1"), enqueue(database, "third")]

    assert queued == [True, False, True]
    assert texts(claim(database), claim(database), claim(database)) == ["first", "third", None]


def test_a_change_that_is_rolled_back_takes_its_message_along(database: Database):
    with database.begin(EVERYTHING, write=True) as tx:
        deliveries.enqueue(tx, "answer", facts={}, audience="channel:C1", reason="", thread="t", at=MONDAY)
        tx.connection.get_transaction().rollback()

    assert claim(database) is None


def test_messages_are_claimed_oldest_first_and_not_before_they_are_due(database: Database):
    enqueue(database, "later", at=MONDAY + timedelta(minutes=1))
    enqueue(database, "one")
    enqueue(database, "two")

    assert texts(claim(database), claim(database), claim(database)) == ["one", "two", None]
    assert texts(claim(database, at=MONDAY + timedelta(minutes=1))) == ["later"]


def test_a_claim_counts_the_attempt_and_keeps_the_moment_of_the_first(database: Database):
    enqueue(database)
    first = claim(database)
    lapsed = MONDAY + LEASE + timedelta(seconds=1)
    again = claim(database, "b", at=lapsed)

    assert (first.attempt, first.first_try_at, first.lease_until) == (1, MONDAY, MONDAY + LEASE)
    assert (again.attempt, again.first_try_at, again.lease_until, again.key) == (2, MONDAY, lapsed + LEASE, first.key)


def test_within_its_lease_a_claimed_message_belongs_to_its_owner(database: Database):
    enqueue(database)
    claim(database)

    assert claim(database, "b", at=MONDAY + LEASE) is None


def test_whoever_lost_the_claim_writes_nothing_any_more(database: Database):
    enqueue(database)
    lost = claim(database, "a")
    taken = claim(database, "b", at=MONDAY + LEASE + timedelta(seconds=1))

    assert not finish(database, lost, "a", DeliveryState.DEAD)
    assert not finish(database, taken, "a", DeliveryState.DEAD)
    assert finish(database, taken, "b")
    assert not finish(database, taken, "b", DeliveryState.DEAD)
    with database.begin(EVERYTHING) as tx:
        assert deliveries.counts(tx) == {"sent": 1}


def test_an_older_claim_of_ones_own_counts_no_more_than_that_of_another(sqlite: Database):
    enqueue(sqlite)
    older = claim(sqlite, "a")
    newer = claim(sqlite, "a", at=MONDAY + LEASE + timedelta(seconds=1))

    assert [finish(sqlite, one, "a") for one in (older, newer)] == [False, True]


def test_within_a_thread_nothing_overtakes_and_other_threads_go_on(database: Database):
    for text, thread in (("open", "t1"), ("update", "t1"), ("other", "t2"), ("reply", "t1")):
        enqueue(database, text, thread=thread)
    opening, other, nothing = claim(database), claim(database), claim(database)
    finish(database, opening, state=DeliveryState.PENDING, due_at=MONDAY + timedelta(hours=1), attempt=0)
    still = claim(database)
    finish(database, other)

    assert texts(opening, other, nothing, still) == ["open", "other", None, None]
    after = MONDAY + timedelta(hours=1)
    opening = claim(database, at=after)
    finish(database, opening)
    update = claim(database, at=after)
    assert texts(update, claim(database, at=after)) == ["update", None]
    finish(database, update, state=DeliveryState.DEAD)
    assert texts(claim(database, at=after)) == ["reply"]


def test_one_subject_told_to_two_audiences_is_two_threads(database: Database):
    enqueue(database, "one", thread="A-1", audience="route:approvals")
    enqueue(database, "two", thread="A-1", audience="person:U1")

    assert texts(claim(database), claim(database)) == ["one", "two"]


def test_audiences_that_rest_are_left_alone(database: Database):
    enqueue(database, "loud", audience="channel:C1")
    enqueue(database, "quiet", audience="channel:C2")

    assert texts(claim(database, resting=("channel:C1",)), claim(database, resting=("channel:C1", "channel:C2"))) == ["quiet", None]
    assert texts(claim(database)) == ["loud"]


def test_the_opening_message_is_the_threads_first_post_once_it_was_sent(database: Database):
    enqueue(database, "open", thread="t1")
    enqueue(database, "update", thread="t1", operation=Operation.UPDATE)
    opening = claim(database)

    def found() -> Opening | None:
        with database.begin(EVERYTHING) as tx:
            return deliveries.opening_message(tx, opening.thread)

    before = found()
    finish(database, opening, channel="C1", ts="1.000001")
    finish(database, claim(database), channel="C1", ts="9.9")

    assert (before, found()) == (None, Opening("C1", "1.000001"))


def claim_all(instant: float, url: str, owner: str) -> list[tuple[str, int]]:
    """Claim and finish until a while after nothing is left; what was claimed, and where in its thread it stood."""
    database, claimed, idle = Database(url), [], 0
    wait_until(instant)
    while idle < 5:
        with database.begin(EVERYTHING, write=True) as tx:
            one = deliveries.claim(tx, owner=owner, now=MONDAY, lease=LEASE)
        if one is None:
            idle += 1
            continue
        idle = 0
        claimed.append((one.key, one.facts["place"]))
        with database.begin(EVERYTHING, write=True) as tx:
            # the next of a thread may only be claimed after this
            deliveries.finish(tx, one, owner=owner, state="sent", sent_at=MONDAY, ts=str(one.facts["place"]))
    database.close()
    return claimed


def test_couriers_in_several_processes_share_the_work_and_never_take_one_message_twice(database: Database, database_url: str):
    with database.begin(EVERYTHING, write=True) as tx:
        for place in range(MANY):
            thread = f"t{place % 4}"
            deliveries.enqueue(tx, "answer", facts={"place": place}, audience="channel:C1", reason="", thread=thread, at=MONDAY)
    claimed = at_once(claim_all, [(database_url, owner) for owner in "abc"])

    counted = Counter(key for each in claimed for key, _place in each)
    assert (len(counted), set(counted.values())) == (MANY, {1})
    assert all(places == sorted(places) for places in ([p for _key, p in each if p % 4 == t] for each in claimed for t in range(4)))


@pytest.mark.parametrize("operation", list(Operation))
def test_the_operation_is_read_back(sqlite: Database, operation: Operation):
    enqueue(sqlite, operation=operation)

    assert claim(sqlite).operation is operation
