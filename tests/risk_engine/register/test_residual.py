"""Inherent, current, residual: measures that work, by hand and by law."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.register.assessment import Assessment, RiskKind
from risk_engine.register.refusals import OutOfScale
from risk_engine.register.residual import Measures, after, brought, combined, course, held, lawful
from tests.risk_engine.refused import facts_of

NAN = math.nan
CAP = 0.9
shares = st.one_of(st.just(NAN), st.floats(0, 1), st.sampled_from([0.0, 0.125, 0.5, 1.0]))
rows = st.lists(st.tuples(st.integers(0, 2), shares, st.booleans(), st.booleans()), max_size=12)
threes = st.lists(st.integers(1, 5), min_size=3, max_size=3)
kinds = st.lists(st.booleans(), min_size=3, max_size=3)


def measures(rows) -> Measures:
    risk, effect, effective, in_operation = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Measures(
        np.array(risk, dtype=np.int64), np.array(effect, dtype=float), np.array(effective, dtype=bool), np.array(in_operation, dtype=bool)
    )


@pytest.mark.parametrize(
    ("effects", "together"),
    [
        ((), 0),
        ((0.5,), 0.5),
        ((0.5, 0.5), 0.75),
        ((0.2, 0.3), 0.44),
        ((0.5, 0.5, 0.5), 0.875),
        ((0.9,), 0.9),
        ((0.91,), 0.9),
        ((1.0, 0.1), 0.9),
    ],
)
def test_measures_together_take_off_less_than_their_sum_and_at_most_the_cap(effects, together):
    assert combined(np.zeros(len(effects), dtype=np.int64), effects, 1, CAP)[0] == pytest.approx(together, rel=1e-15)


def test_a_measure_acts_on_its_own_risk():
    found = combined(np.array([2, 0, 2, 1]), [0.5, 0.25, 0.5, NAN], 4, CAP)

    np.testing.assert_array_equal(found, [0.25, NAN, 0.75, 0])


def test_the_cap_is_the_policys():
    assert combined(np.array([0]), [0.95], 1, 1.0)[0] == pytest.approx(0.95)
    assert combined(np.array([0]), [0.95], 1, 0.0)[0] == 0


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_measures_were_entered_changes_no_bit(rows, random):
    one, other = (
        combined(np.array(risk), effect, 3, CAP) for risk, effect in (zip(*r, strict=True) for r in (rows, random.sample(rows, len(rows))))
    )

    assert one.tobytes() == other.tobytes()


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=12))
def test_one_risk_alone_is_as_among_many(rows):
    together = combined(np.array([risk for risk, _ in rows]), [effect for _, effect in rows], 3, CAP)

    for place in range(3):
        mine = [effect for risk, effect in rows if risk == place]
        assert combined(np.zeros(len(mine), dtype=np.int64), mine, 1, CAP)[0].tobytes() == together[place].tobytes()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_one_measure_more_never_takes_off_less(effects):
    fewer, more = (combined(np.zeros(len(some), dtype=np.int64), some, 1, CAP)[0] for some in (effects[1:], effects))

    assert fewer <= more <= CAP


@pytest.mark.parametrize(
    ("risk", "effect", "facts"),
    [
        ([0], [1.1], {"field": "effect", "value": 1.1, "accepted": "0 to 1", "place": 0}),
        ([0, -1, 7], [0.1, 0.1, 0.1], {"field": "risk", "value": -1, "accepted": "0 to 1", "place": 1}),
        ([0, 2], [0.1, 0.1], {"field": "risk", "value": 2, "accepted": "0 to 1", "place": 1}),
        ([0], [0.1, 0.1], {"field": "risk", "value": 1, "accepted": "2 places"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(risk, effect, facts):
    with pytest.raises(Impossible) as refused:
        combined(np.array(risk), effect, 2, CAP)

    assert facts_of(refused.value) == facts


# a half goes to the even number of steps: 0.5 · 1 → 0, 0.5 · 3 → 2, 0.125 · 4 → 0, 0.375 · 4 → 2, 0.625 · 4 → 2
FALLS = {
    0.0: (1, 2, 3, 4, 5),
    0.125: (1, 2, 3, 4, 5),
    0.13: (1, 2, 3, 4, 4),
    0.25: (1, 2, 3, 3, 4),
    0.375: (1, 2, 2, 3, 3),
    0.5: (1, 2, 2, 2, 3),
    0.51: (1, 1, 2, 2, 3),
    0.625: (1, 1, 2, 2, 3),
    0.63: (1, 1, 2, 2, 2),
    0.75: (1, 1, 1, 2, 2),
    0.9: (1, 1, 1, 1, 1),
    1.0: (1, 1, 1, 1, 1),
}


@pytest.mark.parametrize("effect", FALLS)
def test_a_threats_axis_falls_by_its_share_of_the_way_down(effect):
    assert after([1, 2, 3, 4, 5], np.full(5, effect), np.zeros(5, dtype=bool)).tolist() == list(FALLS[effect])


@pytest.mark.parametrize("effect", FALLS)
def test_an_opportunitys_axis_rises_as_the_threats_falls_in_a_mirror(effect):
    assert after([5, 4, 3, 2, 1], np.full(5, effect), np.ones(5, dtype=bool)).tolist() == [6 - step for step in FALLS[effect]]


def test_a_half_that_decimals_miss_by_a_hair_is_a_half():
    # products of shares end a last digit above or below the half that they mean
    nearly = np.array([np.nextafter(0.625, 1), np.nextafter(0.625, 0)])

    assert after([5, 5], nearly, [False, False]).tolist() == [3, 3]


def test_a_missing_effect_moves_nothing():
    assert after([4, 2], np.array([NAN, NAN]), [False, True]).tolist() == [4, 2]
    assert after([4], np.array([0.5]), [False]).dtype == np.int8


@pytest.mark.parametrize("axis", [0, 6, 2.5, NAN])
def test_an_axis_outside_of_its_scale_is_refused(axis):
    with pytest.raises(OutOfScale) as refused:
        after([3, axis, 9], np.full(3, 0.5), [False] * 3)
    with pytest.raises(OutOfScale):
        course([3, axis], measures([]), [False, False], CAP)

    assert repr(facts_of(refused.value)) == repr({"field": "axis", "value": axis, "accepted": "1 to 5"})


def test_only_what_works_counts_and_controls_count_before_responses():
    rows = [(0, 0.5, True, True), (0, 0.5, True, False), (1, 0.9, False, True), (1, 0.5, True, False), (2, 0.9, False, False)]
    found = course([5, 5, 5], measures(rows), [False] * 3, CAP)

    assert found.inherent.tolist() == [5, 5, 5]
    assert found.current.tolist() == [3, 5, 5]
    assert found.residual.tolist() == [2, 3, 5]


def test_an_opportunitys_measures_add_to_it():
    found = course([1, 3], measures([(0, 0.5, True, True), (1, 1.0, True, False)]), [True, True], CAP)

    assert (found.current.tolist(), found.residual.tolist()) == ([3, 3], [3, 5])


def test_an_effect_without_a_figure_does_not_hide_those_with_one():
    found = course([5], measures([(0, 0.5, True, True), (0, NAN, True, False)]), [False], CAP)

    assert (found.current.tolist(), found.residual.tolist()) == ([3], [3])


@given(threes, rows, kinds)
def test_the_laws_hold_whatever_the_measures(inherent, rows, opportunity):
    found = course(inherent, measures(rows), opportunity, CAP)

    assert lawful(found.inherent, found.current, found.residual, opportunity).all()
    for step, now, then, chance in zip(inherent, found.current, found.residual, opportunity, strict=True):
        assert (step <= now <= then <= 5) if chance else (1 <= then <= now <= step)


@given(threes, rows, kinds)
def test_what_does_not_work_might_as_well_not_be_there(inherent, rows, opportunity):
    working = [row for row in rows if row[2]]

    assert repr(course(inherent, measures(rows), opportunity, CAP)) == repr(course(inherent, measures(working), opportunity, CAP))


@given(threes, rows)
def test_an_opportunity_is_a_threat_in_the_mirror(inherent, rows):
    threat = course(inherent, measures(rows), [False] * 3, CAP)
    chance = course([6 - step for step in inherent], measures(rows), [True] * 3, CAP)

    assert (chance.current + threat.current).tolist() == (chance.residual + threat.residual).tolist() == [6, 6, 6]


def test_all_courses_of_one_axis_are_lawful_or_not():
    every = list(product(range(1, 6), repeat=3))
    found = lawful(*zip(*every, strict=True), [False] * 125)
    mirrored = lawful(*zip(*every, strict=True), [True] * 125)

    assert found.tolist() == [third <= second <= first for first, second, third in every]
    assert mirrored.tolist() == [third >= second >= first for first, second, third in every]


# --- one risk -------------------------------------------------------------------------------------------------------------

BEFORE = Assessment(5, 4, 3, customer_severity=5)


def test_effects_bring_each_axis_on_its_own():
    assert brought(RiskKind.THREAT, BEFORE, {"likelihood": 0.5, "customer_severity": 0.75}) == Assessment(3, 4, 3, 2)
    assert brought(RiskKind.OPPORTUNITY, BEFORE, {"severity": 1.0, "scope": 0.5}) == Assessment(5, 5, 4, 5)
    assert brought(RiskKind.THREAT, Assessment(5, 4, 3), {"customer_severity": 0.75}) == Assessment(5, 4, 3)
    assert brought(RiskKind.THREAT, BEFORE, {}) == BEFORE


@given(st.sampled_from(RiskKind), st.tuples(*[st.integers(1, 5)] * 4), st.tuples(*[st.floats(0, 1)] * 4))
def test_one_risk_is_brought_where_a_column_would_be(kind, steps, effects):
    names = ("likelihood", "severity", "scope", "customer_severity")
    one = brought(kind, Assessment(*steps), dict(zip(names, effects, strict=True)))

    assert [getattr(one, name) for name in names] == after(steps, np.array(effects), [kind is RiskKind.OPPORTUNITY] * 4).tolist()


@pytest.mark.parametrize("likelihood", [3, 4, 5])
def test_a_person_may_credit_a_measure_with_less_than_it_was_tested_for(likelihood):
    now = Assessment(likelihood, 4, 3, 5)

    assert held(RiskKind.THREAT, BEFORE, now, {"likelihood": 0.5}) is now


@pytest.mark.parametrize(
    ("kind", "now", "effects", "facts"),
    [
        (RiskKind.THREAT, (2, 4, 3, 5), {"likelihood": 0.5}, ("likelihood", 2, "3 to 5")),
        (RiskKind.THREAT, (5, 3, 3, 5), {"likelihood": 0.5}, ("severity", 3, "4")),
        (RiskKind.THREAT, (5, 5, 3, 5), {}, ("severity", 5, "4")),
        (RiskKind.THREAT, (5, 4, 2, 5), {}, ("scope", 2, "3")),
        (RiskKind.THREAT, (5, 4, 3, 1), {"customer_severity": 0.75}, ("customer_severity", 1, "2 to 5")),
        (RiskKind.OPPORTUNITY, (5, 4, 2, 5), {"scope": 0.5}, ("scope", 2, "3 to 4")),
        (RiskKind.OPPORTUNITY, (5, 4, 5, 5), {"scope": 0.5}, ("scope", 5, "3 to 4")),
        (RiskKind.OPPORTUNITY, (4, 4, 3, 5), {"likelihood": 0.5}, ("likelihood", 4, "5")),
    ],
)
def test_what_no_measure_explains_is_refused_with_what_would_be_accepted(kind, now, effects, facts):
    with pytest.raises(OutOfScale) as refused:
        held(kind, BEFORE, Assessment(*now), effects)

    assert facts_of(refused.value) == dict(zip(("field", "value", "accepted"), facts, strict=True))


@pytest.mark.parametrize(("before", "now"), [(None, 5), (5, None), (None, None)])
def test_a_customers_loss_that_was_assessed_once_is_not_compared(before, now):
    later = Assessment(5, 4, 3, now)

    assert held(RiskKind.THREAT, Assessment(5, 4, 3, before), later, {"customer_severity": 0.5}) is later


@pytest.mark.parametrize("effect", [-0.1, 1.1])
def test_an_effect_that_is_no_share_is_refused_by_its_axis(effect):
    with pytest.raises(Impossible) as refused:
        brought(RiskKind.THREAT, BEFORE, {"scope": effect})

    assert refused.value.field == "scope"
