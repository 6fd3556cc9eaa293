"""Loan life and project life cover by dates: half-years are no years, and what has passed of a period does not count."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.scoring.scoring import Scores
from tests.risk_engine import books
from tests.risk_engine.scoring.test_ageing import missing
from tests.risk_engine.scoring.test_scoring import SOUND, figure, scored

RATED = [(0, "S&P", "global", "BB")]
LOAN = {"kind": "project_loan", "limit": 400.0, "outstanding": 400.0, "eir": 0.08, "maturity": "2031-09-30"}
HALVES = [f"{year}-{day}" for year in range(2027, 2032) for day in ("03-31", "09-30")]


def covered(rows, *, loan=LOAN, projected: str = "2026-06-30", **tables) -> Scores:
    return scored(1, RATED, [(0, loan)], projections=books.projections([(0, *row) for row in rows], projected), **tables)


def test_half_year_periods_are_discounted_by_half_years():
    result = covered([(end, "EUR", 65.0, 50.0) for end in HALVES])
    by_hand = sum(65.0 / 1.08 ** (turn / 2) for turn in range(1, 11)) / 400.0

    # the first half of a year is a little shorter than the second
    assert figure(result, "llcr") == pytest.approx(by_hand, rel=1e-3)
    assert figure(result, "llcr") == pytest.approx(1.323, abs=2e-3)
    assert figure(result, "dscr_minimum") == pytest.approx(1.3)


def test_a_year_in_halves_is_worth_little_more_than_a_whole_one():
    halves = covered([(end, "EUR", 65.0, 50.0) for end in HALVES])
    whole = covered([(end, "EUR", 130.0, 100.0) for end in HALVES[1::2]])

    assert figure(whole, "llcr") < figure(halves, "llcr") < figure(whole, "llcr") * 1.08**0.5


def test_the_running_period_counts_by_the_days_that_are_left():
    ends = ["2026-12-31", "2027-12-31"]
    loan = LOAN | {"maturity": "2027-12-31", "eir": 0.0, "rate": 0.0}
    result = covered([(end, "EUR", 365.0, 300.0) for end in ends], loan=loan)

    assert figure(result, "llcr") == pytest.approx((92.0 + 365.0) / 400.0)
    assert figure(result, "plcr") == pytest.approx((92.0 + 365.0) / 400.0)


def test_periods_that_have_passed_tell_the_length_and_count_for_nothing():
    loan = LOAN | {"maturity": "2026-12-31", "eir": 0.0, "rate": 0.0}
    result = covered([("2025-12-31", "EUR", 9e9, 1.0), ("2026-12-31", "EUR", 365.0, 300.0)], loan=loan)

    assert figure(result, "llcr") == pytest.approx(92.0 / 400.0)
    assert figure(result, "dscr_minimum") == pytest.approx(365 / 300)


def test_the_period_in_which_the_loan_ends_counts_up_to_that_day():
    loan = LOAN | {"maturity": "2027-03-31", "eir": 0.0, "rate": 0.0}
    result = covered([(end, "EUR", 365.0, 300.0) for end in ("2027-09-30", "2028-09-30")], loan=loan)

    assert figure(result, "llcr") == pytest.approx(182.0 / 400.0)
    assert figure(result, "plcr") == pytest.approx(730.0 / 400.0)


def test_a_customers_cover_does_not_depend_on_how_far_others_are_projected():
    short = [(0, end, "EUR", 65.0, 50.0) for end in HALVES[:4]]
    long = [(1, end, "EUR", 65.0, 50.0) for end in HALVES]
    alone = scored(1, RATED, [(0, LOAN)], projections=books.projections(short))
    both = scored(2, RATED, [(0, LOAN), (1, LOAN)], projections=books.projections(long + short))

    assert figure(both, "llcr") == figure(alone, "llcr") > 0


def test_without_a_length_there_is_no_life_cover_and_the_reason_is_named():
    result = covered([("2027-12-31", "EUR", 130.0, 100.0)])

    assert np.isnan([figure(result, "llcr"), figure(result, "plcr")]).all()
    assert figure(result, "dscr_minimum") == pytest.approx(1.3)
    assert "periods" in missing(result)


@pytest.mark.parametrize(("projected", "known"), [("2025-08-26", True), ("2025-08-25", False)])
def test_a_projection_that_is_too_old_counts_as_missing_and_is_named(projected, known):
    result = covered([(end, "EUR", 65.0, 50.0) for end in HALVES], projected=projected)

    assert np.isfinite([figure(result, name) for name in ("llcr", "plcr", "dscr_minimum")]).tolist() == [known] * 3
    assert (f"old_projection:{projected}" in missing(result)) != known


def test_debt_of_unknown_size_is_not_the_debt_to_this_bank_alone():
    lacking = {name: value for name, value in SOUND.items() if name != "long_term_debt"}
    rows = [(end, "EUR", 65.0, 50.0) for end in HALVES]

    assert np.isnan(figure(covered(rows, accounts=books.statements(1, [(0, lacking)])), "llcr"))
    assert figure(covered(rows, accounts=books.statements(1, [(0, SOUND)])), "llcr") == pytest.approx(2.646, abs=4e-3)


def test_an_undrawn_facility_without_a_rate_takes_nothing_away():
    rows = [(0, end, "EUR", 65.0, 50.0) for end in HALVES]
    idle = {"kind": "revolver", "outstanding": 0.0, "rate": np.nan, "eir": np.nan}
    result = scored(1, RATED, [(0, LOAN), (0, idle)], projections=books.projections(rows))

    assert np.isfinite(figure(result, "llcr"))
