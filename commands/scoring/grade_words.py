"""Grades with the mark of a scorecard that knows too little, and the range that missing figures leave open."""

from __future__ import annotations

from typing import Protocol

from commands.kit.i18n import Text, _, listed
from commands.kit.wording import words
from commands.scoring import score_card
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from storage.scoring.scores import Detail, Score

_NAMED = 4


def little(confidence: float | None, policy: Policy) -> bool:
    """Return True if less of the scorecard is known than the policy requires."""
    return confidence is not None and confidence < policy.scoring.card.enough


class Graded(Protocol):
    """A grade in force beside the model's own, with the number of the override that differs from it."""

    @property
    def grade(self) -> Grade: ...
    @property
    def model(self) -> Grade: ...
    @property
    def override_id(self) -> int | None: ...
    @property
    def confidence(self) -> float | None: ...


def marked(found: Graded, policy: Policy) -> str:
    """Return the grade in force: a person's with its override and the model's, and the model's marked where too little is known."""
    grade = words.grade(found.grade)
    if found.override_id is not None:
        said = _("{grade} by {override} (model: {model})")
        return str(said.format(grade=grade, override=OverrideId(found.override_id), model=words.grade_word(found.model)))
    return str(_("{grade} (little known)").format(grade=grade)) if little(found.confidence, policy) else grade


def spread(score: Score, detail: Detail, policy: Policy) -> Text | None:
    """Return the best and the worst grade that the missing figures leave open, and those figures; None if they change nothing."""
    best, worst = (detail.figures.get(name) for name in ("grade_best", "grade_worst"))
    if best is None or worst is None or best == worst:
        return None
    lacking = score_card.lacking(detail, policy)
    named = listed(lacking[:_NAMED])
    sentence = _("{best} to {worst}, depending on {figures}")
    if len(lacking) > _NAMED:
        sentence = _("{best} to {worst}, depending on {figures} and {n} more")
    graded = {"best": words.grade(Grade(int(best))), "worst": words.grade(Grade(int(worst)))}
    told = sentence.format(figures=named, n=len(lacking) - _NAMED, **graded)
    return _("{range}; {known} of the scorecard is known").format(range=told, known=words.part(score.confidence or 0.0))
