"""Four eyes: who may decide, once, with the reason where one is owed; and everybody else is answered in words."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conftest import eventually
from tests.stories.desk import Desk, Json, ask, buttons, current, newest, press, words

ROOM = "risk-approvals"


@pytest.fixture
def request_of_ana(desk: Desk) -> Json:
    """Ana has proposed a response; the request that everybody sees."""
    ana = desk.person("ana")
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    last = newest(ana, ROOM)
    ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    return ana.wait_message(ROOM, "assign the receivables", after=last)


def asked(request: Json) -> str:
    """``A-3``."""
    return str(request["text"].partition(":")[0])


def rewritten(desk: Desk, request: Json) -> Json:
    """The request once its buttons are gone."""
    return desk.person("mei").wait_message(ROOM, lambda seen: seen["ts"] == request["ts"] and not buttons(seen))


def test_the_request_says_who_asks_for_what_and_shows_three_buttons(request_of_ana: Json):
    read = words(request_of_ana)

    assert "<@U0ANA> requests approval of T-" in request_of_ana["text"]
    for part in ("Acme Steel (ACME)", "EUR 4.2 m", "lost its main buyer", "assign the receivables", "Four eyes"):
        assert part in read
    assert buttons(request_of_ana) == ["approval.approve", "approval.condition", "approval.reject", "approval.return"]


def test_whoever_asked_cannot_approve_reject_or_return(desk: Desk, request_of_ana: Json):
    ana = desk.person("ana")

    said = [press(ana, request_of_ana, f"approval.{verb}", ROOM) for verb in ("approve", "reject", "return")]

    assert {answer["text"] for answer in said} == {f"You requested {asked(request_of_ana)} yourself: someone else has to decide it."}
    assert all(answer["ephemeral"] for answer in said)
    assert ana.modal() is None
    assert buttons(ana.wait_message(ROOM, lambda seen: seen["ts"] == request_of_ana["ts"])) != []


def test_an_approval_rewrites_the_message_with_who_and_when_and_tells_the_maker(desk: Desk, request_of_ana: Json):
    said = press(desk.person("omar"), request_of_ana, "approval.approve", ROOM)
    decided = rewritten(desk, request_of_ana)
    told = desk.person("ana").wait_message("dm", f"{asked(request_of_ana)} ")

    assert said["text"] == f"{asked(request_of_ana)} is approved; <@U0ANA> has been told."
    assert decided["text"].startswith(f"{asked(request_of_ana)} was approved by <@U0OMAR>: ")
    assert '"user_id": "U0OMAR"' in json.dumps(decided["blocks"])
    assert f"{asked(request_of_ana)} · ✅ approved" in words(decided)
    assert "was approved by <@U0OMAR>" in told["text"]


@pytest.mark.parametrize(
    ("verb", "title", "verdict"), [("reject", "Reject", "⛔ rejected"), ("return", "Return for information", "↩️ returned for information")]
)
def test_to_reject_and_to_return_ask_why_and_the_reason_reaches_the_maker(
    desk: Desk, request_of_ana: Json, verb: str, title: str, verdict: str
):
    omar, ana = desk.person("omar"), desk.person("ana")

    omar.press(current(omar, request_of_ana, ROOM), f"approval.{verb}")
    form = omar.wait_modal(wanted=title)
    silent = omar.submit(form, {"reason": "   "})
    sent = omar.submit(form, {"reason": "Which receivables, and of whom?"})
    decided = rewritten(desk, request_of_ana)
    told = ana.wait_message("dm", f"{asked(request_of_ana)} ")

    assert list(silent["errors"]) == ["reason"]
    assert sent["ok"]
    assert verdict in words(decided)
    assert "“Which receivables, and of whom?”" in words(decided)
    assert "“Which receivables, and of whom?”" in words(told)


def test_a_second_press_is_answered_and_changes_nothing(desk: Desk, request_of_ana: Json):
    omar = desk.person("omar")
    waiting = ask(omar, "/risk approvals")
    mine = next(
        block["block_id"] for block in waiting["blocks"] if block["block_id"] == f"approval-{asked(request_of_ana).removeprefix('A-')}"
    )

    press(omar, request_of_ana, "approval.approve", ROOM)
    decided = rewritten(desk, request_of_ana)
    last = newest(omar, "general")
    omar.press(waiting, "approval.approve", mine)
    said = omar.wait_message("general", after=last)

    assert f"{asked(request_of_ana)} was already approved by <@U0OMAR>" in said["text"]
    assert "Nothing was changed." in said["text"]
    assert rewritten(desk, request_of_ana)["blocks"] == decided["blocks"]


def test_a_reason_that_comes_after_the_decision_is_refused_in_the_form(desk: Desk, request_of_ana: Json):
    omar, eva = desk.person("omar"), desk.person("eva")

    eva.press(current(eva, request_of_ana, ROOM), "approval.reject")
    form = eva.wait_modal(wanted="Reject")
    press(omar, request_of_ana, "approval.approve", ROOM)
    rewritten(desk, request_of_ana)
    answer = eva.submit(form, {"reason": "I do not believe it"})
    shown = eva.wait_modal(wanted="already approved")
    eva.close(shown, whole=True)

    assert answer["response_action"] == "update"
    assert f"{asked(request_of_ana)} was already approved by <@U0OMAR>" in words(shown)
    assert "rejected" not in words(rewritten(desk, request_of_ana))


def test_of_two_people_at_the_same_instant_one_decides_and_the_other_is_told_who(desk: Desk, request_of_ana: Json):
    people = [desk.person("omar"), desk.person("eva")]
    before = {who.id: newest(who, ROOM) for who in people}
    start = Barrier(2)

    def decide(who):
        start.wait()
        who.press(current(who, request_of_ana, ROOM), "approval.approve")
        return who.wait_message(ROOM, lambda seen: bool(seen.get("ephemeral")), after=before[who.id])["text"]

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(decide, people))
    winner = people[["has been told" in text for text in said].index(True)].id
    decided = rewritten(desk, request_of_ana)

    assert sum("is approved; <@U0ANA> has been told." in text for text in said) == 1
    assert sum(f"was already approved by <@{winner}>" in text for text in said) == 1
    assert f"was approved by <@{winner}>" in decided["text"]
    told = eventually(lambda: [seen for seen in desk.person("ana").messages("dm") if f"{asked(request_of_ana)} " in seen["text"]])
    assert len(told) == 1


def test_what_waits_is_listed_with_buttons_for_everybody_but_its_maker(desk: Desk, request_of_ana: Json):
    his, hers = ask(desk.person("omar"), "/risk approvals"), ask(desk.person("ana"), "/risk approvals")

    assert asked(request_of_ana) in his["text"]
    assert "approval.approve" in buttons(his)
    assert set(buttons(hers)) == {"approval.withdraw"}
