"""Columns of words as codes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.categorical import Coded, joined

WORDS = st.lists(st.one_of(st.none(), st.sampled_from(["EUR", "USD", "人民币", ""])), max_size=20)


@given(WORDS)
def test_a_column_gives_back_its_words(words):
    assert Coded.of(words).texts().tolist() == words


def test_equal_words_have_one_code_in_the_order_in_which_they_come():
    column = Coded.of(["USD", None, "EUR", "USD"])

    assert column.names == ("USD", "EUR")
    assert column.codes.tolist() == [0, -1, 1, 0]
    assert len(column) == 4


def test_a_table_is_looked_up_a_word_at_a_time():
    column = Coded.of(["USD", None, "EUR", "CHF"])

    assert column.figures({"USD": 0.9, "EUR": 1.0}, 7.0).tolist() == [0.9, 7.0, 1.0, 7.0]
    assert column.figures({"USD": 0.9, "EUR": 1.0}, 7.0, missing=8.0).tolist() == [0.9, 8.0, 1.0, 7.0]


def test_a_word_is_asked_for_its_figure_once():
    asked = []

    Coded.of(["a", "b", "a", None] * 50).made(lambda name: asked.append(name) or 1.0, np.nan)

    assert asked == ["a", "b"]


def test_places_among_a_list_of_names():
    assert Coded.of(["b", "x", None, "a"]).among(("a", "b")).tolist() == [1, -1, -1, 0]


def test_a_part_of_a_column_keeps_its_names():
    column = Coded.of(["USD", "EUR", None])

    assert column[1:].texts().tolist() == ["EUR", None]
    assert column[np.array([2, 0])].texts().tolist() == [None, "USD"]
    assert Coded.of([]).texts().tolist() == []


@given(WORDS, WORDS)
def test_columns_one_after_the_other_are_one_column(first, second):
    whole = joined([Coded.of(first), Coded.of(second)])

    assert whole.texts().tolist() == first + second
    assert len(set(whole.names)) == len(whole.names)
