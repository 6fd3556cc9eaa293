"""A workspace with a small app in it, and a browser in front of it: one of each a file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from slack_bolt.adapter.socket_mode import SocketModeHandler

from playground.hosting import Playground
from playground.person import PATIENCE
from tests.playground.page.app import MANIFEST, TOUR, small_app
from tests.playground.page.window import ARGUMENTS, CHROMIUM, NARROW, WIDE, Window


@pytest.fixture(scope="module")
def pg() -> Iterator[Playground]:
    """A workspace with the small app connected."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "SLACK_CLIENT_ID"):
            patch.delenv(name, raising=False)
        tour = Path(folder) / "tour.json"
        tour.write_text(json.dumps({"steps": TOUR}), "utf-8")
        with Playground(folder, rate_limits=False, manifest=MANIFEST, tour=tour) as workspace:
            handler = SocketModeHandler(small_app(workspace), workspace.app_token)
            handler.connect()
            workspace.wait_for_bot()
            yield workspace
            handler.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield chromium
        chromium.close()


# as on a telephone: the longer ring; at every change a story looks at a narrow window
@pytest.fixture(params=[WIDE, pytest.param(NARROW, marks=pytest.mark.long)])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def window(pg: Playground, browser: Any, width: int) -> Iterator[Window]:
    """Ana's window on #general; the page must neither fail nor ask any other host."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url) if not request.url.startswith(pg.url) else None)
    shown = Window(page, width)
    shown.go(f"{pg.url}/?as=U0ANA&channel=C0GENERAL")
    yield shown
    context.close()

    assert troubles == []
