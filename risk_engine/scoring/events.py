"""Events of scores and grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from risk_engine.events import Event
from risk_engine.grading import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEvent(Event):
    """Something happened to an override: ``grade`` instead of ``model``, up to and including ``until``."""

    customer: str
    grade: Grade
    model: Grade
    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideProposed(OverrideEvent):
    """A proposal of a grade other than the model's."""

    kind: ClassVar = "override.proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEnded(OverrideEvent):
    """An override was ended before its last day."""

    kind: ClassVar = "override.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreChanged(Event):
    """A customer was graded anew; ``why`` names the driver that asks for the grade."""

    kind: ClassVar = "score.changed"
    stored_as: ClassVar = {"before": "from", "after": "to"}

    customer: str
    before: Grade
    after: Grade
    why: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresChanged(Event):
    """Many customers were graded anew at once; ``first`` are those whose grade fell furthest."""

    kind: ClassVar = "scores.changed"

    worse: int
    better: int
    first: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresUpdated(Event):
    """The book was scored, and something differs; ``grades`` is how many grades."""

    kind: ClassVar = "scores.updated"

    scored: int
    new: int
    changed: int
    grades: int
    as_of: date
