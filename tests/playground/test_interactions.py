"""A real Bolt app and a person at the keyboard, over both transports."""

from __future__ import annotations

import pytest

BUTTON = {"type": "button", "action_id": "approval.approve", "value": "42", "text": {"type": "plain_text", "text": "Approve"}}
NAME = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20},
}


def modal(*blocks, **more):
    title = {"type": "plain_text", "text": more.pop("title", "A form")}
    return {"type": "modal", "title": title, "submit": {"type": "plain_text", "text": "Save"}, "blocks": list(blocks), **more}


def section(text, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


@pytest.fixture
def ana(either):
    return either.person("ana")


def test_a_slash_command_brings_every_field_and_its_ack_is_for_the_asker_alone(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack, body: ack(f"You said {body['text']}"))

    sent = ana.send("general", "/risk status A & B <ok> @omar #deals")

    body = bot.bodies[-1]
    assert sent["ok"]
    assert sent["ack_ms"] > 0
    assert body["text"] == "status A &amp; B &lt;ok&gt; <@U0OMAR|omar> <#C0DEALS|deals>"
    assert {k: body[k] for k in ("command", "user_id", "user_name", "channel_id", "channel_name", "team_id", "is_enterprise_install")} == {
        "command": "/risk",
        "user_id": "U0ANA",
        "user_name": "ana",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "team_id": "T0PLAYGRND",
        "is_enterprise_install": "false",
    }
    assert ana.messages("general")[-1]["ephemeral"]
    assert ana.messages("general")[-1]["text"] == sent["text"]
    assert either.person("omar").messages("general") == []


def test_a_command_that_does_not_ask_for_escaping_gets_what_was_typed(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/plain")(lambda ack: ack())

    ana.send("dm", "/plain a<b @omar")

    assert bot.bodies[-1]["text"] == "a<b @omar"
    assert bot.bodies[-1]["channel_name"] == "directmessage"


def test_an_ack_may_speak_to_the_whole_channel(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack: ack(text="Look", blocks=[section("*Look*")], response_type="in_channel"))

    ana.send("risk-alerts", "/risk")

    assert either.person("mei").wait_message("risk-alerts", "*Look*")["bot_id"] == "B0RISKBOT"


def test_an_ack_with_bad_blocks_is_refused_to_the_persons_face(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack: ack(text="Look", blocks=[{"type": "section"}]))

    sent = ana.send("general", "/risk")

    assert (sent["ok"], sent["error"]) == (False, "invalid_command_response")


def test_pressing_a_button_of_a_message_tells_the_bot_what_where_and_who(either, bolt, ana):
    bot = bolt(either)
    bot.app.action("approval.approve")(lambda ack, respond: (ack(), respond("Done", replace_original=True)))
    bot.app.client.chat_postMessage(channel="C0GENERAL", text="Decide", blocks=[{"type": "actions", "block_id": "b", "elements": [BUTTON]}])

    pressed = ana.press(ana.wait_message("general", "Approve"), "approval.approve")

    body = bot.told("block_actions")[0]
    assert pressed["ok"]
    assert body["actions"][0]["value"] == "42"
    assert body["actions"][0]["block_id"] == "b"
    assert body["container"]["is_ephemeral"] is False
    assert body["message"]["text"] == "Decide"
    assert body["state"] == {"values": {}}
    changed = ana.wait_message("general", "Done")
    assert "blocks" not in changed


def test_an_ephemeral_message_is_not_part_of_its_payload_and_changes_only_by_response_url(either, bolt, ana):
    bot = bolt(either)
    bot.app.action("approval.approve")(lambda ack, respond: (ack(), respond("Seen", replace_original=True)))
    posted = bot.app.client.chat_postEphemeral(
        channel="C0GENERAL", user="U0ANA", text="Psst", blocks=[{"type": "actions", "elements": [BUTTON]}]
    )

    ana.press(ana.wait_message("general", "Approve"), "approval.approve")

    body = bot.told("block_actions")[0]
    assert "message" not in body
    assert body["container"]["is_ephemeral"] is True
    assert ana.wait_message("general", "Seen")["ts"] == posted["message_ts"]
    assert len(ana.messages("general")) == 1


def test_a_choice_in_a_message_is_remembered_in_its_state(either, bolt, ana):
    bot = bolt(either)
    bot.app.action("pick")(lambda ack: ack())
    bot.app.action("approval.approve")(lambda ack: ack())
    options = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("red", "green")]
    select = {"type": "static_select", "action_id": "pick", "options": options}
    blocks = [{"type": "actions", "block_id": "b", "elements": [select, BUTTON]}]
    bot.app.client.chat_postMessage(channel="C0GENERAL", text="Colour?", blocks=blocks)
    message = ana.wait_message("general", "red")

    ana.select(message, "pick", "green")
    ana.press(message, "approval.approve")

    first, second = bot.told("block_actions")
    assert first["actions"][0]["selected_option"]["value"] == "green"
    assert second["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "green"


def test_a_modal_opens_complains_and_closes(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=FORM)))

    @bot.app.view("form")
    def save(ack, view):
        name = view["state"]["values"]["name"]["value"]["value"]
        ack(response_action="errors", errors={"name": "Taken"}) if name == "old" else ack()

    ana.send("general", "/risk")
    form = ana.wait_modal()

    assert ana.submit(form)["errors"] == {"name": "Please complete this required field."}
    assert bot.told("view_submission") == []
    assert ana.submit(form, {"name": "x" * 21})["errors"] == {"name": "Must be at most 20 characters."}
    assert ana.submit(form, {"name": "old"})["errors"] == {"name": "Taken"}
    assert ana.submit(form, {"name": "new"})["ok"]
    assert ana.modal() is None
    assert bot.told("view_submission")[-1]["view"]["private_metadata"] == "from general"


