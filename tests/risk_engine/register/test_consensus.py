"""Consensus: medians of views, prudent halves, disagreement, and a chair who decides with a reason."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible, ReasonMissing
from risk_engine.register.assessment import Assessment, Origin, RiskKind
from risk_engine.register.assessment_policy import Assessing
from risk_engine.register.consensus import View, agreed, decided, middles
from risk_engine.register.refusals import OutOfScale
from tests.risk_engine.refused import facts_of

POLICY = Assessing(cap=0.9, spread=1, quorum=2)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
views = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), min_size=1, max_size=15)


def view(by, *steps, minutes=0, reason="") -> View:
    return View(by, Assessment(*steps), MONDAY + timedelta(minutes=minutes), reason)


@pytest.mark.parametrize(
    ("said", "threat", "opportunity", "spread"),
    [
        ([3], 3, 3, 0),
        ([1, 5], 3, 3, 4),
        ([2, 3], 3, 2, 1),
        ([1, 2, 5], 2, 2, 4),
        ([1, 4, 2, 5], 3, 3, 4),
        ([1, 2, 3, 5], 3, 2, 4),
        ([4, 4, 4, 1, 1], 4, 4, 3),
        ([1, 4], 3, 2, 3),
    ],
)
def test_halfway_the_prudent_step_counts(said, threat, opportunity, spread):
    found = [middles(np.zeros(len(said), dtype=np.int64), said, 1, [chance]) for chance in (False, True)]

    assert [int(one.median[0]) for one in found] == [threat, opportunity]
    assert [(int(one.spread[0]), int(one.views[0])) for one in found] == [(spread, len(said))] * 2


def test_a_risk_without_views_has_no_median():
    found = middles(np.array([3, 1, 1]), [2, 5, 4], 4, [False, True, False, False])

    assert (found.median.tolist(), found.spread.tolist(), found.views.tolist()) == ([0, 4, 0, 2], [0, 1, 0, 0], [0, 2, 0, 1])
    assert (found.median.dtype, found.spread.dtype) == (np.int8, np.int8)


def test_no_views_at_all():
    found = middles(np.zeros(0, dtype=np.int64), [], 2, [False, True])

    assert (found.median.tolist(), found.views.tolist()) == ([0, 0], [0, 0])


@given(views, st.lists(st.booleans(), min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_many_risks_are_each_alone_in_any_order(rows, opportunity, random):
    risk, said = np.array(random.sample(rows, len(rows))).T
    found = middles(risk, said, 3, opportunity)

    for place in range(3):
        mine = [step for one, step in rows if one == place]
        middle = statistics.median(mine) if mine else 0
        assert found.median[place] == (int(middle) if opportunity[place] else -int(-middle // 1))
        assert found.spread[place] == (max(mine) - min(mine) if mine else 0)


@pytest.mark.parametrize(
    ("risk", "said", "refusal"), [([0], [6], OutOfScale), ([0], [0], OutOfScale), ([1], [3], Impossible), ([0, 0], [3], Impossible)]
)
def test_a_view_that_cannot_be_is_refused(risk, said, refusal):
    with pytest.raises(refusal):
        middles(np.array(risk), said, 1, [False])


def test_the_consensus_is_the_median_of_each_axis_and_keeps_who_said_what():
    said = (view("ANA", 4, 3, 2, reason="the tender is lost"), view("MEI", 3, 3, 2), view("JO", 4, 4, 2))
    found = agreed(said, RiskKind.THREAT, POLICY)

    assert found.views == said
    assert found.assessment == Assessment(4, 3, 2)
    assert (found.spread, found.disagree, found.enough, found.settled) == (1, False, True, True)
    assert (found.chair, found.reason) == (None, "")


@pytest.mark.parametrize(
    ("other", "spread", "disagree"),
    [((3, 3, 3), 0, False), ((4, 3, 3), 1, False), ((5, 3, 3), 2, True), ((3, 1, 3), 2, True), ((3, 3, 5), 2, True)],
)
def test_views_further_apart_than_the_policy_allows_disagree_on_any_axis(other, spread, disagree):
    found = agreed([view("ANA", 3, 3, 3), view("MEI", *other)], RiskKind.THREAT, POLICY)

    assert (found.spread, found.disagree, found.settled) == (spread, disagree, not disagree)


def test_the_customers_loss_is_the_median_of_those_who_assessed_it():
    some = agreed([view("ANA", 3, 3, 3, 5), view("MEI", 3, 3, 3), view("JO", 3, 3, 3, 2)], RiskKind.THREAT, POLICY)
    none = agreed([view("ANA", 3, 3, 3), view("MEI", 3, 3, 3)], RiskKind.THREAT, POLICY)

    assert (some.assessment.customer_severity, some.spread, some.disagree) == (4, 3, True)
    assert none.assessment == Assessment(3, 3, 3)


def test_of_one_persons_views_the_latest_counts_and_all_stay():
    said = [view("ANA", 5, 5, 5, minutes=9), view("MEI", 4, 4, 4), view("ANA", 1, 1, 1, minutes=3)]
    found = agreed(said, RiskKind.THREAT, POLICY)

    assert found.assessment == Assessment(5, 5, 5)
    assert (found.spread, len(found.views)) == (1, 3)


def test_too_few_people_settle_nothing():
    twice = agreed([view("ANA", 3, 3, 3), view("ANA", 3, 3, 3, minutes=1)], RiskKind.THREAT, POLICY)

    assert (twice.enough, twice.disagree, twice.settled) == (False, False, False)
    assert agreed([view("ANA", 3, 3, 3)], RiskKind.THREAT, POLICY.model_copy(update={"quorum": 1})).settled


def test_an_opportunitys_half_goes_down():
    said = [view("ANA", 3, 3, 3), view("MEI", 4, 4, 4)]

    assert agreed(said, RiskKind.THREAT, POLICY).assessment == Assessment(4, 4, 4)
    assert agreed(said, RiskKind.OPPORTUNITY, POLICY).assessment == Assessment(3, 3, 3)


def test_nobodys_view_is_no_consensus():
    with pytest.raises(Impossible) as refused:
        agreed([], RiskKind.THREAT, POLICY)

    assert facts_of(refused.value) == {"field": "views", "value": 0, "accepted": "1 or more"}


def test_a_chair_decides_with_a_reason_and_the_disagreement_stays_on_record():
    open_question = agreed([view("ANA", 1, 3, 3), view("MEI", 5, 3, 3)], RiskKind.THREAT, POLICY)
    found = decided(open_question, Assessment(5, 3, 3), by="LI", reason="Mei has seen the accounts")

    assert (open_question.settled, found.settled) == (False, True)
    assert (found.assessment, found.chair, found.reason) == (Assessment(5, 3, 3), "LI", "Mei has seen the accounts")
    assert (found.views, found.spread, found.disagree) == (open_question.views, 4, True)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_chair_without_a_reason_decides_nothing(reason):
    with pytest.raises(ReasonMissing):
        decided(agreed([view("ANA", 1, 3, 3)], RiskKind.THREAT, POLICY), Assessment(1, 1, 1), by="LI", reason=reason)


@pytest.mark.parametrize(("field", "value"), [("cap", 1.1), ("cap", -0.1), ("spread", 5), ("spread", -1), ("quorum", 0), ("quorum", 21)])
def test_a_policy_that_cannot_be_is_refused(field, value):
    with pytest.raises(ValueError, match=field):
        Assessing(**POLICY.model_dump() | {field: value})


def test_bounds_that_just_can_be_are_taken():
    assert Assessing(cap=0, spread=0, quorum=1).model_dump() == {"cap": 0, "spread": 0, "quorum": 1}
    assert Assessing(cap=1, spread=4, quorum=20).model_dump() == {"cap": 1, "spread": 4, "quorum": 20}


def test_the_origins_are_the_six_of_pestel():
    assert [origin.value[0] for origin in Origin] == list("pestel")
    assert [origin.name.lower() for origin in Origin] == [origin.value for origin in Origin]
