"""Figures of a validation, by the engine's functions: scores of a past day against outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from commands.scoring import score_words
from risk_engine.facts.cohort import Cohort, LeftOut
from risk_engine.facts.facts import Facts, Floats
from risk_engine.grading import Grade, Grades
from risk_engine.policy.policy import Policy
from risk_engine.scoring import reduced_card, scoring
from risk_engine.scoring.scoring import Scores
from risk_engine.validation import calibration, discrimination, mobility, stability, validation
from risk_engine.validation.calibration import BrierParts, Calibration, Fit
from risk_engine.validation.challenger import Comparison, compare
from risk_engine.validation.discrimination import Better
from risk_engine.validation.mobility import Moves
from risk_engine.validation.rank_correlation import Agreement
from risk_engine.validation.stability import Shift
from risk_engine.validation.validation import Discrimination

# points lie between 0 and 100; bands of ten make two days or two books comparable
BANDS = tuple(float(bound) for bound in range(10, 100, 10))
_OTHERS: tuple[tuple[str, Better], ...] = (
    ("pd", "low"),
    ("altman_score", "high"),
    ("z_double_prime", "high"),
    ("z_prime", "high"),
    ("ohlson", "low"),
    ("zmijewski", "low"),
)


@dataclass(frozen=True, slots=True)
class Model:
    """A policy's scores of everybody on a day, with factors omitted."""

    policy: Policy
    scores: Scores
    grades: Grades

    @property
    def points(self) -> Floats:
        return self.scores.figures["points"]


def model(policy: Policy, facts: Facts, without: tuple[str, ...]) -> Model:
    """Score the book by the card without these factors."""
    smaller = reduced_card.without(policy, without)
    scores = scoring.score(smaller, facts)
    return Model(smaller, scores, reduced_card.grades(scores, without))


def powers(one: Model, bad: Floats) -> Iterator[tuple[str, Discrimination]]:
    """Yield each figure's power by name: points, grade, factors and figures of the card, then PD and known scores."""
    for name, column, better in ranked(one):
        finite = np.where(np.isfinite(column), column, np.nan)
        cases = discrimination.tally(finite, bad, better=better)
        yield name, validation.discriminates(one.policy.validation.power, cases, better=better)


def ranked(one: Model) -> Iterator[tuple[str, Floats, Better]]:
    yield "points", one.points, "high"
    yield "grade", graded(one.grades), "low"
    for factor in one.policy.scoring.card.factors:
        yield f"points.{factor.name}", one.scores.figures[f"points.{factor.name}"], "high"
        for part in factor.components:
            name = f"points.{factor.name}.{part.measure}"
            yield name, one.scores.figures[name], "high"
    for name, better in _OTHERS:
        yield name, one.scores.figures[name], better


def graded(grades: Grades) -> Floats:
    """Return grades as figures; NaN for none."""
    return np.where(grades > 0, grades, np.nan).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Level:
    """PDs against defaults, by grade and for the whole book; and bads by grade, with or without a PD."""

    by_grade: Calibration
    whole: Calibration
    fit: Fit
    brier: float
    brier_parts: BrierParts
    count: NDArray[np.int64]
    bads: NDArray[np.int64]


def level(one: Model, bad: Floats) -> Level:
    """Compare PDs and grades with the outcomes."""
    pd, policy = one.scores.figures["pd"], one.policy.validation.backtest
    known = ~np.isnan(bad)
    by_grade = calibration.by_grade(policy, one.grades, pd, bad)
    return Level(
        by_grade,
        calibration.by_grade(policy, np.ones(len(pd), dtype=np.int8), pd, bad, 1),
        calibration.hosmer_lemeshow(by_grade),
        calibration.brier(pd, bad),
        calibration.brier_parts(by_grade),
        np.bincount(one.grades[known], minlength=len(Grade) + 1),
        np.bincount(one.grades[bad == 1], minlength=len(Grade) + 1),
    )


@dataclass(frozen=True, slots=True)
class Since:
    """Changes of the book from the day until today: bands of points with their shift, and grades."""

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    shift: Shift
    moves: Moves

    @property
    def comparable(self) -> bool:
        """Return True if there are points on both days; the last cell counts customers without."""
        return bool(self.before[:-1].any() and self.after[:-1].any())


def since(then: Model, now: Model, cohort: Cohort) -> Since:
    """Compare the customers of the day with all of today's; grades are compared for customers on both days."""
    there = cohort.left_out != LeftOut.NOT_YET
    before, after = stability.cells(then.points[there], BANDS), stability.cells(now.points, BANDS)
    shift = stability.population_stability(then.policy.validation.stability, before, after)
    return Since(before, after, shift, mobility.moves(np.where(there, then.grades, 0), now.grades))


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenger beside the champion.

    It compares discrimination by points and grades, moves between grades, and agreement with letters.
    """

    points: Comparison
    grade: Comparison
    moves: Moves
    agreement: Agreement


def challenge(champion: Model, challenger: Model, cohort: Cohort, rated: Agreement) -> Challenge:
    """Compare two models on one set of customers, all of them known on the day."""
    there = cohort.left_out != LeftOut.NOT_YET
    before, after = np.where(there, champion.grades, 0), np.where(there, challenger.grades, 0)
    return Challenge(
        compare(champion.points, challenger.points, cohort.bad, better=("high", "high")),
        compare(graded(champion.grades), graded(challenger.grades), cohort.bad, better=("low", "low")),
        mobility.moves(before, after),
        rated,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """Coverage: confidence of the points with bads, and missing figures with their reasons."""

    confidence: tuple[tuple[float, float, int, int], ...]
    lacking: tuple[tuple[str, str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    customers: int


def known(one: Model, cohort: Cohort) -> Known:
    """Count missing inputs over the customers of the day."""
    there = cohort.left_out != LeftOut.NOT_YET
    share, codes = one.scores.figures["confidence"], one.scores.missing
    card = one.policy.scoring.card
    edges = (0.0, *sorted({card.enough, 0.5, 0.7, 0.9} - {0.0, 1.0}), 1.0)
    bands = []
    for low, high in pairwise(edges):
        within = there & (share >= low) & ((share < high) | (high == 1.0))
        bands.append((low, high, int(within.sum()), int((within & (cohort.bad == 1)).sum())))
    lacking = [
        (factor.name, part.measure, int(np.isnan(one.scores.figures[f"points.{factor.name}.{part.measure}"][there]).sum()))
        for factor in card.factors
        for part in factor.components
    ]
    reasons: Counter[str] = Counter()
    for code, count in zip(*np.unique(codes.codes[there], return_counts=True), strict=True):
        for line in {score_words.undated(line) for line in filter(None, codes.names[code].split("\n"))}:
            reasons[line] += int(count)
    return Known(tuple(bands), tuple(lacking), tuple(reasons.most_common()), int(there.sum()))