FORM = modal(NAME, callback_id="form", private_metadata="from general")


@pytest.mark.parametrize(("action", "titles"), [("update", ["Next"]), ("push", ["A form", "Next"]), ("clear", [])])
def test_a_submission_may_update_push_or_clear(either, bolt, ana, action, titles):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=FORM)))
    answer = {"response_action": action} | ({} if action == "clear" else {"view": modal(NAME, title="Next")})
    bot.app.view("form")(lambda ack: ack(**answer))
    ana.send("general", "/risk")

    submitted = ana.submit(ana.wait_modal(), {"name": "n"})

    assert submitted["response_action"] == action
    assert [view["title"]["text"] for view in ana.state()["views"]] == titles


def test_an_update_in_answer_to_a_submission_must_be_a_view_that_slack_takes(either, bolt, ana):
    bot = bolt(either)
    bot.app.command("/risk")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=FORM)))
    bot.app.view("form")(lambda ack, view: ack(response_action="update", view=view))
    ana.send("general", "/risk")

    submitted = ana.submit(ana.wait_modal(), {"name": "n"})

    assert submitted["error"] == "invalid_arguments"
    assert "[ERROR] invalid additional property: hash [json-pointer:/view]" in submitted["response_metadata"]["messages"]
    assert ana.modal()["title"]["text"] == "A form"


def test_closing_is_told_only_when_the_view_asks_for_it(either, bolt, ana):
    bot = bolt(either)
    bot.app.view_closed("loud")(lambda ack: ack())
    views = {"loud": modal(NAME, callback_id="loud", notify_on_close=True), "quiet": modal(NAME, callback_id="quiet")}
    bot.app.command("/risk")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=views[body["text"]])))

    for word in views:
        ana.send("general", f"/risk {word}")
        ana.close(ana.wait_modal())

    assert [(body["view"]["callback_id"], body["is_cleared"]) for body in bot.told("view_closed")] == [("loud", False)]
    assert "trigger_id" not in bot.told("view_closed")[0]


