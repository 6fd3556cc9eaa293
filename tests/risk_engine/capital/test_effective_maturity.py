"""Effective maturity: the mean time of payments, held in one to five years."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.capital import effective_maturity
from risk_engine.capital.capital_policy import Maturity
from risk_engine.checks import Impossible

NAN = math.nan
BASEL = Maturity(shortest=1.0, longest=5.0, foundation=2.5)
YEARS = [1.0, 2.0, 3.0, 4.0, 10.0]


def test_the_mean_time_of_the_payments():
    flows = [[0, 0, 100, 0, 0], [100, 100, 100, 100, 0], [6, 6, 106, 0, 0], [1, 0, 0, 0, 1]]

    found = effective_maturity.of_cash_flows(YEARS, flows, BASEL)

    np.testing.assert_allclose(found, [3.0, 2.5, (6 + 12 + 318) / 118, 5.0], rtol=1e-15)


def test_each_claim_may_have_dates_of_its_own():
    found = effective_maturity.of_cash_flows([[1.0, 3.0], [2.0, 4.0], [0.25, 0.5]], [[50, 50], [50, 150], [50, 50]], BASEL)

    assert found.tolist() == [2.0, 3.5, 1.0]


def test_what_pays_nothing_or_lacks_a_payment_or_a_date_is_not_computable():
    found = effective_maturity.of_cash_flows([[1.0, 2.0], [1.0, 2.0], [1.0, NAN]], [[0, 0], [10, NAN], [10, 10]], BASEL)

    assert np.isnan(found).all()


def test_the_years_left_are_held_in_the_bounds():
    found = effective_maturity.held([-3.0, 0.0, 0.99, 1.0, 1.01, 4.99, 5.0, 5.01, 30.0, NAN], BASEL)

    np.testing.assert_array_equal(found, [1.0, 1.0, 1.0, 1.0, 1.01, 4.99, 5.0, 5.0, 5.0, NAN])


def test_the_bounds_are_the_policys():
    found = effective_maturity.held([0.1, 9.0], Maturity(shortest=0.5, longest=7.0, foundation=2.5))

    assert found.tolist() == [0.5, 7.0]


@pytest.mark.parametrize(("years", "flows", "field"), [([-1.0], [[1.0]], "years"), ([1.0], [[-1.0]], "cash_flows")])
def test_nothing_is_paid_before_today_and_nothing_is_paid_out(years, flows, field):
    with pytest.raises(Impossible, match=field):
        effective_maturity.of_cash_flows(years, flows, BASEL)


AMOUNTS = st.lists(st.lists(st.floats(0, 1e9) | st.just(NAN), min_size=5, max_size=5), min_size=1, max_size=8)


@given(AMOUNTS)
def test_one_claim_alone_is_the_same_claim_in_a_batch_to_the_bit(flows):
    batch = effective_maturity.of_cash_flows(YEARS, np.asfortranarray(flows), BASEL)
    alone = [effective_maturity.of_cash_flows(YEARS, [row], BASEL) for row in flows]

    assert batch.tobytes() == np.concatenate(alone).tobytes()


@given(AMOUNTS, st.integers(1, 30))
def test_the_unit_of_money_does_not_matter(flows, power):
    np.testing.assert_array_equal(
        effective_maturity.of_cash_flows(YEARS, np.array(flows) + 1.0, BASEL),
        effective_maturity.of_cash_flows(YEARS, (np.array(flows) + 1.0) * 2.0**power, BASEL),
    )
