"""Answers that are not Slack's, and errors that nobody has read of: no message is lost by them, and none is posted twice."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from bot.delivering.courier import Pace
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery.deliveries import Operation
from tests.bot.carrying import PACE, Outbox

POST, HISTORY, OPEN, LIST = "chat.postMessage", "conversations.history", "conversations.open", "conversations.list"
LEASE = PACE.lease.total_seconds()
BEFORE = ["html_before", "html:302", "html:307", "html:400", "html:403", "html:404", "html:407", "html:502", "error:access_denied"]
UNKNOWN = ["error:org_login_required", "error:message_limit_exceeded", "error:of_next_year", "error:Not a Code!", "error:"]
AFTER = ["html_after", "truncated_after", "list_after", "500_after", "reset_after"]
HOUR, DAY = 3600.0, 86_400.0
# as in production, but for the distance between two posts
REAL = Pace(between_posts=0.0)


@pytest.fixture
def outbox(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, sqlite, policy)


@pytest.fixture
def patient(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    """Under the pace of production."""
    return Outbox(workspace, sqlite, policy, pace=REAL)


def until_sent(outbox: Outbox, seconds: float = 31, most: int = 12) -> None:
    for _ in range(most):
        if set(outbox.states()) <= {"sent"}:
            return
        outbox.after(seconds)


@pytest.mark.parametrize("fault", [*BEFORE, *UNKNOWN, *AFTER])
def test_whatever_comes_back_the_message_stands_in_the_channel_once(outbox: Outbox, fault: str):
    outbox.workspace.faults.add(POST, fault, times=2)
    outbox.queue("alert")
    outbox.carry()
    at_first = outbox.states()
    until_sent(outbox)

    assert "dead" not in at_first
    assert (outbox.posted(), outbox.states()) == (["alert"], {"sent": 1})


@pytest.mark.parametrize("fault", ["html_before", "html_after", "truncated_after", "list_after", "error:of_next_year"])
def test_a_history_that_cannot_be_read_is_not_taken_for_an_empty_channel(outbox: Outbox, fault: str):
    outbox.workspace.faults.add(POST, "500_after")
    outbox.workspace.faults.add(HISTORY, fault, times=3)
    outbox.queue("alert")
    outbox.carry()
    until_sent(outbox)

    assert (outbox.posted(), outbox.calls(), outbox.states()) == (["alert"], 1, {"sent": 1})


@pytest.mark.parametrize("method", [OPEN, LIST])
@pytest.mark.parametrize("fault", ["html_before", "list_after", "truncated_after", "error:of_next_year", "reset_before"])
def test_while_slack_does_not_say_where_a_message_belongs_it_waits(outbox: Outbox, method: str, fault: str):
    outbox.workspace.faults.add(method, fault, times=2)
    outbox.queue("hello", audience="person:U0ANA" if method == OPEN else "route:alerts")
    outbox.carry()
    at_first = outbox.states()
    until_sent(outbox)

    assert at_first == {"pending": 1}
    assert outbox.posted("dm" if method == OPEN else "risk-alerts") == ["hello"]


@pytest.mark.parametrize("fault", ["html_before", "html_after", "list_after", "error:update_failed", "error:of_next_year"])
def test_a_rewrite_that_is_not_answered_is_written_again(outbox: Outbox, fault: str):
    outbox.queue("red", thread="B-1")
    outbox.queue("acknowledged", thread="B-1", operation=Operation.UPDATE)
    outbox.workspace.faults.add("chat.update", fault, times=2)
    outbox.carry()
    until_sent(outbox)

    assert (outbox.posted(), outbox.states()) == (["acknowledged"], {"sent": 2})


def test_a_rewrite_that_slack_does_not_take_is_given_up_by_name_and_not_passed_over(outbox: Outbox):
    outbox.queue("red", thread="B-1")
    outbox.queue("acknowledged", thread="B-1", operation=Operation.UPDATE)
    outbox.workspace.faults.add("chat.update", "error:msg_too_long")
    outbox.carry()

    assert outbox.status() == [("route:alerts", "msg_too_long", 1)]


def test_a_message_in_doubt_is_tried_less_and_less_often_for_a_day_then_given_up(patient: Outbox):
    patient.workspace.faults.add(POST, "error:of_next_year", times=10_000)
    patient.queue("alert")
    patient.carry()
    tries: list[float] = []
    for look in range(26 * 15):
        before = patient.calls()
        patient.after(240)
        if patient.calls() > before:
            tries.append(look * 240)
        if patient.states() == {"dead": 1}:
            break
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]

    assert DAY - 3 * 600 <= tries[-1] <= DAY
    assert max(pauses) <= 600 + 240
    assert all(later >= earlier - 240 for earlier, later in itertools.pairwise(pauses)), "the pauses grow"
    assert 100 < len(tries) < 180
    assert patient.status() == [("route:alerts", "of_next_year", 1)]


def test_what_is_given_up_was_looked_for_a_last_time(patient: Outbox):
    patient.workspace.faults.add(POST, "html_after")
    patient.workspace.faults.add(HISTORY, "html_before", times=1)
    patient.queue("alert")
    patient.carry()
    patient.after(6)
    # the process was away for more than a day
    patient.after(DAY + HOUR)

    assert (patient.posted(), patient.states(), patient.calls()) == (["alert"], {"sent": 1}, 1)


def test_while_not_even_the_last_look_is_to_be_had_it_is_given_up_all_the_same(patient: Outbox):
    patient.workspace.faults.add(POST, "html_before")
    patient.workspace.faults.add(HISTORY, "html_before", times=10_000)
    patient.queue("alert")
    patient.carry()
    for _ in range(26 * 2):
        patient.after(1800)

    assert (patient.calls(), patient.states()) == (1, {"dead": 1})


def test_one_message_in_doubt_holds_up_its_thread_alone(outbox: Outbox):
    outbox.workspace.faults.add(POST, "html_before", times=3)
    outbox.queue("one", thread="B-1")
    outbox.carry()
    outbox.workspace.faults.clear()
    outbox.queue("two", thread="B-1", operation=Operation.REPLY)
    outbox.queue("three", thread="B-2")
    outbox.carry()
    meanwhile = outbox.posted()
    until_sent(outbox)
    (opening,) = [message for message in outbox.workspace.person("ana").messages("risk-alerts") if message["text"] == "one"]

    assert meanwhile == ["three"]
    assert outbox.posted("risk-alerts", opening["ts"]) == ["one", "two"]


@pytest.mark.parametrize("error", ["is_archived", "user_disabled"])
def test_what_is_closed_is_waited_for_ten_minutes_and_then_given_up(outbox: Outbox, error: str):
    outbox.workspace.faults.add(POST, f"error:{error}", times=10_000)
    outbox.queue("alert", audience="person:U0ANA")
    outbox.carry()
    for _ in range(18):
        outbox.after(31)
    waits = outbox.states()
    for _ in range(3):
        outbox.after(31)

    assert (waits, outbox.states()) == ({"pending": 1}, {"dead": 1})


def test_a_week_without_a_channel_is_no_doubt_and_a_bad_answer_after_it_does_not_end_the_message(patient: Outbox):
    patient.workspace.faults.add(POST, "error:not_in_channel")
    patient.queue("alert")
    patient.carry()
    patient.workspace.faults.add(POST, "html_before")
    patient.after(7 * DAY)
    in_doubt = patient.states()
    patient.after(60)

    assert (in_doubt, patient.posted(), patient.states()) == ({"sending": 1}, ["alert"], {"sent": 1})


def test_a_message_whose_blocks_slack_does_not_take_is_rewritten_with_its_gist(outbox: Outbox):
    outbox.queue("red", thread="B-1")
    outbox.queue("acknowledged", thread="B-1", operation=Operation.UPDATE)
    outbox.workspace.faults.add("chat.update", "error:invalid_blocks")
    outbox.carry()

    assert (outbox.posted(), outbox.states()) == (["acknowledged"], {"sent": 2})


def test_figures_whose_time_is_over_are_not_posted_however_late_they_are_tried_again(outbox: Outbox):
    outbox.workspace.faults.add(POST, "html_before")
    outbox.queue("figures", audience="person:U0ANA", expires_at=outbox.clock.now() + timedelta(minutes=15))
    outbox.carry()
    outbox.after(16 * 60)

    assert (outbox.posted("dm"), outbox.states()) == ([], {"sent": 1})
