"""The ledger's arrears beside a schedule: they go on until payments settle them, and are as large as the ledger says."""

import dataclasses

import numpy as np
import pytest

from risk_engine.arrears.loan_arrears import loan_arrears
from risk_engine.classification.evidence import Reason
from risk_engine.scoring.scoring import score
from tests.risk_engine import books
from tests.risk_engine.scoring.test_scoring import POLICY

# today is 30 September; these two have been paid
DUE = [(0, 0, "2026-06-20", 100.0, 5.0), (0, 0, "2026-08-20", 100.0, 5.0)]
PAID = [(0, 0, "2026-06-20", 105.0), (0, 0, "2026-08-20", 105.0)]


def found(ledger="2026-08-31", due=DUE, paid=PAID, **terms):
    """Days past due, the overdue amount and the reasons of default of one loan of a ledger of some day."""
    lent = books.facilities([(0, {"limit": 100_000.0, "outstanding": 50_000.0} | terms)])
    dated = dataclasses.replace(lent, as_of=books.days([ledger]), dated=books.days([ledger]))
    facts = books.book(1, facilities=dated, instalments=books.instalments(due), payments=books.payments(paid))
    figures = score(POLICY, facts).figures
    return tuple(figures[name][0] for name in ("days_past_due", "overdue_amount", "default_reasons"))


def test_arrears_of_the_ledger_go_on_where_nothing_was_paid_since():
    # 50 days on 31 August are 80 on 30 September, though an instalment fell due 41 days ago
    assert found(days_past_due=50.0) == (80, 105.0, 0)


def test_arrears_of_the_ledger_go_on_where_no_instalment_fell_due_within_them():
    assert found(days_past_due=5.0) == (35, 50_000.0, 0)
    assert found(days_past_due=5.0, overdue=70.0) == (35, 70.0, 0)


def test_arrears_of_the_ledger_end_with_the_payments_since():
    assert found(days_past_due=50.0, paid=[*PAID, (0, 0, "2026-09-10", 105.0)]) == (0, 0.0, 0)
    assert found(days_past_due=50.0, paid=[*PAID, (0, 0, "2026-09-10", 104.0)]) == (80, 1.0, 0)


def test_an_overdue_amount_of_the_ledger_counts_before_whole_instalments():
    due, paid = [(0, 0, f"2026-0{month}-20", 1000.0, 50.0) for month in (5, 6, 7, 8)], [(0, 0, "2026-08-20", 4200.0)]

    stated, upper_bound = (found(due=due, paid=paid, days_past_due=110.0, overdue=overdue) for overdue in (50.0, np.nan))

    assert stated == (140, 50.0, 0)
    assert upper_bound == (140, 4200.0, Reason.PAST_DUE)


@pytest.mark.parametrize("told", [0.0, np.nan])
def test_an_instalment_paid_in_advance_is_paid(told):
    due, paid = [*DUE, (0, 0, "2026-09-10", 100.0, 5.0)], [*PAID, (0, 0, "2026-08-25", 105.0)]

    assert found(due=due, paid=paid, days_past_due=told) == (0, 0.0, 0)


def test_what_was_overdue_and_is_paid_leaves_nothing_behind():
    lent = books.facilities([(0, {"limit": 1000.0, "outstanding": 500.0})])
    paid = [(0, 0, "2026-07-20", 105.0), (0, 0, "2026-09-01", 205.0)]
    late = loan_arrears(POLICY, lent, books.instalments(DUE), books.payments(paid), np.datetime64("2026-09-30"), 1)

    # the first instalment was paid a month late, the second with a hundred in advance of what comes
    assert late.days.tolist() == [0]
    assert np.cumsum(late.changes.hundredths).tolist()[-1] == 0
    assert sorted(set(np.cumsum(late.changes.hundredths).tolist())) == [0, 10500]
