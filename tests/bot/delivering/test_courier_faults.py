"""The courier on bad days: whatever the network and Slack do to a call, nothing is lost and nothing is posted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivering.courier import Courier
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery.deliveries import Operation
from tests.bot.carrying import PACE, Outbox

POST, HISTORY = "chat.postMessage", "conversations.history"
LEASE, SETTLE = PACE.lease.total_seconds(), PACE.settle.total_seconds()


@pytest.fixture
def outbox(workspace: Playground, database: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, database, policy)


@pytest.fixture
def small(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    """On SQLite alone, where the database has no part in the story."""
    return Outbox(workspace, sqlite, policy)


@pytest.mark.parametrize(
    ("fault", "waits", "calls"),
    [("reset_before", LEASE, 2), ("reset_after", LEASE, 1), ("500_before", SETTLE, 2), ("500_after", SETTLE, 1)],
)
def test_after_a_broken_call_the_message_stands_in_the_channel_once(outbox: Outbox, fault: str, waits: float, calls: int):
    outbox.workspace.faults.add(POST, fault)
    outbox.queue("alert")
    outbox.carry()
    at_once = (outbox.states(), outbox.after(waits / 2))
    outbox.after(waits)

    assert at_once == ({"sending": 1}, 0), "what may be under way is left alone"
    assert outbox.posted() == ["alert"]
    assert (outbox.states(), outbox.calls()) == ({"sent": 1}, calls)


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "500_before", "500_after"])
def test_however_often_calls_break_the_message_stands_there_once(small: Outbox, fault: str):
    small.workspace.faults.add(POST, fault, times=3)
    small.workspace.faults.add(HISTORY, "reset_before", times=2)
    small.queue("alert")
    for _ in range(8):
        small.after(LEASE + 1)

    assert (small.posted(), small.states()) == (["alert"], {"sent": 1})


def test_of_many_messages_the_lost_reply_is_matched_to_its_own(small: Outbox):
    small.queue(*(f"message {number}" for number in range(5)))
    small.workspace.faults.add(POST, "reset_after", after=1, times=3)
    small.carry()
    small.after(LEASE + 1)

    assert sorted(small.posted()) == [f"message {number}" for number in range(5)]
    assert (small.states(), small.calls()) == ({"sent": 5}, 5)


def test_a_lost_reply_in_a_thread_is_found_in_the_thread(small: Outbox):
    small.queue("opening", thread="B-1")
    small.queue("worsened", thread="B-1", operation=Operation.REPLY)
    small.workspace.faults.add(POST, "500_after", after=1)
    small.carry()
    small.after(SETTLE + 1)
    (opening,) = small.workspace.person("ana").messages("risk-alerts")

    assert small.posted("risk-alerts", opening["ts"]) == ["opening", "worsened"]
    assert small.states() == {"sent": 2}


def test_a_message_is_found_behind_many_newer_ones(small: Outbox):
    small.workspace.faults.add(POST, "500_after")
    small.queue("the one")
    small.carry()
    small.queue(*(f"noise {number}" for number in range(230)))
    for _ in range(240):
        small.courier.step()
    small.after(SETTLE + 1)

    assert small.posted().count("the one") == 1
    assert small.states() == {"sent": 231}


def test_an_update_whose_reply_was_lost_is_written_again_and_changes_nothing(small: Outbox):
    small.queue("red", thread="B-1")
    small.queue("acknowledged", thread="B-1", operation=Operation.UPDATE)
    small.workspace.faults.add("chat.update", "reset_after")
    small.carry()
    small.after(LEASE + 1)

    assert (small.posted(), small.states()) == (["acknowledged"], {"sent": 2})


def test_within_a_thread_nothing_overtakes_a_message_in_doubt(small: Outbox):
    small.queue("red", thread="B-1")
    small.queue("acknowledged", thread="B-1", operation=Operation.UPDATE)
    small.queue("another customer", thread="B-2")
    small.workspace.faults.add(POST, "reset_before")
    small.carry()
    meanwhile = small.posted()
    small.after(LEASE + 1)

    assert meanwhile == ["another customer"]
    assert sorted(small.posted()) == ["acknowledged", "another customer"]


def test_while_the_channel_cannot_be_read_a_message_in_doubt_is_not_posted_again(outbox: Outbox):
    outbox.workspace.faults.add(POST, "500_before")
    outbox.workspace.faults.add(HISTORY, "error:missing_scope", times=4)
    outbox.queue("alert")
    outbox.carry()
    for _ in range(3):
        outbox.after(60)
    blind = (outbox.posted(), outbox.calls(), outbox.status())
    outbox.workspace.faults.clear()
    outbox.after(60)

    assert blind == ([], 1, [("route:alerts", "missing_scope", 1)])
    assert (outbox.posted(), outbox.states()) == (["alert"], {"sent": 1})


def test_slacks_limit_is_waited_out_for_that_channel_alone_and_costs_no_attempt(outbox: Outbox):
    outbox.workspace.faults.add(POST, "429", retry_after=30)
    outbox.queue("first", "second")
    outbox.queue("elsewhere", audience="route:digest")
    outbox.carry()
    at_first = (outbox.posted(), outbox.posted("risk-digest"), outbox.calls())
    early = outbox.after(28)
    outbox.after(3)

    assert (at_first, early) == (([], ["elsewhere"], 2), 0)
    assert (sorted(outbox.posted()), outbox.states()) == (["first", "second"], {"sent": 3})
    assert outbox.calls(HISTORY) == 0, "what was certainly not posted is not looked for"


def test_a_slow_answer_is_waited_for(small: Outbox):
    small.workspace.faults.add(POST, "slow", seconds=0.5)
    small.queue("slowly")
    small.carry()

    assert (small.posted(), small.states(), small.calls()) == (["slowly"], {"sent": 1}, 1)


def test_a_courier_with_too_little_of_its_lease_left_does_not_post(workspace: Playground, sqlite: Database, policy: Policy):
    outbox = Outbox(workspace, sqlite, policy, pace=replace(PACE, lease=timedelta(seconds=9)))
    outbox.queue("alert")
    outbox.courier.step()

    assert (outbox.posted(), outbox.calls(), outbox.states()) == ([], 0, {"sending": 1})


def test_a_courier_that_lost_its_claim_in_mid_post_does_not_spoil_what_the_next_one_wrote(small: Outbox):
    class Frozen(Courier):
        """Its process stands still between the post and the mark, for longer than its lease."""

        def _carry(self, delivery):
            outcome = super()._carry(delivery)
            small.after(LEASE + 1)
            return {**outcome, "ts": "0.000000"}

    small.queue("alert")
    frozen = Frozen(
        **{name: getattr(small.courier, name) for name in ("database", "client", "channels", "people", "policies", "clock", "pace")}
    )
    frozen.step()

    assert (small.posted(), small.calls(), small.states()) == (["alert"], 1, {"sent": 1})
    small.queue("updated", thread="thread of alert", operation=Operation.UPDATE)
    small.carry()
    assert small.posted() == ["updated"]


def test_an_answer_that_will_never_be_posted_is_dead_by_name_and_holds_up_nobody(small: Outbox):
    small.workspace.faults.add(POST, "error:msg_too_long")
    small.queue("too long", thread="t")
    small.queue("next", thread="t")
    small.carry()

    assert (small.posted(), small.states()) == (["next"], {"dead": 1, "sent": 1})
    assert small.status() == [("route:alerts", "msg_too_long", 1)]


def test_when_slack_is_away_altogether_messages_wait_and_go_out_in_order(small: Outbox):
    small.queue("one", "two")
    elsewhere = small.another()
    elsewhere.client.base_url = "http://127.0.0.1:1/api/"
    small.carry(elsewhere)
    away = (small.states(), small.posted())
    small.after(6)

    assert away == ({"pending": 2}, [])
    assert small.posted() == ["one", "two"]
