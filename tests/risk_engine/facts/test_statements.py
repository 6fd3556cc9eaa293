"""Statements: twelve months out of parts of years, what an identity implies, and what does not balance."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.facts import statements
from risk_engine.facts.statements import NAMES, Statements
from tests.risk_engine.refused import facts_of

NAN = math.nan


def every(value, count=1) -> Statements:
    return Statements.of({name: np.full(count, float(value)) for name in NAMES})


def with_(base: Statements, **columns) -> Statements:
    return Statements.of({**base.columns, **{name: np.atleast_1d(np.asarray(values, float)) for name, values in columns.items()}})


def test_the_names_are_those_of_the_file():
    assert (
        *("total_assets", "current_assets", "cash", "receivables", "inventory", "total_liabilities", "current_liabilities"),
        *("short_term_debt", "long_term_debt", "equity", "market_equity", "retained_earnings", "revenue", "cost_of_sales", "ebitda"),
        *("depreciation", "ebit", "interest_expense", "tax", "net_income", "operating_cash_flow", "capex", "working_capital_change"),
        "principal_repaid",
    ) == NAMES


def test_a_column_that_is_not_given_is_missing_and_a_scalar_is_a_column_of_one():
    found = Statements.of({"total_assets": 100})

    assert found.count == 1
    assert found["total_assets"].tolist() == [100.0]
    assert (list(found), len(found)) == (list(NAMES), 24)
    assert all(np.isnan(found[name]).all() for name in NAMES[1:])
    assert not any(found.is_derived(name).any() for name in NAMES)


def test_no_columns_are_the_statements_of_nobody():
    assert Statements.of({}).count == 0


def test_statements_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        every(1).columns = {}


@pytest.mark.parametrize(
    ("columns", "facts"),
    [
        ({"total_assets": [1.0], "goodwill": [1.0]}, {"field": "statement", "value": "goodwill", "accepted": ", ".join(NAMES)}),
        ({"total_assets": [1.0, 2.0], "ebit": [1.0]}, {"field": "ebit", "value": 1, "accepted": "2 values"}),
        ({"ebit": [1.0, math.inf]}, {"field": "ebit", "value": math.inf, "accepted": "a finite number", "place": 1}),
    ],
)
def test_a_strange_name_a_short_column_and_an_infinite_value_are_refused(columns, facts):
    with pytest.raises(Impossible) as refused:
        Statements.of(columns)

    assert facts_of(refused.value) == facts


# --- twelve months -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "columns", "implied"),
    [
        ("total_assets", {"total_liabilities": 60, "equity": 40}, 100.0),
        ("total_liabilities", {"total_assets": 100, "equity": 40}, 60.0),
        ("total_liabilities", {"total_assets": 100, "equity": -40}, 140.0),
        ("equity", {"total_assets": 100, "total_liabilities": 130}, -30.0),
        ("ebitda", {"ebit": 7, "depreciation": 3}, 10.0),
        ("ebitda", {"ebit": -7, "depreciation": 3}, -4.0),
        ("ebit", {"ebitda": 10, "depreciation": 13}, -3.0),
        ("depreciation", {"ebitda": 10, "ebit": 7}, 3.0),
        ("depreciation", {"ebitda": 7, "ebit": 7}, 0.0),
        ("total_liabilities", {"total_assets": 40, "equity": 40}, 0.0),
    ],
)
def test_the_third_of_an_identity_follows_from_the_other_two(name, columns, implied):
    found = statements.completed(Statements.of(columns))

    assert found[name].tolist() == [implied]
    assert {one for one in NAMES if found.is_derived(one).any()} == {name}
    assert {one for one in NAMES if not np.isnan(found[one]).all()} == {name, *columns}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("total_liabilities", {"total_assets": 100, "equity": 101}),
        ("depreciation", {"ebitda": 6, "ebit": 7}),
        ("total_assets", {"total_liabilities": 60, "equity": -61}),
    ],
)
def test_a_figure_that_cannot_be_below_0_is_not_derived_from_a_contradiction(name, columns):
    found = statements.completed(Statements.of(columns))

    assert math.isnan(found[name][0])
    assert not found.derived


def test_a_stated_figure_stays_even_if_the_identity_says_otherwise():
    stated = Statements.of({"total_assets": 100, "total_liabilities": 60, "equity": 50, "ebitda": 10, "ebit": 2, "depreciation": 3})

    found = statements.completed(stated)

    assert all(found[name].tobytes() == stated[name].tobytes() for name in NAMES)
    assert not found.derived


figures = st.one_of(st.just(NAN), st.integers(-1000, 1000).map(float))
rows = st.lists(st.tuples(*[figures] * 6), min_size=1, max_size=8)
SIX = ("total_assets", "total_liabilities", "equity", "ebitda", "ebit", "depreciation")


def six(batch) -> Statements:
    return Statements.of(dict(zip(SIX, map(list, zip(*batch, strict=True)), strict=True)))


@given(rows)
def test_completing_twice_is_completing_once_and_never_loses_a_figure(batch):
    once = statements.completed(six(batch))
    twice = statements.completed(once)

    for name in NAMES:
        assert once[name].tobytes() == twice[name].tobytes()
        assert once.is_derived(name).tolist() == twice.is_derived(name).tolist()
        assert not (np.isnan(once[name]) & ~np.isnan(six(batch)[name])).any()
        # derived are those that were missing and are there now
        assert once.is_derived(name).tolist() == (np.isnan(six(batch)[name]) & ~np.isnan(once[name])).tolist()


@pytest.mark.parametrize(
    ("assets", "liabilities", "equity", "found", "gap"),
    [
        (1000, 600, 400, False, 0.0),
        (1000, 600, 390, False, 0.01),
        (1000, 600, 389, True, 0.011),
        (1000, 600, 410, False, -0.01),
        (1000, 600, 411, True, -0.011),
        (1000, 1300, -300, False, 0.0),
        (0, 0, 0, False, NAN),
        (0, 1, 0, True, NAN),
        (-1000, -600, -400, False, NAN),
        (-1000, -600, -399, True, NAN),
        (NAN, 600, 400, False, NAN),
        (1000, NAN, 400, False, NAN),
        (1000, 600, NAN, False, NAN),
    ],
)
def test_assets_are_liabilities_and_equity_within_the_tolerance(assets, liabilities, equity, found, gap):
    figures = Statements.of({"total_assets": assets, "total_liabilities": liabilities, "equity": equity})

    imbalance = statements.imbalance(figures, 0.01)

    assert imbalance.found.tolist() == [found]
    np.testing.assert_allclose(imbalance.gap, [gap], rtol=1e-12)


def test_what_is_derived_always_balances():
    assert not statements.imbalance(statements.completed(Statements.of({"total_assets": 100, "equity": 30})), 0.0).found.any()


def test_a_tolerance_is_a_share():
    with pytest.raises(Impossible, match="tolerance"):
        statements.imbalance(every(1), -0.01)
