"""The whole path with a mouse and a keyboard, in a real browser in front of the real bot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from playground.person import PATIENCE
from tests.playground.page.window import ARGUMENTS, CHROMIUM, IN_A_BROWSER, NARROW, WIDE, Window, expect
from tests.stories.desk import Desk

pytestmark = IN_A_BROWSER

Opened = Callable[..., Window]


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield chromium
        chromium.close()


@pytest.fixture
def window(desk: Desk, browser: Any) -> Iterator[Opened]:
    """Opens windows; none of them may fail, or ask another host than the workspace."""
    contexts, troubles = [], []

    def watch(request: Any) -> None:
        if not request.url.startswith(desk.workspace.url):
            troubles.append(request.url)

    def open_one(width: int, person: str, channel: str) -> Window:
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", watch)
        shown = Window(page, width)
        shown.go(f"{desk.workspace.url}/?as={person}&channel={channel}")
        return shown

    yield open_one
    for context in contexts:
        context.close()

    assert troubles == []


def complete(window: Window, letters: str, command: str) -> None:
    """Type a command by its first letters, taking what the completion offers, and send it."""
    box = window.get("composer")
    box.press_sequentially("/ri")
    expect(window.get("completion")).to_contain_text("/risk")
    box.press("Enter")
    box.press_sequentially(letters)
    box.press("Tab")
    expect(box).to_have_value(f"/risk {command} ")
    box.press("Enter")
    window.idle()


def choose(window: Window, field: str, letters: str, option: str) -> None:
    """Search in a select and take what it offers."""
    window.element(field).fill(letters)
    window.get("option").filter(has_text=option).first.click()


def approve(window: Window, request: str, *, decided: str) -> None:
    """Press *Approve* on the card; once more if the facts changed while it was read, as the first score comes when it likes."""
    card, refusal = window.message(request).first, window.message("nothing was decided: please review them again")
    card.locator("[data-action-id='approval.approve']").click()
    window.get("confirm-yes").click()
    expect(refusal.or_(window.message(decided)).last).to_be_visible()
    if refusal.count():
        expect(card).to_contain_text("changed since the request")
        card.locator("[data-action-id='approval.approve']").click()
        window.get("confirm-yes").click()


def test_a_risk_goes_from_a_completed_command_to_an_approval_that_everybody_sees(window: Opened):
    ana = window(WIDE, "U0ANA", "C0GENERAL")

    complete(ana, "lo", "log")
    expect(ana.get("modal")).to_contain_text("Log a risk")
    choose(ana, "customer", "acme stel", "Acme Steel (ACME)")
    choose(ana, "category", "cre", "credit")
    choose(ana, "likelihood", "4", "4 · likely")
    choose(ana, "severity", "3", "3 · moderate")
    choose(ana, "scope", "2", "2 · one customer")
    ana.get("modal-submit").click()
    expect(ana.error("title")).to_have_text("Please complete this required field.")
    ana.element("title").fill("lost its main buyer")
    ana.get("modal-submit").click()
    expect(ana.get("modal")).to_have_count(0)
    card = ana.message("R-1 · ").last
    expect(card).to_contain_text("lost its main buyer")
    expect(card).to_contain_text("Only visible to you")

    card.locator("[data-action-id='risk.respond']").click()
    expect(ana.get("modal")).to_contain_text("Respond to a risk")
    choose(ana, "strategy", "red", "reduce")
    ana.element("measure").fill("assign the receivables to us")
    ana.get("modal-submit").click()
    expect(ana.message("A-1 is with the approvers").last).to_be_visible()

    watching, omar = window(WIDE, "U0MEI", "C0APPROVALS"), window(WIDE, "U0OMAR", "C0APPROVALS")
    approve(omar, "assign the receivables to us", decided="A-1 is approved")

    for seen in (omar.message("assign the receivables to us").first, watching.message("assign the receivables to us").first):
        expect(seen).to_contain_text("✅ approved")
        expect(seen).to_contain_text("Omar Haddad")
        expect(seen.locator("[data-action-id^='approval.']")).to_have_count(0)
    expect(omar.message("A-1 is approved").last).to_contain_text("Only visible to you")


def test_on_a_narrow_screen_the_first_step_fits(window: Opened):
    ana = window(NARROW, "U0ANA", "C0GENERAL")

    complete(ana, "li", "list")
    answer = ana.message("5 customers").last

    expect(answer).to_contain_text("Acme Steel")
    assert ana.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_another_person_is_chosen_in_the_same_window_and_does_not_see_the_whispers(window: Opened):
    ana = window(WIDE, "U0ANA", "C0SIGNALS")
    ana.say("/risk show ACME")
    expect(ana.message("Acme Steel").last).to_be_visible()

    ana.side("person-U0OMAR")

    expect(ana.page.locator("[data-ephemeral=true]")).to_have_count(0)
