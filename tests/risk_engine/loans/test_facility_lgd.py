"""The LGD of facilities: own, or by the foundation approach by seniority, kind of debtor and collateral, with its origin."""

from __future__ import annotations

import pytest

from risk_engine.loans.facility_lgd import LgdOrigin
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books
from tests.risk_engine.books import NAN

PACKAGED = policies.read(None)
OWN, SENIORITY, UNKNOWN, COLLATERAL = LgdOrigin
CASH = [(0, 0, "cash", "EUR", 400.0, None)]


def figures(*lent: dict, kind: str | None = None, pledged=(), policy: Policy = PACKAGED) -> dict[str, float]:
    facts = books.book(
        1,
        customers=books.customers(1, (kind,)),
        ratings=books.ratings([(0, "S&P", "global", "BB")]),
        facilities=books.facilities([(0, {"limit": 1000.0, "outstanding": 1000.0} | one) for one in lent]),
        collateral=books.collateral(pledged),
    )
    return {name: float(column[0]) for name, column in score(policy, facts).figures.items()}


@pytest.mark.parametrize(
    ("seniority", "kind", "lgd", "origin"),
    [
        ("senior", None, 0.40, SENIORITY),
        ("senior", "other", 0.40, SENIORITY),
        ("senior", "financial", 0.45, SENIORITY),
        ("subordinated", None, 0.75, SENIORITY),
        ("subordinated", "financial", 0.75, SENIORITY),
        (None, "financial", 0.45, UNKNOWN),
        (None, None, 0.45, UNKNOWN),
    ],
)
def test_an_unsecured_claim_loses_by_its_seniority_and_the_kind_of_its_debtor(seniority, kind, lgd, origin):
    found = figures({"seniority": seniority}, kind=kind)

    assert (found["lgd"], found["lgd_origin"]) == (lgd, origin)
    assert found["expected_loss"] == pytest.approx(0.0058 * lgd * 1000, abs=0.005)


def test_collateral_lowers_it_and_says_so():
    found = figures({}, kind="financial", pledged=CASH)

    assert (found["lgd"], found["lgd_origin"]) == (pytest.approx(0.6 * 0.45), SENIORITY | COLLATERAL)


def test_an_own_estimate_comes_before_everything():
    found = figures({"lgd": 0.2}, kind="financial", pledged=CASH)

    assert (found["lgd"], found["lgd_origin"]) == (0.2, OWN)


def test_facilities_of_several_origins_name_them_all():
    assert figures({"lgd": 0.2}, {"seniority": None})["lgd_origin"] == OWN | UNKNOWN


def test_the_accounts_keep_the_banks_usual_loss_and_capital_that_of_the_regime():
    usual = PACKAGED.scoring.lgd.model_copy(update={"senior": 0.30})
    policy = PACKAGED.model_copy(update={"scoring": PACKAGED.scoring.model_copy(update={"lgd": usual})})
    plain, own = figures({}), figures({}, policy=policy)

    assert (own["lgd"], own["rwa"], own["expected_loss"]) == (plain["lgd"], plain["rwa"], plain["expected_loss"])
    assert own["ecl"] == pytest.approx(0.75 * plain["ecl"], abs=0.01)
    # a financial institution has its own in capital alone
    bank = figures({}, kind="financial")
    assert (bank["ecl"], bank["rwa"]) == (plain["ecl"], pytest.approx(plain["rwa"] * 45 / 40, abs=0.02))


def in_rwa(own: float, *, pledged=(), **lent) -> tuple[float, float]:
    """The LGD in risk weights (that of a firm without an own estimate, if there is none), and the risk-weighted assets."""
    found = figures({"lgd": own} | lent, pledged=pledged)
    return found["lgd_in_rwa"], found["rwa"]


@pytest.mark.parametrize(
    ("own", "pledged", "floored"),
    [
        (0.10, (), 0.25),
        (0.25, (), None),
        (0.2499, (), 0.25),
        # 400 of 1000 in cash: 0.25 * 0.6
        (0.10, CASH, 0.15),
        (0.15, CASH, None),
        # 1000 in land, worth 600 after its haircut, insured and registered: 0.10 * 0.6 + 0.25 * 0.4
        (0.10, [(0, 0, "real_estate", "EUR", 1000.0, "2026-06-30")], 0.16),
        # collateral without a value secures nothing
        (0.10, [(0, 0, "cash", "EUR", NAN, None)], 0.25),
    ],
)
def test_in_risk_weights_an_own_estimate_is_at_least_the_input_floor(own, pledged, floored):
    lgd, rwa = in_rwa(own, pledged=pledged)

    assert lgd == pytest.approx(floored, nan_ok=True) if floored else lgd != lgd
    assert rwa == pytest.approx(in_rwa(0.25)[1] * (floored or own) / 0.25, abs=0.02)


def test_the_input_floor_reaches_risk_weights_alone():
    low, high = figures({"lgd": 0.10}), figures({"lgd": 0.20})

    assert (low["lgd"], low["lgd_origin"]) == (0.10, OWN)
    assert low["expected_loss"] == pytest.approx(high["expected_loss"] / 2, abs=0.01)
    assert low["ecl"] == pytest.approx(high["ecl"] / 2, abs=0.01)
    assert low["rwa"] == high["rwa"]


def test_in_default_the_floor_is_compared_with_the_best_estimate():
    found = figures({"lgd": 0.10, "days_past_due": 120.0})

    assert found["expected_loss"] == 100
    assert found["rwa"] == pytest.approx(12.5 * (0.25 - 0.10) * 1000)


def test_a_facility_without_an_own_estimate_is_not_raised():
    assert figures({}, pledged=CASH)["lgd_in_rwa"] != figures({}, pledged=CASH)["lgd_in_rwa"]
