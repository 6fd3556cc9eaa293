"""Agreement of the model's ranking with agencies' letters, which it was not fitted to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commands.validation.validating_figures import Model, ranked
from risk_engine.facts import ageing
from risk_engine.facts.facts import Facts, Floats, Texts
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.ratings import rating
from risk_engine.validation import rank_correlation
from risk_engine.validation.discrimination import Better
from risk_engine.validation.rank_correlation import Agreement


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: number of customers, mean points, and numbers by grade (none first)."""

    letter: str
    count: int
    points: float
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Letters:
    """Agreement of each figure with the letters; and the letters from the lowest PD to the highest."""

    figures: dict[str, Agreement]
    rows: tuple[Letter, ...]

    @property
    def points(self) -> Agreement:
        return self.figures["points"]


def letters(one: Model, facts: Facts) -> Letters:
    """Compare each figure with the PD of the applicable letter, before the policy's floor makes the best ones equal."""
    names, pd, notch = _counting(one.policy, facts)
    order = sorted({name for name in names if name}, key=lambda name: _place(names == name, pd, notch))
    rows = tuple(_letter(one, name, names == name) for name in order)
    figures = {name: rank_correlation.agreement(_worse(column, better), pd) for name, column, better in ranked(one) if name != "pd"}
    return Letters(figures, rows)


def _worse(column: Floats, better: Better) -> Floats:
    """Return the figure oriented so that it rises towards the worse."""
    finite = np.where(np.isfinite(column), column, np.nan)
    return -finite if better == "high" else finite


def _counting(policy: Policy, facts: Facts) -> tuple[Texts, Floats, Floats]:
    """Return everybody's applicable letter, None without one, with its PD and notch."""
    facts = facts.by_owner()
    found = facts.ratings
    known = rating.marks(policy.scoring, policy.migration, found.agencies, found.scales, tuple(found.letters.names))
    now = rating.counted(policy.scoring, known, found, len(facts), oldest=ageing.oldest(facts.as_of, policy.data.rating_days))
    names: Texts = np.append(found.letters.texts(), np.array([None], dtype=object))[now.place]
    return names, np.append(now.raw, np.nan)[now.place], np.append(known.notch, np.nan)[now.mark]


def _place(who: NDArray[np.bool_], pd: Floats, notch: Floats) -> tuple[float, float]:
    return float(pd[who].min()), float(notch[who].min())


def _letter(one: Model, name: str, who: NDArray[np.bool_]) -> Letter:
    points = one.points[who]
    known = points[~np.isnan(points)]
    mean = float(known.mean()) if len(known) else np.nan
    return Letter(name, int(who.sum()), mean, np.bincount(one.grades[who], minlength=len(Grade) + 1))
