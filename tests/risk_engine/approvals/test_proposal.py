"""The one lifecycle of everything that is proposed, and what each kind adds to it."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from datetime import UTC, date, datetime

import pytest

from risk_engine.approvals.proposal import VERDICTS, NotOpen, Proposal, ProposalState
from risk_engine.classification.judgement import Judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.grading import Grade
from risk_engine.policy.policy_change import PolicyChange
from risk_engine.references import JudgementId, OverrideId, PolicyChangeId, ResponseId
from risk_engine.register.response import Response, Strategy
from risk_engine.scoring.override import Override
from tests.risk_engine.refused import facts_of

WAITS = {"proposed_by": "U0ANA", "proposed_at": datetime(2026, 11, 23, 9, tzinfo=UTC)}
UNTIL = date(2027, 3, 31)
PROPOSALS: list[Proposal] = [
    Response(id=ResponseId(4), risk=17, strategy=Strategy.REDUCE, measure="a pledge", owner="U0MEI", due=UNTIL, **WAITS),
    Override(id=OverrideId(2), customer="ACME", grade=Grade.MEDIUM, model=Grade.HIGH, until=UNTIL, reason="new equity", **WAITS),
    Judgement(id=JudgementId(3), customer="ACME", kind=JudgementKind.UNLIKELY_TO_PAY, since=UNTIL, reason="no support", **WAITS),
    PolicyChange(id=PolicyChangeId(1), path=("data", "top"), value=1, back=False, before=2, base=2, reason="agreed", **WAITS),
]
# what a kind allows after its approval; everything else is final, but a response that goes back, or is being carried out
CARRIED_OUT = {ProposalState.IN_PROGRESS, ProposalState.DONE, ProposalState.CANCELLED, ProposalState.PROPOSED}
AFTER = {Response: CARRIED_OUT, Override: {ProposalState.ENDED}, Judgement: {ProposalState.ENDED}, PolicyChange: {ProposalState.REPLACED}}
each = pytest.mark.parametrize("proposed", PROPOSALS, ids=lambda one: type(one).__name__)


def reachable(proposed: Proposal) -> set[ProposalState]:
    found = set()
    for state in ProposalState:
        with contextlib.suppress(NotOpen):
            found.add(proposed.become(state).state)
    return found


def test_every_kind_of_proposal_is_looked_at_here():
    # a class with slots is made twice: of two of one name only the second is used
    kinds = {kind.__name__ for kind in Proposal.__subclasses__()}

    assert kinds == {kind.__name__ for kind in AFTER} == {type(one).__name__ for one in PROPOSALS}


@each
def test_a_proposal_waits_until_a_verdict_ends_it(proposed):
    assert proposed.state is ProposalState.PROPOSED
    assert reachable(proposed) == set(VERDICTS)


@each
def test_only_what_its_kind_allows_follows_on_an_approval(proposed):
    assert reachable(proposed.become(ProposalState.APPROVED)) == AFTER[type(proposed)]


@each
def test_every_other_end_is_final(proposed):
    for verdict in set(VERDICTS) - {ProposalState.APPROVED}:
        assert reachable(proposed.become(verdict)) == set()
    for later in AFTER[type(proposed)] - {ProposalState.PROPOSED, ProposalState.IN_PROGRESS}:
        assert reachable(proposed.become(ProposalState.APPROVED).become(later)) == set()


@each
def test_nothing_but_its_state_changes(proposed):
    rejected, names = proposed.become(ProposalState.REJECTED), [field.name for field in fields(proposed)]

    assert {name for name in names if getattr(rejected, name) != getattr(proposed, name)} == {"state"}


def test_a_response_in_progress_can_end_or_go_back_like_an_approved_one():
    started = PROPOSALS[0].become(ProposalState.APPROVED).become(ProposalState.IN_PROGRESS)

    assert reachable(started) == CARRIED_OUT


def test_a_later_state_of_one_kind_is_none_of_another():
    response, override, _judgement, change = (one.become(ProposalState.APPROVED) for one in PROPOSALS)

    for one, state in ((response, ProposalState.ENDED), (override, ProposalState.REPLACED), (change, ProposalState.ENDED)):
        with pytest.raises(NotOpen) as refused:
            one.become(state)
        assert facts_of(refused.value) == {"thing": one.id, "state": "approved"}


def test_the_stored_words_of_the_states_stay_as_old_trails_have_them():
    assert [state.value for state in ProposalState] == [
        "proposed", "approved", "rejected", "returned", "withdrawn", "expired", "ended", "replaced",
        "in_progress", "done", "cancelled",
    ]  # fmt: skip
