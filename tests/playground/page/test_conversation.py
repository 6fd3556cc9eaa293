"""Talking to the app in a real browser: commands, threads, shortcuts."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient

from playground.hosting import Playground
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


@pytest.fixture
def full(window: Window, pg: Playground) -> Window:
    """A window on a channel that is longer than the screen."""
    client = WebClient(pg.bot_token, base_url=pg.api_url)
    for number in range(12):
        client.chat_postMessage(channel="C0GENERAL", text=f"{number} " + "a long story about a borrower " * 12)
    expect(window.message("11 a long story").last).to_be_in_viewport()
    return window


def test_whoever_asks_while_reading_further_up_is_taken_to_the_answer(full: Window) -> None:
    full.get("messages").evaluate("log => (log.scrollTop = 0)")
    full.page.wait_for_timeout(100)
    full.say("/risk list")

    expect(full.message("Two open risks").last).to_be_in_viewport(ratio=0.9)


def test_what_others_say_leaves_a_reader_where_they_are(full: Window, pg: Playground) -> None:
    full.get("messages").evaluate("log => (log.scrollTop = 0)")
    full.page.wait_for_timeout(100)
    pg.person("mei").send("general", "Something else")
    expect(full.message("Something else").last).to_be_attached()

    assert full.get("messages").evaluate("log => log.scrollTop") == 0


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_the_end_stays_in_sight_when_the_window_changes_its_size(full: Window) -> None:
    last = full.message("11 a long story").last
    for size in ({"width": 760, "height": 800}, {"width": 420, "height": 600}, {"width": 1280, "height": 500}):
        full.page.set_viewport_size(size)
        full.page.wait_for_timeout(150)

        expect(last).to_be_in_viewport()
        assert full.get("messages").evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2
    full.page.set_viewport_size({"width": 420, "height": 600})
    full.say("/risk list")

    expect(full.message("Two open risks").last).to_be_in_viewport(ratio=0.9)
