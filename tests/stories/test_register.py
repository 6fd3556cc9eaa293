"""Entering risks and proposing what to do about them: by line, by form, from a message, from the menu, from a card."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from playground.person import Person
from playground.transport.transport import Envelope
from tests.stories.desk import Desk, Json, ask, buttons, newest, words

GOOD = {"customer": "ACME", "category": "credit", "likelihood": "4", "severity": "3", "scope": "2", "title": "lost its main buyer"}


def opened(who: Person, line: str) -> Json:
    """Type a line that leaves something out; the form that asks for it."""
    sent = who.send("general", line)
    assert sent["ok"]
    return who.wait_modal()


def filled(view: Json, block_id: str) -> Json:
    """What stands in a field before anybody touched it."""
    element = next(block["element"] for block in view["blocks"] if block["block_id"] == block_id)
    return {key: value for key, value in element.items() if key.startswith("initial")}


def again(desk: Desk, payload: Json) -> None:
    """Deliver the same interaction once more."""
    desk.workspace.run(desk.workspace.core.post.deliver(Envelope("interactive", "again", payload, answerable=True)))
    desk.workspace.wait_idle()


def test_a_line_with_everything_logs_the_risk_at_once(desk: Desk):
    ana = desk.person("ana")

    answer = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')
    shown = ask(ana, "/risk show ACME")

    assert "medium, Acme Steel" in answer["text"]
    assert "likelihood 4 (likely), severity 3 (moderate), scope 2 (one customer)" in words(answer)
    assert buttons(answer) == ["risk.respond", "risk.assess", "risk.retain", "risk.close", "risk.undo"]
    assert "lost its main buyer" in words(shown)


def test_a_line_may_begin_what_the_form_finishes(desk: Desk):
    ana = desk.person("ana")

    form = opened(ana, "/risk log nordwnd market L2")
    last = newest(ana, "general")
    sent = ana.submit(form, {"severity": "2", "scope": "1", "title": "a turbine stands still"})
    answer = ana.wait_message("general", "Nordwind Energie", after=last)

    assert filled(form, "customer")["initial_option"]["value"] == "NORD"
    assert filled(form, "category")["initial_option"]["value"] == "market"
    assert filled(form, "likelihood")["initial_option"]["value"] == "2"
    assert sent["ok"]
    assert "is recorded in the register" in answer["text"]
    assert answer["ephemeral"]


def test_what_is_wrong_in_a_line_is_said_before_a_form_opens(desk: Desk):
    ana = desk.person("ana")

    answer = ask(ana, "/risk log ACME weather L4")

    assert "Category “weather” is not accepted: expected one of credit, financial" in answer["text"]
    assert ana.modal() is None


def test_the_customer_field_searches_forgivingly_and_offers_the_book_before_a_letter_is_typed(desk: Desk):
    ana = desk.person("ana")

    form = opened(ana, "/risk log")
    everybody, some = ana.options(form, "value", "", "customer"), ana.options(form, "value", "nordwnd", "customer")
    nobody = ana.options(form, "value", "zzzzqqqq", "customer")
    ana.close(form, whole=True)

    assert len(everybody) == 5
    assert [(option["text"]["text"], option["value"]) for option in some] == [("Nordwind Energie (NORD)", "NORD")]
    assert nobody == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "     "}, {"title": "What happened or may happen “     ” is not accepted: expected text of 3 to 300"}),
        ({"customer": {"text": {"type": "plain_text", "text": "Gone"}, "value": "GONE"}}, {"customer": "No customer matches “GONE”"}),
    ],
)
def test_a_field_that_is_wrong_says_so_under_itself_and_the_form_stays(desk: Desk, wrong: Json, said: Json):
    ana = desk.person("ana")

    form = opened(ana, "/risk log")
    refused = ana.submit(form, GOOD | wrong)
    still = ana.modal()
    ana.close(form, whole=True)

    assert not refused["ok"]
    assert {field: refused["errors"][field][: len(text)] for field, text in said.items()} == said
    assert still is not None
    assert still["id"] == form["id"]


def test_a_message_is_logged_from_its_menu_with_its_words_and_its_link(desk: Desk):
    ana, omar = desk.person("ana"), desk.person("omar")
    omar.send("general", "Heard at the fair: Nova Power cannot pay its fitters")

    message = ana.wait_message("general", "cannot pay its fitters")
    assert ana.shortcut("log_message", message)["ok"]
    form = ana.wait_modal(wanted="Log a risk")
    last = newest(ana, "general")
    begun = filled(form, "title")["initial_value"]
    assert ana.submit(form, {name: value for name, value in GOOD.items() if name != "title"} | {"customer": "NOVA"})["ok"]
    answer = ana.wait_message("general", "Nova Power", after=last)

    assert begun == "Heard at the fair: Nova Power cannot pay its fitters"
    assert "Heard at the fair" in words(answer)
    assert message["ts"].replace(".", "") in json.dumps(answer["blocks"])


def test_a_line_that_leaves_something_out_opens_the_form_with_the_rest_filled_in(desk: Desk):
    ana = desk.person("ana")
    given = {}
    for line in ('NOVA L4 "lost its main buyer"', "Nova Power lost its main buyer"):
        form = opened(ana, f"/risk log {line}")
        given[line] = (filled(form, "customer")["initial_option"]["text"]["text"], filled(form, "title")["initial_value"])
        ana.close(form)

    assert set(given.values()) == {("Nova Power (NOVA)", "lost its main buyer")}


def test_a_message_and_a_form_are_shown_as_people_see_them(desk: Desk):
    ana = desk.person("ana")
    ana.send("general", "Lost its buyer &amp; more: Nova Power, says @mei, tell @here: see https://news.example/report")

    message = ana.wait_message("general", "Lost its buyer")
    assert ana.shortcut("log_message", message)["ok"]
    form = ana.wait_modal(wanted="Log a risk")
    last = newest(ana, "general")
    begun = filled(form, "title")["initial_value"]
    assert ana.submit(form, GOOD | {"customer": "NOVA", "title": "says <@U0MEI>, tell <!here>, see <https://news.example/report>"})["ok"]
    answer = ana.wait_message("general", "Nova Power", after=last)

    assert filled(form, "customer")["initial_option"]["text"]["text"] == "Nova Power (NOVA)"
    assert begun == "Lost its buyer &amp; more: Nova Power, says @mei, tell @here: see https://news.example/report"
    assert "says @mei, tell @here, see https://news.example/report" in words(answer)


def test_the_global_shortcut_opens_an_empty_form_and_answers_by_direct_message(desk: Desk):
    eva = desk.person("eva")

    assert eva.shortcut("log_risk")["ok"]
    form = eva.wait_modal(wanted="Log a risk")
    assert eva.submit(form, GOOD)["ok"]
    answer = eva.wait_message("dm", "is recorded in the register")

    assert filled(form, "title") == {}
    assert buttons(answer) == ["risk.respond", "risk.assess", "risk.retain", "risk.close", "risk.undo"]


def test_a_response_is_proposed_in_one_line(desk: Desk):
    ana = desk.person("ana")
    ask(ana, '/risk log ACME credit L1 S1 X1 "one line"')

    due = (datetime.now(UTC) + timedelta(days=40)).date()
    answer = ask(ana, f'/risk respond R-1 reduce "assign the receivables to us" due={due} owner=U0OMAR')
    request = ana.wait_message("risk-approvals", "assign the receivables to us")

    told = desk.person("omar").wait_message("dm", "made you the owner of T-")

    assert "to R-1 is proposed, due" in answer["text"]
    assert "assign the receivables to us" in words(told)
    assert "is with the approvers" in answer["text"]
    assert buttons(request) == ["approval.approve", "approval.condition", "approval.reject", "approval.return"]


def test_the_card_of_a_risk_opens_the_form_that_answers_it(desk: Desk):
    ana = desk.person("ana")
    card = ask(ana, '/risk log NOVA legal L3 S3 X2 "a licence runs out"')

    ana.press(card, "risk.respond")
    form = ana.wait_modal(wanted="Respond to a risk")
    last = newest(ana, "general")
    assert ana.submit(form, {"strategy": "avoid", "measure": "Renew the licence before the next drawdown"})["ok"]
    answer = ana.wait_message("general", "is proposed", after=last)

    assert "Nova Power · a licence runs out" in words(form)
    assert "is with the approvers" in answer["text"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("respond R-999 reduce nothing at all", "There is no R-999."),
        ('respond R-1 reduce "too late" due=2020-01-01', "is in the past"),
        ('respond R-1 take_more "more of it"', "is a threat, which cannot be increased."),
        ('respond R-1 reduce "call them" due=31/12/2026', "expected a date like 2026-12-31"),
    ],
)
def test_a_response_that_cannot_be_is_refused_in_words(desk: Desk, line: str, said: str):
    ana = desk.person("ana")
    ask(ana, '/risk log ACME credit L1 S1 X1 "for the refusals"')

    answer = ask(ana, f"/risk {line}")

    assert said in answer["text"]


def test_a_due_date_in_the_past_is_refused_under_its_field(desk: Desk):
    ana = desk.person("ana")
    card = ask(ana, '/risk log ACME credit L1 S1 X1 "for the form"')

    ana.press(card, "risk.respond")
    form = ana.wait_modal(wanted="Respond to a risk")
    refused = ana.submit(form, {"strategy": "reduce", "measure": "Talk to them", "due": "2020-01-01"})
    ana.close(form, whole=True)

    assert "is in the past" in refused["errors"]["due"]


def test_a_form_sent_twice_is_logged_once(desk: Desk):
    """Slack's own client does not send twice; a network may."""
    ana = desk.person("ana")
    form = opened(ana, "/risk log")

    assert ana.submit(form, GOOD | {"title": "sent twice"})["ok"]
    ana.wait_message("general", "sent twice")
    again(desk, desk.workspace.wire.envelopes("view_submission log")[-1].sent)
    ana.wait_message("general", "This was already recorded; nothing was done twice.")
    listed = ask(ana, "/risk list risks sort=newest")

    assert words(listed).count("sent twice") == 1
