"""The courier on good days: each message once, in order, where it belongs, with the mark that it can be found by."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery.deliveries import Operation
from tests.bot.carrying import PACE, Outbox
from tests.conftest import MANIFEST, eventually


@pytest.fixture
def outbox(workspace: Playground, database: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, database, policy)


def test_what_is_queued_is_posted_once_and_in_order(outbox: Outbox):
    outbox.queue("one", "two", "three")
    steps = outbox.carry()

    assert (steps, outbox.posted()) == (3, ["one", "two", "three"])
    assert outbox.states() == {"sent": 3}


def test_a_message_carries_its_key_and_nothing_of_its_content_in_its_metadata(outbox: Outbox):
    outbox.queue("Acme owes 4 m")
    outbox.carry()
    sent = outbox.workspace.wire.calls("chat.postMessage")[0].sent
    metadata = sent["metadata"]

    assert (metadata["event_type"], list(metadata["event_payload"])) == ("riskbot_delivery", ["id"])
    assert "Acme" not in str(metadata)
    assert sent["client_msg_id"]


def test_an_update_rewrites_the_first_message_and_a_reply_stands_under_it(outbox: Outbox):
    outbox.queue("Acme is red", thread="B-1")
    outbox.queue("Acme is red, acknowledged", thread="B-1", operation=Operation.UPDATE)
    outbox.queue("Acme has worsened", thread="B-1", operation=Operation.REPLY)
    outbox.carry()
    (opening,) = outbox.workspace.person("ana").messages("risk-alerts")

    assert opening["text"] == "Acme is red, acknowledged"
    assert outbox.posted("risk-alerts", opening["ts"]) == ["Acme is red, acknowledged", "Acme has worsened"]


def test_an_update_of_a_message_that_never_went_out_says_nothing(outbox: Outbox):
    outbox.queue("rewritten", operation=Operation.UPDATE)
    outbox.carry()

    assert (outbox.posted(), outbox.states()) == ([], {"sent": 1})


def test_a_reply_to_what_was_never_a_message_of_its_own_is_told_in_the_channel(outbox: Outbox):
    # as after many breaches that were announced in one message
    outbox.queue("B-7 has worsened", operation=Operation.REPLY)
    outbox.carry()

    assert outbox.posted() == ["B-7 has worsened"]


def test_people_are_told_in_their_direct_conversation(outbox: Outbox):
    outbox.queue("only for Ana", audience="person:U0ANA")
    outbox.carry()

    assert outbox.posted("dm") == ["only for Ana"]
    assert outbox.posted() == []


def test_several_couriers_on_one_database_post_every_message_once(outbox: Outbox):
    texts = [f"message {number}" for number in range(24)]
    couriers = [outbox.another() for _ in range(3)]
    for one in couriers:
        one.start()
    outbox.queue(*texts)
    for one in couriers:
        one.wake()
    eventually(lambda: outbox.states() == {"sent": 24}, 20)
    for one in couriers:
        one.close()

    assert Counter(outbox.posted()) == Counter(texts)


def test_a_message_goes_out_as_soon_as_a_sleeping_courier_is_woken(workspace: Playground, sqlite: Database, policy: Policy):
    outbox = Outbox(workspace, sqlite, policy, pace=replace(PACE, poll=60))
    outbox.courier.start()
    outbox.queue("now")
    outbox.courier.wake()
    workspace.person("ana").wait_message("risk-alerts", "now")
    outbox.courier.close()

    assert outbox.states() == {"sent": 1}


def test_posts_to_one_channel_keep_the_distance_that_slack_asks_for(tmp_path: Path, sqlite: Database, policy: Policy):
    with Playground(tmp_path / "limited", rate_limits=True, manifest=MANIFEST) as limited:
        outbox = Outbox(limited, sqlite, policy, pace=replace(PACE, between_posts=1.0))
        outbox.queue("one", "two")
        outbox.queue("elsewhere", audience="route:digest")
        steps = outbox.carry()
        first = (steps, outbox.posted(), outbox.posted("risk-digest"))
        outbox.after(1.1)

        assert first == (2, ["one"], ["elsewhere"])
        assert outbox.posted()[:1] == ["one"]
