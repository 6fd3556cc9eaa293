"""What is meant for a place that is not there yet waits, is named in words, and goes out once when the place is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.application import Application
from playground.hosting import Playground
from playground.workspace.seed import BOT_USER, Channel
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries
from storage.sight import EVERYTHING
from tests.bot.carrying import PACE, HandClock, Outbox
from tests.conftest import eventually

CURE = PACE.cure.total_seconds() + 1


@pytest.fixture
def outbox(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, sqlite, elsewhere(policy, "night-watch"))


def elsewhere(policy: Policy, name: str) -> Policy:
    """The policy with its alerts in another channel."""
    return policy.model_copy(update={"channels": policy.channels.model_copy(update={"alerts": name})})


def create(workspace: Playground, name: str, *, with_bot: bool = True) -> None:
    people = {"U0ANA", "U0OMAR"} | ({BOT_USER} if with_bot else set())
    workspace.core.workspace.channels["C0NIGHT"] = Channel("C0NIGHT", name, "public", "", people)


def invite(workspace: Playground, channel: str) -> None:
    workspace.person("ana").send(channel, "/invite @Riskbot")


def test_a_message_for_a_missing_channel_waits_and_goes_out_once_when_the_channel_exists(outbox: Outbox):
    outbox.queue("alert", thread="B-1")
    outbox.queue("elsewhere", audience="route:digest")
    outbox.carry()
    waiting = (outbox.states(), outbox.posted("risk-digest"))
    outbox.after(130)
    named = outbox.status()
    create(outbox.workspace, "night-watch")
    outbox.after(CURE)

    assert waiting == ({"pending": 1, "sent": 1}, ["elsewhere"])
    assert named == [("route:alerts", "There is no channel #night-watch that I can see: create it, or invite me.", 1)]
    assert (outbox.posted("night-watch"), outbox.states(), outbox.status()) == (["alert"], {"sent": 2}, [])
    assert outbox.calls("conversations.history") == 0, "waiting is not an attempt"


def test_a_message_for_a_channel_without_the_bot_waits_until_it_is_invited(outbox: Outbox):
    create(outbox.workspace, "night-watch", with_bot=False)
    outbox.queue("alert")
    outbox.carry()
    outbox.after(130)
    named = outbox.status()
    invite(outbox.workspace, "night-watch")
    outbox.after(CURE)

    assert named == [("route:alerts", "I am not in #night-watch: invite me with /invite.", 1)]
    assert (outbox.posted("night-watch"), outbox.states()) == (["alert"], {"sent": 1})


def test_a_channel_that_the_bot_is_thrown_out_of_keeps_its_messages_waiting(workspace: Playground, sqlite: Database, policy: Policy):
    outbox = Outbox(workspace, sqlite, policy)
    outbox.queue("before")
    outbox.carry()
    workspace.person("ana").send("risk-alerts", "/remove @Riskbot")
    outbox.queue("while away")
    outbox.carry()
    outbox.after(CURE)
    away = (outbox.posted(), outbox.states())
    invite(workspace, "risk-alerts")
    outbox.after(CURE)

    assert away == (["before"], {"sent": 1, "pending": 1})
    assert outbox.posted() == ["before", "while away"]


def test_a_channel_given_by_its_id_waits_just_the_same(workspace: Playground, sqlite: Database, policy: Policy):
    outbox = Outbox(workspace, sqlite, elsewhere(policy, "C0NIGHT"))
    outbox.queue("alert")
    outbox.carry()
    waiting = outbox.states()
    create(workspace, "whatever-it-is-called")
    outbox.after(CURE)

    assert waiting == {"pending": 1}
    assert outbox.posted("whatever-it-is-called") == ["alert"]


@pytest.mark.parametrize(
    "error", ["invalid_auth", "token_revoked", "missing_scope", "account_inactive", "is_archived", "restricted_action"]
)
def test_what_an_administrator_can_mend_is_waited_for(outbox: Outbox, error: str):
    create(outbox.workspace, "night-watch")
    outbox.workspace.faults.add("chat.postMessage", f"error:{error}", times=2)
    outbox.queue("alert")
    outbox.carry()
    outbox.after(CURE)
    told = outbox.states()
    outbox.after(CURE)

    assert told == {"pending": 1}
    assert outbox.posted("night-watch") == ["alert"]


def test_somebody_who_left_does_not_hold_up_the_others(outbox: Outbox):
    outbox.queue("to nobody", audience="person:U0GONE")
    outbox.queue("to Ana", audience="person:U0ANA")
    outbox.carry()

    assert outbox.posted("dm") == ["to Ana"]
    assert outbox.states() == {"pending": 1, "sent": 1}


def test_the_running_bot_names_the_channel_in_status_and_delivers_when_it_appears(
    workspace: Playground, sqlite: Database, policy: Policy, launch: Callable[..., Application]
):
    clock = HandClock()
    application = launch(workspace, sqlite, policy=elsewhere(policy, "night-watch"), pace=PACE, clock=clock)
    ana = workspace.person("ana")
    with sqlite.begin(EVERYTHING, write=True) as tx:
        facts = {"text": "alert", "blocks": []}
        deliveries.enqueue(tx, "answer", facts=facts, audience="route:alerts", reason="a test", thread="B-1", at=clock.now())
    application.courier.wake()
    eventually(lambda: workspace.wire.calls("conversations.list"))
    ana.send("general", "/risk status")
    before = ana.wait_message("general", "night-watch")
    create(workspace, "night-watch")
    clock.move(CURE)
    application.check_channels()
    ana.wait_message("night-watch", "alert")
    ana.send("general", "/risk status")
    after = ana.wait_message("general", "in order", after=before["ts"])

    assert "1 item needs attention" in before["text"]
    assert "Everything is in order" in after["text"]


def test_the_log_says_once_that_messages_wait(outbox: Outbox, caplog: pytest.LogCaptureFixture):
    outbox.queue("alert", thread="B-1")
    outbox.carry()
    outbox.after(CURE)
    outbox.after(2 * CURE)

    assert [record.getMessage() for record in caplog.records if "wait" in record.getMessage()] == ["messages wait"]
