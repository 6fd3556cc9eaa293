"""Population stability: the standard's value, the bands, and what an empty cell does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.indicators.monitoring import Colour
from risk_engine.validation.stability import cells, population_stability
from risk_engine.validation.validation_policy import Stability
from tests.risk_engine.refused import facts_of

NAN = math.nan
POLICY = Stability(amber=0.10, red=0.25, floor=1e-4)
counts = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8)


def test_the_standards_own_example():
    found = population_stability(POLICY, [0.4, 0.3, 0.3], [0.35, 0.25, 0.4])

    assert round(found.index, 6) == 0.044561
    assert found.parts.tolist() == pytest.approx([-0.05 * math.log(0.875), -0.05 * math.log(5 / 6), 0.1 * math.log(4 / 3)])
    assert (found.floored.tolist(), found.light) == ([False] * 3, Colour.GREEN)


def test_how_many_or_which_share_is_the_same():
    of_counts, of_shares = (
        population_stability(POLICY, *pair) for pair in (([40, 30, 30], [70, 50, 80]), ([0.4, 0.3, 0.3], [0.35, 0.25, 0.4]))
    )

    assert of_counts.index == pytest.approx(of_shares.index, rel=1e-12)


@pytest.mark.parametrize("swap", [False, True])
def test_an_empty_cell_counts_as_the_floor_and_is_flagged(swap):
    pair = ([50, 50, 0], [25, 25, 50])
    found = population_stability(POLICY, *(reversed(pair) if swap else pair))

    assert found.floored.tolist() == [False, False, True]
    assert found.parts[2] == pytest.approx((0.5 - 1e-4) * math.log(0.5 / 1e-4), rel=1e-12)


def test_a_cell_on_the_floor_is_not_flagged_and_one_below_is():
    at, below = (population_stability(POLICY, [10_000 - few, few], [1, 1]).floored.tolist() for few in (1, 0.5))

    assert (at, below) == ([False, False], [False, True])


def test_a_cell_that_is_empty_in_both_adds_nothing_and_is_flagged():
    found = population_stability(POLICY, [1, 0, 1], [1, 0, 1])

    assert (found.index, found.parts.tolist(), found.floored.tolist()) == (0, [0, 0, 0], [False, True, False])


def test_an_index_on_a_bound_has_reached_it():
    index = population_stability(POLICY, [0.4, 0.3, 0.3], [0.35, 0.25, 0.4]).index
    lights = [
        population_stability(Stability(amber=amber, red=red, floor=1e-4), [0.4, 0.3, 0.3], [0.35, 0.25, 0.4]).light
        for amber, red in ((index, 1), (np.nextafter(index, 1), 1), (0.01, index), (0.01, np.nextafter(index, 1)))
    ]

    assert lights == [Colour.AMBER, Colour.GREEN, Colour.RED, Colour.AMBER]


@pytest.mark.parametrize("pair", [([0, 0], [1, 1]), ([1, 1], [0, 0]), ([], [])])
def test_without_a_population_nothing_is_computable(pair):
    found = population_stability(POLICY, *pair)

    assert math.isnan(found.index)
    assert np.isnan(found.parts).all()
    assert (found.floored.any(), len(found.floored), found.light) == (False, len(pair[0]), Colour.NONE)


@given(counts)
def test_the_index_is_never_below_0_and_the_same_both_ways(pairs):
    expected, actual = zip(*pairs, strict=True)
    there, back = population_stability(POLICY, expected, actual), population_stability(POLICY, actual, expected)

    assert there.index == pytest.approx(back.index, abs=1e-12, nan_ok=True)
    assert (there.parts[~np.isnan(there.parts)] >= 0).all()


@given(counts, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_changes_no_bit(pairs, random):
    one, other = (population_stability(POLICY, *zip(*some, strict=True)).index for some in (pairs, random.sample(pairs, len(pairs))))

    assert repr(one) == repr(other)


@pytest.mark.parametrize(
    ("pair", "facts"),
    [
        (([1, -1], [1, 1]), {"field": "expected", "value": -1.0, "accepted": "0 or more", "place": 1}),
        (([1, 1, 1], [1, NAN, NAN]), {"field": "actual", "value": NAN, "accepted": "0 or more", "place": 1}),
        (([1, 1], [1]), {"field": "actual", "value": 1, "accepted": "2 cells"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(pair, facts):
    with pytest.raises(Impossible) as refused:
        population_stability(POLICY, *pair)

    assert repr(facts_of(refused.value)) == repr(facts)


def test_figures_are_counted_by_band_and_the_missing_in_a_cell_of_their_own():
    assert cells([0, 0.99, 1, 1.5, 2, 9, NAN, NAN], (1.0, 2.0)).tolist() == [2, 2, 2, 2]
    assert cells([], (1.0, 2.0)).tolist() == [0, 0, 0, 0]
    assert cells([5, NAN], ()).tolist() == [1, 1]
    assert cells([0.5], (1.0, 2.0, 3.0)).tolist() == [1, 0, 0, 0, 0]


@pytest.mark.parametrize("bounds", [(0.25, 0.25), (0.25, 0.1)])
def test_red_must_be_the_larger_shift(bounds):
    with pytest.raises(ValueError, match="red must be above amber"):
        Stability(amber=bounds[0], red=bounds[1], floor=1e-4)
