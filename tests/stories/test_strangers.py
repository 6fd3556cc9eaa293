"""Guests, visitors of another team and people who have left are refused on every surface, politely, and learn nothing."""

from __future__ import annotations

import json

import pytest

from playground.shapes import Json
from playground.transport import interactions
from playground.transport.tickets import ResponseUrl
from playground.transport.transport import Ack, Envelope
from playground.workspace.seed import Channel, Member
from tests.conftest import eventually
from tests.stories.desk import Desk, ask, newest, words

REFUSED = {
    "U0GUS": "guests cannot see or change it",
    "U0STRANGE": "I only answer members of the workspace in which I am installed.",
    "U0GONE": "This account is deactivated.",
}


@pytest.fixture(params=list(REFUSED))
def outsider(request: pytest.FixtureRequest, desk: Desk) -> Member:
    """Somebody who may not talk to the bot, as Slack knows them."""
    return desk.workspace.core.workspace.members[request.param]


def deliver(desk: Desk, kind: str, payload: Json) -> Ack:
    """Send what Slack would send, on behalf of somebody who has no window of their own here."""
    envelope = Envelope(kind, "an outsider", payload, answerable=True)
    return desk.workspace.run(desk.workspace.core.post.deliver(envelope))


def general(desk: Desk) -> Channel:
    return desk.workspace.core.workspace.channels["C0GENERAL"]


def ways_back(desk: Desk, who: Member) -> tuple[str, str]:
    """A response URL and a trigger."""
    core = desk.workspace.core
    return core.response_url("actions", ResponseUrl(who.id, "C0GENERAL", core.tickets.now())), core.tickets.trigger(who.id)


def whispered(desk: Desk, who: Member) -> list[str]:
    """What the bot has told this person alone in #general."""
    return [seen["text"] for seen in desk.workspace.core.workspace.ephemerals("C0GENERAL", who.id)]


def test_a_command_is_refused(desk: Desk, outsider: Member):
    url, trigger = ways_back(desk, outsider)

    ack = deliver(desk, "slash_commands", interactions.slash_command(outsider, general(desk), "/risk", "show ACME", url, trigger))

    assert REFUSED[outsider.id] in json.dumps(ack.payload)
    assert "Acme" not in json.dumps(ack.payload)


def test_a_button_is_refused_and_does_nothing(desk: Desk, outsider: Member):
    ana = desk.person("ana")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    last = newest(ana, "risk-approvals")
    ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    request = ana.wait_message("risk-approvals", "assign the receivables", after=last)
    url, trigger = ways_back(desk, outsider)
    button = next(block for block in request["blocks"] if block["type"] == "actions")["elements"][0]
    action = {"type": "button", "block_id": "b", "action_ts": "1.2", **{name: button[name] for name in ("action_id", "value", "text")}}

    deliver(desk, "interactive", interactions.message_action(outsider, general(desk), request, False, action, {}, url, trigger))
    said = eventually(lambda: [text for text in spoken(desk, outsider) if REFUSED[outsider.id] in text])

    assert said
    assert "approval.approve" in json.dumps(ask(desk.person("omar"), "/risk approvals"))


def test_a_submitted_form_is_refused_in_its_place_and_logs_nothing(desk: Desk, outsider: Member):
    ana = desk.person("ana")
    ana.send("general", "/risk log")
    form = ana.wait_modal(wanted="Log a risk")
    values = {"customer": "NOVA", "category": "credit", "likelihood": "4", "severity": "3", "scope": "2", "title": "smuggled in"}
    assert ana.submit(form, values)["ok"]
    view = desk.workspace.wire.envelopes("view_submission log")[-1].sent["view"]

    stolen = json.loads(json.dumps(view | {"id": f"V{outsider.id}"}).replace("smuggled in", "smuggled by an outsider"))
    ack = deliver(desk, "interactive", interactions.view_submission(outsider, stolen, "1.2.x"))

    assert REFUSED[outsider.id] in json.dumps(ack.payload)
    assert "smuggled by an outsider" not in words(ask(ana, "/risk show NOVA"))


def test_a_searching_select_offers_nothing(desk: Desk, outsider: Member):
    view = {"id": "V1", "callback_id": "log", "type": "modal", "blocks": [], "state": {"values": {}}}
    asked = interactions.block_suggestion(outsider, {"type": "view", "view_id": "V1"}, "customer", "value", "acme", {"view": view})

    ack = deliver(desk, "interactive", asked)

    assert ack.payload == {"options": []}


@pytest.mark.parametrize("callback", ["log_risk", "log_message"])
def test_a_shortcut_opens_no_form_and_says_why(desk: Desk, outsider: Member, callback: str):
    url, trigger = ways_back(desk, outsider)
    message = {"type": "message", "text": "Acme pays late", "user": "U0ANA", "ts": "1.2"}

    if callback == "log_risk":
        payload = interactions.global_shortcut(outsider, callback, trigger, "1.2")
    else:
        payload = interactions.message_shortcut(outsider, callback, trigger, "1.2", general(desk), message, url)
    before = len(desk.workspace.wire.calls("views.open"))
    deliver(desk, "interactive", payload)
    said = eventually(lambda: [text for text in spoken(desk, outsider) if REFUSED[outsider.id] in text])

    assert said
    assert len(desk.workspace.wire.calls("views.open")) == before


