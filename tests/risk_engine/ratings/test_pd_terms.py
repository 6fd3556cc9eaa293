"""What depends on the PD alone: the standards' figures, the edges of the law, and the terms of a few letters for many claims."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from risk_engine.checks import Impossible
from risk_engine.ratings.pd_terms import pd_terms

NAN = math.nan


def test_one_percent():
    terms = pd_terms(0.01)

    assert terms.pd.tolist() == [0.01]
    assert terms.corporate[0] == pytest.approx(0.192784, rel=1e-5)
    assert terms.adjustment[0] == pytest.approx(0.137486, rel=1e-5)
    assert terms.quantile[0] == pytest.approx(-2.3263478740, rel=1e-10)


@pytest.mark.parametrize("pd", [0.00001, 0.0003, 0.01, 0.2, 0.999])
def test_fifty_digits_find_the_same_terms(pd):
    terms = pd_terms(pd)
    with mp.workdps(50):
        exact = mpf(pd)
        corporate = mpf("0.24") - mpf("0.12") * (1 - mp.exp(-50 * exact)) / (1 - mp.exp(-50))
        retail = mpf("0.16") - mpf("0.13") * (1 - mp.exp(-35 * exact)) / (1 - mp.exp(-35))
        adjustment = (mpf("0.11852") - mpf("0.05478") * mp.log(exact)) ** 2
        below = mp.ncdf(mpf(float(terms.quantile[0])))

    assert terms.corporate[0] == pytest.approx(float(corporate), rel=1e-14)
    assert terms.other_retail[0] == pytest.approx(float(retail), rel=1e-14)
    assert terms.adjustment[0] == pytest.approx(float(adjustment), rel=1e-14)
    assert float(below) == pytest.approx(pd, rel=1e-13)


def test_the_best_and_the_worst_debtors_have_the_ends_of_the_correlation():
    terms = pd_terms([0.0, 1.0])

    assert terms.corporate.tolist() == [0.24, 0.12]
    assert terms.other_retail.tolist() == [0.16, 0.03]
    assert terms.quantile.tolist() == [-math.inf, math.inf]
    assert terms.adjustment.tolist() == [0.0, 0.11852 * 0.11852]


def test_below_three_in_a_million_the_maturity_adjustment_has_no_meaning():
    end = math.exp((0.11852 - math.sqrt(2 / 3)) / 0.05478)
    terms = pd_terms([5e-324, end * (1 - 1e-9), end * (1 + 1e-9)])

    assert np.isnan(terms.adjustment).tolist() == [True, True, False]
    assert end == pytest.approx(2.93e-6, rel=1e-3)


def test_a_missing_pd_has_no_terms():
    terms = pd_terms([NAN])

    assert all(np.isnan(one[0]) for one in (terms.pd, terms.corporate, terms.other_retail, terms.adjustment, terms.quantile))


@pytest.mark.parametrize("pd", [-0.01, 1.3, math.inf])
def test_what_is_no_share_is_no_pd(pd):
    with pytest.raises(Impossible, match="pd"):
        pd_terms([0.5, pd])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.data())
def test_the_terms_at_a_place_are_the_terms_of_the_pd_there(pds, data):
    places = np.array(data.draw(st.lists(st.integers(0, len(pds) - 1), min_size=1)))
    there, direct = pd_terms(pds)[places], pd_terms(np.array(pds)[places])

    assert len(there) == len(places)
    for name in ("pd", "corporate", "other_retail", "adjustment", "quantile"):
        assert getattr(there, name).tobytes() == getattr(direct, name).tobytes()


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_worse_debtor_depends_less_on_the_economy_and_on_time(one, other):
    terms = pd_terms([min(one, other), max(one, other)])

    assert terms.corporate[0] >= terms.corporate[1] - 1e-15
    assert terms.other_retail[0] >= terms.other_retail[1] - 1e-15
    assert terms.quantile[0] <= terms.quantile[1]
    assert not terms.pd[0] > 0 or np.isnan(terms.adjustment[0]) or terms.adjustment[0] >= terms.adjustment[1] - 1e-15
