"""What the page has around the conversation, in a real browser: the tour, the wire log, the switches."""

from __future__ import annotations

import pytest

from tests.playground.page.window import IN_A_BROWSER, WIDE, Window, expect

pytestmark = IN_A_BROWSER


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_the_wire_log_tells_how_long_the_ack_took(window: Window) -> None:
    window.say("/risk list")
    window.get("wire-toggle").click()
    row = window.get("wire-entry").filter(has_text="slash_commands /risk list").last

    expect(row).to_contain_text("acked")
    row.get_by_test_id("wire-open").click()
    expect(window.get("wire-detail")).to_contain_text('text: "list"')
    expect(row.locator(".via")).to_have_text("WS")


def test_a_step_of_the_first_minute_is_ticked_off_when_run_and_stays_so(window: Window) -> None:
    step = window.get("tour-step").first
    step.get_by_test_id("tour-run").click()
    window.idle()
    expect(window.message("Two open risks").last).to_be_visible()
    expect(window.get("tour-count")).to_have_text("1 of 3")
    window.go(window.page.url)

    expect(step).to_have_attribute("data-done", "true")
    window.get("tour-dismiss").click()
    window.go(window.page.url)
    expect(window.get("tour-step")).to_have_count(0)


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_step_that_opens_a_form_is_ticked_off_when_the_form_is_sent(window: Window) -> None:
    step = window.get("tour-step").nth(2)
    step.get_by_test_id("tour-run").click()
    expect(window.get("modal")).to_be_visible()
    window.idle()
    expect(step).to_have_attribute("data-done", "false")
    window.element("file").set_input_files({"name": "book.csv", "mimeType": "text/csv", "buffer": b"id,name"})
    window.idle()
    window.get("modal-submit").click()

    expect(step).to_have_attribute("data-done", "true")


def test_a_fault_that_is_on_is_in_sight_until_it_is_turned_off(window: Window) -> None:
    expect(window.get("fault-bar")).to_be_hidden()
    window.get("controls-toggle").click()
    window.get("fault-slow").check()
    expect(window.get("fault-bar")).to_contain_text("answers come 2 s late")
    window.page.keyboard.press("Escape")
    window.get("faults-off").click()

    expect(window.get("fault-bar")).to_be_hidden()


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_chosen_theme_is_kept(window: Window) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = window.page.evaluate(ground)
    window.get("controls-toggle").click()
    window.get("theme-dark").check()
    window.go(window.page.url)

    assert window.page.evaluate(ground) != light


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_forgetting_asks_first(window: Window) -> None:
    window.say("here for a moment")
    window.get("controls-toggle").click()
    window.get("reset").click()
    window.get("confirm-no").click()
    expect(window.message("here for a moment")).to_be_visible()
    window.get("controls-toggle").click()
    window.get("reset").click()
    window.get("confirm-yes").click()

    expect(window.message("here for a moment")).to_have_count(0)
