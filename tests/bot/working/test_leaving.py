"""Somebody who has left, or become a guest, is out at once: what they pressed before is not done, and a decision asks Slack afresh."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from bot.slack.people import People
from bot.working.executor import Executor
from commands.kit.access.access import Outside
from commands.kit.contract import Refused
from playground.hosting import Playground
from playground.workspace import happenings
from risk_engine.people.membership import Member
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.people import people
from storage.sight import EVERYTHING
from tests.bot.carrying import HandClock, slack
from tests.bot.executing import EVA, MAKER, OMAR, RISK, approval_waits, carry_out, ends, executor_for, heard, keep, load, ticket, titles
from tests.conftest import eventually

GONE = "This account is deactivated."


@pytest.fixture
def executor(workspace: Playground, sqlite: Database, policy: Policy, tmp_path: Path) -> Executor:
    load(sqlite, tmp_path)
    return executor_for(workspace, sqlite, policy)


def approve(executor: Executor, button: str) -> None:
    executor.write(keep(executor.database, ticket("approval.approve", {"key": button}, OMAR)))


def test_an_approval_by_somebody_who_has_left_is_refused_although_slacks_event_was_lost(workspace: Playground, executor: Executor):
    (button,) = approval_waits(executor)
    executor.people.user(OMAR)
    executor.courier.clock.move(3)
    workspace.happens(happenings.changes, OMAR, deleted=True, quietly=True)
    approve(executor, button)

    assert ends(executor.database)[-1] == "refused"
    assert GONE in str(list(workspace.core.workspace.ephemerals("C0GENERAL", OMAR)))


@pytest.mark.parametrize("fault", ["error:internal_error", "429", "reset_before"])
def test_an_approval_is_refused_in_words_while_slack_does_not_say_who_decides(workspace: Playground, executor: Executor, fault: str):
    (button,) = approval_waits(executor)
    executor.people.user(OMAR)
    executor.courier.clock.move(3)
    workspace.faults.add("users.info", fault, times=1)
    approve(executor, button)
    refused = heard(workspace, "omar")[-1]
    approve(executor, button)

    assert refused == ("Slack did not confirm that your account is active, so nothing was decided. Please try again in a minute.")
    assert ends(executor.database)[-2:] == ["refused", "done"]


@pytest.mark.parametrize("facts", [{"deleted": True}, {"is_restricted": True}, {"is_ultra_restricted": True}])
def test_a_request_that_was_queued_is_not_carried_out_after_its_asker_has_left(workspace: Playground, executor: Executor, facts: dict):
    key = keep(executor.database, ticket("log", RISK))
    executor.people.changed({"id": MAKER, **facts})
    executor.write(key)

    assert titles(executor.database) == []
    assert ends(executor.database) == ["refused"]


def test_a_form_that_was_open_is_refused_after_its_owner_has_left(executor: Executor):
    executor.people.changed({"id": MAKER, "deleted": True})

    with pytest.raises(Refused, match=GONE):
        executor.change_now(ticket("log", RISK), patience=1)

    assert titles(executor.database) == []


def test_a_question_that_was_queued_is_not_answered_after_its_asker_became_a_guest(workspace: Playground, executor: Executor):
    asked = ticket("show", {"customer": "ACME"})
    executor.people.changed({"id": MAKER, "is_restricted": True})
    executor.read(asked)

    assert "Acme Steel" not in str(workspace.core.workspace.ephemerals("C0GENERAL", MAKER))
    assert "guests cannot see or change it" in heard(workspace, "ana")[-1]


def test_an_event_that_comes_while_slack_is_asked_is_not_overtaken_by_the_older_answer(workspace: Playground):
    people = People(slack(workspace), HandClock(), masked=lambda: False)
    slow = workspace.faults.add("users.info", "slow", seconds=0.4)
    asking = threading.Thread(target=lambda: people.user(OMAR))
    asking.start()
    eventually(lambda: slow.times == 0)
    people.changed({"id": OMAR, "deleted": True})
    asking.join()

    assert people.why_outside(OMAR) is Outside.LEFT


def test_a_new_status_costs_no_question_and_a_new_name_is_known(workspace: Playground):
    people = People(slack(workspace), HandClock(), masked=lambda: False)
    people.user(OMAR)
    news = [people.changed({"id": OMAR, "real_name": "Omar Haddad-Silva", "profile": {"display_name": "omar.hs"}}) for _time in range(3)]
    asked = len(workspace.wire.calls("users.info"))

    assert news == [False, False, False]
    assert people.name_of(OMAR) == "omar.hs"
    assert people.changed({"id": OMAR, "is_restricted": True})
    assert len(workspace.wire.calls("users.info")) == asked


def test_an_event_counts_more_than_a_late_answer_of_slacks_and_a_return_is_seen_at_once(workspace: Playground):
    people = People(slack(workspace), HandClock(), masked=lambda: False)
    people.changed({"id": OMAR, "deleted": True})
    out = people.why_outside(OMAR, within=0)
    people.changed({"id": OMAR, "deleted": False})

    assert out is Outside.LEFT
    assert people.why_outside(OMAR) is None


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        ({"deleted": True}, "whose account is not that of a full member any more: the delegation is not in force."),
        ({"guest": True}, "whose account is not that of a full member any more: the delegation is not in force."),
        ({}, "does not confirm that the account of <@U0OMAR> is active, so nothing was decided."),
    ],
)
def test_nobody_decides_on_behalf_of_somebody_who_has_left(workspace: Playground, executor: Executor, happens: dict, said: str):
    with executor.database.begin(EVERYTHING, write=True) as tx:
        for person, role in {MAKER: Role.RISK_MANAGER, OMAR: Role.APPROVER, EVA: Role.RISK_MANAGER}.items():
            people.save(tx, Member(person, frozenset({role}), frozenset(), "U0ADA", executor.clock.now()))
    until = executor.clock.now().date() + timedelta(days=5)
    carry_out(executor, "delegate", {"to": EVA, "until": str(until), "reason": "holiday"}, OMAR)
    (button,) = approval_waits(executor)
    executor.people.user(OMAR)
    executor.courier.clock.move(3)
    if happens:
        workspace.happens(happenings.changes, OMAR, quietly=True, **happens)
    else:
        # Slack is asked about Eva first
        workspace.faults.add("users.info", "error:internal_error", times=1, after=1)
    executor.write(keep(executor.database, ticket("approval.approve", {"key": button}, EVA)))
    refused = heard(workspace, "eva")[-1], ends(executor.database)[-1]
    workspace.happens(happenings.changes, OMAR, quietly=True, deleted=False, guest=False)
    executor.courier.clock.move(700)
    executor.write(keep(executor.database, ticket("approval.approve", {"key": button}, EVA)))

    assert said in refused[0]
    assert (refused[1], ends(executor.database)[-1]) == ("refused", "done")
