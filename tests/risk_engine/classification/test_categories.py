"""The five categories by the rules of a claim alone: the regulator's cases, every bound, and the laws of the worst rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.classification import categories, category_rules
from risk_engine.classification.categories import ASKS, Category, Missing, Reason
from risk_engine.classification.categories_policy import Categories, Cure
from risk_engine.impairment.staging import Stage
from tests.risk_engine.claims import POLICY, SOUND, claims

NAN = math.nan
PASS, SPECIAL, SUBSTANDARD, DOUBTFUL, LOSS = (Category(code) for code in range(1, 6))


def judged(**claim) -> tuple[Category, Reason]:
    mask = category_rules.reasons(POLICY, claims(claim))
    return Category(int(categories.asked(mask)[0])), Reason(int(mask[0]))


@pytest.mark.parametrize(
    ("days", "technical", "impaired", "lost", "category"),
    [
        (0, False, False, 0.0, PASS),
        (5, True, False, 0.0, PASS),
        (5, False, False, 0.0, SPECIAL),
        (90, False, False, 0.0, SPECIAL),
        (91, False, False, 0.0, SUBSTANDARD),
        (30, False, True, 0.20, SUBSTANDARD),
        (30, False, True, 0.50, DOUBTFUL),
        (271, False, False, 0.0, DOUBTFUL),
        (361, False, False, 0.0, LOSS),
    ],
)
def test_the_regulators_cases(days, technical, impaired, lost, category):
    assert judged(days_past_due=days, technical=technical, impaired=impaired, ecl=lost * 100)[0] == category


@pytest.mark.parametrize(
    ("days", "category", "reasons"),
    [
        (0, PASS, Reason(0)),
        (1, SPECIAL, Reason.OVERDUE),
        (90, SPECIAL, Reason.OVERDUE),
        (91, SUBSTANDARD, Reason.OVERDUE | Reason.OVER_90_DAYS),
        (270, SUBSTANDARD, Reason.OVERDUE | Reason.OVER_90_DAYS),
        (271, DOUBTFUL, Reason.OVERDUE | Reason.OVER_90_DAYS | Reason.OVER_270_DAYS),
        (360, DOUBTFUL, Reason.OVERDUE | Reason.OVER_90_DAYS | Reason.OVER_270_DAYS),
        (361, LOSS, Reason.OVERDUE | Reason.OVER_90_DAYS | Reason.OVER_270_DAYS | Reason.OVER_360_DAYS),
    ],
)
def test_days_must_exceed_each_bound_and_leave_every_reason(days, category, reasons):
    assert judged(days_past_due=days) == (category, reasons)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, (PASS, Reason(0))), (1, (PASS, Reason.TECHNICAL)), (7, (PASS, Reason.TECHNICAL)), (8, (SPECIAL, Reason.OVERDUE))],
)
def test_technical_overdue_is_excused_for_seven_days_and_says_so(days, expected):
    assert judged(days_past_due=days, technical=True) == expected


@pytest.mark.parametrize(
    ("ecl", "category", "reasons"),
    [
        (49.99, SUBSTANDARD, Reason(0)),
        (50, DOUBTFUL, Reason.HALF_LOST),
        (89.99, DOUBTFUL, Reason.HALF_LOST),
        (90, LOSS, Reason.HALF_LOST | Reason.NEARLY_ALL_LOST),
        (120, LOSS, Reason.HALF_LOST | Reason.NEARLY_ALL_LOST),
    ],
)
def test_the_share_lost_counts_from_its_bounds_on_and_of_impaired_claims_only(ecl, category, reasons):
    assert judged(impaired=True, ecl=ecl) == (category, reasons | Reason.IMPAIRED)
    assert judged(stage=Stage.THREE, ecl=ecl) == (category, reasons | Reason.STAGE_THREE)
    assert judged(stage=Stage.TWO, ecl=ecl) == (PASS, Reason(0))


def test_a_share_that_a_division_misses_by_a_hair_is_on_its_bound():
    # 0.1 + 0.2 is 0.30000000000000004, and 0.27 of it 0.8999999999999999
    assert judged(impaired=True, ecl=0.27, book=0.1 + 0.2)[0] == LOSS


@pytest.mark.parametrize(
    ("claim", "category", "reason"),
    [
        ({"diverted": True}, SPECIAL, Reason.DIVERTED),
        ({"refinanced": True}, SPECIAL, Reason.REFINANCED),
        ({"non_performing_elsewhere": True}, SPECIAL, Reason.NON_PERFORMING_ELSEWHERE),
        ({"restructurings": 1}, SPECIAL, Reason.RESTRUCTURED),
        ({"restructurings": 2}, SUBSTANDARD, Reason.RESTRUCTURED | Reason.RESTRUCTURED_AGAIN),
        ({"restructurings": 3}, SUBSTANDARD, Reason.RESTRUCTURED | Reason.RESTRUCTURED_AGAIN),
        ({"impaired": True}, SUBSTANDARD, Reason.IMPAIRED),
        ({"stage": Stage.THREE}, SUBSTANDARD, Reason.STAGE_THREE),
        ({"downgrade": 2.0}, PASS, Reason(0)),
        ({"downgrade": 3.0}, SUBSTANDARD, Reason.DOWNGRADED),
        ({"downgrade": 4.0}, SUBSTANDARD, Reason.DOWNGRADED),
        ({"elsewhere": 0.2}, PASS, Reason(0)),
        ({"elsewhere": 0.2001}, SUBSTANDARD, Reason.OVERDUE_ELSEWHERE),
        ({"evaded": True}, DOUBTFUL, Reason.EVADED),
        ({"bankrupt": True}, LOSS, Reason.BANKRUPT),
    ],
)
def test_each_rule_alone(claim, category, reason):
    assert judged(**claim) == (category, reason)


@pytest.mark.parametrize("claim", [{"non_performing_elsewhere": True}, {"elsewhere": 1.0}])
def test_what_other_banks_see_of_a_retail_debtor_does_not_count(claim):
    assert judged(**claim, retail=True) == (PASS, Reason(0))


def test_at_90_days_both_the_days_and_the_stage_are_shown():
    assert judged(days_past_due=90, stage=Stage.THREE) == (SUBSTANDARD, Reason.OVERDUE | Reason.STAGE_THREE)
    # with a rebuttal on record the claim stays in stage 2
    assert judged(days_past_due=90, stage=Stage.TWO) == (SPECIAL, Reason.OVERDUE)


@pytest.mark.parametrize(
    ("claim", "lacks"),
    [
        ({}, Missing(0)),
        ({"days_past_due": NAN}, Missing.DAYS_PAST_DUE),
        ({"stage": Stage.NONE}, Missing.STAGE),
        ({"stage": Stage.NONE, "impaired": True}, Missing(0)),
        ({"ecl": NAN, "book": NAN}, Missing(0)),
        ({"ecl": NAN, "stage": Stage.THREE}, Missing.ECL),
        ({"book": NAN, "impaired": True}, Missing.BOOK),
        ({"downgrade": NAN}, Missing.DOWNGRADE),
        ({"elsewhere": NAN}, Missing.ELSEWHERE),
        ({"elsewhere": NAN, "retail": True}, Missing(0)),
    ],
)
def test_what_is_missing_is_named_where_it_could_matter(claim, lacks):
    assert category_rules.missing(claims(claim)).tolist() == [lacks]


def test_what_is_missing_says_nothing():
    nothing = {"days_past_due": NAN, "ecl": NAN, "book": NAN, "downgrade": NAN, "elsewhere": NAN, "stage": Stage.NONE}

    assert judged(**nothing) == (PASS, Reason(0))
    assert judged(impaired=True, ecl=10, book=0) == (SUBSTANDARD, Reason.IMPAIRED)


@pytest.mark.parametrize(
    ("name", "value"), [("days_past_due", -1.0), ("ecl", -0.01), ("book", -1.0), ("elsewhere", 1.01), ("elsewhere", -0.01)]
)
def test_what_cannot_be_is_refused(name, value):
    with pytest.raises(Impossible) as refusal:
        category_rules.reasons(POLICY, claims({}, {name: value}))

    assert (refusal.value.field, refusal.value.place) == (name, 1)


def test_every_reason_asks_for_one_category_and_exemptions_for_none():
    asking = list(ASKS.values())

    assert sum(bin(mask).count("1") for mask in asking) == len(Reason) - 2
    assert asking[0] | asking[1] | asking[2] | asking[3] == Reason(~0) & ~(Reason.TECHNICAL | Reason.ENHANCED)
    assert {category: int(mask) for category, mask in ASKS.items()} == {SPECIAL: 63, SUBSTANDARD: 16320, DOUBTFUL: 114688, LOSS: 917504}


@pytest.mark.parametrize(
    "wrong",
    [
        {"technical_days": 90},
        {"substandard_days": 270},
        {"doubtful_days": 360},
        {"doubtful_ecl": 0.9},
        {"doubtful_ecl": 0.0},
        {"loss_ecl": 1.1},
        {"downgrade_notches": 0},
        {"contagion": -0.1},
        {"needed": ("weather",)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Categories(**{**POLICY.model_dump(), **wrong})


@pytest.mark.parametrize("wrong", [{"restructured_months": 5}, {"instalments": 0}, {"months": -1}])
def test_a_cure_that_makes_no_sense_is_refused(wrong):
    usual = {"instalments": 2, "months": 6, "restructured_months": 6}

    assert Cure(**usual).restructured_months == 6
    with pytest.raises(ValidationError):
        Cure(**{**usual, **wrong})


flags = st.booleans()
any_claim = st.fixed_dictionaries(
    {
        "retail": flags,
        "days_past_due": st.one_of(st.just(NAN), st.integers(0, 400).map(float)),
        "technical": flags,
        "stage": st.sampled_from(Stage),
        "impaired": flags,
        "ecl": st.one_of(st.just(NAN), st.floats(0, 100)),
        "book": st.one_of(st.just(NAN), st.floats(0, 100)),
        "diverted": flags,
        "refinanced": flags,
        "evaded": flags,
        "bankrupt": flags,
        "restructurings": st.integers(0, 2),
        "downgrade": st.one_of(st.just(NAN), st.integers(-3, 6).map(float)),
        "elsewhere": st.one_of(st.just(NAN), st.floats(0, 1)),
        "non_performing_elsewhere": flags,
    }
)


@given(any_claim, st.sampled_from(["impaired", "diverted", "refinanced", "evaded", "bankrupt", "non_performing_elsewhere"]))
def test_one_thing_more_that_is_wrong_never_betters_a_category(claim, name):
    assert judged(**{**claim, name: False})[0] <= judged(**{**claim, name: True})[0]


@given(any_claim, st.integers(0, 400), st.integers(0, 400))
def test_more_days_never_better_a_category(claim, some, more):
    low, high = sorted((float(some), float(more)))

    assert judged(**{**claim, "days_past_due": low})[0] <= judged(**{**claim, "days_past_due": high})[0]


@given(st.lists(any_claim, min_size=1, max_size=8))
def test_one_claim_is_judged_as_it_is_among_others(rows):
    whole = category_rules.reasons(POLICY, claims(*rows))
    alone = np.concatenate([category_rules.reasons(POLICY, claims(row)) for row in rows])

    assert whole.tobytes() == alone.tobytes()
    assert whole.dtype == np.int32


@given(any_claim, st.sampled_from([0.01, 7.0, 1e6]))
def test_the_currency_of_a_claim_does_not_matter(claim, rate):
    lost = claim["ecl"] / claim["book"] if claim["book"] else NAN
    changed = {**claim, "ecl": claim["ecl"] * rate, "book": claim["book"] * rate}

    # a hair's breadth from a bound the rounding of the products may tell
    if not any(abs(lost - bound) < 1e-9 for bound in (0.5, 0.9)) and not 0 < claim["book"] < 1e-9:
        assert judged(**claim) == judged(**changed)


def test_the_tests_speak_of_every_column():
    assert set(SOUND) == set(category_rules.Claims.__slots__)
