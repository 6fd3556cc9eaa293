"""Refusals of grade overrides."""

from __future__ import annotations

from datetime import date

from risk_engine.grading import Grade
from risk_engine.refusals import Refusal


class NothingToOverride(Refusal):
    """The model gives this grade already."""

    grade: Grade


class OverrideTooFar(Refusal):
    """The grade is better than the model's by more than the policy allows; ``best`` is the best that it allows."""

    grade: Grade
    best: Grade


class OverrideTooLong(Refusal):
    """An override ends in the past, or later than the policy allows."""

    until: date
    first: date
    last: date
