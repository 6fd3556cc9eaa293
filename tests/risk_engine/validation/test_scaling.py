"""Scorecard points: the standard's line, and PDs there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.validation.scaling import line, pd_of, points
from risk_engine.validation.validation_policy import Scaling

NAN = math.nan
POLICY = Scaling(points=600, odds=50, doubling=20)
pds = st.floats(1e-6, 1 - 1e-6)


def test_the_standards_own_line():
    found = line(POLICY)

    assert (round(found.factor, 6), round(found.offset, 6)) == (28.853901, 487.122876)


def test_odds_of_fifty_to_one_are_six_hundred_and_twice_the_odds_twenty_more():
    assert points(POLICY, [1 / 51, 1 / 101, 1 / 26, 0.5]).tolist() == pytest.approx([600, 620, 580, 487.1228762045])


@given(pds)
def test_a_pd_comes_back_from_its_points(pd):
    assert pd_of(POLICY, points(POLICY, pd))[0] == pytest.approx(pd, rel=1e-9)


@given(pds, pds)
def test_a_lower_pd_never_has_fewer_points(one, other):
    low, high = sorted((one, other))

    assert points(POLICY, low)[0] >= points(POLICY, high)[0]


def test_without_odds_there_are_no_points():
    assert np.isnan(points(POLICY, [0, 1, NAN])).all()
    assert np.isnan(pd_of(POLICY, [NAN])).all()


def test_points_beyond_all_odds_are_certainty():
    assert pd_of(POLICY, [1e9, -1e9]).tolist() == [0, 1]


@given(st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), min_size=1, max_size=9))
def test_one_alone_has_the_points_that_it_has_among_many(batch):
    together = points(POLICY, batch)

    assert [points(POLICY, pd)[0].tobytes() for pd in batch] == [one.tobytes() for one in together]


def test_what_cannot_be_is_refused_by_name():
    with pytest.raises(Impossible, match="'pd'"):
        points(POLICY, [1.3])
    with pytest.raises(Impossible, match="'points'"):
        pd_of(POLICY, [math.inf])
