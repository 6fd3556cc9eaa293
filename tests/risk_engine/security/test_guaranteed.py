"""Guarantees: the better PD and risk weight for the covered part, recoveries in the accounts, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.facts.facts import Covers, Guarantees
from risk_engine.scoring import scoring
from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
BB, A = 0.0058, 0.0006
LENT = {"kind": "bond", "limit": 1000.0, "outstanding": 1000.0, "lgd": 0.5, "eir": 0.0, "maturity": "2027-09-30"}


def found(
    *rows: tuple[int, str | None, float, float],
    letters: tuple[str | None, ...] = ("BB", "A", "A"),
    kinds: tuple[str | None, ...] = (),
    rates=None,
    lent: tuple[dict, ...] = ({},),
    began: str | None = None,
    until: str | None = None,
    **guarantor,
) -> dict[str, float]:
    """The first customer's figures; each row is a guarantee by a guarantor: currency, amount or NaN, integral."""
    who = books.places([row[0] for row in rows])
    debtor = np.zeros(len(who), dtype=np.int64)
    covers = Covers.of(
        debtor,
        np.full(len(who), -1),
        who,
        books.coded([row[1] for row in rows]),
        books.floats([row[2] for row in rows]),
        books.floats([row[3] for row in rows]),
        began=books.days([began] * len(rows)),
        until=books.days([until] * len(rows)),
    )
    rated = [(place, "S&P", "global", letter) for place, letter in enumerate(letters) if letter]
    own = [(place, LENT | guarantor) for place in (1, 2)] if guarantor else []
    facts = books.book(
        3,
        rates=rates,
        customers=books.customers(3, kinds),
        ratings=books.ratings(rated),
        facilities=books.facilities([*((0, LENT | each) for each in lent), *own]),
        guarantees=Guarantees(who, debtor),
        covers=covers,
    )
    return {name: float(column[0]) for name, column in score(POLICY, facts).figures.items()}


WHOLE = (1, None, books.NAN, 0.0)
ALONE = found()


def test_the_covered_part_takes_the_guarantors_pd():
    assert ALONE["expected_loss"] == round(BB * 500, 2)
    assert found(WHOLE)["expected_loss"] == round(A * 500, 2)
    assert found((1, "EUR", 250.0, 0.0))["expected_loss"] == round((A * 0.25 + BB * 0.75) * 500, 2)
    assert found((1, "EUR", 250.0, 0.0))["guaranteed_share"] == 0.25


def test_the_covered_part_takes_the_guarantors_risk_weight():
    sound = found(letters=("A",))

    assert found(WHOLE)["rwa"] == sound["rwa"] < ALONE["rwa"]
    assert found(WHOLE)["rwa_standard"] == sound["rwa_standard"] == 750 < ALONE["rwa_standard"]
    assert found((1, "EUR", 250.0, 0.0))["rwa"] == pytest.approx(0.25 * sound["rwa"] + 0.75 * ALONE["rwa"], abs=0.02)


@pytest.mark.parametrize("amount", [333.0, 123.45, 871.3, 999.99])
def test_a_guarantor_of_the_lowest_investment_grade_is_of_investment_grade_for_any_part(amount):
    partly = found((1, "EUR", amount, 0.0), letters=("B-", "BBB-"))

    assert partly["rwa_standard"] == pytest.approx(1000 - amount / 4, abs=0.006)


def test_stage_and_pd_and_category_stay_the_borrowers():
    for name in ("pd", "stage", "category", "lgd"):
        assert found(WHOLE)[name] == ALONE[name]


@pytest.mark.parametrize("letter", ["BB", "B", "D", None, "CCC"])
def test_a_guarantor_that_is_no_better_or_in_default_or_unrated_changes_nothing(letter):
    given = found(WHOLE, letters=("BB", letter, "A"))

    assert (given["expected_loss"], given["rwa"], given["guaranteed_share"]) == (ALONE["expected_loss"], ALONE["rwa"], 0)


def test_a_guarantor_in_default_by_its_arrears_covers_nothing():
    assert found(WHOLE, days_past_due=120.0)["expected_loss"] == ALONE["expected_loss"]


