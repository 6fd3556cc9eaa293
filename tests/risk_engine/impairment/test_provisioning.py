"""Provisioning: scenarios by their weights, impaired claims, and the loss that a stage asks for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.impairment import impairment, provisioning
from risk_engine.impairment.impairment import Losses
from risk_engine.impairment.impairment_policy import Impairment, Scenario
from tests.risk_engine.impairment.test_impairment import FLAT, claims
from tests.risk_engine.impairment.test_staging import POLICY as STAGING
from tests.risk_engine.refused import facts_of

NAN = math.nan
BASE = Scenario(name="base", weight=0.6)
DOWN = Scenario(name="downturn", weight=0.3, pd=(1.5, 1.2), lgd=1.1)
UP = Scenario(name="upturn", weight=0.1, pd=(0.8,), lgd=0.9)
ALL = (BASE, DOWN, UP)
ALONE = (Scenario(name="base", weight=1.0),)


def policy(**changes) -> Impairment:
    kinds = {"behavioural_years": {"revolver": 3.0}, "plans": {"revolver": "bullet", "project_loan": "annuity"}}
    return Impairment(**({"staging": STAGING, "shortest_years": 0.1, "scenario": ALL} | kinds | changes))


def test_multipliers_go_year_by_year_and_the_last_repeats():
    curves = np.array([[0.01, 0.02, 0.03, 0.04], [0.9, 0.7, 0.9, NAN]])
    shifted = provisioning.shifted(curves, DOWN)

    np.testing.assert_allclose(shifted, [[0.015, 0.024, 0.036, 0.048], [1.0, 0.84, 1.0, NAN]], rtol=1e-15)


def test_more_multipliers_than_years_do_no_harm():
    assert provisioning.shifted(np.array([[0.01]]), DOWN).tolist() == [[0.015]]


def test_one_scenario_that_changes_nothing_changes_nothing():
    book = claims(curve=[0, 1, 2], remaining=[1, 3.5, 30])
    plain, weighted = impairment.losses(FLAT, book), provisioning.expected(ALONE, FLAT, book)

    np.testing.assert_array_equal(weighted.lifetime, plain.lifetime)
    np.testing.assert_array_equal(weighted.twelve_months, plain.twelve_months)


def test_the_scenarios_count_by_their_weights():
    curves, book = np.array([[0.02, 0.02]]), claims(remaining=2, eir=0.0)

    def loss(first, second, lgd):
        return 1000 * lgd * (first + (1 - first) * second)

    wanted = 0.6 * loss(0.02, 0.02, 0.45) + 0.3 * loss(0.03, 0.024, 0.495) + 0.1 * loss(0.016, 0.016, 0.405)
    found = provisioning.expected(ALL, curves, book)

    assert found.lifetime[0] == pytest.approx(wanted)
    assert found.twelve_months[0] == pytest.approx(1000 * (0.6 * 0.02 * 0.45 + 0.3 * 0.03 * 0.495 + 0.1 * 0.016 * 0.405))


def test_a_scenario_may_have_curves_of_its_own_and_then_they_are_not_multiplied():
    book = claims(remaining=1, eir=0.0)
    found = provisioning.expected(ALL, FLAT, book, {"downturn": np.array([[0.10]])})

    assert found.lifetime[0] == pytest.approx(1000 * (0.6 * 0.02 * 0.45 + 0.3 * 0.10 * 0.495 + 0.1 * 0.016 * 0.405))


def test_curves_for_a_scenario_that_there_is_not_are_refused():
    with pytest.raises(Impossible) as refused:
        provisioning.expected(ALL, FLAT, claims(), {"war": FLAT, "boom": FLAT})

    assert facts_of(refused.value) == {"field": "scenario", "value": "boom", "accepted": "base, downturn, upturn"}


def test_no_scenario_loses_more_than_everything():
    harsh = (Scenario(name="harsh", weight=1.0, pd=(20.0,), lgd=20.0),)

    assert provisioning.expected(harsh, np.array([[0.2]]), claims(eir=0.0)).lifetime[0] == 1000.0


def test_a_missing_lgd_stays_missing_in_every_scenario():
    assert np.isnan(provisioning.expected(ALL, FLAT, claims(lgd=NAN)).lifetime[0])
    assert np.isnan(provisioning.impaired(ALL, claims(lgd=NAN), np.array([NAN]))[0])


@given(st.floats(0.01, 0.98), st.integers(0, 500).map(lambda parts: parts / 100), st.integers(0, 500).map(lambda parts: parts / 100))
def test_the_weighted_loss_lies_between_the_mildest_and_the_harshest(weight, first, second):
    one, other = Scenario(name="a", weight=weight, pd=(first,)), Scenario(name="b", weight=1 - weight, pd=(second,))
    book = claims(remaining=[0.5, 4.0])
    apart = [impairment.losses(provisioning.shifted(FLAT, each), book).lifetime for each in (one, other)]
    both = provisioning.expected((one, other), FLAT, book).lifetime

    assert (np.minimum(*apart) * (1 - 1e-12) <= both).all()
    assert (both <= np.maximum(*apart) * (1 + 1e-12)).all()


@given(st.lists(st.tuples(st.integers(-1, 2), st.floats(0, 1), st.floats(0.1, 9)), min_size=1, max_size=8))
def test_one_claim_alone_is_provided_for_as_among_many(rows):
    curve, lgd, years = map(list, zip(*rows, strict=True))
    many = provisioning.expected(ALL, FLAT, claims(curve=curve, lgd=lgd, remaining=years)).lifetime

    alone = [provisioning.expected(ALL, FLAT, claims(curve=c, lgd=x, remaining=y)).lifetime[0] for c, x, y in rows]
    np.testing.assert_array_equal(many, alone)


# --- impaired claims and stages ------------------------------------------------------------------------------------------


def test_an_impaired_claim_loses_its_lgd_of_its_exposure():
    book = claims(drawn=[1000.0, 1000.0], undrawn=[0.0, 500.0], ccf=[NAN, 0.4], lgd=0.45)

    assert provisioning.impaired(ALONE, book, np.array([NAN, NAN])).tolist() == pytest.approx([450.0, 540.0])


def test_the_best_estimate_goes_before_the_model_even_when_it_is_nothing():
    book = claims(drawn=[1000.0, 1000.0, NAN], lgd=0.45)

    assert provisioning.impaired(ALONE, book, np.array([700.0, 0.0, 20.0])).tolist() == [700.0, 0.0, 20.0]


def test_the_scenarios_count_for_impaired_claims_too_and_none_loses_more_than_everything():
    # .6 · .95 + .3 · 1 + .1 · .855
    assert provisioning.impaired(ALL, claims(lgd=0.95), np.array([NAN])).tolist() == [pytest.approx(1000 * 0.9555)]


def test_an_estimate_below_nothing_is_refused():
    with pytest.raises(Impossible, match="best_estimate"):
        provisioning.impaired(ALL, claims(), np.array([-1.0]))
    with pytest.raises(Impossible, match="lgd"):
        provisioning.impaired(ALL, claims(lgd=1.2), np.array([NAN]))


def test_the_stage_says_which_loss_counts():
    found = Losses(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 20.0, 30.0, 40.0]))
    third = np.array([100.0, 200.0, 300.0, 400.0])

    chosen = provisioning.by_stage(np.array([1, 2, 3, 0], dtype=np.int8), found, third)
    np.testing.assert_array_equal(chosen, [1.0, 20.0, 300.0, NAN])


def test_what_one_stage_lacks_does_not_hurt_another():
    found = Losses(np.array([1.0, NAN]), np.array([NAN, 20.0]))

    assert provisioning.by_stage(np.array([1, 2], dtype=np.int8), found, np.array([NAN, NAN])).tolist() == [1.0, 20.0]


def test_coverage_is_the_loss_over_the_carrying_amount_and_of_nothing_it_is_none():
    columns = {"ecl": np.array([50.0, 5.0, NAN]), "carrying_amount": np.array([1000.0, 0.0, 10.0])}
    coverage = provisioning.MEASURES["ecl_coverage"]

    np.testing.assert_array_equal(coverage.of(columns), [0.05, NAN, NAN])
    assert coverage.lacks(columns, 2) == ("ecl",)
    assert (coverage.unit, coverage.better, coverage.source) == ("ratio", "low", "loss allowance / gross carrying amount")


def test_the_impaired_loss_is_a_measure_too():
    columns = {"lgd": np.array([0.45, NAN]), "ead": np.array([1000.0, 10.0])}
    measure = provisioning.MEASURES["ecl_impaired"]

    np.testing.assert_array_equal(measure.of(columns), [450.0, NAN])
    assert (measure.lacks(columns, 1), measure.unit, measure.better) == (("lgd",), "amount", "low")


# --- the policy ----------------------------------------------------------------------------------------------------------


def test_weights_must_add_up_to_one_to_a_hair():
    thirds = tuple(Scenario(name=name, weight=1 / 3) for name in "abc")

    assert policy(scenario=thirds).scenario == thirds
    for weights in ((0.5, 0.4999), (0.5, 0.5001), (0.9,), (1.0, 0.0000001)):
        with pytest.raises(ValidationError, match="must add up to 1"):
            policy(scenario=tuple(Scenario(name=str(place), weight=weight) for place, weight in enumerate(weights)))


def test_a_millionth_of_a_thousandth_is_no_difference():
    assert policy(scenario=(Scenario(name="a", weight=0.5), Scenario(name="b", weight=0.5 + 0.9e-9)))
    with pytest.raises(ValidationError):
        policy(scenario=(Scenario(name="a", weight=0.5), Scenario(name="b", weight=0.5 + 1.2e-9)))


def test_two_scenarios_cannot_have_one_name():
    with pytest.raises(ValidationError, match="two scenarios are called base"):
        policy(scenario=(Scenario(name="base", weight=0.5), Scenario(name="base", weight=0.5)))


@pytest.mark.parametrize(
    "changes",
    [
        {"scenario": ()},
        {"shortest_years": 0.0},
        {"shortest_years": 61},
        {"behavioural_years": {"revolver": 0}},
        {"plans": {"bond": "balloon"}},
        {"more": 1},
    ],
)
def test_a_policy_out_of_bounds_is_an_error(changes):
    with pytest.raises(ValidationError):
        policy(**changes)


@pytest.mark.parametrize(
    "changes", [{"weight": 0.0}, {"weight": 1.1}, {"pd": ()}, {"pd": (-0.1,)}, {"pd": (20.1,)}, {"lgd": -0.1}, {"lgd": 20.1}, {"name": ""}]
)
def test_a_scenario_out_of_bounds_is_an_error(changes):
    with pytest.raises(ValidationError):
        Scenario(**{"name": "a", "weight": 0.5} | changes)
