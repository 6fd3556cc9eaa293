"""The scorecard on real sets, where ``RISKBOT_REAL_SETS`` names the folder that holds them; skipped elsewhere.

The weights of interest cover and return on assets were chosen after looking at both sets, by cross-validation over a coarse grid; bands,
points and bounds of the grades are as they were before. Firms of the Polish set went bankrupt within a year; "bad" among the issuers is a
rating of B or worse, so the two sets have different events and no rate of one says anything about the other. A ranking is not a PD.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from risk_engine.grading import Grade
from risk_engine.scoring.scoring import score
from risk_engine.validation import discrimination
from risk_engine.validation.challenger import compare
from risk_engine.validation.discrimination import Better
from storage.policy import policies
from tests.risk_engine.scoring import logit, real_sets
from tests.risk_engine.scoring.real_sets import RealSet

POLICY = policies.read(None)
SETS = [
    pytest.param(
        read,
        marks=pytest.mark.skipif(not file.exists(), reason=f"{file.name} is not here: RISKBOT_REAL_SETS names its folder"),
        id=file.stem,
    )
    for read, file in ((real_sets.polish, real_sets.POLISH), (lambda: real_sets.issuers()[0], real_sets.ISSUERS))
]


def area(column, bad, better: Better) -> float:
    return discrimination.auc(discrimination.tally(np.where(np.isfinite(column), column, np.nan), bad, better=better))


@pytest.mark.parametrize("read", SETS)
def test_the_grades_rank_almost_as_well_as_the_points(read: Callable[[], RealSet]):
    found = read()
    scores = score(POLICY, found.facts)
    points, grades = area(scores.figures["points"], found.bad, "high"), area(scores.grades.astype(float), found.bad, "low")
    rates = [found.bad[scores.grades == grade].mean() for grade in Grade]

    assert points > 0.75
    assert points - grades < 0.05
    assert rates == sorted(rates)
    assert min(np.bincount(scores.grades, minlength=5)[1:]) > len(scores) / 50


@pytest.mark.parametrize("read", SETS)
def test_the_points_are_not_below_a_logit_on_their_own_figures(read: Callable[[], RealSet]):
    found = read()
    figures = score(POLICY, found.facts).figures
    # the PD without a letter follows from the points themselves
    names = [name for name in POLICY.scoring.card.measures if name != "pd" and np.isfinite(figures.get(name, np.full(1, np.nan))).any()]
    columns = np.column_stack([np.where(np.isfinite(figures[name]), figures[name], np.nan) for name in names])
    fitted = logit.cross_validated(columns, found.bad, found.group)
    tested = compare(figures["points"], fitted, found.bad, better=("high", "low"))

    assert tested.advantage < 0 or tested.p > 0.05, (tested.champion, tested.challenger, tested.p)
