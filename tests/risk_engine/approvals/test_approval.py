"""Four eyes: whoever asks never decides, one person, one vote, and whatever is decided stays decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from risk_engine.approvals import approval as engine
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.approvals.proposal import ProposalState
from risk_engine.approvals.refusals import (
    AlreadyDecided,
    AlreadySpoken,
    ApprovalExpired,
    FactsHaveChanged,
    MakerCannotDecide,
    NotAnApprover,
    NotTheMaker,
)
from risk_engine.checks import ReasonMissing
from risk_engine.people.people_policy import People
from risk_engine.people.roles import Role
from risk_engine.references import ResponseId
from tests.risk_engine.deciding import APPROVER, DAYS, EVERYBODY, LATER, MONDAY, ask, asked, own, say, told
from tests.risk_engine.refused import facts_of

TWO = Stage(quorum=2)


def test_a_request_waits_and_says_who_asks_for_what_and_until_when():
    waiting, requested = ask(amount=Decimal("12.50"), picture={"grade": "low"})

    assert (waiting.verdict, waiting.maker, waiting.subject, waiting.picture) == (None, "U0ANA", ResponseId(4), {"grade": "low"})
    assert waiting.expires_at == MONDAY + timedelta(days=DAYS)
    assert (requested.kind, requested.subject, requested.actor, requested.at) == ("approval.requested", "A-3", "U0ANA", MONDAY)
    assert requested.facts == {
        "subject": "T-4",
        "kind": "response",
        "maker": "U0ANA",
        "customer": "ACME",
        "title": "assign the receivables",
        "amount": "12.50",
        "steps": 1,
        "expires_at": "2026-12-07T09:00:00+00:00",
    }


def test_an_amount_that_cannot_be_told_is_none_in_the_record():
    assert ask()[1].facts["amount"] is None


def test_somebody_else_approves_without_a_reason():
    decided, happened = told(asked(), Choice.APPROVE, "U0OMAR")

    assert (decided.verdict, decided.decided_by, decided.decided_at, decided.reason) == (ProposalState.APPROVED, "U0OMAR", LATER, None)
    assert (happened.kind, happened.subject, happened.actor, happened.at) == ("approval.decided", "A-3", "U0OMAR", LATER)
    assert happened.facts == {
        "subject": "T-4",
        "kind": "response",
        "maker": "U0ANA",
        "customer": "ACME",
        "choice": "approve",
        "step": 1,
        "on_behalf_of": None,
        "reason": None,
        "seen": None,
        "conditions": [],
        "verdict": "approved",
    }


@pytest.mark.parametrize("choice", list(Choice))
def test_the_maker_never_speaks_not_even_as_a_named_approver(choice):
    with pytest.raises(MakerCannotDecide) as refused:
        say(asked(Stage(people=("U0ANA",))), choice, "U0ANA", people=People(approvers=("U0ANA",)))

    assert facts_of(refused.value) == {"approval": 3, "maker": "U0ANA"}


def test_the_maker_does_not_speak_through_a_deputy_nor_as_one():
    for voter in (Voter("U0OMAR", "U0ANA", APPROVER), Voter("U0ANA", "U0OMAR", APPROVER)):
        with pytest.raises(MakerCannotDecide):
            say(asked(), Choice.APPROVE, voter)


def test_a_second_account_is_the_same_person():
    people = People(accounts={"U0ANA2": "U0ANA", "U0OMAR2": "U0OMAR"})
    with pytest.raises(MakerCannotDecide):
        say(asked(), Choice.APPROVE, "U0ANA2", people=people)
    with pytest.raises(MakerCannotDecide):
        say(asked(by="U0ANA2"), Choice.APPROVE, "U0ANA", people=people)
    once = say(asked(TWO), Choice.APPROVE, "U0OMAR", people=people)
    with pytest.raises(AlreadySpoken):
        say(once, Choice.APPROVE, "U0OMAR2", people=people)

    assert say(once, Choice.APPROVE, "U0EVA", people=people).verdict is ProposalState.APPROVED


def test_a_second_decision_is_told_who_said_what_and_when():
    decided = say(asked(), Choice.REJECT, "U0OMAR", reason="too dear")

    with pytest.raises(AlreadyDecided) as refused:
        say(decided, Choice.APPROVE, "U0MEI")
    assert facts_of(refused.value) == {"approval": 3, "verdict": ProposalState.REJECTED, "by": "U0OMAR", "at": LATER}


def test_until_roles_are_given_the_policy_may_name_who_decides():
    named = People(approvers=("U0MEI",))
    with pytest.raises(NotAnApprover) as refused:
        say(asked(), Choice.APPROVE, "U0OMAR", people=named)

    assert facts_of(refused.value) == {"approval": 3, "person": "U0OMAR", "stage": Stage(), "step": 1, "steps": 1}
    assert say(asked(), Choice.APPROVE, "U0MEI", people=named).decided_by == "U0MEI"


@pytest.mark.parametrize("roles", [(Role.ANALYST,), (Role.APPROVER, Role.ADMINISTRATOR), (Role.RISK_MANAGER, Role.AUDITOR)])
def test_it_takes_the_steps_role_and_no_administrator(roles):
    with pytest.raises(NotAnApprover):
        say(asked(), Choice.APPROVE, own("U0OMAR", *roles))


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.RETURN, Choice.RECUSE])
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_all_but_a_yes_needs_its_reason(choice, reason):
    with pytest.raises(ReasonMissing):
        say(asked(), choice, "U0OMAR", reason=reason)


def test_what_stands_is_never_changed_in_place():
    waiting = asked()
    say(waiting, Choice.APPROVE, "U0OMAR")

    assert (waiting.verdict, waiting.votes) == (None, ())


def test_two_of_many_carry_a_quorum_of_two():
    once, first = told(asked(TWO), Choice.APPROVE, "U0OMAR")
    twice, last = told(once, Choice.APPROVE, "U0EVA")

    assert (once.verdict, first.kind, first.facts["choice"], first.actor) == (None, "approval.voted", "approve", "U0OMAR")
    assert (twice.verdict, twice.decided_by, last.kind) == (ProposalState.APPROVED, "U0EVA", "approval.decided")


@pytest.mark.parametrize("voter", [own("U0OMAR"), Voter("U0MEI", "U0OMAR", APPROVER), Voter("U0OMAR", "U0MEI", APPROVER)])
def test_one_person_is_one_voice_and_so_is_one_authority(voter):
    once = say(asked(TWO), Choice.APPROVE, "U0OMAR")

    with pytest.raises(AlreadySpoken) as refused:
        say(once, Choice.APPROVE, voter)
    assert facts_of(refused.value) == {"approval": 3, "person": voter.person, "authority": voter.authority}


@pytest.mark.parametrize(("choice", "verdict"), [(Choice.REJECT, ProposalState.REJECTED), (Choice.RETURN, ProposalState.RETURNED)])
def test_one_no_ends_it_whatever_the_quorum(choice, verdict):
    decided = say(say(asked(TWO), Choice.APPROVE, "U0OMAR"), choice, "U0EVA")

    assert (decided.verdict, decided.decided_by, decided.reason) == (verdict, "U0EVA", "because")


def test_steps_follow_one_another_each_with_people_of_its_own():
    both = asked(Stage(role=Role.RISK_MANAGER), Stage())
    with pytest.raises(NotAnApprover):
        say(both, Choice.APPROVE, "U0OMAR")
    second, happened = told(both, Choice.APPROVE, own("U0MEI", Role.RISK_MANAGER))

    assert (second.step, second.verdict, happened.kind, happened.facts["step"]) == (1, None, "approval.voted", 1)
    with pytest.raises(NotAnApprover):
        say(second, Choice.APPROVE, own("U0BEN", Role.RISK_MANAGER))
    assert say(second, Choice.APPROVE, "U0OMAR").verdict is ProposalState.APPROVED


def test_whoever_spoke_in_the_first_step_does_not_carry_the_second():
    second = say(asked(Stage(), Stage()), Choice.APPROVE, "U0OMAR")

    with pytest.raises(AlreadySpoken):
        say(second, Choice.APPROVE, "U0OMAR")


def test_voices_of_an_earlier_step_do_not_count_in_the_next():
    second = say(asked(Stage(), TWO), Choice.APPROVE, "U0OMAR")
    third = say(second, Choice.APPROVE, "U0EVA")

    assert (len(second.voices), third.verdict, len(third.voices)) == (0, None, 1)
    assert say(third, Choice.APPROVE, "U0MEI").verdict is ProposalState.APPROVED


def test_a_deputy_says_so_on_the_record():
    decided, happened = told(asked(), Choice.APPROVE, Voter("U0EVA", "U0OMAR", APPROVER))

    assert (decided.decided_by, decided.votes[0].authority, decided.votes[0].person) == ("U0EVA", "U0OMAR", "U0EVA")
    assert happened.facts["on_behalf_of"] == "U0OMAR"


def test_a_yes_on_facts_that_have_changed_is_refused_and_a_no_is_not():
    with pytest.raises(FactsHaveChanged):
        say(asked(), Choice.APPROVE, "U0OMAR", seen="a", present="b")

    assert say(asked(), Choice.APPROVE, "U0OMAR", seen="b", present="b").votes[0].seen == "b"
    assert say(asked(), Choice.REJECT, "U0OMAR", seen="a", present="b").verdict is ProposalState.REJECTED


def test_conditions_are_numbered_through_whoever_sets_them():
    once = say(asked(TWO), Choice.APPROVE, "U0OMAR", conditions=[("file the deed", date(2026, 12, 1)), ("insure it", date(2026, 12, 2))])
    twice, happened = told(once, Choice.APPROVE, "U0EVA", conditions=[("tell the sponsor", date(2026, 12, 3))])

    assert [(one.number, one.text, one.set_by) for one in twice.conditions] == [
        (1, "file the deed", "U0OMAR"),
        (2, "insure it", "U0OMAR"),
        (3, "tell the sponsor", "U0EVA"),
    ]
    assert happened.facts["conditions"] == [{"text": "tell the sponsor", "due": "2026-12-03"}]


# --- its time --------------------------------------------------------------------------------------------------------


END = MONDAY + timedelta(days=DAYS)


def test_up_to_its_last_moment_it_can_be_decided_and_then_no_more():
    assert say(asked(), Choice.APPROVE, "U0OMAR", at=END - timedelta(microseconds=1)).verdict is ProposalState.APPROVED
    with pytest.raises(ApprovalExpired) as refused:
        say(asked(), Choice.APPROVE, "U0OMAR", at=END)

    assert facts_of(refused.value) == {"approval": 3, "at": END}


def test_the_clock_ends_what_waited_too_long_once():
    assert engine.expire(asked(), at=END - timedelta(microseconds=1)) is None
    expired, happened = engine.expire(asked(), at=END)

    assert (expired.verdict, expired.decided_by, expired.decided_at) == (ProposalState.EXPIRED, "clock", END)
    assert (happened.kind, happened.actor, happened.facts["verdict"]) == ("approval.decided", "clock", "expired")
    assert engine.expire(expired, at=END) is None


def test_the_maker_and_nobody_else_takes_it_back():
    with pytest.raises(NotTheMaker) as refused:
        engine.withdraw(asked(), by="U0OMAR", at=LATER)
    assert facts_of(refused.value) == {"approval": 3, "maker": "U0ANA"}
    taken, happened = engine.withdraw(asked(), by="U0ANA", at=LATER, reason="the plant is sold")

    assert (taken.verdict, taken.decided_by, taken.reason) == (ProposalState.WITHDRAWN, "U0ANA", "the plant is sold")
    assert (happened.facts["verdict"], happened.facts["reason"], happened.facts["maker"]) == ("withdrawn", "the plant is sold", "U0ANA")
    with pytest.raises(AlreadyDecided):
        engine.withdraw(taken, by="U0ANA", at=LATER)
    with pytest.raises(ApprovalExpired):
        engine.withdraw(asked(), by="U0ANA", at=END)


@pytest.mark.parametrize(
    ("hours", "due"), [(0, 0), (23.9, 0), (24, 1), (71.9, 1), (72, 2), (DAYS * 24 - 24.1, 2), (DAYS * 24 - 24, 3), (DAYS * 24 + 99, 3)]
)
def test_reminders_come_after_a_day_after_three_and_a_day_before_the_end(hours, due):
    at = MONDAY + timedelta(hours=hours)

    assert engine.reminders(asked(), at=at, remind_hours=(24, 72), warn_hours=24) == due
    assert engine.reminders(asked(), at=at, remind_hours=(24, 72), warn_hours=0) == min(due, 2)


def test_a_warning_that_would_come_before_the_request_never_comes():
    short = replace(asked(), expires_at=MONDAY + timedelta(hours=12))

    assert engine.reminders(short, at=MONDAY + timedelta(hours=12), remind_hours=(), warn_hours=24) == 0
    assert engine.reminders(short, at=MONDAY, remind_hours=(), warn_hours=12) == 0


def test_whoever_may_not_speak_hears_so_before_they_write_a_reason():
    with pytest.raises(MakerCannotDecide):
        engine.may_decide(asked(), own("U0ANA"), at=LATER, people=EVERYBODY)

    engine.may_decide(asked(), own("U0OMAR"), at=LATER, people=EVERYBODY)


def test_reminders_that_were_missed_are_one_and_none_is_given_twice():
    reminding = {"remind_hours": (24, 72), "warn_hours": 24}

    reminded, happened = engine.remind(asked(), at=MONDAY + timedelta(hours=80), **reminding)

    assert (reminded.reminded, happened.kind, happened.facts["reminder"]) == (2, "approval.reminded", 2)
    assert engine.remind(reminded, at=MONDAY + timedelta(hours=80), **reminding) is None
    assert engine.remind(reminded, at=END, **reminding) is None


def test_accounts_that_share_an_address_are_one_person_unless_one_stands_for_itself():
    people = People(accounts={"U2": "U2", "U7": "U6"}).joined([("U1", "U2", "U3"), ("U3", "U4"), ("U8", "U7"), ("U2",)])
    humans = {account: people.human(account) for account in ("U1", "U2", "U3", "U4", "U5", "U7", "U8")}

    assert humans == {"U1": "U1", "U2": "U2", "U3": "U1", "U4": "U1", "U5": "U5", "U7": "U6", "U8": "U6"}
