"""Mobility: a table counted by hand, and laws that hold for any moves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.validation import mobility
from risk_engine.validation.mobility import balance, by_steps, moves, shares, shorrocks
from tests.risk_engine.refused import facts_of

NAN = math.nan
BEFORE = [1, 1, 1, 1, 2, 2, 3, 4, 4, 0, 0, 2, 0]
AFTER_ = [1, 1, 2, 4, 2, 1, 3, 4, 3, 1, 4, 0, 0]
pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


def of(pairs) -> mobility.Moves:
    return moves(*zip(*pairs, strict=True))


def test_a_row_is_where_one_was_and_a_column_where_one_is():
    found = moves(BEFORE, AFTER_)

    assert found.counts.tolist() == [[2, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]
    assert (found.appeared, found.vanished, found.never, found.known) == (2, 1, 1, 9)


def test_the_shares_of_a_row_and_the_steps():
    found = moves(BEFORE, AFTER_)

    assert shares(found).tolist() == [[0.5, 0.25, 0, 0.25], [0.5, 0.5, 0, 0], [0, 0, 1, 0], [0, 0, 0.5, 0.5]]
    assert by_steps(found) == {-3: 0, -2: 0, -1: 2, 0: 5, 1: 1, 2: 0, 3: 1}


def test_who_stayed_and_who_moved():
    found = balance(moves(BEFORE, AFTER_))

    assert (found.stayed, found.better, found.worse) == (5 / 9, 2 / 9, 2 / 9)
    # one step up twice, one and three down
    assert (found.distance, found.drift) == (6 / 9, 2 / 9)


def test_a_lower_number_is_better():
    found = balance(moves([1, 2, 3, 4], [1, 1, 4, 2]))

    assert (found.stayed, found.better, found.worse, found.distance, found.drift) == (0.25, 0.5, 0.25, 1, -0.5)


def test_the_index_of_shorrocks():
    assert shorrocks(moves(BEFORE, AFTER_)) == pytest.approx((4 - 0.5 - 0.5 - 1 - 0.5) / 3, rel=1e-15)
    assert shorrocks(moves([1, 2, 3, 4], [1, 2, 3, 4])) == 0
    # one's grade says nothing of the next
    assert shorrocks(moves(np.repeat([1, 2], 2), [1, 2, 1, 2], grades=2)) == 1
    assert shorrocks(moves([1, 2], [2, 1], grades=2)) == 2


def test_a_grade_that_nobody_had_hides_the_index_and_not_the_rest():
    found = moves([1, 2, 3], [1, 2, 4])

    assert math.isnan(shorrocks(found))
    assert np.isnan(shares(found)[3]).all()
    assert balance(found).stayed == 2 / 3
    assert math.isnan(shorrocks(moves([1], [1], grades=1)))


def test_nobody_with_both_grades_leaves_nothing_computable():
    found = moves([0, 1], [1, 0])

    assert repr(balance(found)) == repr(mobility.Balance(NAN, NAN, NAN, NAN, NAN))
    assert (found.known, found.appeared, found.vanished, found.never) == (0, 1, 1, 0)


@given(pairs)
def test_everybody_is_counted_once(pairs):
    found = of(pairs)

    assert found.known + found.appeared + found.vanished + found.never == len(pairs)
    assert sum(by_steps(found).values()) == found.known
    assert found.known == sum(1 for before, after in pairs if before and after)


@given(pairs)
def test_back_again_turns_better_into_worse(pairs):
    there, back = balance(of(pairs)), balance(of([(after, before) for before, after in pairs]))

    assert repr((there.stayed, there.better, there.worse, there.distance)) == repr((back.stayed, back.worse, back.better, back.distance))
    assert there.drift == -back.drift or math.isnan(there.drift)


@given(pairs)
def test_steps_counted_one_by_one_give_the_same(pairs):
    steps = [after - before for before, after in pairs if before and after]

    if steps:
        assert balance(of(pairs)).drift == pytest.approx(np.mean(steps))
        assert balance(of(pairs)).distance == pytest.approx(np.mean(np.abs(steps)))


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ([5], [1], {"field": "before", "value": 5.0, "accepted": "0 to 4", "place": 0}),
        ([1, 1, 1], [1, -1, 9], {"field": "after", "value": -1.0, "accepted": "0 to 4", "place": 1}),
        ([1], [1.5], {"field": "after", "value": 1.5, "accepted": "0 to 4", "place": 0}),
        ([1], [NAN], {"field": "after", "value": NAN, "accepted": "0 to 4", "place": 0}),
        ([1, 1], [1], {"field": "after", "value": 1, "accepted": "2 grades"}),
    ],
)
def test_what_cannot_be_is_refused_by_name(before, after, facts):
    with pytest.raises(Impossible) as refused:
        moves(before, after)

    assert repr(facts_of(refused.value)) == repr(facts)
