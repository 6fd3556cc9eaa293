"""The clock of the machine is compared with Slack's: a difference is named, a large one keeps the bot from being ready."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.application import Application
from bot.slack.skew import Skew
from playground.hosting import Playground
from storage.database import Database
from tests.bot.carrying import HandClock
from tests.conftest import free_port


def dated(ahead: float, clock: HandClock) -> dict[str, str]:
    """The headers of an answer by a Slack whose clock is so far ahead."""
    return {"date": format_datetime(datetime.now(UTC) + timedelta(seconds=ahead - clock.ahead), usegmt=True)}


def heard(*ahead: float) -> Skew:
    skew = Skew(clock := HandClock())
    for each in ahead:
        skew.hear(dated(each, clock), clock.monotonic())
    return skew


@pytest.mark.parametrize(
    ("ahead", "said"), [(0, None), (58, None), (63, "seconds behind"), (-63, "seconds ahead"), (-900, "seconds ahead")]
)
def test_a_difference_of_more_than_a_minute_is_named(ahead: float, said: str | None):
    (trouble,) = [str(one) for one in heard(*[ahead] * 5).troubles()] or [None]

    assert trouble is None if said is None else said in trouble


@pytest.mark.parametrize(("ahead", "too_much"), [(290, False), (-290, False), (310, True), (-310, True)])
def test_more_than_five_minutes_are_too_much(ahead: float, too_much: bool):
    assert heard(*[ahead] * 5).too_much is too_much


def test_one_odd_answer_among_many_says_nothing():
    assert heard(0, 0, 4000, 0, 0).troubles() == []


def test_two_answers_are_too_few_and_those_of_long_ago_do_not_count():
    skew = heard(400, 400)
    few = skew.seconds()
    skew = heard(400, 400, 400)
    skew._clock.ahead += 700

    assert few is None
    assert skew.seconds() is None


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": ""}])
def test_an_answer_without_a_date_and_one_that_took_long_are_left_out(headers: dict[str, str]):
    skew, clock = heard(0, 0, 0), HandClock()
    skew.hear(headers, clock.monotonic())
    for _time in range(9):
        skew.hear(dated(500, clock), clock.monotonic() - 6)

    assert skew.troubles() == []


def test_it_is_logged_once_when_it_begins_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING, "bot.slack.skew")
    heard(*[0] * 4, *[100] * 12, *[0] * 12)

    assert [record.message for record in caplog.records] == ["the clock differs from Slack's", "the clock agrees with Slack's again"]


def test_the_running_bot_names_it_and_is_not_ready_beyond_five_minutes(
    workspace: Playground, sqlite: Database, launch: Callable[..., Application]
):
    port = free_port()
    application = launch(workspace, sqlite, port=port)
    ready = page(port)
    workspace.core.weather.change({"ahead": 100})
    named = asked(application, workspace, port)
    workspace.core.weather.change({"ahead": -400})
    refused = asked(application, workspace, port)

    assert ready == (200, "")
    assert named[0] == 200
    assert "seconds behind Slack's" in named[1]
    assert refused[0] == 503
    assert "seconds ahead of Slack's" in refused[1]


def asked(application: Application, workspace: Playground, port: int) -> tuple[int, str]:
    """What the health page says after some more answers of Slack's."""
    for _time in range(9):
        application.channels.audience.info("C0ALERTS", keep=0)
    return page(port)


def page(port: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            said = json.load(answer)
            return answer.status, " ".join(said["troubles"])
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)["why"]