def test_a_project_company_is_no_eligible_guarantor():
    assert found(WHOLE, kinds=(None, "project"))["expected_loss"] == ALONE["expected_loss"]


def test_another_currency_costs_the_haircut_and_one_without_a_rate_covers_nothing():
    dollars = (1, "USD", 500.0, 0.0)

    # 500 dollars are 400 euros, less 8 %
    assert found(dollars, rates={"USD": 0.8})["guaranteed_share"] == pytest.approx(0.368)
    assert found(dollars)["guaranteed_share"] == 0


def test_a_guarantee_of_all_facilities_is_split_by_exposure():
    one = found((1, "EUR", 500.0, 0.0), lent=({}, {"limit": 3000.0, "outstanding": 3000.0}))

    assert one["guaranteed_share"] == 0.125


@pytest.mark.parametrize(
    ("until", "began", "part"),
    [
        ("2028-09-30", None, (2 - 0.25) / (4 - 0.25)),
        ("2030-09-30", None, 1.0),
        ("2030-09-29", None, (3 + 364 / 365 - 0.25) / (4 - 0.25)),
        ("2999-12-31", None, 1.0),
        # original maturity: a year suffices, less does not, and one that is not known must be left in full
        ("2027-03-30", "2026-03-30", (181 / 365 - 0.25) / (4 - 0.25)),
        ("2027-03-30", "2026-03-31", 0.0),
        ("2027-03-30", None, 0.0),
        ("2027-09-30", None, (1 - 0.25) / (4 - 0.25)),
        # three months are left
        ("2026-12-30", "2020-01-01", 0.0),
    ],
)
def test_a_guarantee_that_ends_before_its_loan_covers_a_part(until, began, part):
    loan = ({"maturity": "2030-09-30"},)

    for row in (WHOLE, (1, "EUR", 1000.0, 0.0)):
        assert found(row, lent=loan, until=until, began=began)["guaranteed_share"] == pytest.approx(part, abs=1e-5)
    assert found((1, "EUR", 500.0, 0.0), lent=loan, until=until, began=began)["guaranteed_share"] == pytest.approx(part / 2, abs=1e-5)


@pytest.mark.parametrize("maturity", [None, "2040-09-30"])
def test_no_more_than_five_years_of_a_loan_count_and_an_unknown_maturity_is_as_long(maturity):
    assert found(WHOLE, lent=({"maturity": maturity},), until="2028-09-30")["guaranteed_share"] == pytest.approx(
        (2 - 0.25) / 4.75, abs=1e-5
    )


def test_a_short_guarantee_covers_a_loan_that_ends_before_it():
    loan = ({"maturity": "2026-11-30"},)

    assert found(WHOLE, lent=loan, until="2026-11-30")["guaranteed_share"] == 1.0
    assert found(WHOLE, lent=loan, until="2026-11-29", began="2020-01-01")["guaranteed_share"] == 0.0


@pytest.mark.parametrize(("amount", "share"), [(250.0, 0.25), (1000.0, 1.0), (2000.0, 1.0), (books.NAN, 1.0)])
@pytest.mark.parametrize(("until", "years"), [("2027-03-30", 181 / 365), ("2026-09-30", 0.0), ("2027-09-30", 1.0), ("2999-12-31", 1.0)])
def test_the_accounts_count_a_guarantee_until_it_ends(amount, share, until, years):
    given = found((1, "EUR", amount, 1.0), until=until, lent=({"maturity": "2028-09-30"},))

    assert given["ecl"] == pytest.approx(BB * 500 * (1 - share * years * (1 - A)), abs=0.0051)


def by_year(*recovered: float) -> float:
    """The loss over years, of each of which this share is recovered: 500 lost in each, and the hazards of BB."""
    alone = [found(lent=(LATE | {"maturity": f"{2026 + year}-09-30"},))["ecl"] for year in range(len(recovered) + 1) if year]
    return sum((alone[year] - (alone[year - 1] if year else 0.0)) * (1 - part * (1 - A)) for year, part in enumerate(recovered))


