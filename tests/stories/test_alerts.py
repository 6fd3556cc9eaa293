"""A breach: told once with everything that one needs to act, acknowledged and answered by button."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from commands.kit.wording.words import day
from tests.stories.desk import Desk, acknowledge, ask, buttons, newest, words

ROOM = "risk-alerts"
TODAY = datetime.now(UTC).date()


def observed(desk: Desk, customer: str, indicator: str, value: float, *, days_ago: int = 0) -> None:
    """Import one observation."""
    row = f"{customer},{indicator},{TODAY - timedelta(days=days_ago)},{value},customer"
    desk.load("observations", f"customer,indicator,as_of,value,source\n{row}\n")


def told(desk: Desk, about: str) -> list[str]:
    """The alerts that there are about something."""
    return [seen["text"] for seen in desk.person("mei").messages(ROOM) if about in seen["text"]]


def test_an_alert_says_who_what_how_far_since_when_how_much_and_what_is_asked_of_whom(desk: Desk):
    omar = desk.person("omar")

    observed(desk, "ACME", "current_ratio", 0.69)
    alert = omar.wait_message(ROOM, "Current ratio")

    assert alert["text"] == "🔴 red Acme Steel: Current ratio 0.69× (limit 0.70×) (B-1)"
    for part in ("Acme Steel · Current ratio 0.69×", "0.69× (limit 0.70×)", f"{day(TODAY)}, from the customer", "EUR 4.2 m", "B-1 · ACME"):
        assert part in words(alert)
    assert "please acknowledge by" in words(alert)
    assert json.dumps(alert["blocks"]).count('"user_id": "U0MEI"') == 2
    assert buttons(alert) == ["breach.ack", "breach.respond", "customer.show"]


def test_an_alert_is_posted_once_however_often_the_import_is_repeated(desk: Desk):
    omar = desk.person("omar")

    for _time in range(3):
        observed(desk, "NOVA", "debt_ratio", 0.97)
    omar.wait_message(ROOM, "Debt ratio")
    observed(desk, "NOVA", "debt_ratio", 0.98)
    observed(desk, "NORD", "dscr", 1.0)
    omar.wait_message(ROOM, "Debt service cover")

    assert len(told(desk, "Debt ratio")) == 1


def test_a_value_within_bounds_and_one_of_long_ago_alert_nobody(desk: Desk):
    observed(desk, "NOVA", "current_ratio", 1.4)
    observed(desk, "NORD", "current_ratio", 0.2, days_ago=700)
    observed(desk, "PAYL", "current_ratio", 0.5)
    desk.person("omar").wait_message(ROOM, "Payload Logistics: Current ratio")

    assert told(desk, "Nova Power: Current ratio") == []
    assert told(desk, "Nordwind Energie: Current ratio") == []


def test_an_acknowledgement_by_button_stands_in_the_alert_and_a_second_is_told_whose_it_is(desk: Desk):
    mei, omar = desk.person("mei"), desk.person("omar")
    observed(desk, "ACME", "interest_coverage", 1.0)
    alert = omar.wait_message(ROOM, "Acme Steel: Interest cover")
    listed = ask(omar, "/risk breaches")
    mine = next(
        block["block_id"] for block, before in zip(listed["blocks"][1:], listed["blocks"], strict=False) if "Interest" in words(before)
    )

    acknowledge(mei, alert, ROOM, plan="Ask for the accounts of October", due=str(TODAY + timedelta(days=7)))
    taken = omar.wait_message(ROOM, lambda seen: seen["ts"] == alert["ts"] and "breach.ack" not in buttons(seen))
    last = newest(omar, "general")
    omar.press(listed, "breach.ack", mine)
    late = omar.wait_message("general", after=last)

    assert "Acknowledged by" in words(taken)
    assert "Ask for the accounts of October" in words(taken)
    assert f"by {day(TODAY + timedelta(days=7))}" in words(taken)
    assert '"user_id": "U0MEI"' in json.dumps(taken["blocks"])
    assert "was already acknowledged by <@U0MEI>" in late["text"]


def test_an_alert_is_answered_by_button_with_a_risk_and_a_response(desk: Desk):
    eva = desk.person("eva")
    observed(desk, "NORD", "utilisation", 0.99)
    alert = eva.wait_message(ROOM, "Limit utilisation")

    eva.press(alert, "breach.respond")
    form = eva.wait_modal(wanted="Respond to a breach")
    filled = {"strategy": "reduce", "measure": "Agree a lower limit", "likelihood": "4", "severity": "3"}
    assert eva.submit(form, filled)["ok"]
    said = eva.wait_message(ROOM, lambda seen: bool(seen.get("ephemeral")) and "is with the approvers" in seen["text"])
    taken = eva.wait_message(ROOM, lambda seen: seen["ts"] == alert["ts"] and "breach.ack" not in buttons(seen))
    shown = ask(eva, "/risk show NORD")

    assert "is proposed" in said["text"]
    assert "Acknowledged by" in words(taken)
    assert "Limit utilisation 99% (limit 95%)" in words(shown)
    assert eva.wait_message("risk-approvals", "Agree a lower limit")


def test_a_recovery_is_told_in_the_thread_and_closes_the_alert(desk: Desk):
    omar = desk.person("omar")
    observed(desk, "PAYL", "dscr", 1.0, days_ago=2)
    alert = omar.wait_message(ROOM, "Payload Logistics: Debt service cover")

    observed(desk, "PAYL", "dscr", 1.6)
    line = omar.wait_message(ROOM, "back within bounds", thread_ts=alert["ts"])
    closed = omar.wait_message(ROOM, lambda seen: seen["ts"] == alert["ts"] and not buttons(seen))

    assert "1.60×" in line["text"]
    assert "Back within bounds since" in words(closed)


def test_many_openings_at_once_are_one_message_and_each_stands_in_the_list(desk: Desk):
    omar = desk.person("omar")
    desk.load("customers", "id,name\n" + "".join(f"MANY{n},Many {n}\n" for n in range(7)))

    rows = "".join(f"MANY{n},days_past_due,{TODAY},45,customer\n" for n in range(7))
    desk.load("observations", f"customer,indicator,as_of,value,source\n{rows}")
    grouped = omar.wait_message(ROOM, "7 indicators have crossed their thresholds")

    assert all(f"Many {n}" in words(grouped) for n in range(7))
    assert told(desk, "Many 3: Days past due") == []
    assert "breaches" in ask(omar, "/risk breaches")["text"]


def test_the_digest_names_the_breaches_that_nobody_has_acknowledged(desk: Desk):
    observed(desk, "EVIL", "debt_ratio", 0.99)

    answer = ask(desk.person("ana"), "/risk digest now")

    assert "to acknowledge" in words(answer)
