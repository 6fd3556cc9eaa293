"""The relationship: the printed return, scores of satisfaction by hand, and the whole playbook cell by cell."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.relationship import relationship
from risk_engine.relationship.relationship import MEASURES, Lacks, Play
from risk_engine.relationship.relationship_policy import PLAYS, Plane, RelationshipRules, Satisfaction
from tests.risk_engine.refused import facts_of

NAN = math.nan
ONE_ANSWER = Satisfaction(least_answers=1)
GROW, FIX, PRICE, EXIT = PLAYS
TABLE = {
    "raroc": [0.0, 0.12],
    "el": [0.005, 0.03],
    "health": 0.6,
    "good_health": [[PRICE, EXIT, EXIT], [PRICE, PRICE, EXIT], [GROW, PRICE, PRICE]],
    "poor_health": [[PRICE, EXIT, EXIT], [FIX, PRICE, EXIT], [FIX, FIX, PRICE]],
}
PLANE = Plane.model_validate(TABLE)


def one(*values) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def stages(*values) -> np.ndarray:
    return np.array(values, dtype=np.int8)


def test_a_loan_at_four_percent_returns_nine_and_a_quarter():
    loan = 1_000_000.0
    capital = 0.08 * loan

    found = relationship.raroc(*(one(share * loan) for share in (0.04, 0.0, 0.015, 0.01, 0.01)), one(0.03 * capital), one(capital))

    assert found[0] == pytest.approx(0.0925, rel=1e-12)


def test_every_part_of_the_return_has_its_sign():
    parts = [10.0, 1.0, 4.0, 2.0, 1.5, 0.5, 50.0]
    base = relationship.raroc(*(one(part) for part in parts))[0]

    assert base == pytest.approx(4.0 / 50.0)
    for place, sign in enumerate((1, 1, -1, -1, -1, 1)):
        more = [one(part + (place == here)) for here, part in enumerate(parts)]
        assert relationship.raroc(*more)[0] - base == pytest.approx(sign / 50.0)


@pytest.mark.parametrize("capital", [0.0, -1.0, NAN])
def test_without_capital_there_is_no_return_on_it(capital):
    assert np.isnan(relationship.raroc(*(one(1.0) for _ in range(6)), one(capital))).all()


def test_the_measure_says_what_it_lacks():
    measure = MEASURES["raroc"]
    columns = {name: one(1.0, 1.0) for name in measure.inputs} | {"funding": one(0.5, NAN), "economic_capital": one(10.0, NAN)}

    np.testing.assert_allclose(measure.of(columns), [(1 + 1 - 0.5 - 1 - 1 + 1) / 10, NAN])
    assert measure.lacks(columns, 1) == ("funding", "economic_capital")
    assert (measure.name, measure.unit, measure.better) == ("raroc", "percent", "high")


def test_what_a_customer_would_have_to_pay_more_for_the_hurdle():
    gap = relationship.price_gap(one(0.0925, 0.15, NAN), one(80_000.0, 100.0, 1.0), 0.12)

    np.testing.assert_allclose(gap, [2200.0, -3.0, NAN])


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6), st.floats(1, 1e6), st.floats(0, 1))
def test_paying_the_gap_reaches_the_hurdle(parts, capital, hurdle):
    earned = relationship.raroc(*(one(part) for part in parts), one(capital))
    gap = relationship.price_gap(earned, one(capital), hurdle)
    paid = relationship.raroc(one(parts[0]) + gap, *(one(part) for part in parts[1:]), one(capital))

    assert paid[0] == pytest.approx(hurdle, abs=1e-8)


AMOUNT = st.integers(-(10**11), 10**11).map(lambda cents: cents / 100) | st.just(NAN)


@given(st.lists(st.tuples(*[AMOUNT] * 7), min_size=1, max_size=8), st.integers(-10, 10))
def test_a_return_is_the_same_alone_in_a_batch_and_in_another_unit(rows, power):
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    batch = relationship.raroc(*columns)

    assert batch.tobytes() == np.concatenate([relationship.raroc(*(one(value) for value in row)) for row in rows]).tobytes()
    np.testing.assert_array_equal(relationship.raroc(*(column * 2.0**power for column in columns)), batch)


def test_the_net_promoter_score_by_hand():
    owner = np.array([0, 0, 0, 0, 2, 2, 2, 2, 2])
    found = relationship.nps(owner, [10, 9, 8, 6, 0, 7, 8, 9, NAN], 4, ONE_ANSWER)

    np.testing.assert_allclose(found.figure, [25.0, NAN, 0.0, NAN])
    assert found.answers.tolist() == [4, 0, 4, 0]


@pytest.mark.parametrize(("answer", "score"), [(0, -100), (5, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)])
def test_each_answer_is_a_promoters_a_passives_or_a_detractors(answer, score):
    assert relationship.nps(np.array([0]), [answer], 1, ONE_ANSWER).figure.tolist() == [score]


@pytest.mark.parametrize(("answer", "share"), [(1, 0.0), (3, 0.0), (4, 1.0), (5, 1.0)])
def test_each_answer_is_satisfied_or_not(answer, share):
    assert relationship.csat(np.array([0]), [answer], 1, ONE_ANSWER).figure.tolist() == [share]


def test_the_share_of_the_satisfied_by_hand():
    found = relationship.csat(np.array([1, 1, 1, 0, 1]), [5, 4, 3, NAN, 1], 2, ONE_ANSWER)

    np.testing.assert_array_equal(found.figure, [NAN, 0.5])
    assert found.answers.tolist() == [0, 4]


def test_too_few_answers_say_nothing():
    owner, answers = np.array([0, 0, 1, 1, 1, 1, 2, 2, 2]), [10, 10, 10, 10, 10, NAN, 10, 10, NAN]
    found = relationship.nps(owner, answers, 3, Satisfaction(least_answers=3))

    np.testing.assert_array_equal(found.figure, [NAN, 100.0, NAN])
    assert found.answers.tolist() == [2, 3, 2]


@pytest.mark.parametrize(
    ("function", "answer", "accepted"),
    [
        (relationship.nps, -1, "a whole number from 0 to 10"),
        (relationship.nps, 11, "a whole number from 0 to 10"),
        (relationship.nps, 9.5, "a whole number from 0 to 10"),
        (relationship.csat, 0, "a whole number from 1 to 5"),
        (relationship.csat, 6, "a whole number from 1 to 5"),
        (relationship.csat, 4.5, "a whole number from 1 to 5"),
    ],
)
def test_an_answer_that_nobody_could_give_is_refused(function, answer, accepted):
    with pytest.raises(Impossible) as refused:
        function(np.array([0, 0, 0]), [NAN, 3, answer], 1, ONE_ANSWER)

    assert facts_of(refused.value) == {"field": "answers", "value": answer, "accepted": accepted, "place": 2}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(rows, random):
    def figures(some):
        owner, answers = (np.array(column) for column in zip(*some, strict=True))
        return [function(owner, answers, 4, ONE_ANSWER).figure.tobytes() for function in (relationship.nps, relationship.csat)]

    assert figures(rows) == figures(random.sample(rows, len(rows)))


RETURNS = (-0.05, 0.06, 0.20)
LOSSES = (0.001, 0.01, 0.08)


@pytest.mark.parametrize(("health", "grid"), [(0.9, TABLE["good_health"]), (0.1, TABLE["poor_health"])])
def test_the_playbook_cell_by_cell(health, grid):
    earned, el = (np.array(column) for column in zip(*product(RETURNS, LOSSES), strict=True))
    found = relationship.playbook(earned, el, np.zeros(9, dtype=np.int8), np.full(9, health), PLANE)

    assert [Play(code).name.lower() for code in found] == [play for row in grid for play in row]


@pytest.mark.parametrize(
    ("earned", "el", "health", "play"),
    [
        (0.12, 0.0, 0.6, Play.GROW),
        (np.nextafter(0.12, 0), 0.0, 0.6, Play.REPRICE_OR_SECURE),
        (0.12, 0.0, np.nextafter(0.6, 0), Play.FIX_SERVICE),
        (0.12, np.nextafter(0.005, 0), 0.6, Play.GROW),
        (0.12, 0.005, 0.6, Play.REPRICE_OR_SECURE),
        (0.05, np.nextafter(0.03, 0), 0.6, Play.REPRICE_OR_SECURE),
        (0.05, 0.03, 0.6, Play.REDUCE_OR_EXIT),
        (0.0, 0.01, 1.0, Play.REPRICE_OR_SECURE),
        (-1e-9, 0.01, 1.0, Play.REDUCE_OR_EXIT),
        (-1e-9, 0.01, 0.0, Play.REDUCE_OR_EXIT),
    ],
)
def test_a_figure_on_a_bound_has_reached_it(earned, el, health, play):
    assert relationship.playbook(one(earned), one(el), stages(0), health, PLANE).tolist() == [play]


def test_the_worse_of_loss_and_stage_is_the_risk_and_either_will_do():
    el, stage = one(0.001, 0.001, 0.001, 0.001, 0.01, 0.08, NAN, NAN, NAN, NAN), stages(0, 1, 2, 3, 1, 1, 0, 1, 2, 3)

    assert relationship.risk_bands(el, stage, PLANE).tolist() == [0, 0, 1, 2, 1, 2, -1, 0, 1, 2]


def test_an_unknown_axis_has_no_play_and_says_which():
    earned, el = one(NAN, 0.2, 0.2, 0.2, NAN), one(0.001, NAN, 0.001, NAN, NAN)
    stage, health = stages(1, 0, 1, 1, 0), one(0.9, 0.9, NAN, 0.9, NAN)

    assert relationship.playbook(earned, el, stage, health, PLANE).tolist() == [0, 0, 0, Play.GROW, 0]
    expected = [Lacks.RAROC, Lacks.RISK, Lacks.HEALTH, 0, Lacks.RAROC | Lacks.RISK | Lacks.HEALTH]
    assert relationship.lacks(earned, el, stage, health).tolist() == expected


@pytest.mark.parametrize("health", [-0.1, 1.1])
def test_health_is_a_share(health):
    with pytest.raises(Impossible, match="health"):
        relationship.playbook(one(0.1), one(0.1), stages(1), health, PLANE)


CUSTOMERS = st.lists(
    st.tuples(st.floats(-1, 1) | st.just(NAN), st.floats(0, 1) | st.just(NAN), st.integers(0, 3), st.floats(0, 1) | st.just(NAN)),
    min_size=1,
    max_size=12,
)


@given(CUSTOMERS)
def test_one_customer_alone_has_the_play_that_he_has_among_many(customers):
    def plays(some):
        earned, el, stage, health = zip(*some, strict=True)
        return relationship.playbook(one(*earned), one(*el), stages(*stage), health, PLANE).tolist()

    assert plays(customers) == [play for customer in customers for play in plays([customer])]


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_return_and_a_lower_risk_never_ask_for_a_harsher_play(a, b, x, y, health):
    earned, el = one(max(a, b), min(a, b)), one(min(x, y), max(x, y))
    better, worse = relationship.playbook(earned, el, stages(0, 0), np.full(2, health), PLANE)

    assert better <= worse


def test_the_policys_names_are_the_codes_names_in_their_order():
    assert tuple(one.name.lower() for one in Play if one) == PLAYS
    assert PLANE.codes.tolist() == [[[3, 4, 4], [2, 3, 4], [2, 2, 3]], [[3, 4, 4], [3, 3, 4], [1, 3, 3]]]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"raroc": [0.12, 0.12]}, "bounds of raroc must rise"),
        ({"raroc": [0.12]}, "at least 2 items"),
        ({"el": [0.0, 0.03]}, "bounds of el must rise"),
        ({"el": [0.03, 0.03]}, "bounds of el must rise"),
        ({"health": 0.0}, "greater than 0"),
        ({"health": 1.1}, "less than or equal to 1"),
        ({"good_health": [[EXIT, EXIT, EXIT], [PRICE, GROW, EXIT], [GROW, GROW, PRICE]]}, "more risk"),
        ({"poor_health": [[GROW, EXIT, EXIT], [FIX, PRICE, EXIT], [FIX, FIX, PRICE]]}, "higher return"),
        ({"good_health": [[PRICE, EXIT], [PRICE, PRICE], [GROW, PRICE]]}, "at least 3 items"),
        ({"good_health": [["wait", EXIT, EXIT], [PRICE, PRICE, EXIT], [GROW, PRICE, PRICE]]}, "'grow', 'fix_service'"),
    ],
)
def test_a_contradictory_plane_is_refused(changed, why):
    with pytest.raises(ValidationError, match=why):
        Plane.model_validate(TABLE | changed)


def test_a_plane_with_one_play_everywhere_is_in_order():
    flat = [[PRICE] * 3] * 3

    assert (Plane.model_validate(TABLE | {"good_health": flat, "poor_health": flat, "health": 1.0}).codes == Play.REPRICE_OR_SECURE).all()


@pytest.mark.parametrize("least", [0, 1001])
def test_a_figure_needs_at_least_one_answer(least):
    with pytest.raises(ValidationError):
        RelationshipRules.model_validate({"plane": TABLE, "satisfaction": {"least_answers": least}})


def test_the_codes_are_what_a_stored_column_says():
    assert [one.value for one in Play] == [0, 1, 2, 3, 4]
    assert [one.value for one in Lacks] == [1, 2, 4]


def test_of_two_impossible_answers_the_first_is_named():
    with pytest.raises(Impossible) as refused:
        relationship.csat(np.array([0, 0, 0]), [3, 8, 9], 1, ONE_ANSWER)

    assert (refused.value.value, refused.value.place) == (8, 1)
