"""Break-even: by hand, where no move will do, and that under the move found the cover is at its threshold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.market import break_even, sensitivity
from risk_engine.market.break_even import Reach
from risk_engine.market.sensitivity_policy import Move
from tests.risk_engine.exposed_borrowers import ROWS, exposures

NAN = math.nan


def reached(compute, threshold=1.0, **facts) -> tuple[float, Reach]:
    found = compute(exposures(facts), threshold)
    assert found.reach.dtype == np.int8
    return round(float(found.moves[0]), 9), Reach(int(found.reach[0]))


RATE, FALL, PRICE = break_even.rate_break_even, break_even.currency_break_even, break_even.commodity_break_even


# DSCR 150 / 100 = 1.5
def test_the_break_even_moves_by_hand():
    # 50 more of service on 500 of floating debt
    assert reached(RATE) == (1000.0, Reach.REACHED)
    # a quarter of the service may grow by 200 %: the currency loses two thirds
    assert reached(FALL) == (round(2 / 3, 9), Reach.REACHED)
    # 50 less on a net purchase of 200
    assert reached(PRICE) == (0.25, Reach.REACHED)
    # a seller is hurt by a fall: 50 less on 200
    assert reached(PRICE, commodity_revenue_share=0.25, commodity_cost_share=0.0) == (-0.25, Reach.REACHED)


def test_the_threshold_may_be_another():
    # 150 / 1.25 = 120, 20 more of service
    assert reached(RATE, 1.25) == (400.0, Reach.REACHED)
    assert reached(FALL, 1.25) == (round(0.8 / 1.8, 9), Reach.REACHED)
    # 1.25 · 100 = 125, 25 less
    assert reached(PRICE, 1.25) == (0.125, Reach.REACHED)


def test_on_the_threshold_no_move_is_needed():
    assert reached(RATE, 1.5) == (0.0, Reach.REACHED)
    assert reached(FALL, 1.5) == (0.0, Reach.REACHED)
    assert reached(PRICE, 1.5) == (0.0, Reach.REACHED)


def test_below_the_threshold_the_move_is_what_would_bring_it_back():
    # 150 / 1.6 = 93.75: 6.25 less of service
    assert reached(RATE, 1.6) == (-125.0, Reach.BELOW)
    assert reached(FALL, 1.6) == (round(-0.25 / 0.75, 9), Reach.BELOW)
    assert reached(PRICE, 1.6) == (-0.05, Reach.BELOW)


@pytest.mark.parametrize(
    ("compute", "facts", "threshold"),
    [
        (RATE, {"floating_share": 0.0}, 1.0),
        (RATE, {"debt": 0.0}, 1.0),
        # interest is 40: less than none is not paid
        (RATE, {"cfads": 59.0}, 1.0),
        (FALL, {"foreign_share": 0.0}, 1.0),
        (FALL, {"principal": 0.0, "interest": 0.0}, 1.0),
        # nothing left of the foreign part would not be enough
        (FALL, {"cfads": 74.0}, 1.0),
        (FALL, {"cfads": 75.0}, 1.0),
        (PRICE, {"commodity_revenue_share": 0.0, "commodity_cost_share": 0.0}, 1.0),
        (PRICE, {"principal": 0.0, "interest": 0.0}, 1.0),
        # a price does not fall below nothing
        (PRICE, {"cfads": -101.0}, 1.0),
        (PRICE, {"principal": 0.0, "interest": 0.0, "cfads": -500.0}, 1.0),
    ],
)
def test_a_move_that_cannot_be_is_never_reached(compute, facts, threshold):
    value, reach = reached(compute, threshold, **facts)

    assert reach is Reach.NEVER
    assert math.isnan(value)


def test_the_last_move_that_can_be_is_reached():
    assert reached(RATE, cfads=60.0) == (-800.0, Reach.BELOW)
    assert reached(PRICE, cfads=-100.0) == (-1.0, Reach.BELOW)
    assert reached(FALL, cfads=76.0)[1] is Reach.BELOW


def test_rates_hurt_who_pays_none_yet():
    # 1000 · 0.5 of floating debt without service: 150 of it
    assert reached(RATE, principal=0.0, interest=0.0) == (3000.0, Reach.REACHED)


@pytest.mark.parametrize(
    ("compute", "lost"),
    [
        (RATE, "floating_share"),
        (RATE, "debt"),
        (RATE, "cfads"),
        (FALL, "foreign_share"),
        (FALL, "interest"),
        (PRICE, "commodity_cost_share"),
        (PRICE, "principal"),
    ],
)
def test_what_is_missing_has_no_break_even(compute, lost):
    value, reach = reached(compute, **{lost: NAN})

    assert reach is Reach.NONE
    assert math.isnan(value)


def test_nothing_is_known_to_be_out_of_reach_of_a_cover_that_is_not_known():
    assert reached(RATE, floating_share=0.0, cfads=NAN)[1] is Reach.NONE


@pytest.mark.parametrize("compute", [RATE, FALL, PRICE])
@pytest.mark.parametrize(("facts", "threshold", "field"), [({}, 0.0, "threshold"), ({"debt": -1.0}, 1.0, "debt")])
def test_a_threshold_is_above_nothing_and_the_figures_can_be(compute, facts, threshold, field):
    with pytest.raises(Impossible) as refused:
        compute(exposures(facts), threshold)

    assert refused.value.field == field


@given(ROWS, st.sampled_from([1.0, 1.2, 0.9]))
def test_under_the_break_even_move_the_cover_is_at_its_threshold(row, threshold):
    assume(row["principal"] + row["interest"] > 1 and row["debt"] > 1)
    moves = {"rate_bp": RATE, "home_currency": FALL, "commodity": PRICE}

    for name, compute in moves.items():
        found = compute(exposures(row), threshold)
        move = float(found.moves[0])
        # beyond its bounds a move is not one that people state
        if found.reach[0] in (Reach.REACHED, Reach.BELOW) and -0.99 < move / (10_000 if name == "rate_bp" else 1) < 0.99:
            after = sensitivity.stressed(Move(name="to the brink", **{name: move}), exposures(row))
            scale = max(row["revenue"] + row["cost_of_sales"], abs(row["cfads"]), 1.0) / (after.principal[0] + after.interest[0])
            assert after.dscr[0] == pytest.approx(threshold, rel=1e-6, abs=1e-9 * scale)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows):
    for compute in (RATE, FALL, PRICE):
        batch = compute(exposures(*rows), 1.2)
        for place, row in enumerate(rows):
            alone = compute(exposures(row), 1.2)
            assert alone.moves.tobytes() == batch.moves[place].tobytes()
            assert alone.reach[0] == batch.reach[place]


def test_the_codes_are_what_storage_may_rely_on():
    assert [(one.name, one.value) for one in Reach] == [("NONE", 0), ("REACHED", 1), ("BELOW", 2), ("NEVER", 3)]
