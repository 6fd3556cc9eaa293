"""Records of messages are deleted when nobody needs them, and a message that still has work to do keeps its record."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.delivery import deliveries, forgetting
from storage.delivery.deliveries import Decision, DeliveryState, Operation, Withheld
from storage.schema import DeliveryRow, NoticeRow
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

LATER = MONDAY + timedelta(days=1100)
POSTED = {"state": DeliveryState.SENT.value, "channel": "C1", "ts": "1.1", "sent_at": MONDAY}


def queue(database: Database, operation: Operation = Operation.POST, **outcome: object) -> None:
    with database.begin(EVERYTHING, write=True) as tx:
        terms = {"facts": {}, "audience": "route:alerts", "reason": "a test", "thread": "B-1", "at": MONDAY}
        assert deliveries.enqueue(tx, "breach.alert", operation=operation, **terms)
        if outcome:
            tx.connection.execute(sa.update(DeliveryRow).values(**outcome))


def forgotten(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        found = forgetting.outdated(tx, before=LATER - timedelta(days=1), limit=10)
    with database.begin(EVERYTHING, write=True) as tx:
        return forgetting.forget(tx, found)


def left(database: Database) -> tuple[int, int]:
    with database.begin(EVERYTHING) as tx:
        notices, sent = (tx.connection.execute(sa.select(sa.func.count()).select_from(of)).scalar_one() for of in (NoticeRow, DeliveryRow))
    return notices, sent


def test_what_was_withheld_is_forgotten(database: Database):
    with database.begin(EVERYTHING, write=True) as tx:
        deliveries.keep_withheld(tx, [Withheld("breach.alert", "route:alerts", "history", Decision.HISTORY, MONDAY, None)])

    assert (forgotten(database), left(database)) == (1, (0, 0))


@pytest.mark.parametrize(
    "outcome",
    [
        {**POSTED, "deleted_at": MONDAY + timedelta(days=365)},
        {"state": DeliveryState.DEAD.value, "error": "channel_not_found"},
        {"state": DeliveryState.SENT.value, "error": "nothing to say"},
    ],
    ids=["deleted in Slack", "never sent", "nothing to say"],
)
def test_a_message_that_is_not_in_slack_is_forgotten_with_its_delivery(database: Database, outcome):
    queue(database, **outcome)

    assert (forgotten(database), left(database)) == (1, (0, 0))


def test_an_update_is_forgotten_although_its_message_is_still_there(database: Database):
    queue(database, Operation.UPDATE, **POSTED)

    assert (forgotten(database), left(database)) == (1, (0, 0))


@pytest.mark.parametrize("outcome", [POSTED, {}, {"state": DeliveryState.SENDING.value}], ids=["in Slack", "pending", "being sent"])
def test_a_message_that_still_has_work_to_do_keeps_its_record(database: Database, outcome):
    queue(database, **outcome)

    assert (forgotten(database), left(database)) == (0, (1, 1))


def test_a_message_that_is_sent_again_meanwhile_keeps_its_record(database: Database):
    queue(database, state=DeliveryState.DEAD.value)
    with database.begin(EVERYTHING) as tx:
        found = forgetting.outdated(tx, before=LATER, limit=10)
    with database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.update(DeliveryRow).values(state=DeliveryState.PENDING.value))
        assert (len(found), forgetting.forget(tx, found)) == (1, 0)


def test_a_recent_notice_stays(database: Database):
    queue(database, state=DeliveryState.DEAD.value)
    with database.begin(EVERYTHING) as tx:
        assert forgetting.outdated(tx, before=MONDAY, limit=10) == []
