"""Overrides: who may be graded otherwise than by the model, by how much, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from risk_engine.approvals.proposal import NotOpen, ProposalState
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from risk_engine.scoring import override
from risk_engine.scoring.override_policy import Overrides
from risk_engine.scoring.refusals import NothingToOverride, OverrideTooFar, OverrideTooLong
from tests.risk_engine.refused import facts_of

NOW, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
POLICY = Overrides(longest_days=180, better_by=1)


def proposed(grade=Grade.MEDIUM, model=Grade.HIGH, until=date(2027, 3, 31)):
    return override.propose(
        OverrideId(2),
        customer="ACME",
        grade=grade,
        model=model,
        until=until,
        reason="the parent has paid in new equity",
        policy=POLICY,
        by="U0ANA",
        at=NOW,
        today=TODAY,
    )


def approved():
    return proposed()[0].become(ProposalState.APPROVED)


def test_a_proposal_keeps_both_grades_and_says_why():
    made, happened = proposed()

    assert (made.grade, made.model, made.state, made.version) == (Grade.MEDIUM, Grade.HIGH, ProposalState.PROPOSED, 1)
    assert (happened.kind, happened.subject, happened.actor, happened.at) == ("override.proposed", "O-2", "U0ANA", NOW)
    assert happened.facts == {
        "customer": "ACME", "grade": "medium", "model": "high", "until": "2027-03-31", "reason": "the parent has paid in new equity",
    }  # fmt: skip


@pytest.mark.parametrize("model", Grade)
def test_a_worse_grade_is_always_allowed_and_a_better_one_by_what_the_policy_says(model):
    for grade in Grade:
        if grade is model:
            with pytest.raises(NothingToOverride) as refused:
                proposed(grade, model)
            assert facts_of(refused.value) == {"grade": grade}
        elif model - grade > 1:
            with pytest.raises(OverrideTooFar) as refused:
                proposed(grade, model)
            assert refused.value.best is Grade(model - 1)
        else:
            assert proposed(grade, model)[0].grade is grade


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (180, True), (181, False)])
def test_an_override_ends_within_the_policys_bound(days, allowed):
    until = TODAY + timedelta(days=days)
    if allowed:
        assert proposed(until=until)[0].until == until
        return
    with pytest.raises(OverrideTooLong) as refused:
        proposed(until=until)

    assert facts_of(refused.value) == {"until": until, "first": TODAY, "last": TODAY + timedelta(days=180)}


def test_it_counts_from_its_approval_through_its_last_day():
    assert not proposed()[0].in_force(TODAY)
    assert [approved().in_force(date(2027, 3, 31) + timedelta(days=n)) for n in (-1, 0, 1)] == [True, True, False]


def test_it_can_be_ended_before_its_day_and_only_while_it_counts():
    ended, happened = override.end(approved(), by="U0OMAR", at=NOW, today=TODAY, reason="paid back")

    assert (ended.state, happened.kind, happened.actor, happened.subject) == (ProposalState.ENDED, "override.ended", "U0OMAR", "O-2")
    assert happened.facts["reason"] == "paid back"
    assert not ended.in_force(TODAY)
    for over in (ended, proposed()[0]):
        with pytest.raises(NotOpen):
            override.end(over, by="U0OMAR", at=NOW, today=TODAY, reason="")
    with pytest.raises(NotOpen):
        override.end(approved(), by="U0OMAR", at=NOW, today=date(2027, 4, 1), reason="")
