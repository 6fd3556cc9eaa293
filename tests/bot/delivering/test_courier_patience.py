"""How long a message may be in trouble counts from when that trouble began, not from when the message was queued."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivering.courier import Pace
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from tests.bot.carrying import Outbox
from tests.bot.delivering.test_courier_waiting import create, elsewhere, invite

POST, LIST = "chat.postMessage", "conversations.list"
WEEKEND, MINUTE, CURE = 60 * 3600.0, 60.0, 31.0
# as in production, but for the distance between two posts
REAL = Pace(between_posts=0.0)


@pytest.fixture
def outbox(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, sqlite, policy, pace=REAL)


def over_a_weekend(outbox: Outbox, fault: str) -> None:
    """Every post fails alike from Friday to Monday, and then no more."""
    outbox.workspace.faults.add(POST, fault, times=1000)
    outbox.queue("alert")
    outbox.carry()
    outbox.after(WEEKEND)
    outbox.workspace.faults.clear()


@pytest.mark.parametrize("reason", ["error:token_revoked", "error:not_in_channel", "429"])
@pytest.mark.parametrize(
    ("method", "hiccup"), [(LIST, "reset_before"), (LIST, "error:internal_error"), (POST, "500_before"), (POST, "reset_before")]
)
def test_what_waited_over_a_weekend_survives_the_first_hiccup_after_it(outbox: Outbox, reason: str, method: str, hiccup: str):
    over_a_weekend(outbox, reason)
    outbox.courier.channels.forget()
    outbox.workspace.faults.add(method, hiccup)
    outbox.after(CURE)
    at_first = outbox.states()
    for _ in range(3):
        outbox.after(REAL.lease.total_seconds() + 1)

    assert "dead" not in at_first
    assert (outbox.posted(), outbox.states()) == (["alert"], {"sent": 1})


def test_what_was_queued_long_before_the_bot_came_up_survives_its_first_hiccup(outbox: Outbox):
    outbox.queue("alert")
    outbox.workspace.faults.add(LIST, "reset_before")
    outbox.after(WEEKEND)
    at_first = outbox.states()
    outbox.after(MINUTE)

    assert (at_first, outbox.posted()) == ({"pending": 1}, ["alert"])


def test_what_was_in_doubt_once_and_then_waited_for_an_invitation_is_posted_after_it(outbox: Outbox):
    outbox.workspace.faults.add(POST, "500_before")
    outbox.queue("alert")
    outbox.carry()
    outbox.workspace.person("ana").send("risk-alerts", "/remove @Riskbot")
    outbox.after(MINUTE)
    outbox.after(25 * 3600)
    invite(outbox.workspace, "risk-alerts")
    outbox.after(CURE)

    assert (outbox.posted(), outbox.states()) == (["alert"], {"sent": 1})


def test_doubt_that_lasts_for_a_day_is_given_up_however_long_the_wait_before_it(outbox: Outbox):
    over_a_weekend(outbox, "error:token_revoked")
    outbox.workspace.faults.add(POST, "500_before", times=1000)
    outbox.after(CURE)
    begun = outbox.states()
    for _ in range(23):
        outbox.after(3600)
    nearly = outbox.states()
    outbox.after(3600)
    outbox.after(3600)

    assert (begun, nearly, outbox.states()) == ({"sending": 1}, {"sending": 1}, {"dead": 1})


@pytest.mark.parametrize("closed", ["error:is_archived", "error:user_not_found"])
def test_what_is_closed_has_its_minutes_whatever_was_waited_for_before(outbox: Outbox, closed: str):
    over_a_weekend(outbox, "error:not_in_channel")
    outbox.workspace.faults.add(POST, closed, times=1000)
    outbox.after(CURE)
    outbox.after(9 * MINUTE)
    within = outbox.states()
    outbox.after(2 * MINUTE)

    assert (within, outbox.states()) == ({"pending": 1}, {"dead": 1})


def test_an_alert_that_may_go_elsewhere_has_its_minutes_after_a_weekend_without_a_token(
    workspace: Playground, sqlite: Database, policy: Policy
):
    channels = elsewhere(policy, "night-watch").channels.model_copy(update={"fallback": "general"})
    outbox = Outbox(workspace, sqlite, policy.model_copy(update={"channels": channels}), pace=REAL)
    create(workspace, "night-watch")
    over_a_weekend(outbox, "error:token_revoked")
    workspace.faults.add(POST, "error:not_in_channel", times=2)
    outbox.after(CURE)
    outbox.after(CURE)
    outbox.after(CURE)

    assert timedelta(seconds=3 * CURE) < REAL.for_good
    assert (outbox.posted("night-watch"), outbox.states()) == (["alert"], {"sent": 1})
