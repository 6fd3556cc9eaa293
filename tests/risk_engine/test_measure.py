"""Quotients that say something, and bounds that are reached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.measure import Measure, divided, reached, table

NAN = math.nan
ANY = st.one_of(st.floats(-1e6, 1e6), st.just(NAN))


@pytest.mark.parametrize(
    ("top", "bottom", "quotient"),
    [(6.0, 2.0, 3.0), (-6.0, 2.0, -3.0), (0.0, 2.0, 0.0), (6.0, 0.0, NAN), (6.0, -2.0, NAN), (NAN, 2.0, NAN), (6.0, NAN, NAN)],
)
def test_a_ratio_to_nothing_or_to_a_loss_says_nothing(top, bottom, quotient):
    found = divided(np.array([top]), np.array([bottom]))[0]

    assert found == quotient or (math.isnan(found) and math.isnan(quotient))


def test_the_smallest_bottom_above_nothing_is_one():
    assert divided(np.array([5e-324]), np.array([5e-324])).tolist() == [1.0]


def test_a_figure_may_be_divided_by_a_whole_column():
    assert divided(1.0, np.array([2.0, 4.0])).tolist() == [0.5, 0.25]


@given(st.lists(ANY, max_size=20), st.lists(st.floats(-1e3, 1e3), unique=True, min_size=1, max_size=8).map(sorted))
def test_bounds_reached_are_those_a_search_finds(figures, bounds):
    column = np.array(figures, dtype=np.float64)
    expected = np.where(np.isnan(column), 0, np.searchsorted(bounds, column, side="right"))

    assert reached(column, bounds).tolist() == expected.tolist()


def test_a_figure_on_a_bound_has_reached_it():
    assert reached(np.array([0.9, 1.0, 1.1, 2.0, math.inf, -math.inf, NAN]), (1.0, 2.0)).tolist() == [0, 1, 1, 2, 2, 0, 0]


def test_two_measures_of_one_name_are_refused():
    one = Measure("cover", "ratio", ("a", "b"), divided)

    assert table([one]) == {"cover": one}
    with pytest.raises(ValueError, match="two measures are called cover"):
        table([one, one])
