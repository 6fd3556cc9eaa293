"""Guarantees: chains and circles of defaults, substituted PDs by hand, connected customers against a slow search."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.security import guarantees
from risk_engine.security.guarantees import Cover, Guarantees, Reached, Substituted

NAN = math.nan


def codes(values) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


def reached(edges, defaulted, count) -> Reached:
    book = Guarantees(codes(edge[0] for edge in edges), codes(edge[1] for edge in edges))
    return guarantees.reached(book, np.isin(np.arange(count), list(defaulted)))


# --- whom a default reaches ---------------------------------------------------------------------------------------


def test_a_guarantors_default_reaches_every_debtor_it_guarantees_and_nobody_else():
    found = reached([(0, 1), (0, 2), (3, 4)], {0}, 5)

    assert found.hit.tolist() == [True, True, True, False, False]
    assert found.by.tolist() == [-1, 0, 0, -1, -1]
    assert found.origin.tolist() == [0, 0, 0, -1, -1]
    assert found.steps.tolist() == [0, 1, 1, -1, -1]
    assert found.struck.tolist() == [True, True, False]


def test_a_debtors_default_does_not_reach_its_guarantor():
    assert reached([(0, 1)], {1}, 2).hit.tolist() == [False, True]


def test_a_guarantor_that_is_reached_itself_reaches_its_own_debtors():
    found = reached([(2, 3), (1, 2), (0, 1)], {0}, 4)

    assert found.by.tolist() == [-1, 0, 1, 2]
    assert found.origin.tolist() == [0, 0, 0, 0]
    assert found.steps.tolist() == [0, 1, 2, 3]


def test_a_circle_of_guarantees_ends():
    found = reached([(0, 1), (1, 2), (2, 0), (1, 1)], {1}, 3)

    assert found.by.tolist() == [2, -1, 1]
    assert found.steps.tolist() == [2, 0, 1]
    assert found.struck.all()


def test_of_two_guarantors_in_default_the_smaller_code_is_named_and_the_shorter_chain():
    found = reached([(4, 5), (3, 5), (0, 1), (1, 5), (3, 2), (2, 6), (1, 6)], {0, 3, 4}, 7)

    assert found.by.tolist() == [-1, 0, 3, -1, -1, 3, 1]
    assert found.origin.tolist() == [0, 0, 3, 3, 4, 3, 0]


def test_who_has_defaulted_keeps_its_own_origin():
    found = reached([(0, 1), (1, 2)], {0, 1}, 3)

    assert (found.by.tolist(), found.origin.tolist(), found.steps.tolist()) == ([-1, -1, 1], [0, 1, 1], [0, 0, 1])


def test_without_defaults_or_guarantees_nobody_is_reached():
    assert not reached([(0, 1)], set(), 2).hit.any()
    assert reached([], {1}, 2).hit.tolist() == [False, True]


edges_of = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14)


@given(edges_of, st.sets(st.integers(0, 7)))
def test_any_book_is_reached_as_a_slow_search_finds(edges, defaulted):
    found = reached(edges, defaulted, 8)
    steps = dict.fromkeys(defaulted, 0)
    for step in range(1, 9):
        for debtor in {debtor for guarantor, debtor in edges if steps.get(guarantor) == step - 1}:
            steps.setdefault(debtor, step)

    assert found.steps.tolist() == [steps.get(code, -1) for code in range(8)]
    for code in range(8):
        if found.steps[code] > 0:
            nearest = [guarantor for guarantor, debtor in edges if debtor == code and steps.get(guarantor) == steps[code] - 1]
            assert found.by[code] == min(nearest)
            assert found.origin[code] == found.origin[min(nearest)]


@given(edges_of, st.sets(st.integers(0, 7)), st.randoms(use_true_random=False))
def test_the_order_of_the_guarantees_changes_nothing(edges, defaulted, random):
    whole, mixed = reached(edges, defaulted, 8), reached(random.sample(edges, len(edges)), defaulted, 8)

    for name in ("hit", "by", "origin", "steps"):
        assert getattr(whole, name).tobytes() == getattr(mixed, name).tobytes()


# --- substitution -------------------------------------------------------------------------------------------------

GUARANTORS = (0.001, 0.01, 0.05, NAN, 1.0)


def substituted(*rows, ead=1000.0, pd=0.04) -> Substituted:
    """Rows of (guarantor, amount) or (guarantor, amount, facility); without an amount a guarantee is unlimited."""
    cover = Cover(
        codes(row[2] if len(row) > 2 else 0 for row in rows),
        codes(row[0] for row in rows),
        np.array([NAN if row[1] is None else row[1] for row in rows], dtype=np.float64),
        np.array([row[1] is None for row in rows], dtype=bool),
    )
    return guarantees.substituted(cover, np.atleast_1d(np.float64(ead)), np.atleast_1d(np.float64(pd)), np.array(GUARANTORS))


@pytest.mark.parametrize(
    ("rows", "pd", "share", "best"),
    [
        ([], 0.04, 0.0, -1),
        ([(0, 500)], 0.0205, 0.5, 0),
        ([(0, 1000)], 0.001, 1.0, 0),
        ([(0, 9000)], 0.001, 1.0, 0),
        ([(0, None)], 0.001, 1.0, 0),
        ([(2, None)], 0.04, 0.0, -1),
        ([(3, None)], 0.04, 0.0, -1),
        ([(4, None)], 0.04, 0.0, -1),
        ([(3, None), (0, 500)], 0.0205, 0.5, 0),
        # 600 at 0.1 %, then 400 of the other one's 700 at 1 %
        ([(1, 700), (0, 600)], 0.0046, 1.0, 0),
        # 200 at 0.1 %, 300 at 1 %, 500 at 4 %
        ([(1, 300), (0, 200)], 0.0232, 0.5, 0),
        ([(0, 100), (0, 200)], 0.0283, 0.3, 0),
        ([(0, 0), (1, 500)], 0.025, 0.5, 1),
    ],
)
def test_the_guaranteed_share_takes_the_guarantors_pd_where_that_is_better(rows, pd, share, best):
    found = substituted(*rows)

    assert (found.pd[0], found.share[0], found.guarantor[0]) == (pytest.approx(pd, abs=1e-15), pytest.approx(share, abs=1e-15), best)


def test_a_guarantor_with_the_debtors_own_pd_is_not_better():
    assert substituted((1, None), pd=0.01).guarantor.tolist() == [-1]
    assert substituted((1, None), pd=0.0100001).guarantor.tolist() == [1]


def test_of_equal_guarantors_the_smaller_code_is_named():
    cover = Cover(codes([0, 0]), codes([1, 0]), np.array([NAN, NAN]), np.array([True, True]))

    assert guarantees.substituted(cover, np.array([10.0]), np.array([0.5]), np.array([0.1, 0.1])).guarantor.tolist() == [0]


def test_an_amount_that_is_missing_leaves_the_pd_open_if_the_guarantor_would_be_better():
    better, worse = substituted((0, NAN)), substituted((2, NAN))

    assert (math.isnan(better.pd[0]), math.isnan(better.share[0])) == (True, True)
    assert worse.pd.tolist() == [0.04]


def test_missing_figures_of_the_facility():
    found = substituted((0, 500, 0), (0, 500, 1), (0, None, 2), ead=[NAN, 1000.0, 0.0, NAN], pd=[0.04, NAN, 0.04, 0.04])

    np.testing.assert_array_equal(found.pd, [NAN, NAN, 0.04, 0.04])
    np.testing.assert_array_equal(found.share, [NAN, 0.0, NAN, 0.0])


@pytest.mark.parametrize(("field", "change"), [("pd", {"pd": 1.3}), ("ead", {"ead": -1.0}), ("amount", {})])
def test_what_cannot_be_is_refused(field, change):
    with pytest.raises(Impossible) as refusal:
        substituted((0, -1.0 if field == "amount" else 1.0), **change)

    assert refusal.value.field == field


def test_a_guarantors_impossible_pd_is_refused():
    with pytest.raises(Impossible) as refusal:
        guarantees.substituted(
            Cover(codes([]), codes([]), np.zeros(0), np.zeros(0, dtype=bool)), np.ones(1), np.ones(1), np.array([0, -0.1])
        )

    assert (refusal.value.field, refusal.value.place) == ("guarantor_pd", 1)


money = st.integers(0, 10**6).map(lambda value: value / 100)
covers = st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), money), st.integers(0, 2)), max_size=9)


@given(
    covers, st.lists(money, min_size=3, max_size=3), st.lists(st.floats(0, 1), min_size=3, max_size=3), st.randoms(use_true_random=False)
)
def test_no_guarantee_makes_a_pd_worse_and_neither_order_nor_company_matters(rows, eads, pds, random):
    found = substituted(*rows, ead=eads, pd=pds)
    mixed = substituted(*random.sample(rows, len(rows)), ead=eads, pd=pds)
    alone = substituted(*((guarantor, amount) for guarantor, amount, facility in rows if facility == 1), ead=eads[1], pd=pds[1])

    assert (found.pd <= np.array(pds)).all()
    # what each row takes has the order of the rows
    for name in ("pd", "share", "guarantor"):
        assert getattr(found, name).tobytes() == getattr(mixed, name).tobytes()
        assert getattr(found, name)[1].tobytes() == getattr(alone, name)[0].tobytes()


@example([(1, 0.01, 0), (3, 0.0, 0), (0, 0.01, 0)], 0.01, 1.0)
@given(covers, money.filter(bool), st.floats(0, 1))
def test_the_pd_is_that_of_a_second_route_in_fractions(rows, ead, pd):
    open_, risk = Fraction(ead), Fraction(0)
    # a PD that is missing is better than none, and in a sort it would put nothing in order
    better = [(GUARANTORS[guarantor], amount) for guarantor, amount, _ in rows if amount is not None and GUARANTORS[guarantor] < pd]
    for theirs, amount in sorted(better):
        used = min(open_, Fraction(amount))
        open_, risk = open_ - used, risk + used * Fraction(theirs)
    expected = (risk + open_ * Fraction(pd)) / Fraction(ead)

    found = substituted(*((guarantor, amount) for guarantor, amount, _ in rows if amount is not None), ead=ead, pd=pd)
    assert found.pd[0] == pytest.approx(float(expected), abs=1e-12)


# --- connected customers ------------------------------------------------------------------------------------------


def connected(edges, count) -> list[int]:
    return guarantees.connected(codes(edge[0] for edge in edges), codes(edge[1] for edge in edges), count).tolist()


def test_links_of_any_length_and_direction_connect():
    assert connected([(3, 1), (1, 5), (4, 2)], 7) == [0, 1, 2, 1, 2, 1, 6]
    assert connected([], 3) == [0, 1, 2]
    assert connected([(1, 1)], 2) == [0, 1]
    assert connected([(0, 1), (1, 2), (2, 0)], 3) == [0, 0, 0]


def test_a_long_chain_in_any_order_is_one_component():
    chain = [(place, place + 1) for place in range(5000)]

    assert set(connected(chain, 5001)) == {0}
    assert set(connected([(right, left) for left, right in reversed(chain)], 5001)) == {0}
    assert set(connected(sorted(chain, key=lambda edge: edge[0] * 2654435761 % 5000), 5001)) == {0}


def test_members_of_one_group_are_connected_and_who_is_in_none_stays_alone():
    left, right = guarantees.group_links(codes([7, -1, 3, 7, -1, 3, 0]))

    assert guarantees.connected(left, right, 7).tolist() == [0, 1, 2, 0, 4, 2, 6]


def test_groups_are_joined_by_a_guarantee_between_their_members():
    left, right = guarantees.group_links(codes([0, 0, 1, 1, -1]))
    whole = guarantees.connected(np.append(left, 3), np.append(right, 1), 5)

    assert whole.tolist() == [0, 0, 0, 0, 4]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=16), st.randoms(use_true_random=False))
def test_any_links_connect_as_a_slow_search_finds(edges, random):
    found = connected(edges, 12)
    expected = []
    for code in range(12):
        near, size = {code}, 0
        while len(near) > size:
            size = len(near)
            near |= {end for edge in edges if near & set(edge) for end in edge}
        expected.append(min(near))

    assert found == expected
    assert connected([edge[:: random.choice((1, -1))] for edge in random.sample(edges, len(edges))], 12) == found
