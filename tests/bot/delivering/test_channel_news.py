"""News of channels: however much comes at once, it takes one place among the workers, and the list of names is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.receiving.intake import Intake
from bot.working.executor import Executor
from bot.working.pool import USUAL, Pool
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from tests.bot.executing import executor_for

ALERTS = "C0ALERTS"


@dataclass
class Later(Pool):
    """Work that waits until it is let go; ``full``, nothing is taken."""

    waiting: list[Callable[[], None]] = field(default_factory=list)
    closed: bool = False

    def submit(self, work: Callable[[], None], *, priority: int = USUAL) -> bool:
        if not self.closed:
            self.waiting.append(work)
        return not self.closed

    def let_go(self) -> int:
        """Do what waits; how much it was."""
        now, self.waiting = self.waiting, []
        for work in now:
            work()
        return len(now)


@pytest.fixture
def executor(workspace: Playground, sqlite: Database, policy: Policy) -> Executor:
    made = executor_for(workspace, sqlite, policy)
    made.courier.channels.look(ALERTS)
    return made


def joined(number: int = 0, user: str = "U0") -> dict[str, Any]:
    return {"type": "member_joined_channel", "channel": ALERTS, "user": f"{user}{number}"}


def test_a_hundred_joins_take_one_place_among_the_workers_and_the_next_is_looked_at_again(executor: Executor):
    pool = Later()
    intake = Intake(executor, pool)
    for number in range(100):
        intake.channel_changed(joined(number))
    first = pool.let_go()
    intake.channel_changed(joined())

    assert (first, pool.let_go()) == (1, 1)


def test_news_that_found_no_place_is_looked_at_when_more_comes(executor: Executor):
    pool = Later(closed=True)
    intake = Intake(executor, pool)
    intake.channel_changed(joined())
    pool.closed = False
    intake.channel_changed(joined())

    assert pool.let_go() == 1


def test_a_hundred_people_who_become_guests_take_one_place(executor: Executor):
    pool = Later()
    intake = Intake(executor, pool)
    for number in range(100):
        intake.somebody_changed({"type": "user_change", "user": {"id": f"U9{number}", "is_restricted": True}})

    assert pool.let_go() == 1


@pytest.mark.parametrize(
    ("event", "lists"),
    [
        (joined(), 0),
        ({"type": "channel_shared", "channel": ALERTS}, 0),
        ({"type": "channel_rename", "channel": {"id": ALERTS, "name": "other"}}, 1),
        ({"type": "group_unarchive", "channel": ALERTS}, 1),
        ({"type": "channel_left", "channel": ALERTS}, 1),
        ({"type": "member_joined_channel", "channel": ALERTS, "user": "the bot"}, 1),
    ],
    ids=lambda value: value["type"] + " " + str(value.get("user", "")) if isinstance(value, dict) else str(value),
)
def test_the_list_of_names_is_read_again_only_after_news_of_names_or_of_the_bot(
    executor: Executor, workspace: Playground, event: dict[str, Any], lists: int
):
    channels = executor.courier.channels
    channels.resolve("channel:risk-alerts")
    before = len(workspace.wire.calls("conversations.list"))
    if event.get("user") == "the bot":
        event = event | {"user": executor.client.auth_test()["user_id"]}
    channels.told(event)
    channels.resolve("channel:risk-alerts")

    assert len(workspace.wire.calls("conversations.list")) - before == lists
