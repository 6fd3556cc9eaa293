"""The bot takes back what it has posted: after the policy's days, or when figures have stood long enough."""

from __future__ import annotations

from datetime import timedelta

import pytest

from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deletions
from storage.delivery.deliveries import Operation
from storage.sight import EVERYTHING
from tests.bot.carrying import Outbox

DAY = 86_400
YEAR = 365 * DAY


@pytest.fixture
def outbox(workspace: Playground, sqlite: Database, policy: Policy) -> Outbox:
    return Outbox(workspace, sqlite, policy)


def clear(outbox: Outbox, after: float) -> int:
    """Move the clock, then delete until nothing is due; how many were looked at."""
    outbox.clock.move(after)
    steps = 0
    while outbox.courier.deletions.step():
        steps += 1
        outbox.clock.move(outbox.courier.deletions.between)
    return steps


def with_days(policy: Policy, days: int) -> Policy:
    return policy.model_copy(update={"privacy": policy.privacy.model_copy(update={"messages_days": days})})


def test_what_is_older_than_the_policys_days_is_deleted_in_channels_threads_and_direct_messages(outbox: Outbox):
    outbox.queue("Acme is red", thread="B-1")
    outbox.queue("Acme has worsened", thread="B-1", operation=Operation.REPLY)
    outbox.queue("only for Ana", audience="person:U0ANA")
    outbox.carry()
    (opening,) = outbox.workspace.person("ana").messages("risk-alerts")
    steps = clear(outbox, YEAR)

    assert steps == 3
    assert outbox.posted("dm") == []
    assert "Acme" not in str(outbox.workspace.person("ana").messages("risk-alerts"))
    assert outbox.calls("chat.delete") == 3
    assert opening["ts"]


def test_what_is_younger_stays(outbox: Outbox):
    outbox.queue("Acme is red")
    outbox.carry()

    assert (clear(outbox, YEAR - DAY), outbox.posted()) == (0, ["Acme is red"])


def test_a_policy_of_no_days_keeps_everything_but_figures(workspace: Playground, sqlite: Database, policy: Policy):
    outbox = Outbox(workspace, sqlite, with_days(policy, 0))
    outbox.queue("Acme is red")
    outbox.queue("figures", audience="person:U0ANA", expires_at=outbox.clock.now() + timedelta(minutes=15))
    outbox.carry()
    before = outbox.posted("dm")
    clear(outbox, 15 * 60 + 5)

    assert (before, outbox.posted("dm"), outbox.posted()) == (["figures"], [], ["Acme is red"])


def test_figures_whose_time_is_over_before_they_went_out_are_never_posted(outbox: Outbox):
    outbox.queue("figures", audience="person:U0ANA", expires_at=outbox.clock.now() + timedelta(minutes=15))
    outbox.after(15 * 60 + 1)

    assert (outbox.calls(), outbox.posted("dm"), outbox.states()) == (0, [], {"sent": 1})


def test_a_message_that_somebody_has_deleted_before_counts_as_deleted(outbox: Outbox):
    outbox.queue("Acme is red")
    outbox.carry()
    (message,) = outbox.workspace.person("ana").messages("risk-alerts")
    outbox.courier.client.chat_delete(channel=outbox.courier.channels.resolve("route:alerts"), ts=message["ts"])
    first, second = clear(outbox, YEAR), clear(outbox, DAY)

    assert (first, second) == (1, 0)
    with outbox.database.begin(EVERYTHING) as tx:
        assert deletions.refused(tx) == []


def test_what_slack_does_not_let_us_delete_is_named_and_tried_again_a_day_later(outbox: Outbox):
    outbox.queue("Acme is red")
    outbox.carry()
    client = outbox.courier.deletions.client
    refused = type(client)(client.token, base_url=client.base_url.replace("/api/", "/nowhere/"), skew=client.skew)
    outbox.courier.deletions.client = refused
    first = clear(outbox, YEAR)
    with outbox.database.begin(EVERYTHING) as tx:
        told = deletions.refused(tx)
    outbox.courier.deletions.client = client
    second = clear(outbox, DAY)

    assert (first, second, outbox.posted()) == (1, 1, [])
    assert [(audience, count) for audience, _error, count in told] == [("route:alerts", 1)]


def test_a_deleted_message_is_not_rewritten_and_news_about_it_stand_on_their_own(outbox: Outbox):
    outbox.queue("Acme is red", thread="B-1")
    outbox.carry()
    clear(outbox, YEAR)
    outbox.queue("Acme is red, acknowledged", thread="B-1", operation=Operation.UPDATE)
    outbox.queue("Acme is back within bounds", thread="B-1", operation=Operation.REPLY)
    outbox.carry()

    assert outbox.posted() == ["Acme is back within bounds"]
    assert (outbox.calls("chat.update"), outbox.states()) == (0, {"sent": 3})


def test_two_processes_delete_a_message_once(outbox: Outbox):
    outbox.queue("Acme is red", "Nova is red")
    outbox.carry()
    other = outbox.another()
    outbox.clock.move(YEAR)
    steps = [one.deletions.step() for one in (outbox.courier, other)]
    outbox.clock.move(10)
    more = [one.deletions.step() for one in (outbox.courier, other)]

    assert (steps, more, outbox.calls("chat.delete")) == ([True, True], [False, False], 2)
