"""The page in a real browser, in front of the real workspace and a small app on real Bolt."""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
slack_bolt = pytest.importorskip("slack_bolt", reason="slack-bolt is not installed")

from slack_bolt.adapter.socket_mode import SocketModeHandler  # noqa: E402
from slack_sdk import WebClient  # noqa: E402

from playground.hosting import Playground  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
CHROMIUM = next((path for path in map(shutil.which, BROWSERS) if path), None)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-quic"
)
WIDE, NARROW = 1280, 390

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")]
expect = sync_api.expect

MANIFEST: dict[str, Any] = {
    "features": {
        "bot_user": {"display_name": "Riskbot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/risk", "description": "Customer risk", "usage_hint": "[help|list|log]", "should_escape": True}],
        "shortcuts": [{"name": "Make it a risk", "type": "message", "callback_id": "take_over", "description": "Takes the text over"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "app_mentions:read", "reactions:write", "im:history", "files:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "app_home_opened"]}},
}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def choice(text: str, value: str) -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def button(action_id: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": {"action_id": "value", **element}, **more}


FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Log a risk"),
    "submit": plain("Save"),
    "blocks": [
        field("customer", "Customer", {"type": "external_select", "min_query_length": 2}),
        field("title", "Title", {"type": "plain_text_input", "min_length": 5}),
        field("due", "Due", {"type": "datepicker"}, optional=True),
    ],
}
ANSWER = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Two *open* risks"}},
    {"type": "actions", "elements": [button("open", "Open form", style="primary")]},
]


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="380"><rect width="400" height="380" fill="teal"/></svg>'
TOUR = [{"title": f"Step {command}", "text": "Try it.", "command": command} for command in ("/risk list", "/risk show", "/risk file")]
FILE_FORM = {
    "type": "modal",
    "callback_id": "files",
    "title": plain("Evidence"),
    "submit": plain("Save"),
    "blocks": [
        field("file", "File", {"type": "file_input", "filetypes": ["csv"], "max_files": 1}),
        field("story", "Story", {"type": "rich_text_input"}, optional=True),
    ],
}


def small_app(pg: Playground) -> Any:
    """An app with a command, a button, a searching form, a thread and a Home tab."""
    app = slack_bolt.App(client=WebClient(pg.bot_token, base_url=pg.api_url))

    @app.command("/risk")
    def risk(ack: Any, respond: Any, command: Any, client: Any) -> None:
        ack()
        if command["text"] == "file":
            client.views_open(trigger_id=command["trigger_id"], view=FILE_FORM)
            return
        respond(text="Two open risks", blocks=ANSWER)

    @app.action("open")
    def open_form(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("value")
    def customers(ack: Any, payload: Any) -> None:
        ack(options=[choice(f"{payload['value']} Wind {number}", str(number)) for number in (1, 2)])

    @app.view("form")
    def save(ack: Any, view: Any, client: Any) -> None:
        values = {block: state["value"] for block, state in view["state"]["values"].items()}
        title = values["title"]["value"]
        if title.startswith("Double"):
            ack(response_action="errors", errors={"title": "R-9 has that title."})
            return
        ack()
        customer = values["customer"]["selected_option"]["text"]["text"]
        client.chat_postMessage(channel="C0GENERAL", text=f"Logged *{title}* for {customer}, due {values['due']['selected_date']}")

    @app.view("files")
    def save_files(ack: Any, view: Any, client: Any) -> None:
        ack()
        file = view["state"]["values"]["file"]["value"]["files"][0]
        client.chat_postMessage(channel="C0GENERAL", text=f"Got {file['name']}, {file['size']} bytes")

    @app.event("app_mention")
    def mentioned(event: Any, say: Any) -> None:
        say("I am in the thread", thread_ts=event["ts"])

    @app.event("app_home_opened")
    def home(event: Any, client: Any) -> None:
        blocks = [{"type": "header", "text": plain("Your desk")}]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.shortcut("take_over")
    def take_over(ack: Any, body: Any, client: Any) -> None:
        ack()
        words = [{"type": "section", "text": plain(body["message"]["text"])}]
        client.views_open(trigger_id=body["trigger_id"], view={"type": "modal", "title": plain("From a message"), "blocks": words})

    return app


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
            workspace.wait_for_bot(5)
            yield workspace
            handler.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield chromium
        chromium.close()


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


@pytest.fixture(params=[WIDE, NARROW])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def window(pg: Playground, browser: Any, width: int) -> Iterator[Window]:
    """Ana's window on #general; the page must neither fail nor ask any other host."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.set_default_timeout(5000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: troubles.append(request.url) if not request.url.startswith(pg.url) else None)
    shown = Window(page, width)
    shown.go(f"{pg.url}/?as=U0ANA&channel=C0GENERAL")
    yield shown
    context.close()

    assert troubles == []


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


def test_a_command_completed_from_the_list_is_answered_to_its_asker_alone(window: Window) -> None:
    answer = answered(window)

    expect(answer).to_contain_text("Only visible to you")
    expect(answer.locator("strong")).to_have_text("open")


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
def test_an_empty_channel_offers_the_commands_of_the_app(window: Window) -> None:
    window.side("channel-risk-audit")
    window.get("try").click()

    expect(window.get("composer")).to_have_value("/risk ")


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_the_wire_log_tells_how_long_the_ack_took(window: Window) -> None:
    window.say("/risk list")
    window.get("wire-toggle").click()
    row = window.get("wire-entry").filter(has_text="slash_commands /risk list").last

    expect(row).to_contain_text("acked")
    row.get_by_test_id("wire-open").click()
    expect(window.get("wire-detail")).to_contain_text('text: "list"')
    expect(row.locator(".via")).to_have_text("WS")


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_a_command_nobody_knows_is_not_sent_to_the_channel(window: Window) -> None:
    window.get("composer").fill("/rsik list")
    window.get("send").click()

    expect(window.message("/rsik is not a valid command")).to_be_visible()
    expect(window.get("composer")).to_have_value("/rsik list")


SHOWN = """async (text) => {
  const { mrkdwn } = await import("/static/mrkdwn.js");
  const box = document.createElement("div");
  box.append(...mrkdwn(text));
  return box.innerHTML;
}"""


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_mrkdwn_is_read_as_slack_reads_it(window: Window) -> None:
    cases = {
        "*bold* and _it_ and ~gone~": "<strong>bold</strong> and <em>it</em> and <s>gone</s>",
        "2*3*4 and snake_case_name": "2*3*4 and snake_case_name",
        "`a *b*` &lt;i&gt;": "<code>a *b*</code> &lt;i&gt;",
        "> one\n> two\nthree": "<blockquote>one\ntwo</blockquote>three",
        ":white_check_mark: :nope: 10:30:45": "✅ :nope: 10:30:45",
        "<javascript:alert(1)|x>": "<span>x</span>",
        "<img src=x onerror=alert(1)>": "<span>img src=x onerror=alert(1)</span>",
        "<!date^soon^{date}|then>": "<time>then</time>",
    }

    assert {text: window.page.evaluate(SHOWN, text) for text in cases} == cases


WIDTHS = """() => {
  const block = document.createElement("pre");
  block.className = "code-block";
  document.body.append(block);
  return import("/static/cells.js").then(({ cells }) => {
    const width = (text) => {
      const line = document.createElement("span");
      line.append(...cells(text));
      block.replaceChildren(line);
      return line.getBoundingClientRect().width;
    };
    return ["aaaaaaaa", "风险四个", "🔴🟢aaaa", "▲─a●aaaa"].map(width);
  });
}"""


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_wide_characters_take_exactly_two_cells_of_a_code_block(window: Window) -> None:
    latin, *others = window.page.evaluate(WIDTHS)

    assert others == pytest.approx([latin] * 3, abs=0.1)


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
def test_a_chosen_file_reaches_the_app_with_the_form(window: Window) -> None:
    window.say("/risk file")
    window.element("file").set_input_files({"name": "deck.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    expect(window.get("modal")).to_contain_text("deck.pdf is not one of .csv.")
    window.element("file").set_input_files({"name": "book.csv", "mimeType": "text/csv", "buffer": b"id,name"})
    window.idle()
    window.get("modal-submit").click()

    expect(window.message("Got book.csv, 7 bytes").last).to_be_visible()


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_what_came_since_the_last_look_is_marked(window: Window, pg: Playground) -> None:
    pg.person("ana").read("risk-digest")
    pg.person("mei").send("risk-digest", "Something to read")
    expect(window.get("channel-risk-digest").locator(".badge")).to_have_text("1")
    window.side("channel-risk-digest")

    expect(window.get("new-line")).to_be_visible()
    expect(window.get("channel-risk-digest").locator(".badge")).to_have_count(0)


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
