"""Figures as one value and back."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage import figure_blobs

WIDTH = 17
NAMES = [f"figure {place}" for place in range(WIDTH)]
ROWS = st.lists(st.tuples(*[st.just(math.nan) | st.floats(allow_infinity=False)] * WIDTH), min_size=1, max_size=5)


@given(ROWS)
def test_figures_come_back_exactly_and_nan_as_none(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    values = figure_blobs.pack(columns, np.float64)

    for row, value in zip(rows, values, strict=True):
        found = figure_blobs.figures(figure_blobs.names(NAMES), value)
        assert list(found) == NAMES
        assert list(found.values()) == [None if math.isnan(figure) else figure for figure in row]
    every = np.array([figure_blobs.names(NAMES)] * len(rows), dtype=object)
    for place, name in enumerate(NAMES):
        assert np.array_equal(figure_blobs.column(every, np.array(values, dtype=object), name), columns[place], equal_nan=True)


def test_numbers_come_back_without_those_that_are_none():
    (value,) = figure_blobs.pack([np.array([7]), np.array([0]), np.array([2**40])], np.int64)

    assert figure_blobs.numbers(figure_blobs.names(["rating", "statement", "override"]), value) == {"rating": 7, "override": 2**40}
    assert len(value) == 17


def test_the_values_of_early_runs_hold_eight_bytes_for_each_name():
    names, values = "a\nb", np.array([1.0, math.nan, 3.0, 4.0]).astype("<f8").tobytes()
    rows = np.array([values[:16], values[16:]], dtype=object)

    assert figure_blobs.figures(names, rows[0]) == {"a": 1.0, "b": None}
    assert figure_blobs.numbers("rating\nstatement", np.array([7, 0], "<i8").tobytes()) == {"rating": 7}
    assert figure_blobs.column(np.array([names, names], dtype=object), rows, "b").tolist()[1] == 4.0


def test_the_order_of_bytes_is_the_same_on_every_machine():
    assert figure_blobs.pack([np.array([1.0]), np.array([math.nan])], np.float64) == [b"\x01\x00\x00\x00\x00\x00\x00\xf0?"]
    assert figure_blobs.pack([np.array([1])], np.int64) == [b"\x01\x01\x00\x00\x00\x00\x00\x00\x00"]


def test_what_was_scored_before_has_no_figures():
    assert (figure_blobs.figures(None, None), figure_blobs.numbers(None, None)) == ({}, {})