def test_options_are_asked_for_as_letters_are_typed(either, bolt, ana):
    bot = bolt(either)
    select = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    form = modal(NAME, {"type": "input", "block_id": "customer", "label": {"type": "plain_text", "text": "Who"}, "element": select})
    bot.app.command("/risk")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=form)))
    found = [{"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("Acme", "Acorn")]
    bot.app.options("who")(lambda ack, payload: ack(options=[o for o in found if o["value"].startswith(payload["value"])]))
    bot.app.view("")(lambda ack: ack())
    ana.send("general", "/risk")
    view = ana.wait_modal()

    assert ana.options(view, "who", "a") == []
    assert ana.options(view, "who", "ac") == found
    assert ana.submit(view, {"name": "n", "customer": "acorn"})["ok"]
    chosen = bot.told("view_submission")[0]["view"]["state"]["values"]["customer"]["who"]
    assert chosen == {"type": "external_select", "selected_option": found[1]}


def test_shortcuts_reach_the_bot_from_the_window_and_from_a_message(either, bolt, ana):
    bot = bolt(either)
    bot.app.shortcut("risk.new")(lambda ack, body, client: (ack(), client.views_open(trigger_id=body["trigger_id"], view=FORM)))
    bot.app.shortcut("message.keep")(lambda ack, respond: (ack(), respond("Kept")))
    ana.send("general", "Acme is late")

    ana.shortcut("risk.new")
    ana.shortcut("message.keep", ana.messages("general")[0])

    assert ana.wait_modal()["callback_id"] == "form"
    assert ana.wait_message("general", "Kept")["ephemeral"]
    assert bot.told("message_action")[0]["message"]["text"] == "Acme is late"
    assert "channel" not in bot.told("shortcut")[0]


def test_home_is_published_and_its_buttons_work(either, bolt, ana):
    bot = bolt(either)
    desk = {"type": "home", "blocks": [section("Your desk", accessory=BUTTON)]}
    bot.app.event("app_home_opened")(lambda event, client: client.views_publish(user_id=event["user"], view=desk))
    bot.app.action("approval.approve")(lambda ack: ack())

    ana.open_home()
    home = ana.wait_home("Your desk")
    ana.press(home, "approval.approve")
    ana.open_home()
    either.wait_idle()

    first, second = bot.told("app_home_opened")
    assert (first["tab"], "view" in first, second["view"]["id"]) == ("home", False, home["id"])
    assert bot.told("block_actions")[0]["view"]["type"] == "home"


def test_messages_and_mentions_arrive_as_events_when_subscribed(either, bolt, ana):
    bot = bolt(either)
    bot.app.event("message")(lambda event, say: say("Hello"))
    bot.app.event("app_mention")(lambda event, say: say(f"You called, <@{event['user']}>?", thread_ts=event["ts"]))

    ana.send("dm", "good morning")
    ana.send("general", "no event for this")
    ana.send("general", "@Riskbot help")

    assert ana.wait_message("dm", "Hello")["username"] == "Riskbot"
    parent = ana.messages("general")[-1]
    assert parent["text"] == "<@U0RISKBOT> help"
    assert ana.wait_message("general", "You called", thread_ts=parent["ts"])["thread_ts"] == parent["ts"]
    assert ana.messages("general")[-1]["reply_count"] == 1
    assert next(event["channel_type"] for event in bot.told("message")) == "im"
    assert len(bot.told("app_mention")) == 1


def test_inviting_the_bot_and_joining_are_told_as_membership(either, bolt, ana):
    bot = bolt(either)
    bot.app.event("member_joined_channel")(lambda event: None)

    ana.send("random", "/invite @Riskbot")
    either.wait_idle()

    assert bot.told("member_joined_channel")[0]["inviter"] == "U0ANA"
    assert bot.app.client.chat_postMessage(channel="C0RANDOM", text="Here I am")["ok"]


def test_slack_does_not_take_commands_in_threads(either, bolt, ana):
    bolt(either)
    ana.send("general", "start")

    sent = ana.send("general", "/risk", thread_ts=ana.messages("general")[0]["ts"])

    assert sent["error"] == "not_supported_in_threads"
