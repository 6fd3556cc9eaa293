"""A whole scoring at its edges: what is just on, just below, and not there at all."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.classification import loan_categories
from risk_engine.classification.classification import Classified
from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Guarantees
from risk_engine.grading import Grade
from risk_engine.loans.loans import ends
from tests.risk_engine import books
from tests.risk_engine.books import NAN
from tests.risk_engine.scoring.test_scoring import SOUND, figure, scored

RATED = [(0, "S&P", "global", "BB")]
YEARS = [f"{year}-09-30" for year in range(2027, 2033)]


def test_a_default_that_is_not_certain_reaches_nobody():
    chain = Guarantees(books.places([0]), books.places([1]))
    shaky = scored(2, [(0, "S&P", "global", "CCC"), (1, "S&P", "global", "AA")], guarantees=chain)

    assert Grade(shaky.grades[1]) is Grade.LOW


def test_a_guarantor_past_due_for_ninety_days_reaches_its_debtors():
    chain = Guarantees(books.places([0]), books.places([1]))
    rated = [(0, "S&P", "global", "AA"), (1, "S&P", "global", "AA")]

    assert Grade(scored(2, rated, [(0, {"days_past_due": 90.0})], guarantees=chain).grades[1]) is Grade.MEDIUM
    assert Grade(scored(2, rated, [(0, {"days_past_due": 89.0})], guarantees=chain).grades[1]) is Grade.LOW


def test_a_facility_whose_stage_cannot_be_told_gives_its_customer_none():
    unknown = scored(1, [], [(0, {"days_past_due": NAN})])
    beside = scored(1, [], [(0, {"days_past_due": NAN}), (0, {})])

    assert np.isnan(figure(unknown, "stage"))
    assert figure(beside, "stage") == 1


def test_a_move_makes_the_grade_that_the_cover_after_it_asks_for():
    close = SOUND | {
        "total_assets": 2500.0, "total_liabilities": 2000.0, "equity": 500.0, "long_term_debt": 1500.0,
        "interest_expense": 60.0, "ebitda": 220.0, "ebit": 65.0, "operating_cash_flow": 120.0,
    }  # fmt: skip
    floating = [(0, {"rate_kind": "floating", "limit": 10.0, "outstanding": 10.0})]
    found = scored(1, RATED, floating, accounts=books.statements(1, [(0, close)]))

    # 220 / 60 before, and 2 % more on a debt of 1,540 after
    assert figure(found, "interest_coverage.rates_up") == pytest.approx(220 / (60 + 0.02 * 1540))
    assert (found.model_grades[0], figure(found, "grade.rates_up")) == (Grade.LOW, Grade.MEDIUM)


def test_one_year_of_projections_is_enough_for_cover():
    lent = [(0, {"kind": "project_loan", "limit": 100.0, "outstanding": 100.0, "maturity": "2027-09-30", "rate": 0.08, "eir": 0.08})]
    found = scored(1, RATED, lent, projections=books.projections([(0, YEARS[0], "EUR", 135.0, 108.0, 12)]))

    assert figure(found, "llcr") == pytest.approx(135 / 1.08 / 100)
    assert figure(found, "dscr_minimum") == pytest.approx(1.25)


def test_a_firm_without_debt_by_its_accounts_covers_none_of_it():
    lent = [(0, {"kind": "project_loan", "limit": 100.0, "outstanding": 100.0, "maturity": YEARS[-1]})]
    free = SOUND | {"short_term_debt": 0.0, "long_term_debt": 0.0}
    rows = books.projections([(0, end, "EUR", 135.0, 108.0) for end in YEARS])

    indebted = scored(1, RATED, lent, projections=rows, accounts=books.statements(1, [(0, SOUND)]))
    debtless = scored(1, RATED, lent, projections=rows, accounts=books.statements(1, [(0, free)]))
    assert np.isfinite(figure(indebted, "llcr"))
    assert not np.isfinite(figure(debtless, "llcr"))


def test_a_loss_stays_a_loss_beside_what_is_unknown_and_nothing_else_does():
    facts = books.book(3, facilities=books.facilities([(0, {}), (0, {}), (1, {}), (1, {}), (2, {})]))
    category = np.array([5, 0, 4, 0, 2], dtype=np.int8)
    none = np.zeros(5, dtype=np.int64)

    worst, _reasons = loan_categories.debtors(facts, Classified(category, category, none, none, none))
    assert repr(worst.tolist()) == "[5.0, nan, 2.0]"


def test_an_end_so_late_that_it_only_says_so_is_none():
    as_of = np.datetime64("2026-09-30")
    last = as_of + 365 * 100 * ONE_DAY
    lent = books.facilities([(0, {"maturity": day}) for day in (last - ONE_DAY, last, np.datetime64("2999-12-31"))])

    assert ends(as_of, lent).tolist() == [(last - ONE_DAY).item(), None, None]
