"""What is given up is told once a cause to those who can mend it, goes to the fallback channel, and is carried anew at a word."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from bot import gauges
from bot.delivering.undelivered import Undelivered
from playground.block_kit.blocks import text_of
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.delivery import deliveries
from storage.delivery import outbox as storage_outbox
from storage.delivery.deliveries import Operation
from storage.schema import DeliveryRow, EventRow, NoticeRow
from storage.sight import EVERYTHING
from tests.bot.carrying import Outbox
from tests.bot.conftest import Typed, written
from tests.bot.executing import carry_out, executor_for, heard, ticket
from tests.conftest import MONDAY

POST = "chat.postMessage"
ADMIN = "U0EVA"


def with_fallback(policy: Policy, name: str = "risk-signals") -> Policy:
    return policy.model_copy(update={"channels": policy.channels.model_copy(update={"fallback": name})})


@pytest.fixture
def application(policy: Policy) -> Policy:
    """The packaged policy where one person administers."""
    return policy.model_copy(update={"roles": policy.roles.known_as(members={}, administrators=[ADMIN])})


@pytest.fixture
def outbox(workspace: Playground, sqlite: Database, application: Policy) -> Outbox:
    return Outbox(workspace, sqlite, application)


def watcher(outbox: Outbox) -> Undelivered:
    courier = outbox.courier
    # who administers by setting is known to the people of the running bot
    courier.people._administrators = frozenset({ADMIN})
    return Undelivered(outbox.database, courier.policies, courier.people, outbox.clock, courier.wake)


def fail(outbox: Outbox, *texts: str, error: str = "msg_too_long", **more: str) -> None:
    outbox.workspace.faults.add(POST, f"error:{error}", times=len(texts))
    outbox.queue(*texts, **more)
    outbox.carry()


def told(outbox: Outbox) -> list[str]:
    """What the audit channel and the administrator read of it."""
    outbox.carry()
    eva = outbox.workspace.person("eva")
    return [message["text"] for channel in ("risk-audit", "dm") for message in eva.messages(channel)]


def test_what_is_given_up_is_told_once_to_the_audit_channel_and_the_administrator(outbox: Outbox):
    fail(outbox, "one", "two", "three")
    watch = watcher(outbox)
    ticks = [watch.tick(), watch.tick()]
    first = told(outbox)
    fail(outbox, "four")
    ticks += [watch.tick(), watch.tick()]

    assert ticks == [True, False, False, False]
    assert first == ["3 messages undelivered"] * 2
    assert told(outbox) == first, "the same cause is no news"
    assert watch.troubles() == ["#risk-alerts: 4 messages undelivered · Slack finds the message too long"]


def test_two_watchers_tell_it_once(outbox: Outbox):
    fail(outbox, "one")
    ticks = [watcher(outbox).tick(), watcher(outbox).tick()]

    assert ticks == [True, False]
    assert told(outbox) == ["1 message undelivered"] * 2


def test_what_is_told_names_the_channel_and_the_cause_in_words(outbox: Outbox):
    fail(outbox, "one")
    watcher(outbox).tick()
    outbox.carry()
    (message,) = outbox.workspace.person("eva").messages("risk-audit")

    assert "#risk-alerts\n:\n1 message undelivered\n·\nSlack finds the message too long" in text_of(message["blocks"])


def test_a_telling_that_dies_is_not_told_of(outbox: Outbox):
    fail(outbox, "one")
    watch = watcher(outbox)
    watch.tick()
    outbox.workspace.faults.add(POST, "error:msg_too_long", times=100)
    outbox.carry()
    ticks = [watch.tick() for _ in range(3)]
    with outbox.database.begin(EVERYTHING) as tx:
        tellings = tx.connection.execute(sa.select(sa.func.count()).where(NoticeRow.name == "outbox.trouble")).scalar_one()

    assert (ticks, tellings, outbox.states()) == ([False] * 3, 2, {"dead": 3})


def test_what_waits_for_ten_minutes_is_told_and_so_is_its_cause(outbox: Outbox):
    outbox.workspace.faults.add(POST, "error:restricted_action", times=10_000)
    outbox.queue("alert")
    outbox.carry()
    watch = watcher(outbox)
    early = watch.tick()
    outbox.clock.move(601)
    late = watch.tick()
    outbox.workspace.faults.clear()

    assert (early, late) == (False, True)
    assert told(outbox)[-1] == "1 message undelivered"


# --- the fallback channel ------------------------------------------------------------------------------------------------


def falling_back(outbox: Outbox) -> Outbox:
    return Outbox(outbox.workspace, outbox.database, with_fallback(outbox.policy))


def test_an_alert_that_is_given_up_goes_to_the_fallback_channel_marked_as_what_it_is(outbox: Outbox):
    outbox = falling_back(outbox)
    fail(outbox, "Acme is red")

    (text,) = outbox.posted("risk-signals")
    assert text.startswith("↪️ Intended for #risk-alerts, where it could not be delivered: Slack finds the message too long.")
    assert text.endswith("Acme is red")
    assert outbox.states() == {"dead": 1, "sent": 1}


def test_what_is_no_alert_does_not_go_there_and_nothing_does_without_one(outbox: Outbox):
    fail(outbox, "Acme is red")
    outbox = falling_back(outbox)
    fail(outbox, "the digest", audience="route:digest")
    fail(outbox, "for Ana", audience="person:U0ANA")

    assert (outbox.posted("risk-signals"), outbox.states()) == ([], {"dead": 3})


def test_an_alert_whose_channel_stays_away_for_ten_minutes_goes_there_and_so_does_its_thread(outbox: Outbox):
    outbox = falling_back(outbox)
    outbox.workspace.person("ana").send("risk-alerts", "/remove @Riskbot")
    outbox.queue("Acme is red", thread="B-1")
    outbox.queue("Acme has worsened", thread="B-1", operation=Operation.REPLY)
    outbox.carry()
    for _ in range(18):
        outbox.after(31)
    early = outbox.posted("risk-signals")
    for _ in range(4):
        outbox.after(31)
    (opening,) = outbox.workspace.person("ana").messages("risk-signals")
    thread = outbox.posted("risk-signals", opening["ts"])

    assert early == []
    assert [text.rsplit(". ", 1)[-1] for text in thread] == ["Acme is red", "Acme has worsened"]


def test_a_copy_that_dies_too_ends_there(outbox: Outbox):
    outbox = falling_back(outbox)
    outbox.workspace.faults.add(POST, "error:msg_too_long", times=10)
    outbox.queue("Acme is red")
    outbox.carry()

    assert (outbox.calls(), outbox.states()) == (2, {"dead": 2})


def test_a_dead_message_is_copied_once_however_often_it_dies(outbox: Outbox):
    outbox = falling_back(outbox)
    fail(outbox, "Acme is red")
    executor = executor_for(outbox.workspace, outbox.database, outbox.policy, outbox.clock)
    executor.people._administrators = frozenset({ADMIN})
    carry_out(executor, "outbox requeue", {"what": "all"}, ADMIN)
    outbox.workspace.faults.add(POST, "error:msg_too_long")
    outbox.carry()

    assert len(outbox.posted("risk-signals")) == 1


# --- carried anew ---------------------------------------------------------------------------------------------------------


def test_an_administrator_lists_what_is_dead_and_lets_it_be_carried_anew(outbox: Outbox):
    fail(outbox, "one", "two")
    executor = executor_for(outbox.workspace, outbox.database, outbox.policy, outbox.clock)
    executor.people._administrators = frozenset({ADMIN})
    asked = ticket("outbox", {}, ADMIN)
    executor.read(asked)
    listed = heard(outbox.workspace, "eva")
    carry_out(executor, "outbox requeue", {"what": "2"}, ADMIN)
    outbox.carry()
    carry_out(executor, "outbox requeue", {"what": "msg_too_long"}, ADMIN)
    carry_out(executor, "outbox requeue", {"what": "all"}, ADMIN)
    outbox.carry()
    with outbox.database.begin(EVERYTHING) as tx:
        trail = tx.connection.execute(sa.select(EventRow.kind, EventRow.actor).where(EventRow.kind == "outbox.requeued")).all()

    assert listed == ["2 messages undelivered"]
    assert heard(outbox.workspace, "eva")[1:] == [
        "1 message will be sent again",
        "1 message will be sent again",
        "No undelivered message matches “all”. `/risk outbox` lists them.",
    ]
    assert sorted(outbox.posted()) == ["one", "two"]
    assert trail == [("outbox.requeued", ADMIN)] * 2


def test_somebody_who_does_not_administer_is_refused(outbox: Outbox):
    fail(outbox, "one")
    executor = executor_for(outbox.workspace, outbox.database, outbox.policy, outbox.clock)
    carry_out(executor, "outbox requeue", {"what": "all"}, "U0ANA")

    assert "You need the role" in heard(outbox.workspace, "ana")[0]
    assert outbox.states() == {"dead": 1}


def test_what_may_have_arrived_is_looked_for_before_it_is_carried_anew(outbox: Outbox):
    outbox.workspace.faults.add(POST, "html_after")
    outbox.workspace.faults.add("conversations.history", "error:msg_too_long")
    outbox.queue("alert")
    outbox.carry()
    outbox.after(5)
    dead = outbox.states()
    with outbox.database.begin(EVERYTHING, write=True) as tx:
        storage_outbox.requeue(tx, now=outbox.clock.now())
    outbox.carry()

    assert dead == {"dead": 1}
    assert (outbox.posted(), outbox.calls(), outbox.states()) == (["alert"], 1, {"sent": 1})


def test_the_metrics_count_what_is_dead_by_cause_and_forget_it_when_it_is_not(outbox: Outbox):
    fail(outbox, "one", "two")
    outbox.clock.move(30)
    with outbox.database.begin(EVERYTHING) as tx:
        gauges.read(tx, now=outbox.clock.now())
    before = generate_latest().decode()
    with outbox.database.begin(EVERYTHING, write=True) as tx:
        storage_outbox.requeue(tx, now=outbox.clock.now())
    outbox.carry()
    with outbox.database.begin(EVERYTHING) as tx:
        gauges.read(tx, now=outbox.clock.now())
    after = generate_latest().decode()

    assert 'riskbot_undelivered{cause="msg_too_long",state="dead"} 2.0' in before
    assert 'riskbot_deliveries{state="dead"} 2.0' in before
    assert 'riskbot_undelivered{cause="msg_too_long"' not in after
    assert 'riskbot_deliveries{state="dead"} 0.0' in after
    assert "riskbot_outbox_oldest_seconds 0.0" in after


# --- at the terminal ------------------------------------------------------------------------------------------------------


def test_the_command_line_lists_and_requeues(typed: Typed, tmp_path: Path):
    typed("import", "customers", written("customers.csv", "id,name\nACME,Acme\n"))
    database = Database("sqlite:///riskbot.db")
    with database.begin(EVERYTHING, write=True) as tx:
        deliveries.enqueue(tx, "answer", facts={"text": "x", "blocks": []}, audience="route:alerts", reason="", thread="t", at=MONDAY)
        tx.connection.execute(sa.update(DeliveryRow).values(state="dead", error="is_archived"))
    code, said, _complained = typed("outbox")
    wrong = [typed("outbox", "requeue", what) for what in ("99", "never_heard_of")]
    anew = typed("outbox", "requeue", "--all")
    again = typed("outbox", "requeue", "--all")
    with database.begin(EVERYTHING) as tx:
        trail = tx.connection.execute(sa.select(EventRow.kind).where(EventRow.kind == "outbox.requeued")).all()
    database.close()

    assert (code, said.splitlines()[0]) == (0, "0 waiting, 1 undelivered.")
    assert "the channel is archived (is_archived)" in said
    assert [(one[0], one[2]) for one in wrong] == [
        (1, "There is no message 99 in the outbox: python -m bot outbox lists them.\n"),
        (1, "No undelivered message matches “never_heard_of”: expected a number, “all”, or one of is_archived.\n"),
    ]
    assert (anew[0], anew[1], again[0]) == (0, "1 will be sent again: 1\n", 1)
    assert len(trail) == 1
