"""Stages of IFRS 9: every boundary, every reason, every exemption, and what is not known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.impairment import staging
from risk_engine.impairment.impairment_policy import Staging
from risk_engine.impairment.staging import Facts, Missing, Reason, Stage

NAN = math.nan
TODAY = np.datetime64("2026-09-30")
RULES = {
    "more_than_days": 30, "impaired_from_days": 90, "notches": 3, "pd_ratio": 2.0, "pd_ratio_from": 0.005, "pd_increase": 0.05,
    "contagion": 0.0,
}  # fmt: skip
POLICY = Staging(**RULES)
EXEMPTING = Staging(**RULES, low_credit_risk=0.0026)
FIGURES = {"days_past_due": 0.0, "notch_drop": 0.0, "pd": 0.01, "pd_at_origination": 0.01}
FLAGS = ("watch_listed", "forborne", "unlikely_to_pay", "defaulted", "contagion")
REBUTTALS = ("past_due_rebutted", "default_past_due_rebutted")


def facts(**columns) -> Facts:
    """A claim with nothing wrong, but for what is said."""
    count = max([np.size(column) for column in columns.values()], default=1)

    def column(name, usual, kind):
        return np.broadcast_to(np.asarray(columns.get(name, usual), dtype=kind), count).copy()

    return Facts(
        *(column(name, usual, np.float64) for name, usual in FIGURES.items()),
        *(column(name, False, bool) for name in FLAGS),
        *(column(name, "NaT", "datetime64[D]") for name in REBUTTALS),
    )


def stage(policy=POLICY, **columns) -> staging.Staged:
    return staging.staged(policy, facts(**columns), TODAY)


def only(policy=POLICY, **columns) -> tuple[int, int, int]:
    found = stage(policy, **columns)
    return int(found.stages[0]), int(found.reasons[0]), int(found.missing[0])


def test_days_past_due_of_the_standards():
    assert stage(days_past_due=[0, 30, 31, 89, 90]).stages.tolist() == [1, 1, 2, 2, 3]


def test_days_past_due_say_why():
    both = Reason.PAST_DUE | Reason.DEFAULT_PAST_DUE

    assert stage(days_past_due=[0, 30, 30.5, 89.5, 90, 400]).reasons.tolist() == [0, 0, Reason.PAST_DUE, Reason.PAST_DUE, both, both]


def test_the_backstops_are_policy():
    policy = Staging(**RULES | {"more_than_days": 10, "impaired_from_days": 60})

    assert stage(policy, days_past_due=[10, 11, 59, 60]).stages.tolist() == [1, 2, 2, 3]


def test_a_fall_by_the_policys_notches_is_an_increase():
    found = stage(notch_drop=[-4, 2, 2.9, 3, 9])

    assert found.stages.tolist() == [1, 1, 1, 2, 2]
    assert found.reasons.tolist() == [0, 0, 0, Reason.NOTCHES, Reason.NOTCHES]


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (0.01, 0.0199, 0),
        (0.01, 0.02, Reason.PD_RATIO),
        (0.1, 0.149, 0),
        (0.1, 0.15, Reason.PD_INCREASE),
        (0.04, 0.09, Reason.PD_RATIO | Reason.PD_INCREASE),
        # doubled, but from next to nothing; then by as much as counts
        (0.0005, 0.0054, 0),
        (0.0005, 0.0055, Reason.PD_RATIO),
        (0.0, 0.0049, 0),
        (0.0, 0.005, Reason.PD_RATIO),
        (0.0, 0.0, 0),
        (0.2, 0.1, 0),
        # as decimals these are a doubling and five points; as binary floats a hair less
        (0.035, 0.07, Reason.PD_RATIO),
        (0.18, 0.23, Reason.PD_INCREASE),
    ],
)
def test_a_pd_counts_by_its_growth_in_proportion_and_in_points(before, now, reason):
    assert only(pd_at_origination=before, pd=now) == (2 if reason else 1, reason, 0)


def test_without_a_least_growth_a_doubling_of_nothing_is_still_no_growth():
    policy = Staging(**RULES | {"pd_ratio_from": 0.0})

    assert only(policy, pd_at_origination=0.0, pd=0.0) == (1, 0, 0)
    assert only(policy, pd_at_origination=0.0001, pd=0.0002) == (2, Reason.PD_RATIO, 0)


@pytest.mark.parametrize(
    ("fact", "stage_of_it", "reason"),
    [
        ("watch_listed", 2, Reason.WATCH_LISTED),
        ("forborne", 2, Reason.FORBORNE),
        ("unlikely_to_pay", 3, Reason.UNLIKELY_TO_PAY),
        ("defaulted", 3, Reason.DEFAULTED),
        ("contagion", 3, Reason.CONTAGION),
    ],
)
def test_what_is_on_record_counts(fact, stage_of_it, reason):
    assert only(**{fact: True}) == (stage_of_it, reason, 0)


def test_a_rating_of_default_is_default():
    assert only(pd=1.0, pd_at_origination=NAN) == (3, Reason.DEFAULT_RATING, Missing.PD_AT_ORIGINATION)
    assert only(pd=0.9999, pd_at_origination=NAN) == (1, 0, Missing.PD_AT_ORIGINATION)


def test_the_worst_reason_wins_and_all_are_named():
    stage_of_it, reasons, _missing = only(days_past_due=45, watch_listed=True, defaulted=True, notch_drop=5)

    assert stage_of_it == Stage.THREE
    assert staging.names(reasons) == ("past_due", "notches", "watch_listed", "defaulted")


# --- low credit risk -----------------------------------------------------------------------------------------------------


def test_low_credit_risk_keeps_what_has_grown_from_counting_up_to_its_pd():
    columns = {"notch_drop": [3, 3, 0], "pd": [0.0026, 0.0027, 0.0026], "pd_at_origination": 0.002}
    found = stage(EXEMPTING, **columns)

    assert found.stages.tolist() == [1, 2, 1]
    assert found.reasons.tolist() == [Reason.LOW_CREDIT_RISK, Reason.NOTCHES, 0]
    assert stage(POLICY, **columns).stages.tolist() == [2, 2, 1]


@pytest.mark.parametrize("reason", [{"days_past_due": 31}, {"watch_listed": True}, {"forborne": True}])
def test_low_credit_risk_excuses_neither_arrears_nor_what_people_have_said(reason):
    assert only(EXEMPTING, pd=0.0001, pd_at_origination=0.0001, **reason)[0] == Stage.TWO


def test_low_credit_risk_must_be_known():
    assert only(EXEMPTING, pd=NAN, notch_drop=3) == (2, Reason.NOTCHES, Missing.PD)


def test_low_credit_risk_covers_growth_of_the_pd_too():
    policy = Staging(**RULES | {"low_credit_risk": 0.2})

    assert only(policy, pd=0.15, pd_at_origination=0.01) == (1, Reason.LOW_CREDIT_RISK, 0)


# --- rebuttals -----------------------------------------------------------------------------------------------------------


def test_a_rebuttal_holds_to_its_last_day_and_no_longer():
    found = stage(days_past_due=45, past_due_rebutted=["2026-09-29", "2026-09-30", "2026-10-01", "NaT"])

    assert found.stages.tolist() == [2, 1, 1, 2]
    assert found.reasons.tolist() == [Reason.PAST_DUE, Reason.PAST_DUE_REBUTTED, Reason.PAST_DUE_REBUTTED, Reason.PAST_DUE]


def test_a_rebuttal_of_the_90_days_leads_to_stage_2():
    found = stage(days_past_due=[89, 90, 120], default_past_due_rebutted=["2026-12-31", "2026-12-31", "2026-09-29"])
    spared = Reason.PAST_DUE | Reason.DEFAULT_PAST_DUE_REBUTTED

    assert found.stages.tolist() == [2, 2, 3]
    assert found.reasons.tolist() == [Reason.PAST_DUE, spared, Reason.PAST_DUE | Reason.DEFAULT_PAST_DUE]


def test_the_last_day_of_a_rebuttal_of_the_90_days_counts():
    assert only(days_past_due=90, default_past_due_rebutted="2026-09-30")[0] == Stage.TWO


def test_both_rebuttals_together_do_not_lead_to_stage_1():
    until = {"past_due_rebutted": "2026-12-31", "default_past_due_rebutted": "2026-12-31"}

    assert only(days_past_due=90, **until) == (2, Reason.PAST_DUE | Reason.DEFAULT_PAST_DUE_REBUTTED, 0)
    assert only(days_past_due=89, **until) == (1, Reason.PAST_DUE_REBUTTED, 0)


def test_a_rebuttal_of_what_is_not_the_case_is_not_mentioned():
    until = {"past_due_rebutted": "2026-12-31", "default_past_due_rebutted": "2026-12-31"}

    assert only(days_past_due=30, **until) == (1, 0, 0)


def test_a_rebuttal_excuses_no_other_reason():
    assert only(days_past_due=45, past_due_rebutted="2026-12-31", watch_listed=True)[0] == Stage.TWO


# --- what is missing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "missing"),
    [
        ("days_past_due", Missing.DAYS_PAST_DUE),
        ("notch_drop", Missing.NOTCH_DROP),
        ("pd", Missing.PD),
        ("pd_at_origination", Missing.PD_AT_ORIGINATION),
    ],
)
def test_what_is_missing_is_named_and_the_rest_decides(fact, missing):
    assert only(**{fact: NAN}) == (1, 0, missing)
    assert only(**{fact: NAN}, watch_listed=True) == (2, Reason.WATCH_LISTED, missing)


def test_unknown_days_past_due_do_not_hide_a_default():
    assert only(days_past_due=NAN, defaulted=True) == (3, Reason.DEFAULTED, Missing.DAYS_PAST_DUE)


def test_of_what_nothing_is_known_there_is_no_stage():
    nothing = dict.fromkeys(FIGURES, NAN)

    assert only(**nothing) == (Stage.NONE, 0, staging.ALL_MISSING)
    assert only(**nothing, forborne=True) == (2, Reason.FORBORNE, staging.ALL_MISSING)
    assert only(**nothing | {"notch_drop": 1.0})[0] == Stage.ONE


@pytest.mark.parametrize(("fact", "value"), [("days_past_due", -1), ("pd", 1.3), ("pd_at_origination", -0.1), ("days_past_due", math.inf)])
def test_what_cannot_be_is_refused(fact, value):
    with pytest.raises(Impossible) as refused:
        stage(**{fact: [0.0, value]})

    assert (refused.value.field, refused.value.place) == (fact, 1)


# --- laws ----------------------------------------------------------------------------------------------------------------


known = st.one_of(st.just(NAN), st.floats(0, 1))
rows = st.tuples(
    st.one_of(st.just(NAN), st.integers(0, 400).map(float)), st.one_of(st.just(NAN), st.integers(-5, 9).map(float)), known, known,
    *[st.booleans()] * 5, *[st.sampled_from(["NaT", "2026-09-29", "2026-09-30", "2027-01-01"])] * 2,
)  # fmt: skip


def of(some) -> Facts:
    names = (*FIGURES, *FLAGS, *REBUTTALS)
    return facts(**dict(zip(names, map(list, zip(*some, strict=True)), strict=True)))


@given(st.lists(rows, min_size=1, max_size=12))
def test_one_claim_alone_stands_where_it_stands_among_many(some):
    many = staging.staged(EXEMPTING, of(some), TODAY)

    for place, row in enumerate(some):
        alone = staging.staged(EXEMPTING, of([row]), TODAY)
        assert (alone.stages[0], alone.reasons[0], alone.missing[0]) == (many.stages[place], many.reasons[place], many.missing[place])


@given(rows, st.integers(0, 200))
def test_more_days_past_due_never_better_the_stage(row, more):
    if math.isnan(row[0]):
        return
    later = (row[0] + more, *row[1:])

    assert staging.staged(POLICY, of([row]), TODAY).stages[0] <= staging.staged(POLICY, of([later]), TODAY).stages[0]


@given(rows)
def test_the_stage_is_what_its_reasons_say(row):
    found = staging.staged(EXEMPTING, of([row]), TODAY)
    reasons = staging.names(int(found.reasons[0]))
    third = {"default_past_due", "default_rating", "defaulted", "unlikely_to_pay", "contagion"}
    second = {"past_due", "notches", "pd_ratio", "pd_increase", "watch_listed", "forborne"}

    assert (found.stages[0] == 3) == bool(third & set(reasons))
    assert (found.stages[0] == 2) == bool(second & set(reasons) and not third & set(reasons))


def test_the_columns_are_small_whole_numbers():
    found = stage(days_past_due=[0, 90])

    assert (found.stages.dtype, found.reasons.dtype, found.missing.dtype) == (np.int8, np.int32, np.int32)


# --- contagion -----------------------------------------------------------------------------------------------------------


def caught(more_than, stages, exposures, owner=None) -> list[bool]:
    owner = np.array(owner or [0] * len(stages))
    policy = Staging(**RULES | {"contagion": more_than})
    return staging.contagion(policy, owner, np.array(stages, dtype=np.int8), np.array(exposures, dtype=np.float64), 3).tolist()


def test_a_debtors_other_claims_go_with_an_impaired_one_and_nobody_elses():
    assert caught(0.0, [3, 1, 2, 1], [10, 50, 40, 100], [0, 0, 0, 2]) == [False, True, True, False]


def test_of_two_impaired_claims_each_has_another():
    assert caught(0.0, [3, 3, 1], [10, 50, 40]) == [True, True, True]


def test_the_share_must_be_exceeded():
    assert caught(0.20, [3, 1], [20, 80]) == [False, False]
    assert caught(0.20, [3, 1], [20.01, 79.99]) == [False, True]


def test_a_share_that_is_not_known_excuses_nobody():
    assert caught(0.20, [3, 1], [1, NAN]) == [False, True]
    assert caught(0.20, [3, 1], [0, 0]) == [False, True]
    assert caught(0.20, [1, 1], [NAN, 5]) == [False, False]


# --- the policy and the names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"more_than_days": 90}, {"more_than_days": -1}, {"impaired_from_days": 30}, {"impaired_from_days": 3651}, {"notches": 0},
        {"notches": 21}, {"pd_ratio": 1.0}, {"pd_ratio": 101}, {"pd_ratio_from": -0.1}, {"pd_increase": 0.0}, {"pd_increase": 1.1},
        {"low_credit_risk": 1.1}, {"contagion": 1.1}, {"contagion": -0.1}, {"unknown": 1},
    ],
)  # fmt: skip
def test_a_policy_out_of_bounds_is_an_error(changes):
    with pytest.raises(ValidationError):
        Staging(**RULES | changes)


def test_the_backstops_may_lie_a_day_apart():
    assert Staging(**RULES | {"more_than_days": 89}).more_than_days == 89


def test_a_mask_tells_its_names():
    assert staging.names(0) == ()
    assert staging.names(Reason.NOTCHES | Reason.CONTAGION) == ("notches", "contagion")
    assert staging.names(Missing.PD | Missing.DAYS_PAST_DUE, Missing) == ("days_past_due", "pd")


def test_the_numbers_of_the_masks_and_stages_stay_what_they_are():
    assert [reason.value for reason in Reason] == [2**place for place in range(14)]
    assert [reason.name.lower() for reason in Reason] == [
        "past_due", "notches", "pd_ratio", "pd_increase", "watch_listed", "forborne", "default_past_due", "default_rating",
        "defaulted", "unlikely_to_pay", "contagion", "low_credit_risk", "past_due_rebutted", "default_past_due_rebutted",
    ]  # fmt: skip
    assert [(one.name, one.value) for one in Missing] == [("DAYS_PAST_DUE", 1), ("NOTCH_DROP", 2), ("PD", 4), ("PD_AT_ORIGINATION", 8)]
    assert [stage.value for stage in Stage] == [0, 1, 2, 3]
