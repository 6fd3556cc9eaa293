"""More than one pair of eyes, over the wire: a quorum, a committee, a deputy, changed facts, conditions, taking back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from risk_engine.approvals.approval_policy import AuthorityRule, Committee, Step
from risk_engine.grading import Grade
from risk_engine.people.membership import Member
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from storage.people import people
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.stories import desk as desks
from tests.stories.desk import Desk, Json, ask, buttons, current, newest, open_desk, press

ROOM = "risk-approvals"


def two_and_a_committee(policy: Policy) -> Policy:
    """A retention takes two voices, an override the vote of a committee of three, of whom Eva has a veto; all else one voice."""
    committee = Committee(members=("U0OMAR", "U0EVA", "U0MEI"), veto=("U0EVA",))
    rules = (
        AuthorityRule(kind="retention", steps=(Step(quorum=2),)),
        AuthorityRule(kind="override", steps=(Step(committee="credit"),)),
        AuthorityRule(steps=(Step(),)),
    )
    return policy.model_copy(
        update={"approvals": policy.approvals.model_copy(update={"authority": rules, "committees": {"credit": committee}})}
    )


def words(thing: Json) -> str:
    """What can be read, on one line."""
    return " ".join(desks.words(thing).split())


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with open_desk(change=two_and_a_committee) as opened:
        opened.load("ratings", "customer,rating,as_of,agency\nNOVA,B,2026-01-31,S&P\n")
        yield opened


@pytest.fixture
def propose(desk: Desk) -> Callable[[str], Json]:
    """Ana proposes something about Nova Power; the request that everybody sees."""

    def ask_for(strategy: str) -> Json:
        ana = desk.person("ana")
        risk = ask(ana, '/risk log NOVA legal L1 S1 X1 "a licence is late"')["text"].split()[0]
        last = newest(ana, ROOM)
        ask(ana, f'/risk respond {risk} {strategy} "wait for the licence"')
        return ana.wait_message(ROOM, "wait for the licence", after=last)

    return ask_for


def now(desk: Desk, request: Json, wanted: str) -> Json:
    """The request, once it says this."""
    return desk.person("mei").wait_message(ROOM, lambda seen: seen["ts"] == request["ts"] and wanted in words(seen))


def asked(request: Json) -> str:
    return str(request["text"].partition(":")[0])


def test_a_retention_takes_two_people_and_each_voice_shows(desk: Desk, propose: Callable[[str], Json]):
    request = propose("retain")

    first = press(desk.person("omar"), request, "approval.approve", ROOM)
    heard = now(desk, request, "1 of 2 · approvers")
    again = press(desk.person("omar"), heard, "approval.approve", ROOM)
    second = press(desk.person("eva"), heard, "approval.approve", ROOM)
    decided = now(desk, request, "✅ approved")

    assert "0 of 2 · approvers" in words(request)
    assert first["text"] == f"Your vote is recorded; {asked(request)} needs 1 more."
    assert "one person, one vote" in again["text"]
    assert second["text"] == f"{asked(request)} is approved; <@U0ANA> has been told."
    assert buttons(heard) != []
    assert buttons(decided) == []


def test_conditions_are_set_with_the_yes_listed_and_confirmed_by_somebody_else(desk: Desk, propose: Callable[[str], Json]):
    request, omar, ana, mei = propose("reduce"), desk.person("omar"), desk.person("ana"), desk.person("mei")

    omar.press(current(omar, request, ROOM), "approval.condition")
    form = omar.wait_modal(wanted="Approve with conditions")
    assert omar.submit(form, {"text": "show the licence", "due": "2030-01-31"})["ok"]
    now(desk, request, "1 condition open")
    told = ana.wait_message("dm", f"{asked(request)} ")
    hers, listed = ask(ana, "/risk approvals conditions"), ask(mei, "/risk approvals conditions")
    mei.press(listed, "condition.met")
    evidence = mei.wait_modal(wanted="show the licence")
    assert mei.submit(evidence, {"evidence": "seen in the file, page 3"})["ok"]
    met = now(desk, request, "☑")

    assert "☐ show the licence · due 31 Jan 2030" in words(told)
    assert buttons(hers) == []
    assert "“seen in the file, page 3”" in words(met)
    assert "has confirmed your condition of" in omar.wait_message("dm", "condition")["text"]


def test_a_press_on_facts_that_have_changed_is_refused_and_the_second_one_counts(desk: Desk, propose: Callable[[str], Json]):
    request, omar = propose("reduce"), desk.person("omar")
    listed = ask(omar, f"/risk approvals {asked(request)}")
    desk.load("facilities", "id,customer,kind,currency,limit,outstanding\nF2,NOVA,revolver,EUR,900000,800000\n")

    # the answer to him does not follow the facts as the card does
    refused = press(omar, listed, "approval.approve")
    fresh = now(desk, request, "changed since the request")
    said = press(omar, fresh, "approval.approve", ROOM)

    assert "nothing was decided: please review them again" in refused["text"]
    assert "EUR 250 k → EUR 800 k" in words(refused)
    assert "EUR 250 k → EUR 800 k" in words(fresh)
    assert said["text"] == f"{asked(request)} is approved; <@U0ANA> has been told."


def test_the_maker_takes_a_request_back_with_the_button_of_the_answer(desk: Desk):
    ana = desk.person("ana")
    risk = ask(ana, '/risk log NOVA legal L1 S1 X1 "a licence is late"')["text"].split()[0]
    last = newest(ana, ROOM)
    answer = ask(ana, f'/risk respond {risk} reduce "pay the fee"')
    listed = ask(desk.person("omar"), "/risk approvals")
    request = ana.wait_message(ROOM, "pay the fee", after=last)

    ana.press(answer, "approval.withdraw")
    form = ana.wait_modal(wanted="Withdraw")
    assert ana.submit(form, {})["ok"]
    gone = now(desk, request, "🗑️ withdrawn")
    late = press(desk.person("omar"), listed, "approval.approve")

    assert buttons(gone) == []
    assert f"<@U0ANA> withdrew {asked(request)}" in late["text"]


def graded(desk: Desk) -> bool:
    with desk.database.begin(EVERYTHING) as tx:
        found = scores.of(tx, ["NOVA"]).get("NOVA")
        return found is not None and found.grade is not Grade.CRITICAL


def test_a_committee_votes_one_stands_aside_and_the_minutes_stand_in_the_thread(desk: Desk):
    ana, mei = desk.person("ana"), desk.person("mei")
    eventually(lambda: graded(desk))
    last = newest(ana, ROOM)
    ask(ana, '/risk override NOVA critical "the sponsor has walked away from it"')
    request = ana.wait_message(ROOM, "walked away", after=last)

    mei.press(current(mei, request, ROOM), "approval.recuse")
    form = mei.wait_modal()
    assert mei.submit(form, {"reason": "I look after their sponsor"})["ok"]
    press(desk.person("omar"), now(desk, request, "abstained"), "approval.approve", ROOM)
    press(desk.person("eva"), now(desk, request, "1 of 2 votes"), "approval.approve", ROOM)
    now(desk, request, "✅ approved")
    minutes = ana.wait_message(ROOM, "Minutes", thread_ts=request["ts"])

    assert "approval.recuse" in buttons(request)
    assert minutes["thread_ts"] == request["ts"]
    assert "2 for, 0 against; 2 of 2 votes required (2/3)" in words(minutes)
    assert "“I look after their sponsor”" in words(minutes)


def test_what_is_lent_is_told_to_both_listed_and_ended_with_a_button(desk: Desk):
    omar, eva, ana = desk.person("omar"), desk.person("eva"), desk.person("ana")

    until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()

    given = ask(omar, f'/risk delegate <@U0EVA> until={until} "holiday"')
    told = eva.wait_message("dm", "D-1")
    hers = ask(eva, "/risk delegate")
    ended = press(eva, hers, "delegation.end")
    omar.press(ask(omar, "/risk delegate"), "delegation.give")
    form = omar.wait_modal(wanted="Delegate")
    again = omar.submit(form, {"to": "U0ANA", "until": until, "reason": "holiday"})

    assert given["text"].startswith("D-1: <@U0EVA> decides on your behalf until ")
    assert "on behalf of <@U0OMAR>" in told["text"]
    assert "D-1 has ended" in ended["text"]
    assert again["ok"]
    assert "D-2" in ana.wait_message("dm", "D-2")["text"]


# --- from here on roles are given --------------------------------------------------------------------------------------


def play(desk: Desk, **roles: Role) -> None:
    """Give each of these people one role."""
    with desk.database.begin(EVERYTHING, write=True) as tx:
        for name, role in roles.items():
            id = desk.person(name).id
            people.save(tx, Member(id, frozenset({role}), frozenset(), "U0ANA", datetime.now(UTC), people.get(tx, id).version))


def test_a_deputy_decides_and_the_card_names_both(desk: Desk, propose: Callable[[str], Json]):
    play(desk, ana=Role.RISK_MANAGER, eva=Role.RISK_MANAGER, omar=Role.APPROVER, mei=Role.APPROVER)
    omar, eva = desk.person("omar"), desk.person("eva")
    refused = press(eva, propose("reduce"), "approval.approve", ROOM)
    until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    ask(omar, f'/risk delegate <@U0EVA> until={until} "holiday"')

    request = propose("avoid")
    said = press(eva, request, "approval.approve", ROOM)
    decided = now(desk, request, "✅ approved")

    assert "You need the role approver to decide approvals" in refused["text"]
    assert said["text"] == f"{asked(request)} is approved; <@U0ANA> has been told."
    assert "was approved by <@U0EVA> on behalf of <@U0OMAR>" in decided["text"]


def test_a_role_that_was_taken_while_the_form_was_open_is_missed_in_the_form(desk: Desk, propose: Callable[[str], Json]):
    play(desk, ana=Role.RISK_MANAGER, omar=Role.APPROVER, mei=Role.APPROVER)
    request, omar = propose("reduce"), desk.person("omar")

    omar.press(current(omar, request, ROOM), "approval.reject")
    form = omar.wait_modal(wanted="Reject")
    play(desk, omar=Role.VIEWER)
    answer = omar.submit(form, {"reason": "too dear"})
    shown = omar.wait_modal(wanted="role approver to decide approvals")
    omar.close(shown, whole=True)

    assert answer["response_action"] == "update"
    assert buttons(current(omar, request, ROOM)) != []
