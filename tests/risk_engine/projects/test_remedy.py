"""Remedies: waiver, cure and event of default on their days, and the certificate's own clock."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.days import ONE_DAY
from risk_engine.financials.ratios import RatioStatus
from risk_engine.projects import remedy
from risk_engine.projects.covenant import CovenantState, Facts, Reason, Terms
from risk_engine.projects.project_policy import Covenants

NAN, NAT = math.nan, "NaT"
POLICY = Covenants(amber_headroom=0.10, cure_days=30, equity_cures=2, not_meaningful="breach")
# the ratio of 31 December; the certificate is due on 14 February, so that a breach can be cured until 16 March
USUAL = {
    "value": 1.10,
    "standing": RatioStatus.COMPUTED,
    "test_date": "2025-12-31",
    "certificate_due": "2026-02-14",
    "certificate_received": NAT,
    "waived_until": NAT,
    "cure_paid": NAT,
    "cured_value": NAN,
    "cures_before": 0.0,
}
DATES = ("test_date", "certificate_due", "certificate_received", "waived_until", "cure_paid")


def columns(*rows) -> Facts:
    rows = [USUAL | row for row in rows]
    return Facts(**{name: np.array([row[name] for row in rows], dtype="datetime64[D]" if name in DATES else None) for name in USUAL})


def terms(count=1, cure_days=NAN) -> Terms:
    return Terms(np.full(count, True), np.full(count, 1.20), np.full(count, NAN), np.full(count, cure_days))


def on(day, *, cure_days=NAN, policy=POLICY, **facts) -> tuple[CovenantState, Reason]:
    found = remedy.assess(policy, terms(cure_days=cure_days), columns(facts), np.datetime64(day))
    assert (found.states.dtype, found.reasons.dtype) == (np.int8, np.int32)
    return CovenantState(int(found.states[0])), Reason(int(found.reasons[0]))


BREACH, OVERDUE = Reason.PAST_THRESHOLD, Reason.CERTIFICATE_MISSING
HERE = {"certificate_received": "2026-02-10"}


# --- the cure period -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "state", "reason"),
    [
        ("2026-02-09", CovenantState.BREACH, BREACH),
        ("2026-02-10", CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD),
        ("2026-03-12", CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD),
        ("2026-03-13", CovenantState.EVENT_OF_DEFAULT, BREACH | Reason.CURE_PERIOD_OVER),
    ],
)
def test_a_breach_can_be_cured_from_the_certificate_for_thirty_days(day, state, reason):
    assert on(day, **HERE) == (state, reason)


@pytest.mark.parametrize(
    ("day", "state", "reason"),
    [
        ("2026-02-13", CovenantState.BREACH, BREACH),
        ("2026-02-14", CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD),
        ("2026-02-15", CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD | OVERDUE),
        ("2026-03-16", CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD | OVERDUE),
        ("2026-03-17", CovenantState.EVENT_OF_DEFAULT, BREACH | Reason.CURE_PERIOD_OVER | OVERDUE),
    ],
)
def test_without_a_certificate_the_day_on_which_it_was_due_counts(day, state, reason):
    assert on(day) == (state, reason)


def test_a_late_certificate_gives_no_more_time():
    late = {"certificate_received": "2026-03-01"}

    assert on("2026-03-16", **late) == (CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD | Reason.CERTIFICATE_LATE)
    assert on("2026-03-17", **late) == (CovenantState.EVENT_OF_DEFAULT, BREACH | Reason.CURE_PERIOD_OVER | Reason.CERTIFICATE_LATE)


def test_with_no_certificate_agreed_the_test_date_counts():
    alone = {"certificate_due": NAT}

    assert on("2025-12-31", **alone)[0] is CovenantState.CURE_PERIOD
    assert on("2026-01-30", **alone)[0] is CovenantState.CURE_PERIOD
    assert on("2026-01-31", **alone)[0] is CovenantState.EVENT_OF_DEFAULT


def test_without_any_date_a_breach_is_a_breach():
    assert on("2026-06-30", certificate_due=NAT, test_date=NAT) == (CovenantState.BREACH, BREACH)


def test_the_agreements_own_days_come_before_the_policys():
    assert on("2026-02-20", cure_days=10.0, **HERE)[0] is CovenantState.CURE_PERIOD
    assert on("2026-02-21", cure_days=10.0, **HERE)[0] is CovenantState.EVENT_OF_DEFAULT
    assert on("2026-02-11", cure_days=0.0, **HERE)[0] is CovenantState.EVENT_OF_DEFAULT


# --- equity cure and waiver ----------------------------------------------------------------------------------------------

CURED = HERE | {"cure_paid": "2026-03-12", "cured_value": 1.20}


def test_money_in_time_cures_a_breach_for_good():
    cured = (CovenantState.CURED, BREACH | Reason.EQUITY_CURE)

    assert on("2026-03-12", **CURED) == cured
    assert on("2027-01-01", **CURED) == cured


@pytest.mark.parametrize(
    "change",
    [{"cure_paid": "2026-03-13"}, {"cured_value": 1.19}, {"cured_value": NAN}, {"cures_before": 2.0}, {"cures_before": NAN}],
    ids=["a day late", "not enough", "nobody knows whether enough", "too often", "nobody knows how often"],
)
def test_money_that_is_late_too_little_or_too_often_cures_nothing(change):
    assert on("2026-03-20", **(CURED | change)) == (
        CovenantState.EVENT_OF_DEFAULT,
        BREACH | Reason.EQUITY_CURE_FAILED | Reason.CURE_PERIOD_OVER,
    )


def test_the_last_cure_allowed_is_allowed():
    assert on("2026-03-20", **(CURED | {"cures_before": 1.0}))[0] is CovenantState.CURED


def test_money_that_has_not_come_yet_is_no_cure_and_no_failure():
    assert on("2026-03-11", **CURED) == (CovenantState.CURE_PERIOD, BREACH | Reason.IN_CURE_PERIOD)


def test_a_waiver_holds_until_its_last_day():
    waived = HERE | {"waived_until": "2026-06-30"}

    assert on("2026-06-30", **waived) == (CovenantState.WAIVED, BREACH | Reason.WAIVER)
    assert on("2026-07-01", **waived) == (CovenantState.EVENT_OF_DEFAULT, BREACH | Reason.WAIVER_EXPIRED | Reason.CURE_PERIOD_OVER)


def test_a_waiver_that_ends_within_the_cure_period_leaves_the_rest_of_it():
    assert on("2026-03-01", **(HERE | {"waived_until": "2026-02-28"})) == (
        CovenantState.CURE_PERIOD,
        BREACH | Reason.WAIVER_EXPIRED | Reason.IN_CURE_PERIOD,
    )


def test_a_cure_needs_no_waiver():
    assert on("2026-03-20", **(CURED | {"waived_until": "2026-06-30"})) == (CovenantState.CURED, BREACH | Reason.EQUITY_CURE)
    assert on("2026-07-20", **(CURED | {"waived_until": "2026-06-30"})) == (CovenantState.CURED, BREACH | Reason.EQUITY_CURE)


def test_a_waiver_stands_in_for_a_cure_that_failed():
    failed = CURED | {"cured_value": 1.0, "waived_until": "2026-06-30"}

    assert on("2026-03-20", **failed) == (CovenantState.WAIVED, BREACH | Reason.EQUITY_CURE_FAILED | Reason.WAIVER)


def test_a_ratio_to_a_loss_goes_the_same_way():
    lost = HERE | {"value": NAN, "standing": RatioStatus.NOT_MEANINGFUL}

    assert on("2026-02-10", **lost) == (CovenantState.CURE_PERIOD, Reason.NOT_MEANINGFUL | Reason.IN_CURE_PERIOD)


@pytest.mark.parametrize(("value", "state"), [(1.40, CovenantState.COMPLIANT), (1.25, CovenantState.AMBER)])
def test_who_keeps_the_promise_needs_no_remedy(value, state):
    found, reason = on("2026-07-01", **(CURED | {"value": value, "waived_until": "2026-06-30"}))

    assert found is state
    assert reason in (Reason(0), Reason.LOW_HEADROOM)


# --- the two clocks ------------------------------------------------------------------------------------------------------


def test_nothing_is_tested_before_its_date():
    assert on("2025-12-30") == (CovenantState.NONE, Reason.NOT_TESTED_YET)
    assert on("2025-12-31", value=1.40) == (CovenantState.COMPLIANT, Reason(0))


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        ({"value": 1.40}, CovenantState.AMBER, OVERDUE),
        ({"value": NAN, "standing": RatioStatus.MISSING}, CovenantState.AMBER, Reason.MISSING | OVERDUE),
        ({"value": NAN, "standing": RatioStatus.NOT_APPLICABLE}, CovenantState.AMBER, Reason.NOTHING_DUE | OVERDUE),
        ({"value": 1.25}, CovenantState.AMBER, Reason.LOW_HEADROOM | OVERDUE),
    ],
)
def test_an_overdue_certificate_is_itself_a_warning(facts, state, reason):
    assert on("2026-02-15", **facts) == (state, reason)


def test_a_certificate_that_came_late_is_named_and_warns_no_more():
    assert on("2026-03-01", value=1.40, certificate_received="2026-02-15") == (CovenantState.COMPLIANT, Reason.CERTIFICATE_LATE)
    assert on("2026-02-15", value=NAN, standing=RatioStatus.MISSING, certificate_received="2026-02-14") == (
        CovenantState.NONE,
        Reason.MISSING,
    )


def test_the_headroom_and_the_last_day_of_the_cure_are_shown():
    found = remedy.assess(
        POLICY, terms(3), columns(HERE, {"value": 1.27}, HERE | {"waived_until": "2026-12-31"}), np.datetime64("2026-02-12")
    )

    np.testing.assert_array_equal(found.cure_until, np.array(["2026-03-12", NAT, "2026-03-12"], dtype="datetime64[D]"))
    assert np.round(100 * found.headroom, 2).tolist() == [-8.33, 5.83, -8.33]
    # a cured breach keeps the day as well, one that needs none has none
    cured = remedy.assess(POLICY, terms(), columns(CURED), np.datetime64("2026-04-01"))
    assert cured.cure_until.astype(str).tolist() == ["2026-03-12"]


def test_terms_that_cannot_be_are_refused():
    with pytest.raises(Impossible) as refused:
        remedy.assess(POLICY, terms(cure_days=-1.0), columns({}), np.datetime64("2026-02-12"))

    assert refused.value.field == "cure_days"


# --- laws ----------------------------------------------------------------------------------------------------------------

DAY = st.integers(0, 200).map(lambda after: str(np.datetime64("2025-12-01") + after * ONE_DAY)) | st.just(NAT)
ROWS = st.fixed_dictionaries(
    {
        "value": st.floats(0.5, 2.0) | st.just(NAN),
        "standing": st.sampled_from(list(RatioStatus)),
        "cured_value": st.floats(1.0, 1.5) | st.just(NAN),
        "cures_before": st.integers(0, 3).map(float),
        **dict.fromkeys(DATES, DAY),
    }
)


@given(st.lists(ROWS, min_size=1, max_size=15), st.integers(0, 200))
def test_one_alone_is_the_same_as_in_a_batch(rows, after):
    day = np.datetime64("2025-12-01") + after * ONE_DAY
    batch = remedy.assess(POLICY, terms(len(rows)), columns(*rows), day)

    for place, row in enumerate(rows):
        alone = remedy.assess(POLICY, terms(), columns(row), day)
        assert (alone.states[0], alone.reasons[0]) == (batch.states[place], batch.reasons[place])
        assert alone.headroom.tobytes() == batch.headroom[place].tobytes()
        assert alone.cure_until.tobytes() == batch.cure_until[place].tobytes()


@given(ROWS, st.integers(0, 200))
def test_what_cannot_be_computed_never_complies(row, after):
    found, _reasons = on(np.datetime64("2025-12-01") + after * ONE_DAY, **(row | {"value": NAN}))

    assert found is not CovenantState.COMPLIANT


@given(ROWS, st.integers(0, 200), st.integers(1, 60))
def test_without_a_remedy_a_breach_only_ever_gets_worse(row, after, later):
    plain = row | {"waived_until": NAT, "cure_paid": NAT, "certificate_received": NAT, "value": 1.0, "standing": RatioStatus.COMPUTED}
    day = np.datetime64("2025-12-01") + after * ONE_DAY

    assert on(day, **plain)[0] <= on(day + later * ONE_DAY, **plain)[0]
