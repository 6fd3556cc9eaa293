"""The matrix: likelihood and severity make a level, the scope shifts it, and nothing outside of the scales is graded."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.policy.policy import Matrix
from risk_engine.references import RiskId
from risk_engine.register import register
from risk_engine.register.assessment import Assessment, Category, Level, RiskKind, level, levels
from risk_engine.register.refusals import OutOfScale
from tests.risk_engine.refused import facts_of

STANDARD = Matrix(grid=("00112", "01122", "11223", "12234", "22344"), scope_shift=(-1, 0, 0, 1, 1))
steps = st.integers(1, 5)


@st.composite
def matrices(draw) -> Matrix:
    """Any grid that does not fall along a row or a column."""
    cells = np.array(draw(st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), min_size=5, max_size=5)))
    cells = np.maximum.accumulate(np.maximum.accumulate(cells, axis=0), axis=1)
    shift = sorted(draw(st.lists(st.integers(-4, 4), min_size=5, max_size=5)))
    return Matrix(grid=tuple("".join(map(str, row)) for row in cells), scope_shift=tuple(shift))


def test_the_packaged_matrix_is_the_standards(policy):
    assert policy.matrix.model_dump() == STANDARD.model_dump()


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((1, 1, 2), Level.NEGLIGIBLE),
        ((4, 3, 2), Level.MEDIUM),
        ((4, 5, 2), Level.CRITICAL),
        ((5, 1, 2), Level.MEDIUM),
        # the scope shifts, and the shift stays on the scale
        ((4, 3, 1), Level.LOW),
        ((4, 3, 3), Level.MEDIUM),
        ((4, 3, 4), Level.HIGH),
        ((5, 5, 5), Level.CRITICAL),
        ((1, 1, 1), Level.NEGLIGIBLE),
    ],
)
def test_a_cell_and_the_scope_make_the_level(scores, expected):
    assert level(STANDARD, Assessment(*scores)) is expected


def test_a_row_is_a_likelihood_and_a_column_a_severity():
    lopsided = Matrix(grid=("00000", "00000", "00000", "00000", "01234"), scope_shift=(0, 0, 0, 0, 0))

    assert level(lopsided, Assessment(likelihood=5, severity=2, scope=1)) is Level.LOW
    assert level(lopsided, Assessment(likelihood=2, severity=5, scope=1)) is Level.NEGLIGIBLE


@given(matrices(), steps, steps, steps, st.sampled_from(["likelihood", "severity", "scope"]))
def test_a_graver_assessment_never_has_a_lower_level(matrix, likelihood, severity, scope, axis):
    scores = {"likelihood": likelihood, "severity": severity, "scope": scope}
    graver = scores | {axis: min(scores[axis] + 1, 5)}

    assert level(matrix, Assessment(**graver)) >= level(matrix, Assessment(**scores))


@given(matrices(), st.lists(st.tuples(steps, steps, steps), max_size=8))
def test_many_at_once_are_each_alone(matrix, scores):
    columns = np.array(scores, dtype=int).reshape(-1, 3).T

    assert list(levels(matrix, *columns)) == [level(matrix, Assessment(*one)) for one in scores]


@pytest.mark.parametrize("field", ["likelihood", "severity", "scope"])
@pytest.mark.parametrize("value", [0, 6, -1, 99])
def test_a_score_outside_of_its_scale_is_refused_by_name(field, value):
    scores = {"likelihood": 3, "severity": 3, "scope": 3}

    with pytest.raises(OutOfScale) as alone:
        Assessment(**scores | {field: value})
    with pytest.raises(OutOfScale) as among_many:
        levels(STANDARD, **{name: [3, value if name == field else 3] for name in scores})

    assert facts_of(alone.value) == facts_of(among_many.value) == {"field": field, "value": value, "accepted": "1 to 5"}


@pytest.mark.parametrize(
    ("grid", "shift", "said"),
    [
        (("00112", "01122", "11223", "12234", "22343"), (-1, 0, 0, 1, 1), "must not fall along a row or a column"),
        (("10112", "01122", "11223", "12234", "22344"), (-1, 0, 0, 1, 1), "must not fall along a row or a column"),
        (("00112", "01122", "11223", "12234", "22345"), (-1, 0, 0, 1, 1), "pattern"),
        (("00112", "01122", "11223", "12234"), (-1, 0, 0, 1, 1), "at least 5"),
        (STANDARD.grid, (0, 0, -1, 1, 1), "scope_shift must not fall"),
        (STANDARD.grid, (0, 0, 0, 1, 5), "less than or equal to 4"),
    ],
)
def test_a_matrix_that_contradicts_itself_is_refused(grid, shift, said):
    with pytest.raises(ValidationError, match=said):
        Matrix(grid=grid, scope_shift=shift)


def test_a_logged_risk_has_its_level_and_its_owner():
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    what = {"customer": "ACME", "kind": RiskKind.THREAT, "category": Category.CREDIT, "title": "lost its main buyer"}

    risk, logged = register.log(RiskId(17), **what, assessment=Assessment(4, 3, 4), matrix=STANDARD, by="U0ANA", at=at)

    assert (risk.level, risk.owner, risk.open) == (Level.HIGH, "U0ANA", True)
    assert (logged.kind, logged.subject, logged.actor, logged.facts["level"]) == ("risk.logged", "R-17", "U0ANA", 3)


def test_a_risk_may_be_owned_by_somebody_else():
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    what = {"customer": "ACME", "kind": RiskKind.THREAT, "category": Category.CREDIT, "title": "x", "assessment": Assessment(1, 1, 1)}

    risk, logged = register.log(RiskId(1), **what, matrix=STANDARD, by="U0ANA", at=at, owner="U0MEI")

    assert (risk.owner, risk.logged_by, logged.facts["owner"]) == ("U0MEI", "U0ANA", "U0MEI")
