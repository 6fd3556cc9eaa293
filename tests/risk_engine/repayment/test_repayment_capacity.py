"""What is due within the year, here and elsewhere: arrears are due now, and what nobody knows is not nothing."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.facts.facts import Guarantees
from risk_engine.repayment.repayment import Refinancing, Source
from risk_engine.scoring.scoring import Scores
from tests.risk_engine import books
from tests.risk_engine.scoring.test_ageing import missing
from tests.risk_engine.scoring.test_scoring import SOUND, figure, scored

RATED = [(0, "S&P", "global", "BB")]
BOND = {"kind": "bond", "maturity": "2029-09-30", "outstanding": 600.0, "limit": 600.0, "rate": 0.0}
# owes to nobody else, and earns 120
ALONE = SOUND | {"short_term_debt": 0.0, "long_term_debt": 0.0, "interest_expense": 0.0, "cash": 0.0}


def due(loan, accounts=ALONE, **tables) -> Scores:
    return scored(1, RATED, [(0, BOND | loan)], accounts=books.statements(1, [(0, accounts)]), **tables)


def without(name: str) -> dict[str, float]:
    return {line: value for line, value in ALONE.items() if line != name}


# --- arrears -------------------------------------------------------------------------------------------------------------


def test_a_debt_in_arrears_is_due_now():
    late, prompt = due({"days_past_due": 40.0}), due({})

    assert figure(prompt, "due_12_months") == 0.0
    assert figure(late, "due_12_months") == 600.0
    assert figure(late, "repayment_cover") == pytest.approx(0.2)


def test_what_is_overdue_as_a_whole_is_not_due_once_more_when_it_matures():
    assert figure(due({"days_past_due": 40.0, "maturity": "2027-03-31"}), "due_12_months") == 600.0
    assert figure(due({"days_past_due": 40.0, "maturity": "2026-06-30"}), "due_12_months") == 600.0


def test_instalments_of_a_debt_in_arrears_are_not_owed_twice():
    rows = [(0, 0, "2027-03-31", 300.0, 0.0), (0, 0, "2027-09-30", 300.0, 0.0)]

    assert figure(due({}, instalments=rows), "due_12_months") == 600.0
    assert figure(due({"days_past_due": 40.0}, instalments=rows), "due_12_months") == 600.0


def test_the_amount_in_arrears_is_due_now_and_the_rest_as_agreed():
    rows = [(0, 0, "2027-03-31", 300.0, 0.0), (0, 0, "2028-03-31", 250.0, 0.0)]
    late = {"days_past_due": 40.0, "overdue": 50.0}

    assert figure(due(late), "due_12_months") == 50.0
    assert figure(due(late | {"maturity": "2027-03-31"}), "due_12_months") == 600.0
    assert figure(due(late, instalments=rows), "due_12_months") == 350.0


def test_arrears_by_a_ledger_that_is_too_old_are_not_known():
    assert np.isnan(figure(due({"as_of": "2026-06-30"}), "due_12_months"))


def test_arrears_of_which_nobody_knows_leave_nothing_to_compute():
    result = due({"days_past_due": np.nan})

    assert np.isnan(figure(result, "due_12_months"))
    assert "days_past_due" in missing(result)


# --- what is owed to others ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["short_term_debt", "interest_expense"])
def test_a_debt_that_the_accounts_do_not_state_is_not_nothing(name):
    result = due({"maturity": "2027-03-31"}, without(name))

    assert np.isnan([figure(result, each) for each in ("due_12_months", "repayment_cover", "repayment_gap", "repayment_shortfall")]).all()
    assert figure(result, "repayment_source") == Source.NONE
    assert f"account:{name}" in missing(result)


def test_without_accounts_nobody_knows_what_is_owed_to_others():
    result = scored(1, RATED, [(0, BOND | {"maturity": "2027-03-31"})])

    assert np.isnan(figure(result, "due_12_months"))
    assert "statement" in missing(result)


def test_arrears_here_come_on_top_of_what_the_accounts_expected():
    owing = ALONE | {"short_term_debt": 250.0}

    assert figure(due({"days_past_due": 40.0}, owing), "due_12_months") == 850.0


# --- sources -------------------------------------------------------------------------------------------------------------


def test_cash_that_is_not_stated_is_named_and_nobody_is_found_unable():
    result = due({"maturity": "2027-03-31"}, without("cash"))

    assert figure(result, "repayment_source") == Source.NONE
    assert np.isnan(figure(result, "repayment_shortfall"))
    assert "account:cash" in missing(result)


def test_a_guarantor_of_unknown_means_is_neither_enough_nor_nothing():
    guaranteed = {"guarantees": Guarantees(books.places([1]), books.places([0]))}
    accounts = books.statements(2, [(0, ALONE)])
    lent = [(0, BOND | {"maturity": "2027-03-31"})]
    alone, backed = (scored(2, RATED, lent, accounts=accounts, **more) for more in ({}, guaranteed))

    assert figure(alone, "repayment_source") == Source.NOT_ENOUGH
    assert figure(alone, "repayment_shortfall") == 480.0
    assert figure(backed, "repayment_source") == Source.NONE
    assert np.isnan(figure(backed, "repayment_shortfall"))
    assert "guarantor_means" in missing(backed)
    assert "guarantor_means" not in missing(alone)


def test_whoever_needs_no_guarantor_has_no_shortfall_whatever_its_means():
    guaranteed = {"guarantees": Guarantees(books.places([1]), books.places([0]))}
    result = scored(2, RATED, [(0, BOND)], accounts=books.statements(2, [(0, ALONE)]), **guaranteed)

    assert (figure(result, "repayment_source"), figure(result, "repayment_shortfall")) == (Source.NOTHING_DUE, 0.0)


@pytest.mark.parametrize(
    ("loan", "accounts", "expected"),
    [
        ({"maturity": "2027-03-31"}, ALONE, Refinancing.DEPENDENT),
        ({"maturity": "2027-03-31", "outstanding": 100.0}, ALONE, Refinancing.INDEPENDENT),
        ({"maturity": "2027-03-31"}, without("short_term_debt"), Refinancing.NONE),
    ],
)
def test_who_can_repay_only_by_a_new_loan_is_told(loan, accounts, expected):
    assert figure(due(loan, accounts), "refinancing") == expected
