"""Slack is asked while no lock is held: however slow it is, nobody else's request waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.working.executor import Executor
from playground.hosting import Playground
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.people import people
from storage.sight import EVERYTHING
from tests.bot.executing import EVA, MAKER, OMAR, button_keys, carry_out, ends, executor_for, heard, load, ticket

CHANNEL = {"key": "channels.digest", "value": "deals", "reason": "the digest is read in this channel now"}
ROLES = {"key": "roles.others", "value": "[viewer]", "reason": "nobody without a role writes any more"}


@pytest.fixture
def executor(workspace: Playground, database: Database, policy: Policy, tmp_path: Path) -> Executor:
    """A house with an analyst who proposes, and an administrator and a risk manager who guard what is protected."""
    load(database, tmp_path)
    executor = executor_for(workspace, database, policy)
    executor.policies.begin(file=None, at=datetime.now(UTC))
    with database.begin(EVERYTHING, write=True) as tx:
        for person, role in ((MAKER, Role.ANALYST), (EVA, Role.ADMINISTRATOR), (OMAR, Role.RISK_MANAGER)):
            given = replace(people.get(tx, person), roles=frozenset({role}), given_by=EVA, given_at=datetime.now(UTC))
            people.save(tx, given)
    return executor


@pytest.fixture
def asked(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """What Slack was asked, and whether anybody could have written meanwhile."""
    found: dict[str, bool] = {}
    call = WebClient.api_call

    def probe(client: WebClient, method: str, **options: Any) -> Any:
        try:
            with executor.database.begin(EVERYTHING, write=True, patience=0.02):
                found[method] = found.get(method, True)
        except Busy:
            found[method] = False
        return call(client, method, **options)

    monkeypatch.setattr(WebClient, "api_call", probe)
    return found


def test_a_policy_change_asks_slack_about_its_channel_while_others_can_write(executor: Executor, asked: dict[str, bool]):
    executor.change_now(ticket("policy change", CHANNEL), patience=2)

    assert asked["conversations.list"]
    assert all(asked.values()), asked


def test_a_policy_change_counts_the_members_while_others_can_write(executor: Executor, asked: dict[str, bool]):
    carry_out(executor, "policy change", ROLES)

    assert asked["users.list"]
    assert all(asked.values()), asked


def test_a_yes_asks_slack_about_the_channel_while_others_can_write(executor: Executor, database: Database, asked: dict[str, bool]):
    carry_out(executor, "policy change", CHANNEL)
    (key,) = button_keys(database, executor.policies.now)
    asked.clear()
    carry_out(executor, "approval.approve", {"key": key}, EVA)

    assert asked["conversations.info"]
    assert all(asked.values()), asked
    assert ends(database) == ["done", "done"]


def test_a_subscription_asks_slack_which_channel_this_is_while_others_can_write(executor: Executor, asked: dict[str, bool]):
    carry_out(executor, "digest subscribe", {}, EVA)
    executor.courier.channels.forget()
    asked.clear()
    carry_out(executor, "digest subscribe", {}, EVA)

    assert asked
    assert all(asked.values()), asked


def test_a_slack_that_cannot_be_reached_refuses_a_yes_in_words(
    executor: Executor, workspace: Playground, database: Database, policy: Policy, monkeypatch: pytest.MonkeyPatch
):
    carry_out(executor, "policy change", CHANNEL)
    (key,) = button_keys(database, executor.policies.now)
    call = WebClient.api_call

    def unreachable(client: WebClient, method: str, **options: Any) -> Any:
        if method.startswith("conversations."):
            raise ConnectionResetError
        return call(client, method, **options)

    monkeypatch.setattr(WebClient, "api_call", unreachable)
    executor.courier.channels.forget()
    carry_out(executor, "approval.approve", {"key": key}, EVA)

    assert ends(database)[-1] == "refused"
    assert "Slack does not say whether channel deals exists: ConnectionResetError." in heard(workspace, "eva")[-1]
