"""Rating migration against the published table, against counted paths and thrown dice, and where it must refuse."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.ratings import migration
from risk_engine.ratings.migration import Disorder, Finding, Transitions
from risk_engine.ratings.migration_policy import Migration, MigrationTable
from tests.risk_engine.refused import facts_of

STATES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC/C", "D")
# S&P global corporates 1981-2016, one year, percent; the last column is "not rated"
PRINTED = (
    (87.05, 9.03, 0.53, 0.05, 0.08, 0.03, 0.05, 0.00, 3.17),
    (0.52, 86.82, 8.00, 0.51, 0.05, 0.07, 0.02, 0.02, 3.99),
    (0.03, 1.77, 87.79, 5.33, 0.32, 0.13, 0.02, 0.06, 4.55),
    (0.01, 0.10, 3.51, 85.56, 3.79, 0.51, 0.12, 0.18, 6.23),
    (0.01, 0.03, 0.12, 4.97, 76.98, 6.92, 0.61, 0.72, 9.63),
    (0.00, 0.03, 0.09, 0.19, 5.15, 74.26, 4.46, 3.76, 12.06),
    (0.00, 0.00, 0.13, 0.19, 0.63, 12.91, 43.97, 26.78, 15.39),
)
TABLE = MigrationTable(serves=(("S&P", "global"),), states=STATES, percent=PRINTED)
CHAIN = migration.transitions(TABLE)


def policy(**changes) -> Migration:
    return Migration(**({"tolerance": 0.05, "rest": "spread", "years": 30, "table": (TABLE,)} | changes))


def small(*percent, states=("good", "bad", "D")) -> MigrationTable:
    return MigrationTable(serves=(("internal", "internal"),), states=states, percent=percent)


def chain(*rows) -> Transitions:
    return Transitions(tuple("ABCDEFGH"[: len(rows)]), np.array(rows, dtype=np.float64))


# --- the published table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "printed"), [("AA", 0.00021), ("BBB", 0.00192), ("B", 0.04276), ("CCC/C", 0.31651)])
def test_without_those_not_rated_the_default_column_is_as_printed(state, printed):
    row = STATES.index(state)

    assert round(migration.without_not_rated(TABLE.figures)[row, -1], 5) == printed
    assert round(CHAIN.shares[row, -1], 5) == printed


def test_every_figure_is_its_share_of_those_who_are_still_rated():
    for row, state in zip(CHAIN.shares, PRINTED, strict=False):
        np.testing.assert_allclose(row, np.array(state[:-1]) / sum(state[:-1]), rtol=1e-12, atol=1e-15)


def test_the_rows_add_up_to_one_and_default_has_no_way_out():
    np.testing.assert_allclose(CHAIN.shares.sum(axis=1), 1.0, rtol=0, atol=1e-15)

    assert CHAIN.states == STATES
    assert CHAIN.shares[-1].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    # a published 0 is a 0, and not minus a hair
    assert CHAIN.shares[0, -1] == 0.0
    assert CHAIN.shares.min() == 0.0


def test_the_default_column_can_take_all_that_rounding_left_over():
    absorbed = migration.transitions(TABLE, "default").shares

    np.testing.assert_allclose(absorbed.sum(axis=1), 1.0, rtol=0, atol=1e-15)
    np.testing.assert_allclose(absorbed[:-1, :-1], migration.without_not_rated(TABLE.figures)[:, :-1], rtol=0, atol=0)
    # AAA's row is printed as 99.99, BBB's as 100.01
    assert absorbed[0, -1] == pytest.approx(0.01 / 96.83)
    assert absorbed[3, -1] == pytest.approx(0.17 / 93.77)


def test_a_default_column_that_would_have_to_be_negative_is_refused():
    with pytest.raises(Impossible) as refused:
        migration.renormalised(np.array([[0.9, 0.05, 0.05], [0.6, 0.41, 0.0]]), "default")

    assert facts_of(refused.value) == {"field": "default", "value": pytest.approx(-0.01), "accepted": "0 or more", "place": 1}


def test_spreading_keeps_the_proportions():
    assert migration.renormalised(np.array([[0.6, 0.3, 0.3]])).tolist() == pytest.approx(np.array([[0.5, 0.25, 0.25]]))


# --- powers --------------------------------------------------------------------------------------------------------------


def test_two_years_are_the_sum_over_all_paths_of_two_steps():
    twice = migration.power(CHAIN, 2)
    counted = np.zeros((8, 8))
    for start, between, end in itertools.product(range(8), repeat=3):
        counted[start, end] += CHAIN.shares[start, between] * CHAIN.shares[between, end]

    np.testing.assert_allclose(twice.shares, counted, rtol=1e-13, atol=1e-17)
    assert twice.states == STATES


def test_five_years_of_thrown_dice_come_to_the_fifth_power():
    dice, customers = np.random.default_rng(20160101), 200_000
    edges = np.cumsum(CHAIN.shares, axis=1)
    start = np.repeat(np.arange(8), customers // 8)
    state = start.copy()
    for _year in range(5):
        state = (dice.random(customers)[:, None] > edges[state]).sum(axis=1).clip(max=7)
    seen = np.bincount(start[state == 7], minlength=8) / (customers // 8)
    expected = migration.power(CHAIN, 5).shares[:, -1]

    # four standard deviations
    assert (np.abs(seen - expected) <= 4 * np.sqrt(expected * (1 - expected) / (customers // 8)) + 1e-9).all()


def test_no_year_is_no_change_and_one_year_is_the_table():
    np.testing.assert_array_equal(migration.power(CHAIN, 0).shares, np.eye(8))
    np.testing.assert_array_equal(migration.power(CHAIN, 1).shares, CHAIN.shares)


@given(st.integers(0, 40), st.integers(0, 40))
def test_powers_add_up(first, second):
    both = migration.power(CHAIN, first).shares @ migration.power(CHAIN, second).shares

    np.testing.assert_allclose(migration.power(CHAIN, first + second).shares, both, rtol=0, atol=1e-12)


@pytest.mark.parametrize("years", [-1, -0.5, math.nan, math.inf])
def test_years_must_be_finite_and_not_below_nothing(years):
    with pytest.raises(Impossible) as refused:
        migration.power(CHAIN, years)

    assert refused.value.field == "years"
    assert refused.value.accepted == "0 or more"


def test_the_published_table_has_no_root_and_none_is_invented():
    for years in (0.5, 3.25):
        with pytest.raises(Impossible) as refused:
            migration.power(CHAIN, years)

        assert refused.value.value == math.fmod(years, 1)
        assert refused.value.accepted.startswith("whole years")


def exponential(generator: np.ndarray) -> np.ndarray:
    """e to the matrix, by its series."""
    term, total = np.eye(len(generator)), np.eye(len(generator))
    for step in range(1, 40):
        term = term @ generator / step
        total = total + term
    return total


def test_a_chain_that_runs_on_in_time_has_its_part_years():
    generator = np.array([[-0.12, 0.10, 0.02], [0.08, -0.30, 0.22], [0.0, 0.0, 0.0]])
    year = Transitions(("good", "bad", "D"), exponential(generator))

    for part in (0.25, 0.5, 0.75, 2.5):
        found = migration.power(year, part)
        np.testing.assert_allclose(found.shares, exponential(part * generator), rtol=0, atol=1e-12)
        assert (found.shares >= 0).all()


def test_a_chain_that_swaps_its_states_has_no_half_year():
    with pytest.raises(Impossible):
        migration.power(chain([0, 1, 0], [1, 0, 0], [0, 0, 1]), 0.5)


def test_a_chain_without_enough_eigenvectors_has_no_half_year():
    with pytest.raises(Impossible):
        migration.power(chain([0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0, 1]), 0.5)


def test_a_chain_that_only_defaults_has_its_closed_form():
    found = migration.power(chain([0.81, 0.19], [0, 1]), 0.5)

    np.testing.assert_allclose(found.shares, [[0.9, 0.1], [0, 1]], rtol=0, atol=1e-15)


# --- findings ------------------------------------------------------------------------------------------------------------


def test_a_table_in_order_gives_no_findings():
    assert migration.findings(chain([0.9, 0.07, 0.02, 0.01], [0.1, 0.7, 0.1, 0.1], [0.05, 0.15, 0.5, 0.3], [0, 0, 0, 1])) == ()


def test_a_worse_rating_that_defaults_less_often_is_found():
    found = migration.findings(chain([0.80, 0.12, 0.08], [0.15, 0.80, 0.05], [0, 0, 1]))

    assert found == (Finding(Disorder.DEFAULT_FALLS, "B", "C"), Finding(Disorder.WORSE_FARES_BETTER, "B", "C"))


def test_each_rating_is_held_against_its_neighbour_and_not_against_the_best():
    rows = [0.90, 0.05, 0.04, 0.01], [0.05, 0.75, 0.10, 0.10], [0.02, 0.10, 0.80, 0.08], [0, 0, 0, 1]

    assert migration.findings(chain(*rows)) == (Finding(Disorder.DEFAULT_FALLS, "C", "D"), Finding(Disorder.WORSE_FARES_BETTER, "C", "D"))


def test_equal_figures_are_in_order():
    assert migration.findings(chain([0.45, 0.45, 0.10], [0.45, 0.45, 0.10], [0, 0, 1])) == ()


def test_a_state_that_is_likelier_than_staying_is_found():
    found = migration.findings(chain([0.55, 0.40, 0.05], [0.42, 0.28, 0.30], [0, 0, 1]))

    assert {(one.disorder, one.row, one.column) for one in found} == {
        ("staying_not_likeliest", "B", "A"),
        ("staying_not_likeliest", "B", "C"),
        ("rises_with_distance", "B", "A"),
        ("comes_from_afar", "A", "B"),
    }


def test_a_longer_way_that_is_likelier_than_a_shorter_one_is_found_on_either_side():
    rows = [0.80, 0.05, 0.10, 0.05], [0.12, 0.70, 0.11, 0.07], [0.13, 0.12, 0.60, 0.15], [0, 0, 0, 1]

    assert [(one.row, one.column) for one in migration.findings(chain(*rows)) if one.disorder == Disorder.RISES_WITH_DISTANCE] == [
        ("A", "C"),
        ("C", "A"),
    ]
    assert [(one.row, one.column) for one in migration.findings(chain(*rows)) if one.disorder == Disorder.COMES_FROM_AFAR] == [("C", "A")]


def test_a_state_that_is_reached_more_often_from_afar_is_found():
    rows = [0.80, 0.06, 0.09, 0.05], [0.12, 0.73, 0.08, 0.07], [0.03, 0.12, 0.60, 0.25], [0, 0, 0, 1]

    assert Finding(Disorder.COMES_FROM_AFAR, "A", "C") in migration.findings(chain(*rows))


def test_a_worse_rating_that_less_often_ends_so_low_is_found():
    # defaults less seldom, but is seldom as bad as C or worse
    rows = [0.70, 0.10, 0.15, 0.05], [0.15, 0.75, 0.04, 0.06], [0.05, 0.10, 0.60, 0.25], [0, 0, 0, 1]

    assert [one for one in migration.findings(chain(*rows)) if one.disorder == Disorder.WORSE_FARES_BETTER] == [
        Finding(Disorder.WORSE_FARES_BETTER, "B", "C")
    ]


def test_the_published_table_defaults_in_order_and_has_the_odd_cells_of_small_samples():
    found = migration.findings(CHAIN)

    assert {one.disorder for one in found}.isdisjoint({Disorder.DEFAULT_FALLS, Disorder.STAYING_NOT_LIKELIEST})
    # .05 % of AAA fall to BBB and .08 % to BB; .05 % of AA to BB and .07 % to B; .03 % of AAA to B and .05 % to CCC
    assert [(one.row, one.column) for one in found if one.disorder == Disorder.RISES_WITH_DISTANCE] == [
        ("AAA", "BB"),
        ("AAA", "CCC/C"),
        ("AA", "B"),
    ]


# --- the policy ----------------------------------------------------------------------------------------------------------


def test_the_policy_finds_a_table_by_agency_and_scale():
    assert policy().table_by_scale == {("s&p", "global"): TABLE}


@pytest.mark.parametrize("serves", [(("S&P", "global"), ("s&p", "global")), (("S&P", "global"), ("Fitch", "global"), ("S&P", "global"))])
def test_two_tables_for_one_agency_and_scale_are_an_error(serves):
    with pytest.raises(ValidationError, match="two tables serve"):
        policy(table=(TABLE.model_copy(update={"serves": serves}),))


@pytest.mark.parametrize(("whole", "accepted"), [(99.94, False), (99.95, True), (100.0, True), (100.05, True), (100.06, False)])
def test_a_row_may_miss_a_hundred_by_the_tolerance_and_no_more(whole, accepted):
    table = small((90.0, 5.0, 2.0, whole - 97.0), (5.0, 80.0, 10.0, 5.0))
    if accepted:
        assert policy(table=(table,)).table == (table,)
        return

    with pytest.raises(ValidationError, match="the row of good adds up to"):
        policy(table=(table,))


def test_a_row_of_which_nobody_is_left_is_an_error():
    with pytest.raises(ValidationError, match="nobody rated bad is still rated"):
        policy(table=(small((90.0, 5.0, 2.0, 3.0), (0.0, 0.0, 0.0, 100.0)),))


@pytest.mark.parametrize(
    "percent",
    [
        ((90.0, 5.0, 2.0, 3.0),),
        ((90.0, 5.0, 2.0, 3.0), (5.0, 80.0, 10.0, 5.0), (0.0, 0.0, 100.0, 0.0)),
        ((90.0, 5.0, 5.0), (5.0, 80.0, 15.0)),
        ((90.0, 5.0, 2.0, 3.0), (5.0, 80.0, 15.0)),
    ],
)
def test_a_table_of_the_wrong_shape_is_an_error(percent):
    with pytest.raises(ValidationError, match="percent needs a row for each state but default"):
        small(*percent)


def test_a_state_cannot_stand_in_a_table_twice():
    with pytest.raises(ValidationError, match="named twice"):
        small((90.0, 5.0, 2.0, 3.0), (5.0, 80.0, 10.0, 5.0), states=("good", "good", "D"))


@pytest.mark.parametrize(
    "changes", [{"tolerance": 0}, {"tolerance": 1.1}, {"years": 0}, {"years": 61}, {"rest": "best"}, {"table": ()}, {"extra": 1}]
)
def test_a_policy_out_of_bounds_is_an_error(changes):
    with pytest.raises(ValidationError):
        policy(**changes)


@pytest.mark.parametrize("figure", [-0.01, 100.01, math.nan])
def test_a_figure_that_is_no_percentage_is_an_error(figure):
    with pytest.raises(ValidationError):
        small((figure, 5.0, 2.0, 3.0), (5.0, 80.0, 10.0, 5.0))
