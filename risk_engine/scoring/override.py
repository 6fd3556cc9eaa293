"""Override: an approved, temporary grade by a person, with a reason; the model's grade stays visible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from risk_engine.approvals.proposal import NotOpen, Proposal, ProposalState
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from risk_engine.scoring.events import OverrideEnded, OverrideEvent, OverrideProposed
from risk_engine.scoring.override_policy import Overrides
from risk_engine.scoring.refusals import NothingToOverride, OverrideTooFar, OverrideTooLong


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Proposal):
    """An override: ``grade`` replaces ``model`` for a customer up to and including ``until``, then ends by itself."""

    after_approval: ClassVar = frozenset({ProposalState.ENDED})

    id: OverrideId
    customer: str
    grade: Grade
    model: Grade
    until: date
    reason: str

    def in_force(self, on: date) -> bool:
        """Return True if the override applies on a day."""
        return self.state is ProposalState.APPROVED and on <= self.until


def propose(
    id: OverrideId,
    *,
    customer: str,
    grade: Grade,
    model: Grade,
    until: date,
    reason: str,
    policy: Overrides,
    by: str,
    at: datetime,
    today: date,
) -> tuple[Override, OverrideEvent]:
    """Propose a grade other than the model's.

    Raises:
        NothingToOverride: the model gives this grade already.
        OverrideTooFar: it is better than the model's by more grades than the policy allows.
        OverrideTooLong: it would end in the past, or later than the policy allows.
    """
    if grade is model:
        raise NothingToOverride(grade=grade)
    if model - grade > policy.better_by:
        raise OverrideTooFar(grade=grade, best=Grade(model - policy.better_by))
    last = today + timedelta(days=policy.longest_days)
    if not today <= until <= last:
        raise OverrideTooLong(until=until, first=today, last=last)
    proposed = Override(id=id, customer=customer, grade=grade, model=model, until=until, reason=reason, proposed_by=by, proposed_at=at)
    return proposed, _event(OverrideProposed, proposed, by, at, reason)


def end(override: Override, *, by: str, at: datetime, today: date, reason: str) -> tuple[Override, OverrideEvent]:
    """Restore the model's grade before the last day; this needs no approval.

    Raises:
        NotOpen: the override is not in force.
    """
    if not override.in_force(today):
        raise NotOpen(thing=override.id, state=override.state)
    return override.become(ProposalState.ENDED), _event(OverrideEnded, override, by, at, reason)


def _event(kind: type[OverrideEvent], override: Override, by: str, at: datetime, reason: str) -> OverrideEvent:
    return kind(
        subject=str(override.id),
        actor=by,
        at=at,
        customer=override.customer,
        grade=override.grade,
        model=override.model,
        until=override.until,
        reason=reason,
    )
