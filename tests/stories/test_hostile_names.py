"""A customer whose name is a mention, markup and a shout shows as text wherever it appears."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from playground.person import Person
from tests.stories.desk import HOSTILE, Desk, Json, ask, current, markup, newest, press, words

# what must not stand in anything that Slack reads as markup; *x* would be bold
LIVE = ("<!channel>", "<@U0MEI>", "*x*", "live: {'type': 'user', 'user_id': 'U0MEI'}", "live: {'type': 'broadcast'")


def inert(thing: Json) -> bool:
    """Whether nothing of the name came alive."""
    return not [text for text in markup(thing) if any(mark in text for mark in LIVE)]


@pytest.fixture
def ana(desk: Desk) -> Person:
    return desk.person("ana")


@pytest.mark.parametrize("line", ["show EVIL", "find channel", "list", "list sector=Trickery", f"show {HOSTILE}"])
def test_a_question_shows_the_name_as_text(ana: Person, line: str):
    answer = ask(ana, f"/risk {line}")

    # a table has room for so much of a name
    assert HOSTILE[:18] in words(answer)
    assert inert(answer)


def test_a_refusal_repeats_what_was_typed_as_text(ana: Person):
    answers = [ask(ana, f"/risk {line}") for line in ("<!channel>*x*", "show zz*x*zz<!here>", "find zz<!channel>*x*", "list sector=*x*")]

    assert all(inert(answer) for answer in answers)
    assert "channel" in answers[0]["text"]


def test_a_shared_answer_shows_the_name_as_text_to_everybody(ana: Person, desk: Desk):
    press(ana, ask(ana, "/risk show EVIL", "deals"), "reply.share", "deals")
    posted = desk.person("omar").wait_message("deals", "Trickery")

    assert HOSTILE in words(posted)
    assert inert(posted)


def test_a_risk_its_approval_and_what_its_maker_is_told_show_the_name_and_the_words_as_text(ana: Person, desk: Desk):
    omar = desk.person("omar")

    logged = ask(ana, f'/risk log EVIL credit L4 S3 X2 "{HOSTILE} came to the door"')
    risk, last = logged["text"].split()[0], newest(ana, "risk-approvals")
    proposed = ask(ana, f'/risk respond {risk} reduce "send {HOSTILE} away"')
    request = omar.wait_message("risk-approvals", after=last)
    listed = ask(omar, "/risk approvals")
    omar.press(current(omar, request, "risk-approvals"), "approval.reject")
    form = omar.wait_modal(wanted="Reject")
    omar.submit(form, {"reason": f"{HOSTILE} is a friend"})
    decided = omar.wait_message("risk-approvals", "is a friend")
    told = ana.wait_message("dm", "is a friend")
    seen = [logged, proposed, request, listed, form, decided, told, ask(ana, "/risk show EVIL"), ask(ana, "/risk digest now")]

    assert [inert(each) for each in seen] == [True] * len(seen)
    assert all(HOSTILE in words(each) for each in (logged, request, listed, decided, told))


def test_an_alert_shows_the_name_as_text(ana: Person, desk: Desk):
    today = datetime.now(UTC).date()

    desk.load("observations", f"customer,indicator,as_of,value,source\nEVIL,debt_ratio,{today},0.99,customer\n")
    alert = ana.wait_message("risk-alerts", "Debt ratio")

    assert HOSTILE in words(alert)
    assert inert(alert)
    assert inert(ask(ana, "/risk breaches"))


def test_a_form_offers_and_shows_the_name_as_text(ana: Person):
    ana.send("general", "/risk log EVIL legal")
    form = ana.wait_modal(wanted="Log a risk")
    offered = ana.options(form, "value", "channel", "customer")
    ana.close(form, whole=True)

    assert offered[0]["text"] == {"type": "plain_text", "text": f"{HOSTILE} (EVIL)", "emoji": True}
    assert inert(form)
