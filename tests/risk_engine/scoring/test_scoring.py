"""A whole book at once: what is not computable and why, and what makes the grade."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from risk_engine.classification.categories import Category
from risk_engine.facts.facts import Guarantees
from risk_engine.grading import Grade
from risk_engine.indicators import derived
from risk_engine.policy.card_policy import Component
from risk_engine.ratings.customer_pd import PdOrigin
from risk_engine.scoring.scoring import Scores, score
from storage.policy import policies
from tests.risk_engine import books
from tests.risk_engine.books import NAN

POLICY = policies.read(None)
PUBLISHED = {
    "AA": 0.02, "AA-": 0.03, "A+": 0.05, "A": 0.06, "A-": 0.07, "BBB+": 0.12, "BBB": 0.17, "BBB-": 0.26, "BB+": 0.36,
    "BB": 0.58, "BB-": 1.05, "B+": 2.15, "B": 3.89, "B-": 7.49, "CCC": 26.78,
}  # fmt: skip
SOUND = {
    "total_assets": 1000.0, "current_assets": 400.0, "cash": 120.0, "receivables": 150.0, "inventory": 100.0, "total_liabilities": 400.0,
    "current_liabilities": 150.0, "short_term_debt": 40.0, "long_term_debt": 160.0, "equity": 600.0, "retained_earnings": 350.0,
    "revenue": 1200.0, "cost_of_sales": 800.0, "ebitda": 200.0, "depreciation": 50.0, "ebit": 150.0, "interest_expense": 15.0, "tax": 30.0,
    "net_income": 105.0, "operating_cash_flow": 150.0, "capex": 40.0, "working_capital_change": 10.0, "principal_repaid": 40.0,
}  # fmt: skip


def scored(count: int = 1, rated=(), lent=(), policy=POLICY, **tables) -> Scores:
    given = {
        name: getattr(books, name)(rows) for name, rows in tables.items() if name in {"incidents", "collateral", "instalments", "payments"}
    }
    given |= {name: books.troubles(tables[name]) for name in ("breaches", "threats") if name in tables}
    others = {name: value for name, value in tables.items() if name not in given}
    return score(policy, books.book(count, ratings=books.ratings(rated), facilities=books.facilities(lent), **given, **others))


def figure(found: Scores, name: str, place: int = 0) -> float:
    return float(found.figures[name][place])


def driving(found: Scores, place: int = 0) -> dict[str, Grade]:
    return {driver.name: Grade(driver.grades[place]) for driver in found.drivers if driver.grades[place]}


# --- figures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "percent"), PUBLISHED.items())
def test_each_notch_has_its_published_pd_or_the_floor(letter, percent):
    result = scored(1, [(0, "S&P", "global", letter)])

    assert round(figure(result, "pd") * 100, 2) == max(percent, 0.05)


def test_figures_come_from_the_policy_where_a_facility_has_none():
    result = scored(1, [(0, "S&P", "global", "BB")], [(0, {})])

    assert (figure(result, "ead"), figure(result, "lgd"), figure(result, "exposure")) == (760.0, 0.40, 600.0)
    assert figure(result, "expected_loss") == round(0.0058 * 0.40 * 760, 2)
    assert result.missing.texts()[0] == "statement"


def test_a_facilitys_own_figures_count_before_the_policys():
    own = {"kind": "revolver", "currency": "USD", "outstanding": 0.0, "ccf": 0.5, "lgd": 0.2, "seniority": None}
    result = scored(1, [(0, "internal", "internal", "BB")], [(0, own)], rates={"USD": 0.8})

    assert [figure(result, name) for name in ("ead", "lgd", "expected_loss")] == [400.0, 0.2, round(0.0058 * 0.2 * 400, 2)]


def test_the_loss_given_default_is_weighted_by_exposure():
    junior = {"kind": "bond", "limit": 240.0, "outstanding": 240.0, "seniority": "subordinated"}
    result = scored(1, [(0, "S&P", "global", "BB")], [(0, {}), (0, junior)])

    assert figure(result, "lgd") == pytest.approx((0.4 * 760 + 0.75 * 240) / 1000)


def test_collateral_lowers_the_loss_of_the_facility_it_secures():
    lent = [(0, {"limit": 1000.0, "outstanding": 1000.0}), (0, {"limit": 1000.0, "outstanding": 1000.0})]
    first = scored(1, [(0, "S&P", "global", "BB")], lent, collateral=[(0, 1, "cash", "EUR", 500.0, None)])
    both = scored(1, [(0, "S&P", "global", "BB")], lent, collateral=[(0, -1, "cash", "EUR", 500.0, None)])

    # half of one facility: 0.4 / 2, but not below the floor of what is not secured, 0.25 / 2
    assert figure(first, "lgd") == pytest.approx((0.4 + 0.2) / 2)
    assert figure(both, "lgd") == pytest.approx(0.3)
    assert figure(first, "secured_share") == 0.25


@pytest.mark.parametrize(
    ("valued", "secured"), [("2026-09-30", 0.6), ("2025-09-30", 0.6), ("2025-09-29", 0.4), ("2026-10-01", 0.0), (None, 0.0)]
)
def test_a_valuation_counts_less_when_it_is_stale_and_not_at_all_when_it_is_to_come(valued, secured):
    lent = [(0, {"limit": 1000.0, "outstanding": 1000.0})]
    result = scored(1, [(0, "S&P", "global", "BB")], lent, collateral=[(0, -1, "real_estate", "EUR", 1000.0, valued)])

    assert figure(result, "secured_share") == pytest.approx(secured)


def test_capital_by_internal_ratings_and_by_the_standardised_weights():
    lent = [(0, {"limit": 100.0, "outstanding": 100.0, "lgd": 0.45, "maturity": "2029-03-31"})]
    result = scored(1, [(0, "internal", "internal", "BB-")], lent)
    small = scored(1, [(0, "internal", "internal", "BB-")], lent, accounts=books.statements(1, [(0, SOUND)]))

    # PD 1.05 %, LGD 45 %, M 2.5: between the printed 92.32 at 1 % and 95.x at 1.05 %; turnover of 1,200 euros is an SME's least
    assert 92.3 < figure(result, "rwa") < 96
    assert 72.4 < figure(small, "rwa") < 76
    assert (figure(result, "rwa_standard"), figure(small, "rwa_standard")) == (100.0, 85.0)


def test_twelve_months_of_loss_for_stage_one_and_a_lifetime_for_stage_two():
    lent = {"limit": 1000.0, "outstanding": 1000.0, "kind": "bond", "lgd": 0.45, "eir": 0.06, "maturity": "2031-09-30"}
    first = scored(1, [(0, "internal", "internal", "BB+")], [(0, lent)])
    second = scored(1, [(0, "internal", "internal", "BB+")], [(0, lent | {"days_past_due": 31.0})])
    third = scored(1, [(0, "internal", "internal", "BB+")], [(0, lent | {"days_past_due": 90.0})])

    assert [figure(found, "stage") for found in (first, second, third)] == [1, 2, 3]
    assert figure(first, "ecl") == round(0.0036 * 0.45 * 1000 / 1.06, 2)
    assert figure(first, "ecl") < figure(second, "ecl") < figure(third, "ecl") == 450.0


@pytest.mark.parametrize(
    ("lent", "category"),
    [({}, 1), ({"days_past_due": 5.0}, 2), ({"days_past_due": 91.0}, 3), ({"restructured": 1.0}, 2), ({"restructured": 2.0}, 3)],
)
def test_the_five_categories_of_a_debtor(lent, category):
    drawn = {"limit": 600.0, "outstanding": 600.0}

    assert figure(scored(1, [(0, "S&P", "global", "BB")], [(0, drawn | lent)]), "category") == category


def test_without_days_past_due_there_is_no_category():
    assert np.isnan(figure(scored(1, [(0, "S&P", "global", "BB")], [(0, {"days_past_due": NAN})]), "category"))


def test_a_fall_since_origination_is_stage_two_and_forbearance_and_the_watch_list_are():
    rated = [(0, "internal", "internal", "B")]
    watched = books.customers(1, watch_list=np.array([1.0]))

    assert figure(scored(1, rated, [(0, {"origination": "BB+"})]), "stage") == 2
    assert figure(scored(1, rated, [(0, {"origination": "B+"})]), "stage") == 1
    forborne = scored(1, rated, [(0, {"forborne": 1.0})])
    assert (figure(forborne, "stage"), figure(forborne, "category")) == (2, Category.SPECIAL_MENTION)
    assert figure(scored(1, rated, [(0, {})], customers=watched), "stage") == 2


def test_schedule_and_payments_count_days_past_due_that_the_ledger_has_not_heard_of():
    due, paid = [(0, 0, "2026-06-30", 100.0, 5.0), (0, 0, "2026-09-20", 100.0, 5.0)], [(0, 0, "2026-06-30", 105.0)]
    late = scored(1, [(0, "S&P", "global", "BB")], [(0, {})], instalments=due, payments=paid)
    unheard = scored(1, [(0, "S&P", "global", "BB")], [(0, {})], instalments=due)

    assert (figure(late, "days_past_due"), figure(unheard, "days_past_due")) == (10, 0)


def test_the_ledgers_days_are_rolled_forward_by_schedule_and_payments():
    due, paid = [(0, 0, "2026-09-20", 100.0, 5.0)], [(0, 0, "2026-06-30", 0.0)]
    lent = books.facilities([(0, {})])
    for ledger, days in (("2026-09-30", 10), ("2026-09-21", 10), ("2026-09-20", 10), ("2026-08-31", 10), ("2026-10-31", 10)):
        dated = dataclasses.replace(lent, as_of=books.days([ledger]), dated=books.days([ledger]))
        facts = books.book(facilities=dated, instalments=books.instalments(due), payments=books.payments(paid))

        assert figure(score(POLICY, facts), "days_past_due") == days


def test_a_missing_rate_is_named_and_never_taken_as_one():
    result = scored(1, [(0, "S&P", "global", "BB")], [(0, {}), (0, {"currency": "JPY"})])

    assert np.isnan([figure(result, name) for name in ("ead", "expected_loss", "ecl", "rwa")]).all()
    assert result.missing.texts()[0] == "rate:JPY\nstatement"


@pytest.mark.parametrize(
    ("agency", "scale", "letter"),
    [("CCXI", "domestic", "AA"), ("S&P", "domestic", "AA"), ("Moody's", "global", "Ba1"), ("S&P", "global", "XX")],
)
def test_a_letter_on_no_master_scale_gives_no_pd_and_is_named(agency, scale, letter):
    result = scored(1, [(0, agency, scale, letter)], [(0, {})])

    assert np.isnan(figure(result, "pd_letter"))
    assert (figure(result, "pd_origin"), figure(result, "ead")) == (PdOrigin.POINTS, 760.0)
    assert result.missing.texts()[0] == f"letter:{letter} ({agency})\nstatement"
    assert (result.grades[0], figure(result, "little_known"), figure(result, "grade_worst")) == (Grade.LOW, 1, Grade.CRITICAL)


def test_whoever_has_nothing_on_record_is_not_low_and_has_no_figures():
    result = scored(1)

    assert result.grades[0] == Grade.MEDIUM
    assert np.isnan([figure(result, name) for name in ("pd", "lgd", "ead", "expected_loss", "ecl", "stage", "points")]).all()
    assert result.missing.texts()[0] == "rating\nfacilities\nstatement"


# --- accounts and readings -----------------------------------------------------------------------------------------------


def test_accounts_give_ratios_scores_and_a_source():
    result = scored(1, accounts=books.statements(1, [(0, SOUND)]), customers=books.customers(1, ["manufacturer"]))

    assert figure(result, "interest_coverage") == pytest.approx(200 / 15)
    assert figure(result, "altman_score") == pytest.approx(0.717 * 0.25 + 0.847 * 0.35 + 3.107 * 0.15 + 0.42 * 1.5 + 0.998 * 1.2)
    assert (figure(result, "altman_model"), figure(result, "altman_zone"), result.sources["statement"][0]) == (2, 2, 1)


def test_a_reading_of_an_earlier_day_fills_in_for_accounts_that_are_not_there_and_only_then():
    read = books.readings(2, {"debt_ratio": [(0, 0.7), (1, 0.7)], "x3": [(1, 0.2)]}, as_of="2025-11-30")
    result = scored(2, accounts=books.statements(2, [(0, SOUND)]), readings=read)

    assert result.figures["debt_ratio"].tolist() == [0.4, 0.7]
    assert result.sources["observation.debt_ratio"].tolist() == [0, 2]
    assert figure(result, "x3", 1) == 0.2


def test_what_a_stated_move_does_to_the_cover_and_the_grade():
    lent = [(0, {"rate_kind": "floating"})]
    thin = SOUND | {"long_term_debt": 1000.0, "interest_expense": 60.0, "principal_repaid": 40.0}
    result = scored(1, [(0, "S&P", "global", "BB")], lent, accounts=books.statements(1, [(0, thin)]))
    fixed = scored(1, [(0, "S&P", "global", "BB")], [(0, {})], accounts=books.statements(1, [(0, thin)]))

    # 2 % on a debt of 1,040, all of it floating
    assert figure(result, "interest_coverage.rates_up") == pytest.approx(200 / (60 + 0.02 * 1040))
    assert figure(fixed, "interest_coverage_change.rates_up") == 0
    assert figure(result, "grade.rates_up") >= figure(fixed, "grade.rates_up") == result.model_grades[0]


def test_what_is_due_within_the_year_is_set_against_the_cash_flow():
    lent = [(0, {"kind": "bond", "maturity": "2027-03-31", "outstanding": 600.0, "limit": 600.0, "rate": 0.0})]
    without_debt = SOUND | {"short_term_debt": 0.0, "long_term_debt": 0.0, "interest_expense": 0.0}
    result = scored(1, [(0, "S&P", "global", "BB")], lent, accounts=books.statements(1, [(0, without_debt)]))

    # CFADS 200 − 30 − 40 − 10
    assert (figure(result, "due_12_months"), figure(result, "bullet_share")) == (600.0, 1.0)
    assert (figure(result, "repayment_cover"), figure(result, "repayment_gap")) == (pytest.approx(0.2), 480.0)


@pytest.mark.parametrize(
    "terms", [{"maturity": "2999-12-31"}, {"maturity": None}, {"maturity": "1970-01-01"}, {"eir": -1.0}, {"rate": NAN}]
)
def test_terms_that_say_little_leave_figures_out_and_stop_nobody(terms):
    found = scored(2, [(0, "S&P", "global", "BB"), (1, "S&P", "global", "BB")], [(0, terms), (1, {})])
    usual = scored(1, [(0, "S&P", "global", "BB")], [(0, {})])

    assert figure(found, "ecl", 1) == figure(usual, "ecl")
    assert figure(found, "expected_loss") == figure(usual, "expected_loss")


def test_years_after_the_first_count_in_stage_two_alone():
    lent = {"kind": "bond", "limit": 1000.0, "outstanding": 1000.0, "lgd": 0.45, "eir": 0.06, "maturity": "2031-09-30"}
    rows = [(0, lent), (0, lent | {"days_past_due": 40.0}), (0, lent | {"maturity": "2027-03-31"})]
    found = [figure(scored(1, [(0, "S&P", "global", "BB")], [row]), "ecl") for row in rows]

    # a year of BB's 0.58 % on 450, discounted by a year; five of them, of which each is worse than the one before; and half a year
    assert found[0] == round(0.0058 * 450 / 1.06, 2)
    assert found[1] > 5 * found[0]
    assert found[2] == pytest.approx(0.0058 * 450 * 0.5 / 1.06**0.5, abs=0.02)


def test_a_projection_gives_loan_life_and_project_life_cover():
    lent = [(0, {"kind": "project_loan", "limit": 400.0, "outstanding": 400.0, "eir": 0.08, "maturity": "2031-09-30"})]
    ends = [f"{year}-09-30" for year in range(2027, 2035)]
    rows = [(0, end, "EUR", 130.0, 100.182582 if place < 5 else 0.0) for place, end in enumerate(ends)]
    result = scored(1, [(0, "S&P", "global", "BB")], lent, projections=books.projections(rows))

    assert figure(result, "llcr") == pytest.approx(1.297631, abs=1e-6)
    assert figure(result, "plcr") == pytest.approx(1.867658, abs=1e-6)
    assert figure(result, "dscr_minimum") == pytest.approx(1.297631, abs=1e-6)


# --- grades --------------------------------------------------------------------------------------------------------------


def test_a_default_letter_is_certain_and_critical():
    result = scored(1, [(0, "S&P", "global", "d")])

    assert (figure(result, "pd"), result.grades[0]) == (1.0, Grade.CRITICAL)


@pytest.mark.parametrize(
    ("more", "grade"),
    [
        ({}, Grade.LOW),
        ({"breaches": [(0, 8, 1)]}, Grade.MEDIUM),
        ({"breaches": [(0, 8, 1), (0, 9, 2)]}, Grade.HIGH),
        ({"threats": [(0, 17, 2)]}, Grade.MEDIUM),
        ({"threats": [(0, 17, 3)]}, Grade.HIGH),
        ({"threats": [(0, 17, 3), (0, 18, 4)]}, Grade.CRITICAL),
        ({"lent": [(0, {"days_past_due": 30.0})]}, Grade.MEDIUM),
        ({"lent": [(0, {"days_past_due": 31.0})]}, Grade.HIGH),
        ({"lent": [(0, {"days_past_due": 90.0})]}, Grade.CRITICAL),
        ({"incidents": [(0, "insurance", 3, "2026-08-01", None)]}, Grade.MEDIUM),
        ({"incidents": [(0, "fraud", 3, "2026-08-01", None)]}, Grade.CRITICAL),
    ],
)
def test_the_worst_driver_makes_the_grade(more, grade):
    assert scored(1, [(0, "S&P", "global", "A")], **more).grades[0] == grade


def test_the_credit_impaired_are_never_better_than_high():
    sound = {"accounts": books.statements(1, [(0, SOUND)])}
    found = scored(1, [(0, "S&P", "global", "AA")], [(0, {}), (0, {"days_past_due": 90.0})], **sound)

    assert driving(found)["stage"] is Grade.HIGH


@pytest.mark.parametrize(("outcome", "category"), [("default", 3), ("stage3", 3), ("bankruptcy", 5)])
def test_an_outcome_on_record_is_stage_three_whatever_the_ledger_says(outcome, category):
    drawn = {"limit": 600.0, "outstanding": 600.0}
    events = books.credit_events([(0, outcome, "2026-08-12", None)])
    found = scored(2, [], [(0, drawn), (1, drawn)], credit_events=events)

    assert found.figures["stage"].tolist() == [3, 1]
    assert found.figures["category"].tolist() == [category, 1]


def test_a_guarantors_default_reaches_its_debtors_and_theirs():
    rated = [(0, "S&P", "global", "D"), (1, "S&P", "global", "AA"), (2, "S&P", "global", "AA"), (3, "S&P", "global", "AA")]
    chain = Guarantees(books.places([0, 1]), books.places([1, 2]))
    found = scored(4, rated, guarantees=chain)

    assert [Grade(grade) for grade in found.grades] == [Grade.CRITICAL, Grade.MEDIUM, Grade.MEDIUM, Grade.LOW]
    assert {driver.name: driver.reference(2) for driver in found.drivers if driver.grades[2]}["guarantor"] == "C001"


def test_a_person_may_grade_otherwise_and_the_models_grade_stays_beside_it():
    given = books.customers(2, override=np.array([Grade.HIGH, 0], dtype=np.int8), override_ids=books.places([7, 0]))
    found = scored(2, [(0, "S&P", "global", "AA"), (1, "S&P", "global", "AA")], customers=given)

    assert (found.grades.tolist(), found.model_grades.tolist()) == ([Grade.HIGH, Grade.LOW], [Grade.LOW, Grade.LOW])
    assert found.sources["override"].tolist() == [7, 0]


def test_a_driver_says_what_it_is_from():
    late = [(0, {"days_past_due": 31.0})]
    result = scored(1, [(0, "S&P", "global", "A")], late, breaches=[(0, 8, 1), (0, 9, 2)], threats=[(0, 17, 3)])

    assert {driver.name: driver.reference(0) for driver in result.drivers if driver.grades[0]} == {
        "pd": "1", "days_past_due": "F0", "breach": "B-9", "threat": "R-17", "stage": None, "scorecard": None,
    }  # fmt: skip


# --- the PD and what follows from it -------------------------------------------------------------------------------------


def test_a_pd_says_where_it_is_from():
    rated = [(0, "S&P", "global", "BB"), (1, "S&P", "global", "D")]
    found = scored(4, rated, [(0, {}), (1, {}), (2, {})])

    assert found.figures["pd_origin"].tolist() == [PdOrigin.LETTER, PdOrigin.DEFAULT, PdOrigin.POINTS, PdOrigin.NONE]
    assert found.figures["pd"][:2].tolist() == [0.0058, 1.0]
    assert np.isnan([figure(found, "pd", 3), figure(found, "expected_loss", 3)]).all()


def test_without_a_letter_the_pd_follows_from_the_points_and_the_losses_from_it():
    lent = {"limit": 1000.0, "outstanding": 1000.0, "kind": "bond", "lgd": 0.45, "eir": 0.06, "maturity": "2031-09-30"}
    found = scored(2, [], [(0, lent), (1, lent | {"days_past_due": 40.0})], accounts=books.statements(2, [(0, SOUND), (1, SOUND)]))
    line, points = POLICY.scoring.calibration, figure(found, "points")
    pd = 1 / (1 + math.exp(-(line.intercept + line.slope * points)))

    assert figure(found, "pd") == pytest.approx(pd, rel=1e-12)
    assert figure(found, "expected_loss") == round(pd * 450, 2)
    assert figure(found, "ecl") == round(pd * 450 / 1.06, 2)
    assert figure(found, "rwa") > 0
    # forty days late it has fewer points, and its later years count
    assert figure(found, "ecl", 1) > 3 * figure(found, "expected_loss", 1) > 3 * figure(found, "expected_loss")
    assert found.missing.texts().tolist() == ["", ""]


def test_a_usable_letter_counts_before_the_points_and_the_card_sees_no_pd_of_its_own():
    accounts = books.statements(2, [(0, SOUND), (1, SOUND)])
    found = scored(2, [(0, "S&P", "global", "CCC")], [(0, {}), (1, {})], accounts=accounts)

    assert found.figures["pd_origin"].tolist() == [PdOrigin.LETTER, PdOrigin.POINTS]
    assert found.figures["pd"][0] == 0.2678
    assert np.isnan(figure(found, "points.rating", 1))


def test_a_card_cannot_contain_what_follows_from_it():
    figures = scored(1, [(0, "S&P", "global", "BB")], [(0, {})]).figures
    card = [name for name in figures if name.partition(".")[0] in {"points", "points_lowest", "points_highest", "confidence", "grade"}]

    for name in ["expected_loss", "stage", "ecl", "rwa", "rwa_standard", "category", "pd_origin", *card]:
        with pytest.raises(ValueError, match=f"{name} .* card cannot contain it"):
            Component(measure=name, bounds=(1.0,), points=(0.0, 100.0))
    assert Component(measure="pd", bounds=(1.0,), points=(100.0, 0.0))


def test_every_name_that_a_card_may_contain_is_a_figure_of_the_score():
    figures = scored(1, [(0, "S&P", "global", "BB")], [(0, {})]).figures

    # figures of prices are there where somebody watches them
    known = {*figures, *derived.PRICES, *(name.partition(".")[0] + "." for name in figures if "." in name)}
    assert derived.COMPUTED - known == set()


# --- what the grade rests on ---------------------------------------------------------------------------------------------


def test_accounts_alone_rank_customers_over_all_grades_and_say_what_the_grade_rests_on():
    weak = SOUND | {"equity": -100.0, "total_liabilities": 1100.0, "retained_earnings": -400.0, "ebit": -150.0, "net_income": -180.0}
    weak |= {"current_assets": 100.0, "current_liabilities": 700.0, "ebitda": -100.0}
    found = scored(3, accounts=books.statements(3, [(0, SOUND), (1, weak)]))

    assert found.model_grades.tolist() == [Grade.LOW, Grade.CRITICAL, Grade.MEDIUM]
    assert [driving(found, place) for place in (0, 1)] == [{"scorecard": Grade.LOW}, {"scorecard": Grade.CRITICAL}]
    assert driving(found, 2) == {"unknown": Grade.MEDIUM}
    assert [found.figures[name].tolist() for name in ("grade_best", "grade_worst")] == [[1, 1, 1], [3, 4, 4]]
    assert found.figures["little_known"].tolist() == [0, 0, 1]


def test_a_floor_holds_for_the_best_of_the_grades_as_well():
    found = scored(1, accounts=books.statements(1, [(0, SOUND)]), threats=[(0, 8, 3)])

    assert (figure(found, "grade_best"), found.model_grades[0], figure(found, "grade_worst")) == (3, 3, 3)
