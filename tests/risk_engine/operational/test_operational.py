"""Operational risk: points that fade with age, what is still open, and the grade that a hit asks for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.categorical import Coded
from risk_engine.checks import Impossible
from risk_engine.days import ONE_DAY
from risk_engine.grading import NONE, Grade
from risk_engine.operational import operational
from risk_engine.operational.operational import Incidents
from risk_engine.operational.operational_policy import Incident, Operational
from tests.risk_engine.refused import facts_of

NAT = "NaT"
DAY = np.datetime64("2026-06-30")
POLICY = Operational(
    incident={
        "documents_missing": Incident(points=10, expires_days=90),
        "insurance_lapsed": Incident(points=20, half_life_days=100, floor="medium"),
        "management_change": Incident(points=8, half_life_days=100, ages_while_open=True),
        "funds_diverted": Incident(points=40, half_life_days=365, floor="high", floor_from=3),
        "fraud_flag": Incident(points=60, half_life_days=730, floor="critical"),
        "late_statement": Incident(points=5, expires_days=30, ages_while_open=True, floor="medium"),
        "other": Incident(points=4, half_life_days=50),
    },
    severity=(0.25, 0.5, 1.0, 1.5, 2.0),
    cap=100,
    bounds=(10, 30, 60),
)
DOCUMENTS, INSURANCE, MANAGEMENT, FUNDS, FRAUD, LATE, OTHER = range(7)


def ago(days) -> str:
    return str(DAY - days * ONE_DAY)


def incidents(*rows) -> Incidents:
    """Rows of (owner, kind, severity, day, resolved)."""
    owner, kinds, severity, as_of, resolved = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    return Incidents(
        np.array(owner, dtype=np.int64),
        np.array(kinds, dtype=np.int32),
        np.array(severity, dtype=np.int64),
        np.array(as_of, dtype="datetime64[D]"),
        np.array(resolved, dtype="datetime64[D]"),
    )


YESTERDAY = ago(1)


def points(kind, severity=3, day=YESTERDAY, resolved=NAT) -> float:
    return float(operational.points(POLICY, incidents((0, kind, severity, day, resolved)), DAY)[0])


def operation(*rows, count=1) -> operational.Operation:
    return operational.operation(POLICY, incidents(*rows), DAY, count)


# --- points --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("severity", "expected"), [(1, 5.0), (2, 10.0), (3, 20.0), (4, 30.0), (5, 40.0)])
def test_the_points_go_with_the_severity(severity, expected):
    assert points(INSURANCE, severity) == expected


def test_a_defect_weighs_the_same_until_it_is_put_right_and_fades_from_then_on():
    assert points(INSURANCE, day=ago(1000)) == 20.0
    assert points(INSURANCE, day=ago(1000), resolved=ago(0)) == 20.0
    assert points(INSURANCE, day=ago(1000), resolved=ago(100)) == 10.0
    assert points(INSURANCE, day=ago(1000), resolved=ago(200)) == 5.0
    assert points(INSURANCE, day=ago(1000), resolved=ago(50)) == 14.14
    # what is put right tomorrow is not put right yet
    assert points(INSURANCE, day=ago(1000), resolved=ago(-1)) == 20.0


def test_an_event_fades_from_its_day():
    assert points(MANAGEMENT, day=ago(0)) == 8.0
    assert points(MANAGEMENT, day=ago(100)) == 4.0
    assert points(MANAGEMENT, day=ago(100), resolved=ago(50)) == 4.0


def test_what_expires_weighs_all_until_its_last_day():
    assert points(LATE, day=ago(30)) == 5.0
    assert points(LATE, day=ago(31)) == 0.0
    assert points(DOCUMENTS, day=ago(500), resolved=ago(90)) == 10.0
    assert points(DOCUMENTS, day=ago(500), resolved=ago(91)) == 0.0
    assert points(DOCUMENTS, day=ago(500)) == 10.0


@pytest.mark.parametrize("kind", range(7))
def test_what_has_not_happened_yet_weighs_nothing(kind):
    assert points(kind, day=ago(-1)) == 0.0
    assert points(kind, day=ago(0)) > 0.0
    assert points(kind, day=ago(-40_000)) == 0.0


def test_an_age_that_is_not_known_leaves_an_event_without_points():
    assert math.isnan(points(MANAGEMENT, day=NAT))
    assert math.isnan(points(LATE, day=NAT))
    # a defect that is there weighs what it weighs, whenever it came
    assert points(INSURANCE, day=NAT) == 20.0


@pytest.mark.parametrize(
    ("row", "facts"),
    [
        ((0, INSURANCE, 0, ago(1), NAT), {"field": "severity", "value": 0, "accepted": "1 to 5", "place": 1}),
        ((0, INSURANCE, 6, ago(1), NAT), {"field": "severity", "value": 6, "accepted": "1 to 5", "place": 1}),
        ((0, -1, 3, ago(1), NAT), {"field": "kind", "value": -1, "accepted": "0 to 6", "place": 1}),
        ((0, 7, 3, ago(1), NAT), {"field": "kind", "value": 7, "accepted": "0 to 6", "place": 1}),
    ],
)
def test_what_cannot_be_is_refused_by_name(row, facts):
    with pytest.raises(Impossible) as refused:
        operation((0, OTHER, 5, ago(1), NAT), row)

    assert facts_of(refused.value) == facts


def test_a_word_that_the_table_does_not_know_is_of_the_kind_other():
    found = operational.codes(POLICY, Coded.of(["fraud_flag", "meteorite", None, "documents_missing"]))

    assert found.tolist() == [FRAUD, OTHER, OTHER, DOCUMENTS]


# --- customers -----------------------------------------------------------------------------------------------------------


def test_the_score_the_count_and_the_worst_of_each_customer():
    found = operation(
        (0, DOCUMENTS, 3, ago(5), NAT),
        (2, OTHER, 1, ago(5), NAT),
        (0, MANAGEMENT, 5, ago(100), NAT),
        (0, LATE, 3, ago(400), NAT),
        (0, OTHER, 3, ago(3), NAT),
        count=3,
    )

    assert found.scores.tolist() == [22.0, 0.0, 1.0]
    assert found.counts.tolist() == [3, 0, 1]
    assert found.worst.tolist() == [0, -1, 1]
    assert found.grades.tolist() == [Grade.MEDIUM, NONE, Grade.LOW]
    assert found.floors.tolist() == [NONE, NONE, NONE]
    assert found.floor_places.tolist() == [-1, -1, -1]
    assert (found.floors.dtype, found.grades.dtype) == (np.int8, np.int8)


def test_no_incident_on_record_asks_for_no_grade():
    found = operation(count=2)

    assert found.scores.tolist() == [0.0, 0.0]
    assert found.grades.tolist() == [NONE, NONE]
    # nor does one that has faded to nothing
    assert operation((0, LATE, 3, ago(31), NAT)).grades.tolist() == [NONE]
    assert operation((0, OTHER, 3, ago(5000), ago(4000))).counts.tolist() == [0]


@pytest.mark.parametrize(
    ("rows", "score", "grade"),
    [
        ([(OTHER, 5), (OTHER, 1)], 9.0, Grade.LOW),
        ([(DOCUMENTS, 3)], 10.0, Grade.MEDIUM),
        ([(DOCUMENTS, 5), (OTHER, 5), (OTHER, 1)], 29.0, Grade.MEDIUM),
        ([(DOCUMENTS, 5), (DOCUMENTS, 3)], 30.0, Grade.HIGH),
        ([(DOCUMENTS, 5)] * 3, 60.0, Grade.CRITICAL),
        ([(DOCUMENTS, 5)] * 5, 100.0, Grade.CRITICAL),
        ([(DOCUMENTS, 5)] * 6, 100.0, Grade.CRITICAL),
    ],
)
def test_a_score_on_a_bound_has_reached_it_and_none_is_above_the_cap(rows, score, grade):
    found = operation(*((0, kind, severity, ago(1), NAT) for kind, severity in rows))

    assert found.scores.tolist() == [score]
    assert found.grades.tolist() == [grade]


def test_a_fraud_flag_is_critical_whatever_the_score():
    found = operation((0, OTHER, 3, ago(1), NAT), (0, FRAUD, 1, ago(900), NAT))

    assert found.scores.tolist() == [19.0]
    assert found.grades.tolist() == [Grade.CRITICAL]
    assert found.floors.tolist() == [Grade.CRITICAL]
    assert found.floor_places.tolist() == [1]


@pytest.mark.parametrize(
    ("kind", "severity", "day", "resolved", "floor"),
    [
        (FRAUD, 3, ago(900), ago(0), NONE),
        (FRAUD, 3, ago(900), ago(-1), Grade.CRITICAL),
        (FRAUD, 3, ago(-1), NAT, NONE),
        (FUNDS, 3, ago(1), NAT, Grade.HIGH),
        (FUNDS, 2, ago(1), NAT, NONE),
        (INSURANCE, 1, ago(1), NAT, Grade.MEDIUM),
        (DOCUMENTS, 5, ago(1), NAT, NONE),
        (LATE, 3, ago(30), NAT, Grade.MEDIUM),
        (LATE, 3, ago(31), NAT, NONE),
    ],
)
def test_a_grade_is_asked_for_while_the_incident_is_open_and_grave_enough(kind, severity, day, resolved, floor):
    found = operation((0, kind, severity, day, resolved))

    assert found.floors.tolist() == [floor]
    assert found.floor_places.tolist() == ([-1] if floor == NONE else [0])


def test_the_worst_floor_counts_and_of_equals_the_earliest():
    found = operation(
        (0, INSURANCE, 3, ago(1), NAT), (0, FUNDS, 3, ago(1), NAT), (0, FUNDS, 5, ago(1), NAT), (1, INSURANCE, 3, ago(1), NAT), count=2
    )

    assert found.floors.tolist() == [Grade.HIGH, Grade.MEDIUM]
    assert found.floor_places.tolist() == [1, 3]
    # the worst by points is another question
    assert found.worst.tolist() == [2, 3]


def test_one_incident_without_an_age_leaves_the_score_unknown_and_the_floor_standing():
    found = operation((0, LATE, 3, NAT, NAT), (0, FUNDS, 3, ago(1), NAT))

    assert np.isnan(found.scores).all()
    assert found.counts.tolist() == [2]
    assert found.worst.tolist() == [1]
    assert found.grades.tolist() == [Grade.HIGH]


# --- laws ----------------------------------------------------------------------------------------------------------------

AGE = st.integers(-50, 1500).map(ago)
ROW = st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(1, 5), AGE, AGE | st.just(NAT))


@given(st.lists(ROW, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_incidents_changes_no_figure(rows, random):
    found, mixed = operation(*rows, count=4), operation(*random.sample(rows, len(rows)), count=4)

    for name in ("scores", "counts", "floors", "grades"):
        assert getattr(found, name).tobytes() == getattr(mixed, name).tobytes()


@given(st.lists(ROW, max_size=10))
def test_one_customer_alone_scores_what_it_scores_in_the_book(rows):
    book = operation(*rows, count=4)

    for owner in range(4):
        alone = operation(*((0, *row[1:]) for row in rows if row[0] == owner))
        for name in ("scores", "counts", "floors", "grades"):
            assert getattr(alone, name).tobytes() == getattr(book, name)[owner].tobytes()


@given(st.lists(ROW, max_size=10), ROW)
def test_one_incident_more_never_makes_a_customer_better(rows, more):
    before, after = operation(*rows, count=4), operation(*rows, more, count=4)

    assert (after.scores >= before.scores).all()
    assert (after.grades >= before.grades).all()


@given(st.integers(0, 6), st.integers(1, 5), st.integers(0, 1000), st.integers(0, 1000))
def test_nothing_grows_with_age(kind, severity, one, other):
    younger, older = sorted((one, other))

    assert points(kind, severity, ago(2000), ago(older)) <= points(kind, severity, ago(2000), ago(younger))
    assert points(kind, severity, ago(older)) <= points(kind, severity, ago(younger))


# --- policy --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"incident": {"fraud_flag": Incident(points=1, half_life_days=1)}}, "a kind called other is needed"),
        ({"severity": (1.0, 0.5, 1.0, 1.5, 2.0)}, "severity must not fall"),
        ({"severity": (0.25, 0.5, 1.0, 1.5, 1.4)}, "severity must not fall"),
        ({"severity": (1.0, 1.0, 1.0, 1.0)}, "at least 5"),
        ({"bounds": (10, 10, 60)}, "bounds must rise"),
        ({"bounds": (10, 60, 60)}, "bounds must rise"),
        ({"bounds": (30, 10, 60)}, "bounds must rise"),
        ({"bounds": (10, 60, 30)}, "bounds must rise"),
        ({"severity": (0.0, 0.5, 1.0, 1.5, 2.0)}, "greater than 0"),
        ({"severity": (0.25, 0.5, 1.0, 1.5, 10.1)}, "less than or equal to 10"),
        ({"bounds": (10, 30, 101)}, "bounds must rise"),
        ({"cap": 59}, "bounds must rise"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Operational(**(dict(POLICY) | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"half_life_days": 10, "expires_days": 10},
        {"half_life_days": 0},
        {"expires_days": 0},
        {"half_life_days": 10, "points": 0},
        {"half_life_days": 10, "floor_from": 6},
        {"half_life_days": 10, "floor_from": 0},
        {"half_life_days": 7301},
        {"half_life_days": 10, "points": 1001},
        {"half_life_days": 10, "floor": "worst"},
    ],
)
def test_an_incident_fades_in_one_way(wrong):
    with pytest.raises(ValidationError):
        Incident(**({"points": 1} | wrong))


def test_a_policy_may_be_flat_and_reach_its_cap():
    flat = Operational(**(dict(POLICY) | {"severity": (1.0,) * 5, "bounds": (10, 30, 100)}))

    assert flat.kinds == tuple(POLICY.incident)
