"""Default and category in words: the cause behind a probation, and why stage 2 alone asks for no worse category."""

from __future__ import annotations

from datetime import date

import pytest

from commands.kit.wording import words
from commands.scoring import default_words
from risk_engine.classification.categories import Category
from risk_engine.classification.evidence import Reason

SINCE, ENDED, ENDS = (float((day - date(1970, 1, 1)).days) for day in (date(2025, 11, 24), date(2026, 11, 19), date(2027, 7, 11)))


def figures(reasons: Reason, entered: Reason, ended: float | None) -> dict[str, float | None]:
    days = {"default_since": SINCE, "default_ends": ENDS, "default_ended": ended}
    return {"default_reasons": float(reasons), "default_entered": float(entered), "defaulted_share": 1.0, **days}


@pytest.mark.parametrize(
    ("reasons", "entered", "ended", "said"),
    [
        (
            Reason.PROBATION,
            Reason.BANKRUPTCY,
            ENDED,
            "since 24 Nov 2025: bankruptcy until 19 Nov 2026, on probation, ends on 11 Jul 2027 at the earliest",
        ),
        (
            Reason.ARREARS,
            Reason.LETTER | Reason.PAST_DUE | Reason.ARREARS,
            None,
            "since 24 Nov 2025: material arrears, rated in default, arrears not yet paid, ends on 11 Jul 2027 at the earliest",
        ),
        (Reason.EVASION, Reason.EVASION | Reason.LETTER, None, "since 24 Nov 2025: debt evasion, ends on 11 Jul 2027 at the earliest"),
    ],
)
def test_on_probation_the_cause_of_the_default_stands_with_its_days(reasons, entered, ended, said):
    assert default_words.default(figures(reasons, entered, ended), "EUR") == said


@pytest.mark.parametrize(("stage", "explained"), [(1.0, False), (2.0, True)])
def test_stage_two_without_a_reason_of_the_rules_says_why_it_is_a_pass(stage, explained):
    said = default_words.category(words.category(Category.PASS), {"category": 1.0, "stage": stage, "category_reasons": 0.0})

    assert ("stage 2 alone is none" in said) is explained
