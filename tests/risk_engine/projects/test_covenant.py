"""Covenants: headroom as printed, the states in their order, and what a ratio without a figure is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.financials.ratios import RatioStatus
from risk_engine.projects import covenant
from risk_engine.projects.covenant import CovenantState, Facts, Reason, Terms
from risk_engine.projects.project_policy import Covenants
from tests.risk_engine.refused import facts_of as facts_of_refusal

NAN = math.nan
POLICY = Covenants(amber_headroom=0.10, cure_days=30, equity_cures=2, not_meaningful="breach")
NEVER = np.array(["NaT"], dtype="datetime64[D]")


def terms(threshold=1.20, lock_up=NAN, minimum=True, cure_days=NAN) -> Terms:
    return Terms(np.array([minimum]), np.array([threshold]), np.array([lock_up]), np.array([cure_days]))


def facts_of(value, standing) -> Facts:
    none = np.array([NAN])
    return Facts(np.array([value]), np.array([standing]), NEVER, NEVER, NEVER, NEVER, NEVER, none, none)


def state(value, *, standing=RatioStatus.COMPUTED, policy=POLICY, **changes) -> tuple[CovenantState, Reason]:
    states, reasons = covenant.against_terms(policy, terms(**changes), facts_of(value, standing))
    assert (states.dtype, reasons.dtype) == (np.int8, np.int32)
    return CovenantState(int(states[0])), Reason(int(reasons[0]))


# --- headroom ------------------------------------------------------------------------------------------------------------


def test_the_headroom_of_a_minimum_is_as_printed():
    assert round(100 * covenant.headroom([1.27], [1.20], np.array([True]))[0], 2) == 5.83


def test_the_headroom_of_a_maximum_is_what_is_left_below_it():
    found = covenant.headroom([3.0, 4.0, 5.0, -2.0, NAN], [4.0], np.array([False]))

    np.testing.assert_array_equal(found, [0.25, 0.0, -0.25, 1.5, NAN])


@pytest.mark.parametrize("threshold", [0.0, -1.2])
def test_a_threshold_is_above_nothing(threshold):
    with pytest.raises(Impossible) as refused:
        covenant.headroom([1.27], [threshold], np.array([True]))

    assert refused.value.field == "threshold"


def test_a_value_is_finite():
    with pytest.raises(Impossible) as refused:
        covenant.headroom([math.inf], [1.0], np.array([True]))

    assert refused.value.field == "value"


@given(st.floats(-10, 10), st.floats(0.1, 10), st.booleans())
def test_headroom_is_above_nothing_exactly_where_the_promise_is_more_than_kept(value, threshold, minimum):
    room = covenant.headroom([value], [threshold], np.array([minimum]))[0]
    kept = value > threshold if minimum else value < threshold

    assert (room > 1e-12) <= kept
    assert (room < -1e-12) <= (not kept)


# --- states --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.40, (CovenantState.COMPLIANT, Reason(0))),
        # 10 % of headroom are not below 10 %, though 1.32 / 1.20 - 1 is a hair above or below
        (1.32, (CovenantState.COMPLIANT, Reason(0))),
        (1.3199, (CovenantState.AMBER, Reason.LOW_HEADROOM)),
        (1.27, (CovenantState.AMBER, Reason.LOW_HEADROOM)),
        # on the threshold the promise is kept
        (1.20, (CovenantState.AMBER, Reason.LOW_HEADROOM)),
        (1.1999, (CovenantState.BREACH, Reason.PAST_THRESHOLD)),
        (-0.5, (CovenantState.BREACH, Reason.PAST_THRESHOLD)),
    ],
)
def test_a_minimum_of_1_20(value, expected):
    assert state(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-1.0, CovenantState.COMPLIANT),
        (3.6, CovenantState.COMPLIANT),
        (3.61, CovenantState.AMBER),
        (4.0, CovenantState.AMBER),
        (4.0001, CovenantState.BREACH),
    ],
)
def test_a_maximum_of_4(value, expected):
    assert state(value, threshold=4.0, minimum=False)[0] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.32, (CovenantState.COMPLIANT, Reason(0))),
        (1.31, (CovenantState.AMBER, Reason.LOW_HEADROOM)),
        (1.20, (CovenantState.AMBER, Reason.LOW_HEADROOM)),
        (1.1999, (CovenantState.LOCK_UP, Reason.PAST_LOCK_UP)),
        (1.05, (CovenantState.LOCK_UP, Reason.PAST_LOCK_UP)),
        (1.0499, (CovenantState.BREACH, Reason.PAST_THRESHOLD)),
    ],
)
def test_between_amber_and_the_breach_stands_the_lock_up(value, expected):
    assert state(value, threshold=1.05, lock_up=1.20) == expected


def test_a_maximum_may_have_a_lock_up_below_it():
    assert state(3.6, threshold=4.0, lock_up=3.5, minimum=False) == (CovenantState.LOCK_UP, Reason.PAST_LOCK_UP)


def test_a_hair_of_a_binary_fraction_breaks_no_promise():
    # 0.1 + 0.2 is above 0.3 by a hair
    assert state(0.1 + 0.2, threshold=0.3, minimum=False)[0] is CovenantState.AMBER
    assert state(0.9, threshold=1.0, minimum=False)[0] is CovenantState.COMPLIANT
    assert state(1.20 - 1e-13)[0] is CovenantState.AMBER
    assert state(1.20 - 1e-11)[0] is CovenantState.BREACH


def test_nothing_due_is_no_compliance_and_something_missing_neither():
    assert state(NAN, standing=RatioStatus.NOT_APPLICABLE) == (CovenantState.NOT_APPLICABLE, Reason.NOTHING_DUE)
    assert state(NAN, standing=RatioStatus.MISSING) == (CovenantState.NONE, Reason.MISSING)
    assert state(1.5, standing=RatioStatus.MISSING) == (CovenantState.NONE, Reason.MISSING)
    assert state(NAN) == (CovenantState.NONE, Reason.MISSING)
    assert state(1.5, threshold=NAN) == (CovenantState.NONE, Reason.MISSING)
    assert state(1.5, threshold=NAN, standing=RatioStatus.NOT_APPLICABLE) == (CovenantState.NONE, Reason.MISSING)


def test_a_ratio_to_a_loss_is_a_breach_or_has_no_state_but_never_complies():
    silent = POLICY.model_copy(update={"not_meaningful": "none"})

    assert state(NAN, standing=RatioStatus.NOT_MEANINGFUL) == (CovenantState.BREACH, Reason.NOT_MEANINGFUL)
    assert state(NAN, standing=RatioStatus.NOT_MEANINGFUL, policy=silent) == (CovenantState.NONE, Reason.NOT_MEANINGFUL)


@given(st.floats(-3, 3), st.floats(-3, 3), st.booleans(), st.booleans())
def test_a_worse_ratio_never_stands_in_a_better_state(one, other, minimum, locked):
    worse, better = sorted((one, other), reverse=not minimum)
    lock_up = NAN if not locked else 1.2 if minimum else 0.8
    found = [state(value, threshold=1.0, lock_up=lock_up, minimum=minimum)[0] for value in (worse, better)]

    assert found[0] >= found[1]


# --- what cannot be ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"lock_up": 1.19}, {"field": "lock_up", "value": 1.19, "accepted": "at or above 1.2", "place": 0}),
        ({"lock_up": 1.21, "minimum": False}, {"field": "lock_up", "value": 1.21, "accepted": "at or below 1.2", "place": 0}),
        ({"threshold": 0.0}, {"field": "threshold", "value": 0.0, "accepted": "above 0", "place": 0}),
        ({"cure_days": -1.0}, {"field": "cure_days", "value": -1.0, "accepted": "0 or more", "place": 0}),
    ],
)
def test_terms_that_cannot_be_are_refused_by_name(changes, facts):
    with pytest.raises(Impossible) as refused:
        covenant.checked(terms(**changes))

    assert facts_of_refusal(refused.value) == facts


def test_a_lock_up_may_stand_on_its_threshold_or_be_left_out():
    covenant.checked(terms(lock_up=1.20))
    covenant.checked(terms())

    assert state(1.20, lock_up=1.20)[0] is CovenantState.AMBER


def test_the_first_term_that_cannot_be_is_named():
    two = Terms(np.array([True, True]), np.array([1.2, 1.3]), np.array([NAN, 1.25]), np.array([NAN, NAN]))

    with pytest.raises(Impossible) as refused:
        covenant.checked(two)

    assert refused.value.place == 1


@pytest.mark.parametrize(
    "wrong", [{"amber_headroom": 1.01}, {"amber_headroom": -0.01}, {"cure_days": -1}, {"equity_cures": -1}, {"not_meaningful": "compliant"}]
)
def test_a_policy_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        Covenants(**(POLICY.model_dump() | wrong))


def test_the_codes_are_what_storage_may_rely_on():
    assert [one.value for one in CovenantState] == list(range(10))
    assert [one.value for one in Reason] == [2**place for place in range(15)]
