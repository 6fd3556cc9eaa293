"""What is seen where and by whom, in a real browser."""

from __future__ import annotations

import urllib.request

import pytest
from slack_sdk import WebClient

from playground.hosting import Playground
from tests.playground.page.window import IN_A_BROWSER, WIDE, Window, answered, expect

pytestmark = IN_A_BROWSER


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="380"><rect width="400" height="380" fill="teal"/></svg>'


def test_another_person_sees_the_messages_but_not_the_whispers(window: Window) -> None:
    answered(window)
    window.say(f"Good morning & <b>hello</b> {window.narrow}")

    window.side("person-U0MEI")

    assert "as=U0MEI" in window.page.url
    expect(window.message(f"Good morning & <b>hello</b> {window.narrow}").last).to_be_visible()
    expect(window.page.locator("[data-ephemeral=true]")).to_have_count(0)
    expect(window.get("channel-deals")).to_have_count(0)


def test_the_home_tab_shows_what_the_app_published(window: Window) -> None:
    window.side("open-home")

    expect(window.get("home")).to_contain_text("Your desk")


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_an_empty_channel_offers_the_commands_of_the_app(window: Window) -> None:
    window.side("channel-risk-audit")
    window.get("try").click()

    expect(window.get("composer")).to_have_value("/risk ")


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_what_came_since_the_last_look_is_marked(window: Window, pg: Playground) -> None:
    pg.person("ana").read("risk-digest")
    pg.person("mei").send("risk-digest", "Something to read")
    expect(window.get("channel-risk-digest").locator(".badge")).to_have_text("1")
    window.side("channel-risk-digest")

    expect(window.get("new-line")).to_be_visible()
    expect(window.get("channel-risk-digest").locator(".badge")).to_have_count(0)


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_channel_opens_at_its_end_although_its_pictures_come_late(window: Window, pg: Playground) -> None:
    client = WebClient(pg.bot_token, base_url=pg.api_url)
    for number in range(3):
        content = DRAWING + b" " * number
        sent = client.files_getUploadURLExternal(filename=f"{number}.svg", length=len(content))
        urllib.request.urlopen(sent["upload_url"], content).read()
        client.files_completeUploadExternal(files=[{"id": sent["file_id"]}])
        image = {"type": "image", "slack_file": {"id": sent["file_id"]}, "alt_text": "a drawing"}
        client.chat_postMessage(channel="C0SIGNALS", text="a drawing", blocks=[image])
    window.side("channel-risk-signals")
    expect(window.get("messages").locator("img")).to_have_count(3)
    window.page.wait_for_timeout(300)

    log = window.get("messages")
    assert log.evaluate("log => log.scrollHeight > log.clientHeight")
    assert log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 80
