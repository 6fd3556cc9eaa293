"""One walk through the house over the real protocol, in both modes: ask, log, respond, approve with four eyes, alert."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.conftest import eventually
from tests.stories.desk import Desk, acknowledge, ask, buttons, newest, press, words


def test_show_answers_with_the_exposure_only_to_the_asker(either: Desk):
    ana, omar = either.person("ana"), either.person("omar")

    answer = ask(ana, "/risk show acme steel", "risk-signals")

    assert "EUR 4.2 m" in answer["text"]
    assert answer["ephemeral"]
    assert omar.messages("risk-signals") == []


def test_a_risk_is_logged_answered_approved_by_somebody_else_and_its_maker_told(either: Desk):
    ana, omar = either.person("ana"), either.person("omar")

    logged = ask(ana, '/risk log Acme Steel credit L4 S3 X2 "lost its main buyer"')
    ana.press(logged, "risk.respond")
    form = ana.wait_modal(wanted="Respond to a risk")
    assert ana.submit(form, {"strategy": "reduce", "measure": "Have the receivables assigned to us"})["ok"]
    proposed = ana.wait_message("general", "is with the approvers")
    request = omar.wait_message("risk-approvals", "Have the receivables assigned to us")
    eva = either.person("eva")
    waiting = ask(eva, "/risk approvals")
    refused = press(ana, request, "approval.approve", "risk-approvals")
    approved = press(omar, request, "approval.approve", "risk-approvals")
    rewritten = ana.wait_message("risk-approvals", lambda seen: seen["ts"] == request["ts"] and not buttons(seen))
    told = ana.wait_message("dm", "A-1")
    late = press(eva, waiting, "approval.approve")

    assert "R-1 is recorded in the register" in logged["text"]
    assert "T-1 to R-1" in proposed["text"]
    assert refused["text"] == "You requested A-1 yourself: someone else has to decide it."
    assert approved["text"] == "A-1 is approved; <@U0ANA> has been told."
    assert "A-1 was approved by <@U0OMAR>" in rewritten["text"]
    assert told["text"] == "✅ A-1 (T-1) was approved by <@U0OMAR>."
    assert "A-1 was already approved by <@U0OMAR>" in late["text"]


def test_an_import_that_crosses_a_threshold_alerts_and_is_acknowledged_by_button(either: Desk):
    mei = either.person("mei")

    either.load("observations", f"customer,indicator,as_of,value,source\nACME,current_ratio,{datetime.now(UTC).date()},0.69,customer\n")
    alert = mei.wait_message("risk-alerts", "Current ratio")
    said = acknowledge(mei, alert, "risk-alerts")
    acknowledged = mei.wait_message("risk-alerts", lambda seen: seen["ts"] == alert["ts"] and "breach.ack" not in buttons(seen))

    assert "Acme Steel: Current ratio 0.69× (limit 0.70×)" in alert["text"]
    assert "B-1" in said["text"]
    assert "breach.respond" in buttons(acknowledged)


@pytest.mark.parametrize("line", ["explain payload", "show payload=x", "find payload", "show Payload Logistics"])
def test_the_word_payload_is_a_word_like_any_other(either: Desk, line: str):
    answer = ask(either.person("ana"), f"/risk {line}")

    assert "explain" in answer["text"] or "ayload" in answer["text"]


def test_a_direct_message_a_mention_and_home_are_answered_with_help(either: Desk):
    eva = either.person("eva")

    eva.send("dm", "hello")
    helped = eva.wait_message("dm", "/risk show")
    asked = eva.send("general", "<@U0RISKBOT> hello")
    threaded = eventually(lambda: [seen for seen in eva.messages("general", asked["ts"]) if "/risk show" in words(seen)])
    eva.open_home()
    home = eva.wait_home("awaits your action")

    assert helped["text"] == "I answer to /risk. This is what you can ask."
    assert threaded[0]["thread_ts"] == asked["ts"]
    assert "Customers" in words(home)


def test_a_form_is_opened_searched_refused_in_place_and_sent(either: Desk):
    ana = either.person("ana")

    last = newest(ana, "general")
    ana.send("general", "/risk log")
    form = ana.wait_modal(wanted="Log a risk")
    offered = ana.options(form, "value", "nordwnd", "customer")
    filled = {"customer": "NORD", "category": "market", "likelihood": "2", "severity": "2", "scope": "2", "title": "a turbine stands still"}
    wrong = ana.submit(form, filled | {"title": "ab"})
    assert ana.submit(form, filled)["ok"]
    logged = ana.wait_message("general", "Nordwind Energie", after=last)

    assert [option["value"] for option in offered] == ["NORD"]
    assert list(wrong["errors"]) == ["title"]
    assert "is recorded in the register" in logged["text"]
