"""Facts that are too old count as missing, are named with their day, and never as if they were new."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.facts.facts import Facts
from risk_engine.financials import accounts
from risk_engine.scoring.scoring import Scores, score
from storage.policy import policies
from tests.risk_engine import books
from tests.risk_engine.scoring.test_scoring import POLICY, SOUND, figure

# 400 days before the books' day, 30 September 2026
LAST_DAY, DAY_BEFORE = "2025-08-26", "2025-08-25"


def found(*letters, **tables) -> Scores:
    return score(POLICY, books.book(1, ratings=books.ratings(letters), **tables))


def missing(scores: Scores) -> list[str]:
    return scores.missing.texts()[0].split("\n")


# --- letters -------------------------------------------------------------------------------------------------------------


def test_a_letter_of_1996_gives_no_pd_and_is_named():
    result = found((0, "S&P", "global", "A", "1996-03-12"))

    assert np.isnan(figure(result, "pd"))
    assert "old_rating:1996-03-12" in missing(result)
    assert "rating" not in missing(result)
    assert result.sources["rating"].tolist() == [0]


@pytest.mark.parametrize(("day", "pd"), [(LAST_DAY, 0.0006), (DAY_BEFORE, np.nan)])
def test_a_letter_counts_up_to_its_last_day(day, pd):
    assert np.array_equal(figure(found((0, "S&P", "global", "A", day)), "pd"), pd, equal_nan=True)


def test_of_several_agencies_only_the_letters_that_are_not_out_of_date_are_compared():
    # of two the worse counts: with the old letter it would be B
    result = found((0, "S&P", "global", "B", "1996-03-12"), (0, "Fitch", "global", "A"))

    assert figure(result, "pd") == 0.0006
    assert missing(result)[0] == "old_rating:1996-03-12"


def test_an_outdated_rating_of_the_bank_does_not_displace_an_agencys():
    result = found((0, "internal", "internal", "AAA", DAY_BEFORE), (0, "S&P", "global", "BB"))

    assert figure(result, "pd") == 0.0058


def test_an_outdated_letter_that_is_on_no_scale_is_named_once():
    assert missing(found((0, "Moody's", "global", "Ba1", DAY_BEFORE)))[0] == f"old_rating:{DAY_BEFORE}"


def test_no_lapse_of_time_undoes_a_letter_of_default_but_a_newer_letter_does():
    alone = found((0, "S&P", "global", "D", "1996-03-12"))
    renewed = found((0, "S&P", "global", "D", "1996-03-12"), (0, "Fitch", "global", "BB"))

    assert figure(alone, "pd") == 1.0
    assert figure(renewed, "pd") == 0.0058


def test_the_letter_at_origination_is_as_old_as_the_loan_and_still_compared():
    lent = books.facilities([(0, {"origination": "A"})])
    now, then = (found((0, "S&P", "global", "B", day), facilities=lent) for day in ("2026-06-30", "1996-03-12"))

    assert figure(now, "stage") == 2
    assert figure(then, "stage") != 2


# --- statements, ledgers, valuations --------------------------------------------------------------------------------------


def test_an_outdated_statement_is_named_and_gives_no_ratio():
    standing = accounts.recent(books.statements(1, [(0, SOUND)], "2020-12-31"), np.datetime64("2025-06-27"))
    result = found(accounts=standing)

    assert np.isnan(figure(result, "debt_ratio"))
    assert "old_statement:2020-12-31" in missing(result)
    assert "statement" not in missing(result)


def test_flows_of_a_year_that_is_too_old_do_not_pass_for_those_of_a_newer_balance_sheet():
    # eleven months without those of the year before make no year, so the flows are those of the last annual statement
    ends, months = books.days(("2024-12-31", "2025-11-30")), np.array([12, 11], dtype=np.int64)
    amounts, one = {name: np.array([value] * 2) for name, value in SOUND.items()}, np.ones(2, dtype=bool)
    filed = accounts.Filed(books.places([0, 0]), books.places([1, 2]), ends, months, one, one, books.coded(["EUR"] * 2), amounts)
    standing = accounts.accounts(filed, 1)
    fresh, old = (found(accounts=accounts.recent(standing, np.datetime64(day))) for day in ("2024-12-31", "2025-01-01"))

    assert figure(fresh, "interest_coverage") == pytest.approx(200 / 15)
    assert np.isnan(figure(old, "interest_coverage"))
    assert figure(old, "debt_ratio") == figure(fresh, "debt_ratio") == 0.4
    assert "old_statement:2024-12-31" in missing(old)


@pytest.mark.parametrize(("day", "named"), [("2026-08-16", False), ("2026-08-15", True), (None, True)])
def test_a_ledger_that_is_too_old_is_named_and_remains_the_last_known_exposure(day, named):
    result = found((0, "S&P", "global", "BB"), facilities=books.facilities([(0, {"as_of": day})]))

    line = "old_ledger" if day is None else f"old_ledger:{day}"
    assert (line in missing(result)) == named
    assert figure(result, "exposure") == 600.0


@pytest.mark.parametrize(
    ("valued", "share", "line"),
    [
        ("2025-09-30", 0.6, None),
        ("2025-09-29", 0.4, "old_valuation:2025-09-29"),
        ("2023-10-01", 0.4, "old_valuation:2023-10-01"),
        ("2023-09-30", 0.0, "old_valuation:2023-09-30"),
        ("1996-03-12", 0.0, "old_valuation:1996-03-12"),
        (None, 0.0, "valuation"),
    ],
)
def test_an_old_valuation_is_named_counts_less_and_at_last_not_at_all(valued, share, line):
    lent = books.facilities([(0, {"limit": 1000.0, "outstanding": 1000.0})])
    held = books.collateral([(0, -1, "real_estate", "EUR", 1000.0, valued)])
    result = found((0, "S&P", "global", "BB"), facilities=lent, collateral=held)

    assert figure(result, "secured_share") == pytest.approx(share)
    assert [one for one in missing(result) if "valuation" in one] == ([line] if line else [])


def test_an_outdated_valuation_leaves_the_other_collateral_as_it_is():
    lent = books.facilities([(0, {"limit": 1000.0, "outstanding": 1000.0})])
    held = books.collateral([(0, -1, "real_estate", "EUR", 1000.0, "1996-03-12"), (0, -1, "cash", "EUR", 500.0, None)])

    assert figure(found(facilities=lent, collateral=held), "secured_share") == 0.5


def test_each_day_of_a_kind_is_named_once_and_in_order():
    rows = [(0, {"as_of": day}) for day in ("2026-06-30", "2026-05-31", "2026-06-30")]

    assert [line for line in missing(found(facilities=books.facilities(rows))) if line.startswith("old")] == [
        "old_ledger:2026-05-31",
        "old_ledger:2026-06-30",
    ]


def test_the_longest_ages_are_policy():
    stricter = POLICY.model_copy(update={"data": POLICY.data.model_copy(update={"rating_days": 30})})
    facts: Facts = books.book(1, ratings=books.ratings([(0, "S&P", "global", "A")]))

    assert np.isnan(figure(score(stricter, facts), "pd"))
    assert policies.read(None).data.rating_days == 400


# --- what is made of the ledger ------------------------------------------------------------------------------------------

REVOLVER = {"kind": "revolver", "outstanding": 900.0}


@pytest.mark.parametrize(("day", "known"), [("2026-08-16", True), ("2026-08-15", False)])
def test_utilisation_by_a_ledger_that_is_too_old_is_not_known(day, known):
    result = found(facilities=books.facilities([(0, REVOLVER | {"as_of": day})]))

    assert np.isfinite(figure(result, "utilisation")) == known
    assert np.isfinite(figure(result, "points.relationship.utilisation")) == known


def test_a_facility_that_the_ledger_has_left_behind_leaves_the_utilisation_unknown():
    fresh, behind = (REVOLVER | {"as_of": day} for day in ("2026-09-30", "2026-08-15"))
    repaid = behind | {"limit": 0.0, "outstanding": 0.0}

    assert np.isnan(figure(found(facilities=books.facilities([(0, fresh), (0, behind)])), "utilisation"))
    assert figure(found(facilities=books.facilities([(0, fresh), (0, repaid)])), "utilisation") == 0.9


def test_a_reported_utilisation_takes_the_place_of_an_outdated_one():
    rows = books.readings(1, {"utilisation": [(0, 0.5)]}, "2026-08-01")
    result = found(facilities=books.facilities([(0, REVOLVER | {"as_of": "2026-08-15"})]), readings=rows)

    assert figure(result, "utilisation") == 0.5


# --- what is missing is not good -----------------------------------------------------------------------------------------


def test_collateral_without_a_value_is_named():
    lent = books.facilities([(0, {"limit": 1000.0, "outstanding": 1000.0})])
    held = books.collateral([(0, -1, "real_estate", "EUR", np.nan, "2026-09-30")])

    assert "collateral_value" in missing(found(facilities=lent, collateral=held))


def test_a_move_of_unknown_effect_leaves_no_grade_as_if_nothing_moved():
    lent = books.facilities([(0, {"rate_kind": None})])
    result = found((0, "S&P", "global", "BB"), facilities=lent, accounts=books.statements(1, [(0, SOUND)]))
    known = found((0, "S&P", "global", "BB"), facilities=books.facilities([(0, {})]), accounts=books.statements(1, [(0, SOUND)]))

    assert np.isnan([figure(result, "interest_coverage.rates_up"), figure(result, "grade.rates_up")]).all()
    assert figure(known, "grade.rates_up") == known.model_grades[0]
