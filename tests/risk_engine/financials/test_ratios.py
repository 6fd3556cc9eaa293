"""Ratios: each by hand, what it needs, and what a denominator that is not above 0 makes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.facts.statements import NAMES, Statements
from risk_engine.financials import ratios
from risk_engine.financials.ratios import BURDENS, RATIOS, RatioStatus

NAN = math.nan
FIRM = {
    "total_assets": 1000.0,
    "current_assets": 480.0,
    "cash": 60.0,
    "receivables": 200.0,
    "inventory": 180.0,
    "total_liabilities": 640.0,
    "current_liabilities": 320.0,
    "short_term_debt": 120.0,
    "long_term_debt": 280.0,
    "equity": 360.0,
    "retained_earnings": 210.0,
    "revenue": 1460.0,
    "cost_of_sales": 1095.0,
    "ebitda": 160.0,
    "depreciation": 58.0,
    "ebit": 102.0,
    "interest_expense": 25.0,
    "tax": 18.0,
    "net_income": 72.0,
    "operating_cash_flow": 110.0,
    "capex": 40.0,
    "working_capital_change": 12.0,
    "principal_repaid": 50.0,
}
# by hand, from the definitions in words
BY_HAND = {
    "current_ratio": 480 / 320,
    "quick_ratio": 300 / 320,
    "cash_ratio": 60 / 320,
    "debt_ratio": 0.64,
    "debt_to_equity": 400 / 360,
    "gearing": 400 / 760,
    "net_debt_to_ebitda": 340 / 160,
    "equity_ratio": 0.36,
    "interest_coverage": 6.4,
    "ebit_interest_coverage": 4.08,
    "dscr": 90 / 75,
    "ffo_to_debt": 117 / 400,
    "ocf_to_debt": 110 / 400,
    "roa": 0.072,
    "roe": 0.2,
    "gross_margin": 0.25,
    "ebitda_margin": 160 / 1460,
    "net_margin": 72 / 1460,
    "roce": 102 / 680,
    "asset_turnover": 1.46,
    "receivable_days": 50.0,
    "inventory_days": 60.0,
    "payable_days": 200 / 3,
    "cash_conversion_cycle": 50 + 60 - 200 / 3,
}
PERCENT = {
    *("debt_ratio", "gearing", "equity_ratio", "ffo_to_debt", "ocf_to_debt"),
    *("roa", "roe", "gross_margin", "ebitda_margin", "net_margin", "roce"),
}
DAYS = {"receivable_days", "inventory_days", "payable_days", "cash_conversion_cycle"}
LOW_IS_GOOD = {
    *("debt_ratio", "debt_to_equity", "gearing", "net_debt_to_ebitda"),
    *("receivable_days", "inventory_days", "cash_conversion_cycle"),
}


def firm(**changes) -> Statements:
    return Statements.of(FIRM | changes)


def figure(name, **changes) -> float:
    return float(RATIOS[name].of(firm(**changes))[0])


def state(name, **changes) -> int:
    return int(ratios.standing(name, firm(**changes))[0])


def test_the_ratios_are_these_and_the_house_indicators_are_among_them():
    assert list(RATIOS) == list(BY_HAND)
    assert {"dscr", "interest_coverage", "current_ratio", "debt_ratio"} <= set(RATIOS)


@pytest.mark.parametrize("name", BY_HAND)
def test_each_ratio_of_a_firm_by_hand(name):
    assert figure(name) == pytest.approx(BY_HAND[name], rel=1e-14)
    assert state(name) == RatioStatus.COMPUTED


@pytest.mark.parametrize("name", BY_HAND)
def test_a_ratio_needs_each_of_its_inputs_and_nothing_else(name):
    for column in NAMES:
        needed = column in RATIOS[name].inputs

        assert math.isnan(figure(name, **{column: NAN})) == needed
        assert RATIOS[name].lacks(firm(**{column: NAN}), 0) == ((column,) if needed else ())
        assert state(name, **{column: NAN}) == (RatioStatus.MISSING if needed else RatioStatus.COMPUTED)


def test_each_ratio_has_its_unit_its_good_side_and_its_source():
    for name, ratio in RATIOS.items():
        assert ratio.unit == ("percent" if name in PERCENT else "days" if name in DAYS else "ratio")
        assert ratio.better == ("" if name == "payable_days" else "low" if name in LOW_IS_GOOD else "high")
        assert ratio.source


# what makes each denominator 0, and then -1
NOTHING_BELOW = {
    **dict.fromkeys(["current_ratio", "quick_ratio", "cash_ratio"], "current_liabilities"),
    **dict.fromkeys(["debt_ratio", "equity_ratio", "roa", "asset_turnover"], "total_assets"),
    **dict.fromkeys(["debt_to_equity", "roe"], "equity"),
    **dict.fromkeys(["gross_margin", "ebitda_margin", "net_margin", "receivable_days"], "revenue"),
    **dict.fromkeys(["inventory_days", "payable_days", "cash_conversion_cycle"], "cost_of_sales"),
    "net_debt_to_ebitda": "ebitda",
}


@pytest.mark.parametrize("value", [0.0, -1.0])
@pytest.mark.parametrize("name", NOTHING_BELOW)
def test_a_ratio_to_nothing_or_to_a_loss_is_not_meaningful(name, value):
    changes = {NOTHING_BELOW[name]: value}

    assert math.isnan(figure(name, **changes))
    assert state(name, **changes) == RatioStatus.NOT_MEANINGFUL
    assert not ratios.not_applicable(name, firm(**changes)).any()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("gearing", {"equity": -400.0}),
        ("gearing", {"equity": -401.0}),
        ("roce", {"current_liabilities": 1000.0}),
        ("roce", {"current_liabilities": 1001.0}),
        ("cash_conversion_cycle", {"revenue": 0.0}),
        ("interest_coverage", {"interest_expense": -1.0}),
        ("ebit_interest_coverage", {"interest_expense": -1.0}),
        ("dscr", {"principal_repaid": -25.0}),
        ("dscr", {"principal_repaid": 0.0, "interest_expense": -1.0}),
        ("ffo_to_debt", {"short_term_debt": -280.0}),
        ("ocf_to_debt", {"short_term_debt": 0.0, "long_term_debt": -1.0}),
    ],
)
def test_a_sum_below_that_is_not_above_0_is_not_meaningful_either(name, changes):
    assert math.isnan(figure(name, **changes))
    assert state(name, **changes) == RatioStatus.NOT_MEANINGFUL


def test_losses_and_net_cash_have_their_signs():
    assert figure("interest_coverage", ebitda=-50.0) == -2.0
    assert figure("net_debt_to_ebitda", cash=720.0) == -2.0
    assert figure("roe", net_income=-36.0) == -0.1
    assert figure("equity_ratio", equity=-100.0) == -0.1
    # owing more than assets and equity together is more than all
    assert figure("gearing", equity=-200.0) == 2.0
    # working capital that is released, and tax that is paid back, are cash
    assert figure("dscr", working_capital_change=-12.0, tax=-18.0) == pytest.approx((160 + 18 - 40 + 12) / 75)


def test_cash_flow_available_for_debt_service():
    assert ratios.cfads(*(np.array([value]) for value in (160.0, 18.0, 40.0, 12.0))).tolist() == [90.0]


# --- nothing due, nothing owed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("interest_coverage", {"interest_expense": 0.0}),
        ("ebit_interest_coverage", {"interest_expense": 0.0}),
        ("dscr", {"interest_expense": 0.0, "principal_repaid": 0.0}),
        ("ffo_to_debt", {"short_term_debt": 0.0, "long_term_debt": 0.0}),
        ("ocf_to_debt", {"short_term_debt": 0.0, "long_term_debt": 0.0}),
    ],
)
def test_a_cover_of_nothing_is_not_applicable_and_not_a_figure(name, changes):
    assert math.isnan(figure(name, **changes))
    assert ratios.not_applicable(name, firm(**changes)).tolist() == [True]
    assert state(name, **changes) == RatioStatus.NOT_APPLICABLE
    # one of two burdens is enough, and a missing one is not known to be none
    for burden in changes:
        assert ratios.not_applicable(name, firm(**changes | {burden: 1.0})).tolist() == [False]
        assert ratios.not_applicable(name, firm(**changes | {burden: NAN})).tolist() == [False]
        assert state(name, **changes | {burden: NAN}) == RatioStatus.MISSING


def test_what_is_not_asked_of_anybody_need_not_be_complete():
    assert state("interest_coverage", interest_expense=0.0, ebitda=NAN) == RatioStatus.NOT_APPLICABLE
    assert state("interest_coverage", interest_expense=-1.0, ebitda=NAN) == RatioStatus.MISSING


def test_only_covers_can_be_not_applicable():
    nothing = Statements.of(dict.fromkeys(NAMES, 0.0))

    assert {name for name in RATIOS if ratios.not_applicable(name, nothing).any()} == set(BURDENS)
    assert set(BURDENS) == {"interest_coverage", "ebit_interest_coverage", "dscr", "ffo_to_debt", "ocf_to_debt"}


def test_interest_alone_is_debt_service_too():
    assert figure("dscr", principal_repaid=0.0) == 90 / 25
    assert figure("dscr", interest_expense=0.0) == 90 / 50


def test_the_standings_keep_missing_apart_at_0():
    assert {one.name: one.value for one in RatioStatus} == {"MISSING": 0, "COMPUTED": 1, "NOT_MEANINGFUL": 2, "NOT_APPLICABLE": 3}
    assert ratios.standing("dscr", firm()).dtype == np.int8


# --- laws ----------------------------------------------------------------------------------------------------------------

# whole cents, as money is
amounts = st.one_of(st.just(NAN), st.just(0.0), st.integers(-(10**6), 10**9).map(lambda cents: cents / 100))
batches = st.lists(st.fixed_dictionaries(dict.fromkeys(FIRM, amounts)), min_size=1, max_size=4)


def many(batch) -> Statements:
    return Statements.of({name: [row[name] for row in batch] for name in FIRM})


@given(batches)
def test_one_alone_is_computed_as_among_many(batch):
    together = many(batch)
    for name, ratio in RATIOS.items():
        figures, standings = ratio.of(together), ratios.standing(name, together)
        for place, row in enumerate(batch):
            assert ratio.of(many([row])).tobytes() == figures[place].tobytes()
            assert ratios.standing(name, many([row]))[0] == standings[place]


@given(batches)
def test_a_ratio_has_a_figure_exactly_where_it_is_computed_and_no_input_is_missing_there(batch):
    columns = many(batch)
    for name, ratio in RATIOS.items():
        computed = ratios.standing(name, columns) == RatioStatus.COMPUTED

        assert (computed == ~np.isnan(ratio.of(columns))).all()
        assert not any(ratio.lacks(columns, place) for place in np.flatnonzero(computed))


@given(batches, st.integers(-10, 10))
def test_no_ratio_depends_on_the_currency(batch, power):
    scaled = [{name: value * 2.0**power for name, value in row.items()} for row in batch]

    for ratio in RATIOS.values():
        assert ratio.of(many(batch)).tobytes() == ratio.of(many(scaled)).tobytes()
