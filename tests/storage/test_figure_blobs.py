"""Figures as one value and back."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage import figure_blobs


@given(st.lists(st.tuples(*[st.floats(allow_infinity=False)] * 3), min_size=1, max_size=5))
def test_figures_come_back_exactly_and_nan_as_none(rows):
    values = figure_blobs.pack([np.array(column) for column in zip(*rows, strict=True)], np.float64)

    for row, value in zip(rows, values, strict=True):
        found = figure_blobs.figures("a\nb\nc", value)
        assert list(found) == ["a", "b", "c"]
        assert list(found.values()) == [None if math.isnan(figure) else figure for figure in row]


def test_numbers_come_back_without_those_that_are_none():
    (value,) = figure_blobs.pack([np.array([7]), np.array([0]), np.array([2**40])], np.int64)

    assert figure_blobs.numbers("rating\nstatement\noverride", value) == {"rating": 7, "override": 2**40}


def test_the_order_of_bytes_is_the_same_on_every_machine():
    assert figure_blobs.pack([np.array([1.0])], np.float64) == [b"\x00\x00\x00\x00\x00\x00\xf0?"]
    assert figure_blobs.pack([np.array([1])], np.int64) == [b"\x01\x00\x00\x00\x00\x00\x00\x00"]


def test_what_was_scored_before_has_no_figures():
    assert (figure_blobs.figures(None, None), figure_blobs.numbers(None, None)) == ({}, {})
