"""What was posted is deleted when its time has come: once, by one, and tried again if Slack says no."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.delivery import deletions, deliveries
from storage.delivery.deletions import Posted
from storage.delivery.deliveries import DeliveryState, Operation
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

LEASE = timedelta(seconds=60)
YEAR = timedelta(days=365)
LATER = MONDAY + YEAR + timedelta(minutes=1)


def posted(database: Database, text: str = "hello", *, at: datetime = MONDAY, **more) -> None:
    """Put a message into Slack, as the courier does."""
    with database.begin(EVERYTHING, write=True) as tx:
        told = {"thread": text, "audience": "channel:C1", **more}
        deliveries.enqueue(tx, "answer", facts={}, reason="a test", at=at, **told)
        delivery = deliveries.claim(tx, owner="courier", now=at, lease=LEASE)
        outcome = {"state": DeliveryState.SENT.value, "channel": "C1", "ts": f"{delivery.seq}.1", "sent_at": at, "lease_until": None}
        deliveries.finish(tx, delivery, owner="courier", **outcome)


def claim(database: Database, owner: str = "a", at: datetime = LATER, days: timedelta | None = YEAR) -> Posted | None:
    older_than = None if days is None else at - days
    with database.begin(EVERYTHING) as tx:
        due = deletions.anything_due(tx, now=at, older_than=older_than)
    with database.begin(EVERYTHING, write=True) as tx:
        claimed = deletions.claim(tx, owner=owner, now=at, older_than=older_than, lease=LEASE)
    assert due == (claimed is not None), "the look that takes no lock and the claim agree"
    return claimed


def done(database: Database, claimed: Posted, owner: str = "a") -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return deletions.done(tx, claimed, owner=owner, at=LATER)


def test_a_message_is_due_when_the_policys_days_are_over_and_not_before(database: Database):
    posted(database)

    assert claim(database, at=MONDAY + YEAR - timedelta(seconds=1)) is None
    assert claim(database, at=MONDAY + YEAR) is not None


def test_without_days_only_what_has_a_time_of_its_own_is_due(database: Database):
    posted(database, "for ever")
    posted(database, "figures", expires_at=MONDAY + timedelta(minutes=15))

    assert claim(database, at=MONDAY + timedelta(minutes=14), days=None) is None
    assert claim(database, days=None).ts == "2.1"
    assert claim(database, owner="b", days=None) is None


def test_figures_go_before_what_is_merely_old(database: Database):
    posted(database, "old")
    posted(database, "figures", at=LATER - timedelta(minutes=20), expires_at=LATER - timedelta(minutes=5))

    assert claim(database).ts == "2.1"


def test_two_claims_never_take_one_message_until_the_lease_has_lapsed(database: Database):
    posted(database)
    first = claim(database, "a")

    assert claim(database, "b") is None
    second = claim(database, "b", at=LATER + LEASE + timedelta(seconds=1))
    assert second.seq == first.seq
    assert not done(database, first, "a"), "the claim has passed to somebody else"
    assert done(database, second, "b")


def test_what_is_deleted_is_not_due_again(database: Database):
    posted(database)
    done(database, claim(database))

    assert claim(database, at=LATER + YEAR) is None


def test_what_slack_refuses_is_told_and_tried_again_at_its_time(database: Database):
    posted(database)
    with database.begin(EVERYTHING, write=True) as tx:
        claimed = deletions.claim(tx, owner="a", now=LATER, older_than=LATER - YEAR, lease=LEASE)
        deletions.again(tx, claimed, owner="a", at=LATER + timedelta(days=1), why="cant_delete_message")
        refused = deletions.refused(tx)

    assert refused == [("channel:C1", "cant_delete_message", 1)]
    assert claim(database, at=LATER + timedelta(hours=23)) is None
    assert claim(database, at=LATER + timedelta(days=1)) is not None


def test_replies_are_deleted_one_by_one_and_a_rewrite_has_no_message_of_its_own(database: Database):
    posted(database, "open", thread="B-1")
    posted(database, "reply", thread="B-1", operation=Operation.REPLY)
    posted(database, "rewritten", thread="B-1", operation=Operation.UPDATE)
    gone = []
    while claimed := claim(database):
        gone.append(claimed.ts)
        done(database, claimed)

    assert gone == ["1.1", "2.1"]


@pytest.mark.parametrize("deleted", [False, True])
def test_the_opening_message_says_whether_it_is_still_there(database: Database, deleted: bool):
    posted(database, thread="B-1")
    if deleted:
        done(database, claim(database))
    with database.begin(EVERYTHING) as tx:
        opening = deliveries.opening_message(tx, "B-1>channel:C1")

    assert opening.deleted is deleted
