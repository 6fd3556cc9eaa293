"""A channel subscribes to a digest and gets it the next morning, in its own language and time, its detail in the thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.application import Application
from playground.hosting import Playground
from risk_engine.policy.policy import Policy
from storage.database import Database
from tests.bot.carrying import HandClock
from tests.commands.conftest import Book
from tests.conftest import eventually
from tests.stories.desk import ask, buttons, words


@pytest.fixture
def everyday(policy: Policy) -> Policy:
    """A policy with a digest on all days, and a Chinese channel."""
    digest = policy.digest.model_copy(update={"weekdays": (1, 2, 3, 4, 5, 6, 7)})
    language = policy.language.model_copy(update={"channels": {"deals": "zh-CN"}})
    return policy.model_copy(update={"digest": digest, "language": language})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def application(
    workspace: Playground, sqlite: Database, launch: Callable[..., Application], everyday: Policy, clock: HandClock
) -> Application:
    return launch(workspace, sqlite, policy=everyday, clock=clock)


def until(local: time, clock: HandClock) -> None:
    """Move the clock to this time, UTC, of the next date."""
    now = clock.now()
    clock.move((datetime.combine(now.date() + timedelta(days=1), local, tzinfo=UTC) - now).total_seconds())


def test_a_subscribed_channel_gets_its_digest_once_with_the_rest_in_the_thread(
    workspace: Playground, application: Application, clock: HandClock, tmp_path: Path, everyday: Policy
):
    ana = workspace.person("ana")
    answer = ask(ana, "/risk digest subscribe at=00:00 timezone=Asia/Shanghai", "deals")
    until(time(17), clock)
    book = Book(application.database, everyday, tmp_path)
    book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(20)), at=clock.now() - timedelta(hours=2))
    rows = [f"X{n:02},days_past_due,{clock.now().date() - timedelta(days=1)},31" for n in range(20)]
    book.observe(*rows, at=clock.now() - timedelta(hours=1))
    ran = [application.ticker.tick(), application.ticker.tick()]
    application.courier.wake()
    digest = ana.wait_message("deals", "Xylo")
    replies = eventually(lambda: ana.messages("deals", digest["ts"])[1:])

    assert "(Asia/Shanghai)" in answer["text"]
    assert ran[1] == 0
    assert "Xylo 19" in words(replies[0])
    assert len([seen for seen in ana.messages("deals") if "Xylo" in words(seen)]) == 1
    assert "GMT+8" in words(digest) or "+0800" in words(digest)


def test_no_digest_where_it_cannot_be_posted_or_is_sent_already(workspace: Playground, application: Application):
    ana = workspace.person("ana")

    assert "invite me" in ask(ana, "/risk digest subscribe", "random")["text"]
    # the day's own digest may come to this channel in between
    ana.send("risk-digest", "/risk digest subscribe")
    assert ana.wait_message("risk-digest", "The policy sends a digest to this channel")["ephemeral"]
    assert "A digest belongs to a channel" in ask(ana, "/risk digest subscribe", "dm")["text"]


def test_the_card_has_buttons_that_subscribe_pause_resume_and_unsubscribe_and_shows_what_came_of_each(
    workspace: Playground, application: Application
):
    ana = workspace.person("ana")
    card = ask(ana, "/risk digest", "general")
    shown = []

    for action, heading in (
        ("digest.subscribe", "has its own digest"),
        ("digest.pause", "is paused"),
        ("digest.resume", "has its own digest"),
        ("digest.unsubscribe", "has no digest"),
    ):
        ana.press(card, action)
        card = ana.wait_message("general", lambda seen, heading=heading: heading in seen["text"])
        shown.append(buttons(card))

    assert [each[0] for each in shown] == ["digest.pause", "digest.resume", "digest.pause", "digest.subscribe"]
    assert len([seen for seen in ana.messages("general") if "digest" in seen["text"]]) == 1
