"""Losses of IFRS 9 know no regulatory floor; expected loss and capital do."""

from __future__ import annotations

import pytest

from risk_engine.impairment import provisioning
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

PACKAGED = policies.read(None)
LENT = {"kind": "bond", "limit": 1000.0, "outstanding": 1000.0, "eir": 0.0, "maturity": "2027-09-30"}


def under(part: dict) -> Policy:
    """The packaged policy with some keys changed."""
    whole = PACKAGED.model_dump()
    for path, value in part.items():
        *at, last = path.split(".")
        table = whole
        for name in at:
            table = table[name]
        table[last] = value
    return Policy.model_validate(whole)


def figures(policy: Policy = PACKAGED, letter: str = "AA", pledged=(), **lent) -> dict[str, float]:
    facts = books.book(
        1,
        ratings=books.ratings([(0, "S&P", "global", letter)]),
        facilities=books.facilities([(0, LENT | lent)]),
        collateral=books.collateral(pledged),
    )
    return {name: float(column[0]) for name, column in score(policy, facts).figures.items()}


def test_a_pd_below_the_floor_counts_as_it_is_in_the_accounts():
    found = figures(lgd=0.5)

    # AA: 0.02 %; the floor is 0.05 %
    assert (found["pd"], found["expected_loss"], found["ecl"]) == (0.0005, 0.25, 0.1)


def test_an_lgd_below_the_input_floors_counts_as_it_is_in_the_accounts():
    found = figures(letter="BB", pledged=[(0, 0, "cash", "EUR", 900.0, None)])

    # a tenth is unsecured at 40 %: 4 %; the floor is 25 % of that tenth, which is below. Secured whole: floor 0 for cash
    assert found["lgd"] == pytest.approx(0.04)
    land = figures(letter="BB", pledged=[(0, 0, "real_estate", "EUR", 5000.0, "2026-09-01")])
    # LGD 20 % of real estate is above its floor of 10 %; a junior policy of 5 % is not
    low = figures(
        under({"collateral.kind.real_estate.lgd": 0.10, "collateral.kind.real_estate.floor": 0.10, "scoring.lgd.senior": 0.05}),
        letter="BB",
        pledged=[(0, 0, "real_estate", "EUR", 5000.0, "2026-09-01")],
    )

    assert (land["lgd"], low["lgd"]) == (0.2, 0.1)
    assert low["ecl"] == round(0.0058 * 0.05 * 1000, 2)
    assert low["expected_loss"] == round(0.0058 * 0.10 * 1000, 2)


def test_the_capital_floor_is_that_of_the_segment():
    higher = under({"capital.irb.pd_floor.corporate": 0.0058})
    lower = under({"capital.irb.pd_floor.corporate": 0.0003, "capital.irb.pd_floor.sme": 0.0003})

    assert figures(higher)["rwa"] == figures(letter="BB")["rwa"] > figures()["rwa"] > figures(lower)["rwa"]
    assert figures(higher)["expected_loss"] == figures()["expected_loss"]
    # AA- is 0.03 %
    assert figures(lower)["rwa"] == figures(lower, letter="AA-")["rwa"] < figures(lower, letter="A+")["rwa"]


def test_scalars_move_pd_and_lgd_to_the_point_in_time_and_weighted_scenarios_count():
    plain, moved = figures(letter="BB", lgd=0.5), under({"impairment.point_in_time": 2.0, "impairment.point_in_time_lgd": 1.2})
    two = under({"impairment.scenario": [{"name": "base", "weight": 0.7}, {"name": "down", "weight": 0.3, "pd": [2.0], "lgd": 1.1}]})

    assert plain["ecl"] == 2.9
    assert figures(moved, letter="BB", lgd=0.5)["ecl"] == round(2.9 * 2 * 1.2, 2)
    assert figures(two, letter="BB", lgd=0.5)["ecl"] == round(2.9 * (0.7 + 0.3 * 2 * 1.1), 2)
    assert figures(moved, letter="BB", lgd=0.5)["expected_loss"] == plain["expected_loss"]


def test_the_packaged_view_of_the_economy_is_neutral_and_any_other_is_not():
    assert provisioning.is_neutral(PACKAGED.impairment)
    assert not provisioning.is_neutral(under({"impairment.point_in_time": 1.1}).impairment)
    assert not provisioning.is_neutral(under({"impairment.point_in_time_lgd": 0.9}).impairment)
    assert not provisioning.is_neutral(under({"impairment.scenario": [{"name": "down", "weight": 1.0, "pd": [1.0, 1.5]}]}).impairment)
