"""Back-testing a PD: printed values, an independent beta law, and sums of the binomial law term by term."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special  # noqa: F401  (loaded here, lest the first example is late by it)
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.backtest import binomial, jeffreys, lights, too_few
from risk_engine.validation.validation_policy import Backtest
from tests.risk_engine.refused import facts_of

NAN = math.nan
POLICY = Backtest(amber=0.05, red=0.01, expected=5)
pds = st.floats(0.0001, 0.9999)
cases = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("pd", "defaults", "count", "p", "digits"),
    [(0.0367, 2, 6, 0.0044, 4), (0.01, 15, 1000, 0.063228, 6), (0.01, 20, 1000, 0.002231, 6)],
)
def test_the_printed_values_of_jeffreys_test(pd, defaults, count, p, digits):
    assert round(float(jeffreys(pd, defaults, count)[0]), digits) == p


@given(pds, cases)
def test_jeffreys_is_the_beta_law(pd, case):
    d, n = case

    assert float(jeffreys(pd, d, n)[0]) == pytest.approx(float(mpmath.betainc(d + 0.5, n - d + 0.5, 0, pd, regularized=True)), rel=1e-9)


@given(st.integers(1, 99), st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_binomial_test_is_the_sum_of_its_terms(percent, case):
    (d, n), pd = case, Fraction(percent, 100)
    exact = sum(math.comb(n, k) * pd**k * (1 - pd) ** (n - k) for k in range(d, n + 1))

    assert float(binomial(percent / 100, d, n)[0]) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    ("defaults", "count", "p"), [(0, 3, 1.0), (1, 3, 0.875), (2, 3, 0.5), (3, 3, 0.125), (0, 1, 1.0), (1, 1, 0.5), (0, 0, NAN)]
)
def test_tosses_of_a_coin(defaults, count, p):
    assert float(binomial(0.5, defaults, count)[0]) == pytest.approx(p, rel=1e-15, nan_ok=True)


@given(pds, cases)
def test_one_default_more_speaks_more_against_the_pd(pd, case):
    d, n = case[0], case[1] + 1

    assert jeffreys(pd, d + 1, n)[0] <= jeffreys(pd, d, n)[0]
    assert binomial(pd, d + 1, n)[0] <= binomial(pd, d, n)[0]


@given(pds, pds, cases)
def test_a_higher_pd_is_rejected_less(one, other, case):
    low, high = sorted((one, other))

    assert jeffreys(low, *case)[0] <= jeffreys(high, *case)[0]
    assert binomial(low, *case)[0] <= binomial(high, *case)[0]


@given(st.lists(st.tuples(st.one_of(st.just(NAN), st.floats(0, 1)), cases), min_size=1, max_size=8))
def test_one_alone_is_tested_as_among_many(rows):
    pd, counts = zip(*rows, strict=True)
    d, n = zip(*counts, strict=True)

    for test in (jeffreys, binomial):
        together = test(pd, d, n)
        assert [test(*row)[0].tobytes() for row in zip(pd, d, n, strict=True)] == [p.tobytes() for p in together]


@pytest.mark.parametrize("case", [(NAN, 1, 2), (0.1, NAN, 2), (0.1, 1, NAN), (0.1, 0, 0), (NAN, 0, 5), (0.1, NAN, 0)])
def test_what_is_missing_is_not_computable(case):
    assert math.isnan(jeffreys(*case)[0])
    assert math.isnan(binomial(*case)[0])


def test_certainty_is_refuted_by_one_default_or_by_one_that_did_not():
    assert (jeffreys(0, 1, 5)[0], binomial(0, 1, 5)[0], binomial(0, 0, 5)[0]) == (0, 0, 1)
    assert (jeffreys(1, 4, 5)[0], binomial(1, 4, 5)[0]) == (1, 1)


@pytest.mark.parametrize(
    ("case", "facts"),
    [
        (([1.3], [0], [1]), {"field": "pd", "value": 1.3, "accepted": "0 to 1", "place": 0}),
        (([0.1] * 3, [0, 3, 5], [1, 2, 4]), {"field": "defaults", "value": 3.0, "accepted": "0 to 2", "place": 1}),
        (([0.1], [0.5], [1]), {"field": "defaults", "value": 0.5, "accepted": "a whole number", "place": 0}),
        (([0.1] * 3, [NAN, 1, 1], [1, 1.5, 2.5]), {"field": "count", "value": 1.5, "accepted": "a whole number", "place": 1}),
        (([0.1], [-1], [1]), {"field": "defaults", "value": -1.0, "accepted": "0 or more", "place": 0}),
        (([0.1], [1], [-1]), {"field": "count", "value": -1.0, "accepted": "0 or more", "place": 0}),
    ],
)
@pytest.mark.parametrize("test", [jeffreys, binomial])
def test_what_cannot_be_is_refused_by_name(test, case, facts):
    with pytest.raises(Impossible) as refused:
        test(*case)

    assert facts_of(refused.value) == facts


@pytest.mark.parametrize(
    ("p", "light"),
    [(1, Colour.GREEN), (0.05, Colour.GREEN), (0.0499, Colour.AMBER), (0.01, Colour.AMBER), (0.0099, Colour.RED), (0, Colour.RED)],
)
def test_a_p_value_below_a_bound_changes_the_light(p, light):
    assert lights(POLICY, np.array([p, NAN])).tolist() == [light, Colour.NONE]
    assert lights(POLICY, np.array([p])).dtype == np.int8


def test_fewer_than_five_expected_are_too_few():
    assert too_few([0.01, 0.01, 0.1, NAN, 0.1, 0.1], [500, 499, 50, 900, NAN, 60], 5).tolist() == [False, True, False, True, True, False]
    # 3 · 0.1 is a hair above 0.3 and 41 · 0.29 a hair below 11.89
    assert too_few([0.29], [41], 11.89).tolist() == [False]


@pytest.mark.parametrize("bounds", [(0.05, 0.05), (0.01, 0.05)])
def test_red_must_reject_more_surely_than_amber(bounds):
    with pytest.raises(ValueError, match="red must be below amber"):
        Backtest(amber=bounds[0], red=bounds[1], expected=5)
