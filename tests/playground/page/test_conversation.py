"""Talking to the app in a real browser: commands, threads, shortcuts."""

from __future__ import annotations

import pytest

from tests.playground.page.window import IN_A_BROWSER, WIDE, Window, answered, expect

pytestmark = IN_A_BROWSER


def test_a_command_completed_from_the_list_is_answered_to_its_asker_alone(window: Window) -> None:
    answer = answered(window)

    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator("strong")).to_have_text("open")


def test_a_thread_opens_beside_its_message_and_takes_replies(window: Window) -> None:
    window.say(f"@Riskbot look {window.narrow}")
    asked = window.message(f"look {window.narrow}").last
    asked.get_by_test_id("open-thread").click()
    pane = window.get("thread-pane")
    expect(pane).to_contain_text("I am in the thread")
    window.get("thread-composer").fill("Thank you")
    window.get("thread-composer").press("Enter")
    expect(pane).to_contain_text("Thank you")
    window.get("thread-close").click()

    expect(asked).to_contain_text("2 replies")
    expect(window.message("Thank you")).to_have_count(0)


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_message_shortcut_opens_with_the_message_and_escape_closes_it(window: Window) -> None:
    window.say("Porto Wind pays late")
    message = window.message("Porto Wind pays late").last
    message.hover()
    message.get_by_test_id("more-actions").click()
    window.page.get_by_role("menuitem", name="Make it a risk").click()
    expect(window.get("modal")).to_contain_text("Porto Wind pays late")
    window.page.keyboard.press("Escape")

    expect(window.get("modal")).to_have_count(0)


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_command_nobody_knows_is_not_sent_to_the_channel(window: Window) -> None:
    window.get("composer").fill("/rsik list")
    window.get("send").click()

    expect(window.message("/rsik is not a valid command")).to_be_visible()
    expect(window.get("composer")).to_have_value("/rsik list")
