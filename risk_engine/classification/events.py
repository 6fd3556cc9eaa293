"""Events of judgements about default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementProposed(Event):
    """A judgement about a customer's default was proposed; ``ends`` is the judgement that it would end."""

    kind: ClassVar = "judgement.proposed"
    stored_as: ClassVar = {"judged": "kind"}

    customer: str
    judged: JudgementKind
    since: date
    until: date | None = None
    ends: str | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementSuggested(Event):
    """A sharp external downgrade asks people to judge whether the customer is unlikely to pay; ``since`` is the day of the new letter."""

    kind: ClassVar = "judgement.suggested"
    stored_as: ClassVar = {"before": "from", "after": "letter"}

    customer: str
    agency: str
    before: str
    after: str
    since: date
