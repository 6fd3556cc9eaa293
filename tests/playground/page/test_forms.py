"""Forms in a real browser: their errors, their searches, their files."""

from __future__ import annotations

import pytest

from tests.playground.page.window import IN_A_BROWSER, WIDE, Window, answered, expect

pytestmark = IN_A_BROWSER


def test_a_form_shows_its_errors_searches_and_ends_in_a_message(window: Window) -> None:
    answered(window).locator("[data-action-id=open]").click()
    expect(window.element("customer")).to_be_focused()
    window.get("modal-submit").click()
    expect(window.error("title")).to_have_text("Please complete this required field.")
    window.element("customer").fill("Porto")
    window.get("option").filter(has_text="Porto Wind 2").click()
    window.element("title").fill("Double trouble")
    window.element("due").fill("2026-09-30")
    window.get("modal-submit").click()
    expect(window.error("title")).to_have_text("R-9 has that title.")
    expect(window.error("customer")).to_be_hidden()
    window.element("title").fill("Dry wind")
    window.get("modal-submit").click()

    expect(window.get("modal")).to_have_count(0)
    expect(window.message("Logged Dry wind for Porto Wind 2, due 2026-09-30").last).to_be_visible()


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_what_was_said_about_a_field_goes_when_it_is_changed(window: Window) -> None:
    answered(window).locator("[data-action-id=open]").click()
    window.get("modal-submit").click()
    expect(window.error("title")).to_be_visible()
    expect(window.error("customer")).to_be_visible()
    window.element("title").press_sequentially("D")
    expect(window.error("title")).to_be_hidden()
    expect(window.element("title")).to_have_attribute("aria-invalid", "false")
    expect(window.error("customer")).to_be_visible()
    window.element("customer").fill("Porto")
    window.get("option").filter(has_text="Porto Wind 2").click()

    expect(window.error("customer")).to_be_hidden()
    expect(window.page.locator(".modal .invalid")).to_have_count(0)
    window.get("modal-cancel").click()


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_chosen_file_reaches_the_app_with_the_form(window: Window) -> None:
    window.say("/risk file")
    window.element("file").set_input_files({"name": "deck.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    expect(window.get("modal")).to_contain_text("deck.pdf is not one of .csv.")
    window.element("file").set_input_files({"name": "book.csv", "mimeType": "text/csv", "buffer": b"id,name"})
    window.idle()
    window.get("modal-submit").click()

    expect(window.message("Got book.csv, 7 bytes").last).to_be_visible()
