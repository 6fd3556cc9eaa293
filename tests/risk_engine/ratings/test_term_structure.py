"""The term structure of PD: closed forms, the published chain, and the laws of survival."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.ratings import migration, term_structure
from risk_engine.ratings.migration import Transitions
from tests.risk_engine.ratings.test_migration import CHAIN
from tests.risk_engine.refused import facts_of

NAN = math.nan
TEN = term_structure.cumulative(CHAIN, 10)
# S&P 1981-2016 by notch, one-year default percent
NOTCHES = {
    "AAA": 0.0, "AA+": 0.0, "AA": 0.02, "AA-": 0.03, "A+": 0.05, "A": 0.06, "A-": 0.07, "BBB+": 0.12, "BBB": 0.17, "BBB-": 0.26,
    "BB+": 0.36, "BB": 0.58, "BB-": 1.05, "B+": 2.15, "B": 3.89, "B-": 7.49, "CCC": 26.78, "D": 100.0,
}  # fmt: skip
PDS = np.array(list(NOTCHES.values())) / 100


def test_cumulative_pds_are_the_default_column_of_the_powers():
    for year in (1, 2, 5, 10):
        np.testing.assert_allclose(TEN[:, year - 1], migration.power(CHAIN, year).shares[:, -1], rtol=1e-12, atol=0)

    assert TEN.shape == (8, 10)


def test_one_state_that_only_defaults_has_its_closed_form():
    alone = Transitions(("alive", "D"), np.array([[0.98, 0.02], [0.0, 1.0]]))
    shares = term_structure.cumulative(alone, 30)

    np.testing.assert_allclose(shares[0], [1 - 0.98**year for year in range(1, 31)], rtol=1e-13)
    np.testing.assert_allclose(term_structure.marginal(shares)[0], [0.02 * 0.98**year for year in range(30)], rtol=1e-12)
    np.testing.assert_allclose(term_structure.conditional(shares)[0], 0.02, rtol=1e-12)


def test_the_marginal_pds_add_up_to_the_cumulative_one():
    np.testing.assert_allclose(np.cumsum(term_structure.marginal(TEN), axis=1), TEN, rtol=1e-13)
    np.testing.assert_array_equal(term_structure.marginal(TEN)[:, 0], TEN[:, 0])


def test_survival_undoes_the_conditional_pds():
    np.testing.assert_allclose(term_structure.survived(term_structure.conditional(TEN)), TEN, rtol=1e-12, atol=1e-15)


def test_conditional_pds_by_hand():
    hazards = term_structure.conditional(np.array([[0.1, 0.28, 0.28, 1.0, 1.0]]))

    np.testing.assert_allclose(hazards, [[0.1, 0.2, 0.0, 1.0, 1.0]], rtol=1e-14, atol=1e-16)


def test_a_missing_curve_stays_missing():
    assert np.isnan(term_structure.conditional(np.array([[NAN, NAN]]))).all()


def test_cumulative_pds_never_fall_and_worse_letters_are_worse_in_every_year():
    century = term_structure.cumulative(CHAIN, 60)

    assert (np.diff(century, axis=1) >= 0).all()
    assert (np.diff(century, axis=0) >= 0).all()
    assert century.max() == 1.0


def test_rounding_lets_nobody_come_back_from_default():
    hair = Transitions(("a", "D"), np.array([[0.0, 1.0 - 1e-16], [1e-16, 1.0 + 2e-16]]))

    shares = term_structure.cumulative(hair, 5)

    assert (np.diff(shares, axis=1) >= 0).all()
    assert shares.max() == 1.0


@pytest.mark.parametrize("years", [0, -1])
def test_less_than_a_year_is_no_curve(years):
    with pytest.raises(Impossible) as refused:
        term_structure.cumulative(CHAIN, years)

    assert facts_of(refused.value) == {"field": "years", "value": years, "accepted": "1 or more"}


# --- curves for any PD ---------------------------------------------------------------------------------------------------


def test_a_states_own_pd_gives_the_states_own_curve():
    np.testing.assert_array_equal(term_structure.mixed(TEN, TEN[:, 0]), TEN)


def test_a_pd_half_way_gives_the_curve_half_way():
    between = (TEN[3, 0] + TEN[4, 0]) / 2

    np.testing.assert_allclose(term_structure.mixed(TEN, np.array([between]))[0], (TEN[3] + TEN[4]) / 2, rtol=1e-12)


def test_below_the_best_state_the_best_curve_serves():
    shares = np.array([[0.01, 0.03], [0.05, 0.12], [1.0, 1.0]])

    np.testing.assert_array_equal(term_structure.mixed(shares, np.array([0.0, 0.005, 0.01])), shares[[0, 0, 0]])


def test_two_states_with_one_pd_serve_with_the_better():
    shares = np.array([[0.0, 0.01], [0.0, 0.02], [1.0, 1.0]])

    np.testing.assert_allclose(term_structure.mixed(shares, np.array([0.0, 0.5])), [[0.0, 0.01], [0.5, 0.51]], rtol=1e-15)


def test_a_missing_pd_gives_no_curve_and_leaves_the_others_alone():
    found = term_structure.mixed(TEN, np.array([0.01, NAN]))

    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[:1], term_structure.mixed(TEN, np.array([0.01])))


def test_states_whose_pds_fall_cannot_be_mixed():
    with pytest.raises(Impossible) as refused:
        term_structure.mixed(np.array([[0.02, 0.03], [0.01, 0.05], [1.0, 1.0]]), np.array([0.015]))

    assert facts_of(refused.value) == {"field": "pd", "value": 0.01, "accepted": "no less than the better state's", "place": 1}


@pytest.mark.parametrize("pd", [-0.01, 1.3])
def test_a_pd_that_cannot_be_is_refused(pd):
    with pytest.raises(Impossible):
        term_structure.curves(CHAIN, ("x",), np.array([pd]), years=5, floor=0.0005)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_pd_is_higher_in_every_year(one, other):
    low, high = term_structure.mixed(TEN, np.array([min(one, other), max(one, other)]))

    assert (low <= high + 1e-15).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_one_curve_alone_is_the_curve_among_many(pds):
    many = term_structure.curves(CHAIN, tuple("abcdefghi"[: len(pds)]), pds, years=8, floor=0.0003).conditional

    for place, pd in enumerate(pds):
        np.testing.assert_array_equal(many[place], term_structure.curves(CHAIN, ("x",), pd, years=8, floor=0.0003).conditional[0])


def test_the_notches_curves_begin_with_their_published_pd_or_the_floor():
    found = term_structure.curves(CHAIN, tuple(NOTCHES), PDS, years=10, floor=0.0005)

    assert found.names == tuple(NOTCHES)
    np.testing.assert_array_equal(found.conditional[:, 0], np.maximum(PDS, 0.0005))
    assert found.conditional.shape == (18, 10)


def test_a_published_0_meets_the_floor_in_every_year_and_default_is_certain():
    found = term_structure.curves(CHAIN, tuple(NOTCHES), PDS, years=10, floor=0.0005).conditional

    assert found[:-1].min() == 0.0005
    # AAA: .00034 in the third year, .00052 in the fifth
    np.testing.assert_array_equal(found[0, :4], 0.0005)
    assert found[0, 4] == pytest.approx(0.000523, abs=1e-6)
    assert (found[-1] == 1.0).all()


def test_the_notches_are_in_order_over_all_horizons():
    found = term_structure.curves(CHAIN, tuple(NOTCHES), PDS, years=30, floor=0.0)

    assert (np.diff(term_structure.survived(found.conditional), axis=0) >= -1e-12).all()


def test_a_letter_on_no_scale_has_no_curve():
    assert np.isnan(term_structure.curves(CHAIN, ("?",), [NAN], years=3, floor=0.0005).conditional).all()
