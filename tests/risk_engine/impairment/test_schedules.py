"""Schedules on record: the debt they leave year by year, and the losses and capital that follow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from risk_engine.impairment import amortisation, impairment, schedules
from risk_engine.impairment.impairment import Claims
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
YEARS = [f"{year}-09-30" for year in range(2027, 2032)]
LEVEL = [(0, 0, day, 200.0, 0.0) for day in YEARS]
BULLET = [(0, 0, YEARS[-1], 1000.0, 0.0)]
LENT = {"limit": 1000.0, "outstanding": 1000.0, "lgd": 0.45, "eir": 0.06, "maturity": YEARS[-1], "days_past_due": 31.0}


def schedule(rows, count: int = 1):
    return schedules.to_come(books.book(1, facilities=books.facilities([(0, LENT)] * count), instalments=books.instalments(rows)))


def left(rows, outstanding: float = 1000.0, years: float = 5.0) -> list[float]:
    found = schedules.balances(schedule(rows), np.array([outstanding]), np.array([years]))
    return found[:, 0].tolist()


def figures(rows, rated: str = "BB", **lent) -> dict[str, float]:
    facts = books.book(
        1,
        ratings=books.ratings([(0, "S&P", "global", rated)]),
        facilities=books.facilities([(0, LENT | lent)]),
        instalments=books.instalments(rows),
    )
    return {name: float(column[0]) for name, column in score(POLICY, facts).figures.items()}


def test_a_payment_on_an_anniversary_is_made_before_the_next_year_begins():
    assert left(LEVEL) == [1000, 800, 600, 400, 200]
    assert left([(0, 0, "2027-10-01", 200.0, 0.0), *LEVEL[1:]]) == [1000, 1000, 600, 400, 200]


def test_payments_of_the_past_and_placeholders_are_not_to_come():
    assert left([(0, 0, "2026-09-30", 500.0, 0.0), (0, 0, "2999-12-31", 500.0, 0.0), *LEVEL]) == left(LEVEL)
    assert schedules.balances(schedule([(0, 0, "2026-09-30", 500.0, 0.0)]), np.array([1000.0]), np.array([5.0])) is None


def test_arrears_stay_owed_to_the_end_and_drawings_to_come_are_repaid_last():
    assert left(LEVEL, outstanding=1100.0) == [1100, 900, 700, 500, 300]
    assert left(LEVEL, outstanding=500.0) == [500, 500, 500, 400, 200]


def test_an_amortising_schedule_loses_what_the_standards_compute():
    rows = schedules.balances(schedule(LEVEL), np.array([1000.0]), np.array([5.0]))
    one = {name: np.array([value]) for name, value in {"drawn": 1000.0, "undrawn": 0.0, "ccf": 0.0, "lgd": 0.45, "eir": 0.06}.items()}
    plan = np.array([amortisation.Plan.BULLET], dtype=np.int8)
    claims = Claims(curve=np.zeros(1, dtype=np.int32), remaining=np.array([5.0]), plan=plan, balances=rows, **one)

    assert impairment.losses(np.full((1, 5), 0.02), claims).lifetime[0] == pytest.approx(23.049270, rel=1e-6)


def test_the_lifetime_loss_follows_the_schedule_and_not_the_plan_of_the_kind():
    # a term loan's plan is the straight line, a bond's the bullet
    assert figures(BULLET)["ecl"] == figures([], kind="bond")["ecl"] > 1.5 * figures([])["ecl"]
    assert figures(LEVEL)["ecl"] == figures([])["ecl"]


def test_other_facilities_keep_their_plans():
    rows = [(0, LENT), (0, LENT | {"kind": "bond"})]
    facts = books.book(
        1, ratings=books.ratings([(0, "S&P", "global", "BB")]), facilities=books.facilities(rows), instalments=books.instalments(BULLET)
    )

    assert score(POLICY, facts).figures["ecl"][0] == pytest.approx(2 * figures(BULLET)["ecl"], abs=0.01)


@pytest.mark.parametrize("maturity", [None, "2028-09-30"])
def test_a_schedule_beyond_the_maturity_or_without_one_sets_the_end(maturity):
    assert figures(BULLET, maturity=maturity)["ecl"] == figures(BULLET)["ecl"]


@pytest.mark.parametrize(("terms", "named"), [({"eir": books.NAN, "rate": books.NAN}, "interest"), ({"maturity": None}, "maturity")])
def test_what_a_performing_claims_loss_lacks_is_named_and_the_impaired_need_neither(terms, named):
    def found(days: float):
        rows = [(0, LENT | terms | {"days_past_due": days})]
        return score(POLICY, books.book(1, ratings=books.ratings([(0, "S&P", "global", "BB")]), facilities=books.facilities(rows)))

    late, third = found(31.0), found(90.0)

    assert np.isnan(late.figures["ecl"][0])
    assert named in late.missing.texts()[0].split("\n")
    assert third.figures["ecl"][0] == 450.0
    assert named not in third.missing.texts()[0].split("\n")


def weight(pd: float, lgd: float, years: float) -> float:
    """The corporate risk weight by its formula."""
    share = (1 - np.exp(-50 * pd)) / (1 - np.exp(-50))
    correlation, b = 0.12 * share + 0.24 * (1 - share), (0.11852 - 0.05478 * np.log(pd)) ** 2
    stressed = ndtr((ndtri(pd) + np.sqrt(correlation) * ndtri(0.999)) / np.sqrt(1 - correlation))
    return 12.5 * (lgd * stressed - pd * lgd) * (1 + (years - 2.5) * b) / (1 - 1.5 * b)


@pytest.mark.parametrize(
    ("rows", "years"),
    [
        # (1 · 550 + 2 · 525) / 1,075
        ([(0, 0, YEARS[0], 500.0, 50.0), (0, 0, YEARS[1], 500.0, 25.0)], 1600 / 1075),
        # held in one to five years
        ([(0, 0, "2026-12-31", 1000.0, 0.0)], 1.0),
        ([(0, 0, "2035-09-30", 1000.0, 0.0)], 5.0),
        # no schedule: the years left
        ([], 5.0),
    ],
)
def test_the_effective_maturity_is_that_of_the_payments_to_come(rows, years):
    assert figures(rows, days_past_due=0.0)["rwa"] == pytest.approx(weight(0.0058, 0.45, years) * 1000, abs=0.01)
