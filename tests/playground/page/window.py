"""One person's window on the playground, in a real browser."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from playground.person import PATIENCE

BROWSERS = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, BROWSERS) if path), None)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-quic"
)
WIDE, NARROW = 1280, 390
expect.set_options(timeout=PATIENCE * 1000)
# what every test of a page is
IN_A_BROWSER = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")]


class Window:
    """One person's window on the playground."""

    def __init__(self, page: Any, width: int) -> None:
        self.page = page
        self.narrow = width < 720
        self.get = page.get_by_test_id

    def idle(self) -> None:
        self.page.evaluate("window.__idle()")

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.idle()

    def side(self, testid: str) -> None:
        """Choose something in the side bar, which is a drawer on a narrow screen."""
        if self.narrow:
            self.get("show-sidebar").click()
        self.get(testid).click()
        self.idle()

    def say(self, text: str) -> None:
        self.get("composer").fill(text)
        self.get("send").click()
        self.idle()

    def element(self, block_id: str) -> Any:
        return self.page.locator(f"[data-block-id={block_id}] [data-testid=element]")

    def error(self, block_id: str) -> Any:
        return self.page.locator(f"[data-testid=field-error][data-block-id={block_id}]")

    def message(self, words: str) -> Any:
        return self.get("messages").get_by_test_id("message").filter(has_text=words)


def answered(window: Window) -> Any:
    """Type the command with completion; returns the answer."""
    box = window.get("composer")
    box.press_sequentially("/ri")
    expect(window.get("completion")).to_contain_text("Customer risk")
    box.press("Enter")
    box.press_sequentially("li")
    box.press("Tab")
    expect(box).to_have_value("/risk list ")
    box.press("Enter")
    window.idle()
    return window.message("Two open risks").last
