"""Judgements about default: their days, their end, and what the policy allows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from risk_engine.approvals.proposal import NotOpen, ProposalState
from risk_engine.classification import judgement
from risk_engine.classification.default_policy import DefaultPolicy
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.classification.refusals import (
    JudgedAlready,
    JudgementFromTheFuture,
    RebuttalOutOfBounds,
    RebuttalWithoutEnd,
    TermNotTaken,
)
from risk_engine.references import JudgementId
from tests.risk_engine.refused import facts_of

NOW, TODAY, DAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23), timedelta(days=1)
LONGEST = TODAY + timedelta(days=90)
UNLIKELY, REBUTTAL, VOID = JudgementKind.UNLIKELY_TO_PAY, JudgementKind.REBUTTAL, JudgementKind.VOID


def proposed(kind=UNLIKELY, *, since=None, until=None, standing=None):
    return judgement.propose(
        JudgementId(2),
        customer="ACME",
        kind=kind,
        since=since,
        until=until,
        reason="the parent has withdrawn its support",
        standing=standing,
        policy=DefaultPolicy.model_construct(rebuttal_longest_days=90),
        by="U0ANA",
        at=NOW,
        today=TODAY,
    )


def approved(kind=UNLIKELY, **days):
    return proposed(kind, **days)[0].become(ProposalState.APPROVED)


def ended(standing, today=TODAY):
    return judgement.end(JudgementId(3), standing, reason="the parent supports it again", by="U0MEI", at=NOW, today=today)


def test_a_judgement_holds_from_today_and_says_why():
    made, happened = proposed()

    assert (made.kind, made.since, made.until, made.ends, made.state) == (UNLIKELY, TODAY, None, None, ProposalState.PROPOSED)
    assert (happened.kind, happened.subject, happened.actor, happened.at) == ("judgement.proposed", "J-2", "U0ANA", NOW)
    assert happened.facts == {
        "customer": "ACME", "kind": "unlikely_to_pay", "since": "2026-11-23", "reason": "the parent has withdrawn its support",
    }  # fmt: skip


@pytest.mark.parametrize(("days", "allowed"), [(-900, True), (0, True), (1, False)])
def test_unlikely_to_pay_holds_from_an_earlier_day_but_not_from_a_later_one(days, allowed):
    since = TODAY + timedelta(days=days)
    if allowed:
        assert proposed(since=since)[0].since == since
        return
    with pytest.raises(JudgementFromTheFuture) as refused:
        proposed(since=since)

    assert facts_of(refused.value) == {"since": since, "last": TODAY}


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_rebuttal_ends_within_the_policys_bound(days, allowed):
    until = TODAY + timedelta(days=days)
    if allowed:
        assert proposed(REBUTTAL, until=until)[0].until == until
        return
    with pytest.raises(RebuttalOutOfBounds) as refused:
        proposed(REBUTTAL, until=until)

    assert facts_of(refused.value) == {"until": until, "first": TODAY, "last": LONGEST}


def test_a_rebuttal_without_its_last_day_is_refused():
    with pytest.raises(RebuttalWithoutEnd) as refused:
        proposed(REBUTTAL)

    assert facts_of(refused.value) == {"first": TODAY, "last": LONGEST}


@pytest.mark.parametrize(("kind", "field"), [(UNLIKELY, "until"), (VOID, "until"), (VOID, "since")])
def test_a_day_that_the_kind_does_not_have_is_refused(kind, field):
    with pytest.raises(TermNotTaken) as refused:
        proposed(kind, **{field: TODAY})

    assert facts_of(refused.value) == {"kind": kind, "field": field}


def test_a_second_judgement_of_unlikely_to_pay_is_refused_and_a_later_rebuttal_is_not():
    with pytest.raises(JudgedAlready) as refused:
        proposed(standing=approved())

    assert facts_of(refused.value) == {"judgement": JudgementId(2)}
    assert proposed(REBUTTAL, until=LONGEST, standing=approved(REBUTTAL, until=TODAY))[0].until == LONGEST


def test_unlikely_to_pay_holds_from_its_first_day_and_a_rebuttal_through_its_last():
    assert not proposed()[0].in_force(TODAY)
    assert [approved(since=TODAY - DAY).in_force(TODAY + n * DAY) for n in (-2, -1, 900)] == [False, True, True]
    assert [approved(REBUTTAL, until=LONGEST).in_force(LONGEST + n * DAY) for n in (-1, 0, 1)] == [True, True, False]
    assert not approved(VOID).in_force(TODAY)


@pytest.mark.parametrize("standing", [approved(), approved(REBUTTAL, until=LONGEST)])
def test_the_end_of_a_judgement_is_a_proposal_of_its_own(standing):
    made, happened = ended(standing)

    assert (made.kind, made.ends, made.customer, made.state) == (JudgementKind.END, JudgementId(2), "ACME", ProposalState.PROPOSED)
    assert (happened.facts["kind"], happened.facts["ends"], happened.actor) == ("end", "J-2", "U0MEI")
    assert standing.in_force(TODAY)
    assert not standing.become(ProposalState.ENDED).in_force(TODAY)


@pytest.mark.parametrize("over", [proposed()[0], approved().become(ProposalState.ENDED), approved(VOID), approved(REBUTTAL, until=TODAY)])
def test_only_a_judgement_in_force_can_be_ended(over):
    with pytest.raises(NotOpen):
        ended(over, today=TODAY + DAY)


def test_an_end_is_approved_only_while_its_judgement_is_in_force():
    standing, policy = approved(), DefaultPolicy.model_construct(rebuttal_longest_days=90)
    end = ended(standing)[0]

    judgement.check_possible(end, standing, policy, TODAY)
    with pytest.raises(NotOpen):
        judgement.check_possible(end, standing.become(ProposalState.ENDED), policy, TODAY)


def test_a_rebuttal_is_approved_through_its_last_day_only():
    pending, policy = proposed(REBUTTAL, until=TODAY)[0], DefaultPolicy.model_construct(rebuttal_longest_days=90)

    judgement.check_possible(pending, None, policy, TODAY)
    judgement.check_possible(proposed()[0], None, policy, TODAY + 900 * DAY)
    with pytest.raises(RebuttalOutOfBounds):
        judgement.check_possible(pending, None, policy, TODAY + DAY)


def test_the_packaged_term_of_a_rebuttal_is_a_quarter(policy):
    assert policy.default.rebuttal_longest_days == 90
