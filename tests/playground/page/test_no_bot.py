"""The page of a workspace in HTTP mode to which no bot has come, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from playground.hosting import Playground
from tests.playground.page.app import MANIFEST
from tests.playground.page.window import IN_A_BROWSER, WIDE, Window, expect

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    with Playground(tmp_path_factory.mktemp("alone"), manifest=MANIFEST, transport="http", bot_url="http://127.0.0.1:9/") as workspace:
        yield workspace


def test_a_missing_bot_is_said_to_be_missing_and_a_slack_that_is_down_to_be_down(alone: Playground, browser: Any) -> None:
    page = browser.new_page()
    shown = Window(page, WIDE)
    shown.go(f"{alone.url}/?as=U0ANA&channel=C0GENERAL")
    expect(shown.get("bot-state")).to_have_text("Riskbot is not connected")
    expect(page.locator("#banner")).to_contain_text("Riskbot is not connected: commands and buttons will not be answered.")
    shown.get("controls-toggle").click()
    shown.get("fault-down").check()

    expect(shown.get("bot-state")).to_have_text("Slack is down")
    expect(page.locator("#banner")).to_be_hidden()
    expect(shown.get("fault-bar")).to_contain_text("Slack is down.")
    page.close()
