"""Project loans by supervisory category, beside internal ratings."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.risk_engine import books

POLICY = policies.read(None)
LOAN = {"kind": "project_loan", "limit": 1000.0, "outstanding": 1000.0, "phase": "operation", "maturity": "2031-09-30"}


def found(dscr: float | None, **lent) -> tuple[float, float, float]:
    """Category, weights and losses of a project with this cover."""
    read = {} if dscr is None else books.readings(1, {"dscr": [(0, dscr)]})
    rated = books.ratings([(0, "S&P", "global", "BB")])
    figures = score(POLICY, books.book(1, ratings=rated, facilities=books.facilities([(0, LOAN | lent)]), readings=read)).figures
    return tuple(float(figures[name][0]) for name in ("slot", "rwa_slotting", "expected_loss_slotting"))


@pytest.mark.parametrize(
    ("dscr", "expected"),
    # BCBS 128 §§ 275, 378: 70, 90, 115, 250 %, and 0.4, 0.8, 2.8, 8 %
    [
        (1.40, (1, 700, 4)),
        (1.39, (2, 900, 8)),
        (1.25, (2, 900, 8)),
        (1.10, (3, 1150, 28)),
        (1.09, (4, 2500, 80)),
        (-0.5, (4, 2500, 80)),
    ],
)
def test_a_category_follows_from_the_cover(dscr, expected):
    assert found(dscr) == expected


def test_no_project_is_strong_before_it_works():
    assert found(1.6, phase="construction") == (2, 900, 8)
    assert found(1.6, phase=None) == (2, 900, 8)
    assert found(1.1, phase="construction") == (3, 1150, 28)


def test_a_project_in_default_needs_no_capital_but_half_is_lost():
    assert found(1.6, days_past_due=120.0) == (5, 0, 500)


def test_without_a_ratio_or_a_project_loan_there_is_no_category():
    assert np.isnan(found(None)).all()
    assert np.isnan(found(1.6, kind="term_loan")).all()