def test_a_direct_message_and_a_mention_are_refused_once(desk: Desk, outsider: Member):
    core = desk.workspace.core
    room = core.workspace.direct(outsider.id)
    before = len(spoken(desk, outsider))

    async def write() -> None:
        core.workspace.post(room, {"type": "message", "user": outsider.id, "text": "show me Acme", "team": interactions.TEAM["id"]})

    desk.workspace.run(write())
    said = eventually(lambda: spoken(desk, outsider)[before:])
    desk.workspace.wait_idle()

    assert REFUSED[outsider.id] in said[0]
    assert "Acme" not in said[0]
    assert len(said) == len(spoken(desk, outsider)[before:]) == 1


def test_a_direct_message_is_refused_below_it_and_not_in_a_thread_that_nobody_opens(desk: Desk):
    gus = desk.person("gus")

    sent = gus.send("dm", "show me Acme")
    answer = gus.wait_message("dm", REFUSED["U0GUS"], after=sent["ts"])

    assert "thread_ts" not in answer


def test_home_says_why_it_is_empty(desk: Desk):
    gus = desk.person("gus")

    gus.open_home()
    home = gus.wait_home()

    assert REFUSED["U0GUS"] in words(home)
    assert "Customers" not in words(home)


def test_a_home_that_cannot_be_shown_is_left_empty(desk: Desk, outsider: Member):
    core = desk.workspace.core
    told = len(spoken(desk, outsider))

    async def look() -> None:
        core.events.home_opened(outsider.id, core.workspace.direct(outsider.id).id, "home", None)

    desk.workspace.run(look())
    desk.workspace.wait_idle()
    ask(desk.person("ana"), "/risk help")
    home = core.modals.home(outsider.id)

    assert "Customers" not in words(home.public() if home else {})
    assert len(spoken(desk, outsider)) == told


def test_a_guest_at_the_keyboard_sees_the_refusal_alone(desk: Desk):
    gus, ana = desk.person("gus"), desk.person("ana")

    answer = ask(gus, "/risk list", "visitors")

    assert answer["text"] == (
        "Customer risk is open to full members of this workspace only; guests cannot see or change it. Please ask a colleague."
    )
    assert answer["ephemeral"]
    assert answer["ts"] not in [seen["ts"] for seen in ana.messages("visitors")]


def test_somebody_whom_slack_will_not_describe_is_refused_until_it_does(desk: Desk):
    eva = desk.person("eva")
    desk.application.people.forget("U0EVA")

    desk.workspace.faults.add("users.info", "error:internal_error", times=2)
    closed = ask(eva, "/risk show ACME")
    desk.workspace.faults.clear()
    desk.application.people.forget("U0EVA")
    opened = ask(eva, "/risk show ACME")

    assert "I could not check with Slack who you are" in closed["text"]
    assert "Acme Steel" in opened["text"]


def spoken(desk: Desk, who: Member) -> list[str]:
    """What the bot has told this person, alone in a channel or by direct message."""
    core = desk.workspace.core
    direct = core.workspace.messages(core.workspace.direct(who.id).id)
    return [seen["text"] for seen in direct if seen.get("user") != who.id] + whispered(desk, who)


@pytest.mark.parametrize("who", ["U0GUS", "U0STRANGE", "U0GONE", "U0RISKBOT"])
def test_an_outsider_cannot_be_named_an_owner(desk: Desk, who: str):
    ana = desk.person("ana")

    logged = ask(ana, f'/risk log ACME credit L4 S3 X2 "for an outsider" owner=<@{who}>')
    proposed = ask(ana, f'/risk respond R-1 reduce "ask an outsider" owner=<@{who}>')

    assert "is not a full member of this workspace and could not see what they own." in logged["text"]
    assert "is not a full member of this workspace" in proposed["text"]
    assert "for an outsider" not in words(ask(ana, "/risk show ACME"))


def test_a_person_whom_slack_does_not_know_cannot_be_named_an_owner(desk: Desk):
    answer = ask(desk.person("ana"), '/risk log ACME credit L4 S3 X2 "for nobody" owner=U0NOBODY1')

    assert answer["text"] == "Slack does not tell me who U0NOBODY1 is. Please name a full member of this workspace, as @name."


def test_a_guest_chosen_in_a_form_is_refused_under_the_field(desk: Desk):
    ana = desk.person("ana")
    ana.send("general", "/risk log ACME credit L4 S3 X2")
    form = ana.wait_modal(wanted="Log a risk")

    refused = ana.submit(form, {"title": "chosen in a form", "owner": "U0GUS"})
    ana.close(form, whole=True)

    assert refused["errors"]["owner"].startswith("gus is not a full member of this workspace")
