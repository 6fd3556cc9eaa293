"""The LGD of facilities: own, or by the foundation approach by seniority, kind of debtor and collateral, with its origin."""

from __future__ import annotations

import pytest

from risk_engine.loans.facility_lgd import LgdOrigin
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

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
