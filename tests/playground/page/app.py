"""A small app on real Bolt: a command, a button, a searching form, a thread and a Home tab."""

from __future__ import annotations

from typing import Any

import slack_bolt
from slack_sdk import WebClient

from playground.hosting import Playground

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


TOUR = [
    {"title": "List", "text": "Try it.", "command": "/risk list"},
    {"title": "Show", "text": "Try it.", "command": "/risk show"},
    {"title": "Hand in", "text": "A form opens.", "command": "/risk file", "form": "files"},
]
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
