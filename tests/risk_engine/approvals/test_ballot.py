"""What the voices of a step come to: quorum, committee, veto, seats."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.approvals.ballot import Choice, Stage, Vote, Voter, eligible, tally
from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.roles import Role
from tests.risk_engine.deciding import APPROVER, CREDIT, LATER, asked, own, say

A, R, B, X = Choice.APPROVE, Choice.REJECT, Choice.RETURN, Choice.RECUSE
SEVEN = Stage(people=tuple(f"U{number}" for number in range(7)), committee="board", veto=("U6",), share="2/3")


def votes(*said: tuple[str, Choice]) -> list[Vote]:
    return [Vote(0, who, who, choice, LATER) for who, choice in said]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ([], None),
        ([("U1", A)], None),
        ([("U1", A), ("U2", A)], ProposalState.APPROVED),
        ([("U1", A), ("U2", A), ("U3", A)], ProposalState.APPROVED),
        ([("U1", R)], ProposalState.REJECTED),
        ([("U1", B)], ProposalState.RETURNED),
        ([("U1", A), ("U2", R)], ProposalState.REJECTED),
        ([("U1", X), ("U2", A)], None),
    ],
)
def test_a_quorum_of_two(said, verdict):
    assert tally(Stage(quorum=2), votes(*said), maker="U0ANA") is verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        # Ana asked: of four seats three vote, and two of them are two thirds
        ([("U0BEN", A)], None),
        ([("U0BEN", A), ("U0OMAR", A)], ProposalState.APPROVED),
        ([("U0BEN", R)], None),
        ([("U0BEN", R), ("U0OMAR", R)], ProposalState.REJECTED),
        # a veto ends it at once, also against a majority
        ([("U0EVA", R)], ProposalState.REJECTED),
        ([("U0BEN", A), ("U0EVA", R)], ProposalState.REJECTED),
        # who stands aside has no seat: of two, two thirds are both
        ([("U0EVA", X), ("U0BEN", A)], None),
        ([("U0EVA", X), ("U0BEN", A), ("U0OMAR", A)], ProposalState.APPROVED),
        ([("U0EVA", X), ("U0BEN", R)], ProposalState.REJECTED),
        # somebody who stands aside may leave a majority behind
        ([("U0BEN", A), ("U0EVA", X), ("U0OMAR", X)], ProposalState.APPROVED),
        ([("U0BEN", X), ("U0EVA", X), ("U0OMAR", X)], None),
        ([("U0BEN", B)], ProposalState.RETURNED),
    ],
)
def test_a_committee_of_four_whose_one_member_asked(said, verdict):
    assert tally(CREDIT, votes(*said), maker="U0ANA") is verdict


def test_seven_seats_need_five():
    yes = [(f"U{number}", A) for number in range(5)]

    assert tally(SEVEN, votes(*yes[:4]), maker="U0ANA") is None
    assert tally(SEVEN, votes(*yes), maker="U0ANA") is ProposalState.APPROVED
    assert tally(SEVEN, votes(("U0", R), ("U1", R)), maker="U0ANA") is None
    assert tally(SEVEN, votes(("U0", R), ("U1", R), ("U2", R)), maker="U0ANA") is ProposalState.REJECTED


@pytest.mark.parametrize(
    ("share", "seats", "needed"), [("2/3", 3, 2), ("2/3", 4, 3), ("2/3", 6, 4), ("1/2", 4, 2), ("1/1", 4, 4), ("2/3", 0, 1)]
)
def test_how_many_of_the_seats(share, seats, needed):
    assert Stage(committee="c", share=share).needed(seats) == needed


def test_without_a_committee_it_is_the_quorum_that_is_needed():
    assert Stage(quorum=3).needed(99) == 3


def test_the_last_yes_has_decided_when_somebody_stands_aside_after_it():
    once = say(asked(CREDIT), A, "U0BEN")
    twice = say(once, X, "U0EVA")
    decided = say(twice, X, "U0OMAR")

    assert (decided.verdict, decided.decided_by) == (ProposalState.APPROVED, "U0BEN")


def test_a_deputys_no_is_the_veto_of_whom_they_stand_in_for():
    assert say(asked(CREDIT), R, Voter("U0MEI", "U0EVA", APPROVER)).verdict is ProposalState.REJECTED


@pytest.mark.parametrize(
    ("stage", "voter", "may"),
    [
        (Stage(), own("U1"), True),
        (Stage(), own("U1", Role.ANALYST), False),
        (Stage(role=Role.RISK_MANAGER), own("U1", Role.RISK_MANAGER), True),
        (Stage(people=("U1",)), own("U1"), True),
        (Stage(people=("U1",)), own("U2"), False),
        (Stage(people=("U1",)), Voter("U2", "U1", APPROVER), True),
        (Stage(people=("U1",)), own("U1", Role.VIEWER), False),
        (CREDIT, own("U0BEN", Role.VIEWER), True),
        (CREDIT, own("U0MEI"), False),
        (CREDIT, own("U0BEN", Role.APPROVER, Role.ADMINISTRATOR), False),
    ],
)
def test_who_speaks_in_a_step(stage, voter, may):
    assert eligible(stage, voter) is may


choices = st.sampled_from([A, R, X])


@given(st.lists(choices, max_size=7), st.sampled_from(["1/2", "2/3", "3/4", "1/1"]))
def test_a_committees_outcome_is_what_counting_by_hand_says(said, share):
    stage = Stage(people=SEVEN.people, committee="board", share=share)
    cast = list(zip(SEVEN.people, said, strict=False))
    yes, no, aside = (sum(choice is each for _who, choice in cast) for each in (A, R, X))
    seats = 7 - aside
    above, below = (int(part) for part in share.split("/"))

    outcome = tally(stage, votes(*cast), maker="U0ANA")
    assert (outcome is ProposalState.APPROVED) == (yes * below >= above * seats and yes > 0)
    assert (outcome is ProposalState.REJECTED) == (
        no > 0 and outcome is not ProposalState.APPROVED and no > seats - math.ceil(above * seats / below)
    )


@given(st.permutations([("U0", A), ("U1", R), ("U2", A), ("U3", X), ("U4", A)]))
def test_the_order_of_voices_does_not_matter(said):
    assert tally(SEVEN, votes(*said), maker="U0ANA") is None
