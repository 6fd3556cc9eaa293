"""Refusals of judgements about default."""

from __future__ import annotations

from datetime import date

from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.references import JudgementId
from risk_engine.refusals import Refusal


class JudgedAlready(Refusal):
    """The customer is judged unlikely to pay already; ``judgement`` says so."""

    judgement: JudgementId


class JudgementFromTheFuture(Refusal):
    """The judgement would hold from a later day than ``last``, today."""

    since: date
    last: date


class RebuttalWithoutEnd(Refusal):
    """A rebuttal expires by itself, so it needs a last day between ``first`` and ``last``."""

    first: date
    last: date


class RebuttalOutOfBounds(Refusal):
    """A rebuttal ends in the past, or later than the policy allows."""

    until: date
    first: date
    last: date


class TermNotTaken(Refusal):
    """This kind of judgement has no such day."""

    kind: JudgementKind
    field: str