LATE = {"days_past_due": 31.0}


def test_a_lifetime_loss_counts_guarantees_year_by_year():
    loan = (LATE | {"maturity": "2030-09-30"},)

    assert found((1, None, books.NAN, 1.0), lent=loan, until="2028-09-30")["ecl"] == pytest.approx(by_year(1, 1, 0, 0), abs=0.02)
    assert found((1, "EUR", 500.0, 1.0), lent=loan, until="2029-03-31")["ecl"] == pytest.approx(
        by_year(0.5, 0.5, 0.5 * 182 / 365, 0), abs=0.02
    )
    # longer than the loan is as long as it
    assert found((*WHOLE[:3], 1.0), lent=loan, until="2031-01-01")["ecl"] == found((*WHOLE[:3], 1.0), lent=loan)["ecl"]


def test_a_last_part_of_a_year_counts_by_its_own_days():
    half = (LATE | {"maturity": "2027-03-31"},)

    assert found((*WHOLE[:3], 1.0), lent=half, until="2026-12-30")["ecl"] == pytest.approx(BB * 182 / 365 * 500 * 0.5, rel=0.01)
    assert found((*WHOLE[:3], 1.0), lent=half, until="2027-03-31")["ecl"] == pytest.approx(BB * 182 / 365 * 500 * A, abs=0.006)


def test_two_guarantees_that_end_together_cover_nothing_afterwards():
    loan, first, second = ({"maturity": "2028-09-30"},), (1, "EUR", 600.0, 1.0), (2, "EUR", 600.0, 1.0)
    together = found(first, second, lent=loan, until="2027-03-30")

    assert together["ecl"] == pytest.approx(BB * 500 * (1 - 181 / 365 * (1 - A)), abs=0.0051)


def test_a_claim_in_default_today_recovers_from_a_guarantee_that_still_stands():
    late = {"days_past_due": 120.0}

    assert found((1, "EUR", 250.0, 1.0), lent=(late,), until="2026-10-01")["ecl"] == found((1, "EUR", 250.0, 1.0), lent=(late,))["ecl"]


def test_the_best_guarantor_comes_first_and_the_exposure_is_covered_once():
    both = found((1, "EUR", 800.0, 0.0), (2, "EUR", 800.0, 0.0), letters=("BB", "BBB", "A"))

    assert both["expected_loss"] == round((A * 0.8 + 0.0017 * 0.2) * 500, 2)


def test_the_accounts_count_what_integral_guarantees_recover():
    assert ALONE["ecl"] == round(BB * 500, 2)
    # a loss remains only if the guarantor defaults as well
    assert found((1, "EUR", 250.0, 1.0))["ecl"] == round(BB * 500 * (0.75 + 0.25 * A), 2)
    assert found((1, "EUR", 250.0, 0.0))["ecl"] == ALONE["ecl"]
    # where nothing is stated the policy decides: integral
    assert found((1, "EUR", 250.0, books.NAN))["ecl"] == found((1, "EUR", 250.0, 1.0))["ecl"]


def test_a_claim_in_default_keeps_its_best_estimate_and_its_accounts_count_recoveries():
    late, given = found(lent=({"days_past_due": 120.0},)), found((1, "EUR", 250.0, 1.0), lent=({"days_past_due": 120.0},))

    assert given["expected_loss"] == late["expected_loss"] == 500
    assert (given["rwa"], given["stage"]) == (late["rwa"], 3)
    assert given["ecl"] == pytest.approx(500 * (0.75 + 0.25 * A), abs=0.01)


def test_parts_of_a_book_know_the_guarantors_of_the_whole(monkeypatch):
    whole = found((1, "EUR", 250.0, 1.0))
    monkeypatch.setattr(scoring, "CHUNK", 1)
    parts = found((1, "EUR", 250.0, 1.0))

    assert {name: parts[name] for name in ("expected_loss", "rwa", "rwa_standard", "ecl")} == {
        name: whole[name] for name in ("expected_loss", "rwa", "rwa_standard", "ecl")
    }
