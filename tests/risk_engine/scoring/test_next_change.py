"""The date of next change: never later than the first day on which the same facts give another score."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.days import ONE_DAY
from risk_engine.facts.facts import Facts
from risk_engine.scoring.scoring import Scores, score
from storage.scoring.fingerprints import fingerprints
from tests.benchmarks import synthetic_book
from tests.risk_engine import books
from tests.risk_engine.scoring.test_scoring import POLICY

LETTER = (0, "S&P", "global", "A", "2026-09-01")


@cache
def synthetic() -> Facts:
    return synthetic_book.book(POLICY, 300)


def scored(**tables) -> Scores:
    return score(POLICY, books.book(1, **tables))


def next_change(**tables) -> str | None:
    (found,) = scored(**tables).next_change
    return None if np.isnat(found) else str(found)


@given(start=st.integers(0, 420), step=st.one_of(st.integers(1, 5), st.integers(1, 480)))
def test_whoever_s_score_differs_on_a_later_day_had_a_date_up_to_then(start: int, step: int):
    facts = synthetic()
    facts = replace(facts, as_of=facts.as_of + start * ONE_DAY)
    later = replace(facts, as_of=facts.as_of + step * ONE_DAY)
    before, after = score(POLICY, facts), score(POLICY, later)
    changed = fingerprints(before) != fingerprints(after)

    assert (before.next_change[changed] <= later.as_of).all()
    assert (before.next_change[~np.isnat(before.next_change)] > facts.as_of).all()


def test_nothing_on_record_has_no_date():
    assert next_change() is None


def test_a_letter_changes_a_score_on_the_day_on_which_it_is_too_old():
    # 400 days count
    assert next_change(ratings=books.ratings([LETTER])) == "2027-10-07"


def test_a_fall_of_a_letter_changes_a_score_once_its_months_are_over():
    former = books.ratings([(0, "S&P", "global", "AAA", "2024-02-01"), (0, "S&P", "global", "AA", "2025-11-20")])

    assert next_change(ratings=books.ratings([LETTER]), former=former) == "2026-11-20", "replaced on 20 November 2025, twelve months count"
    assert next_change(ratings=books.ratings([LETTER]), former=former.where(former.letters.among(("AA",)) == 0)) == "2027-09-01"


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        ({"maturity": None}, "2026-11-15"),
        ({"maturity": "2029-09-30"}, "2026-10-01"),
        ({"maturity": "2036-09-30", "kind": "term_loan"}, "2026-10-01"),
        ({"maturity": "2036-09-30", "kind": "bond"}, "2026-11-15"),
        ({"maturity": "2026-09-30"}, "2026-11-15"),
        ({"maturity": None, "days_past_due": 40.0}, "2026-11-15"),
        ({"maturity": None, "days_past_due": 200.0}, "2026-10-01"),
    ],
    ids=["no end", "three years", "ten years, repaid in parts", "ten years, repaid at the end", "ended", "late", "in default"],
)
def test_a_loan_changes_every_day_while_its_end_approaches_and_else_when_its_ledger_is_too_old(terms, day):
    # a ledger counts for 45 days
    lent = books.facilities([(0, terms | {"overdue": 600.0})])
    assert next_change(facilities=lent, ratings=books.ratings([LETTER])) == day


@pytest.mark.parametrize(
    ("kind", "resolved", "day"),
    [("late_reporting", None, "2026-10-01"), ("fund_diversion", None, None), ("fund_diversion", "2026-09-20", "2026-10-01")],
    ids=["an event", "an open defect", "a resolved defect"],
)
def test_an_incident_changes_a_score_every_day_while_its_points_decay(kind, resolved, day):
    assert next_change(incidents=books.incidents([(0, kind, 4, "2026-09-01", resolved)])) == day
