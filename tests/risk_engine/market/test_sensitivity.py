"""Sensitivity: stated moves by hand, and the laws of a move."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.market import sensitivity
from risk_engine.market.sensitivity import Figures
from risk_engine.market.sensitivity_policy import Move, Sensitivity
from tests.risk_engine.exposed_borrowers import ROWS, USUAL, exposures

NAN = math.nan
RATES = Move(name="rates", rate_bp=200)
CURRENCY = Move(name="currency", home_currency=0.2)
COMMODITY = Move(name="commodity", commodity=0.1)
ALL = Move(name="all", rate_bp=200, home_currency=0.2, commodity=0.1)


def one(figures: Figures) -> dict[str, float]:
    return {each.name: round(float(getattr(figures, each.name)[0]), 9) for each in fields(figures)}


def stressed(move, **facts) -> dict[str, float]:
    return one(sensitivity.stressed(move, exposures(facts)))


# --- by hand -------------------------------------------------------------------------------------------------------------


def test_two_percent_more_on_half_of_the_debt():
    after, change = sensitivity.effects(RATES, exposures({}))

    # 1000 · 0.5 · 2 % = 10
    assert one(after) == {
        "debt": 1000.0,
        "principal": 60.0,
        "interest": 50.0,
        "ebitda": 200.0,
        "cfads": 150.0,
        "dscr": round(150 / 110, 9),
        "interest_cover": 4.0,
    }
    assert one(change) == {
        "debt": 0.0,
        "principal": 0.0,
        "interest": 10.0,
        "ebitda": 0.0,
        "cfads": 0.0,
        "dscr": round(150 / 110 - 1.5, 9),
        "interest_cover": -1.0,
    }


def test_several_moves_compared_are_each_by_itself():
    moves = (RATES, CURRENCY, COMMODITY)
    together = list(sensitivity.compared(moves, exposures({})))

    assert [[one(found) for found in pair] for pair in together] == [
        [one(found) for found in sensitivity.effects(move, exposures({}))] for move in moves
    ]


def test_a_currency_that_loses_a_fifth_makes_foreign_debt_a_quarter_dearer():
    assert sensitivity.dearer(0.2) == 0.25
    assert sensitivity.dearer(-0.25) == -0.2
    # 1 + 0.25 · 0.25 = 1.0625
    assert stressed(CURRENCY) == {
        "debt": 1062.5,
        "principal": 63.75,
        "interest": 42.5,
        "ebitda": 200.0,
        "cfads": 150.0,
        "dscr": round(150 / 106.25, 9),
        "interest_cover": round(200 / 42.5, 9),
    }


def test_a_dearer_commodity_costs_whoever_buys_more_of_it_than_he_sells():
    # 800 · 0.25 − 500 · 0.8 = −200, a tenth of it
    assert sensitivity.commodity_net(exposures({})).tolist() == [-200.0]
    assert stressed(COMMODITY) == {
        "debt": 1000.0,
        "principal": 60.0,
        "interest": 40.0,
        "ebitda": 180.0,
        "cfads": 130.0,
        "dscr": 1.3,
        "interest_cover": 4.5,
    }


def test_moves_together_are_more_than_each_alone():
    # the rate moves on the debt that the currency has made dearer: 1062.5 · 0.5 · 2 % = 10.625
    assert stressed(ALL) == {
        "debt": 1062.5,
        "principal": 63.75,
        "interest": 53.125,
        "ebitda": 180.0,
        "cfads": 130.0,
        "dscr": round(130 / 116.875, 9),
        "interest_cover": round(180 / 53.125, 9),
    }


def test_interest_does_not_fall_below_nothing():
    assert stressed(Move(name="down", rate_bp=-800))["interest"] == 0.0
    assert stressed(Move(name="down", rate_bp=-700))["interest"] == 5.0
    # and where none is due there is no cover
    assert math.isnan(stressed(Move(name="down", rate_bp=-900))["interest_cover"])


def test_what_does_not_move_needs_no_share_to_be_known():
    unknown = {
        "foreign_share": NAN,
        "commodity_revenue_share": NAN,
        "commodity_cost_share": NAN,
        "revenue": NAN,
        "cost_of_sales": NAN,
    }

    assert stressed(RATES, **unknown) == stressed(RATES)
    assert stressed(CURRENCY, floating_share=NAN, revenue=NAN) == stressed(CURRENCY)
    assert stressed(COMMODITY, floating_share=NAN, foreign_share=NAN) == stressed(COMMODITY)


@pytest.mark.parametrize(
    ("move", "lost", "missing"),
    [
        (RATES, "floating_share", {"interest", "dscr", "interest_cover"}),
        (CURRENCY, "foreign_share", {"debt", "principal", "interest", "dscr", "interest_cover"}),
        (COMMODITY, "commodity_cost_share", {"ebitda", "cfads", "dscr", "interest_cover"}),
        (COMMODITY, "revenue", {"ebitda", "cfads", "dscr", "interest_cover"}),
        (RATES, "ebitda", {"ebitda", "interest_cover"}),
        (RATES, "principal", {"principal", "dscr"}),
    ],
)
def test_what_moves_needs_its_share(move, lost, missing):
    found = stressed(move, **{lost: NAN})

    assert {name for name, value in found.items() if math.isnan(value)} == missing
    assert sensitivity.lacks(move, exposures({lost: NAN}), 0) == (lost,)


def test_the_missing_inputs_are_named_as_far_as_a_move_needs_them():
    nothing = exposures({}, dict.fromkeys(USUAL, NAN))
    figures = ("debt", "principal", "interest")

    assert sensitivity.lacks(ALL, nothing, 1) == tuple(USUAL)
    assert sensitivity.lacks(ALL, nothing, 0) == ()
    assert sensitivity.lacks(RATES, nothing, 1) == (*figures, "ebitda", "cfads", "floating_share")
    assert sensitivity.lacks(CURRENCY, nothing, 1) == (*figures, "ebitda", "cfads", "foreign_share")
    assert sensitivity.lacks(COMMODITY, nothing, 1) == (
        *figures,
        "revenue",
        "cost_of_sales",
        "ebitda",
        "cfads",
        "commodity_revenue_share",
        "commodity_cost_share",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, -1.0) for name in sensitivity.NEVER_NEGATIVE),
        *((name, value) for name in sensitivity.SHARES for value in (-0.1, 1.1)),
        ("ebitda", math.inf),
        ("cfads", -math.inf),
    ],
)
def test_what_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(Impossible) as refused:
        sensitivity.stressed(RATES, exposures({name: value}))

    assert refused.value.field == name
    assert sensitivity.NEVER_NEGATIVE == ("debt", "principal", "interest", "revenue", "cost_of_sales")


# --- laws ----------------------------------------------------------------------------------------------------------------

UP = st.integers(1, 2000).map(float)


@given(ROWS)
def test_without_a_share_no_move_does_anything(row):
    _after, change = sensitivity.effects(ALL, exposures(row | dict.fromkeys(sensitivity.SHARES, 0.0)))

    for each in fields(change):
        values = getattr(change, each.name)
        assert not values[~np.isnan(values)].any()


@given(ROWS, UP, st.integers(2, 5))
def test_interest_is_linear_in_the_rate_and_earnings_in_the_price(row, points, times):
    def change(move):
        return sensitivity.effects(move, exposures(row))[1]

    rate = [change(Move(name="rate", rate_bp=points * n)).interest[0] for n in (1, times)]
    price = [change(Move(name="price", commodity=points / 2000 * n)) for n in (1, times)]

    assert rate[1] == pytest.approx(times * rate[0], rel=1e-6, abs=1e-3)
    assert price[1].ebitda[0] == pytest.approx(times * price[0].ebitda[0], rel=1e-6, abs=1e-3)
    assert price[1].cfads[0] == pytest.approx(price[1].ebitda[0], rel=1e-6, abs=1e-3)


@given(ROWS, UP, UP)
def test_a_greater_move_never_does_less_harm(row, first, second):
    small, great = sorted((first, second))

    def under(**moves):
        return sensitivity.stressed(Move(name="move", **moves), exposures(row))

    assert under(rate_bp=small).interest[0] <= under(rate_bp=great).interest[0]
    assert under(home_currency=small / 2001).debt[0] <= under(home_currency=great / 2001).debt[0]
    if row["cfads"] >= 0:
        for moves in ({"rate_bp": small}, {"rate_bp": great}), ({"home_currency": small / 2001}, {"home_currency": great / 2001}):
            milder, harsher = (under(**one).dscr[0] for one in moves)
            assert math.isnan(milder) or harsher <= milder * (1 + 1e-12)


@given(ROWS, st.sampled_from([0.01, 7.0, 1000.0]))
def test_the_currency_of_the_figures_does_not_matter_to_the_ratios(row, factor):
    scaled = {name: value if name in sensitivity.SHARES else value * factor for name, value in row.items()}
    here, there = stressed(ALL, **row), stressed(ALL, **scaled)
    assume(row["principal"] + row["interest"] > 1)

    assert there["dscr"] == pytest.approx(here["dscr"], rel=1e-6, abs=1e-6)


@given(st.lists(ROWS, min_size=1, max_size=6), st.sampled_from([RATES, CURRENCY, COMMODITY, ALL]))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows, move):
    batch = sensitivity.stressed(move, exposures(*rows))

    for place, row in enumerate(rows):
        alone = sensitivity.stressed(move, exposures(row))
        for each in fields(alone):
            assert getattr(alone, each.name).tobytes() == getattr(batch, each.name)[place].tobytes()


# --- policy --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_bp": 10_001},
        {"rate_bp": -10_001},
        {"rate_bp": math.nan},
        {"home_currency": 1.0},
        {"home_currency": -1.0},
        {"commodity": -1.01},
        {"commodity": 11},
        {"name": ""},
    ],
)
def test_a_move_that_cannot_be_stated_is_refused(wrong):
    with pytest.raises(ValidationError):
        Move(**({"name": "move", "rate_bp": 1} | wrong))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"move": (RATES, RATES)}, "two moves are called rates"),
        ({"move": (RATES, Move(name="still"))}, "nothing moves in still"),
        ({"move": ()}, "at least 1"),
        ({"break_even_dscr": 0.0}, "greater than 0"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Sensitivity(**({"move": (RATES,), "break_even_dscr": 1.0} | wrong))


def test_any_one_thing_that_moves_is_a_move():
    policy = Sensitivity(move=(RATES, CURRENCY, COMMODITY, ALL), break_even_dscr=1.0)

    assert [one.name for one in policy.move] == ["rates", "currency", "commodity", "all"]
