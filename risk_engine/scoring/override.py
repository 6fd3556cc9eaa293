"""Override: a person's grade in place of the model's, with a reason, for a while, by approval; the model's stays visible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from risk_engine.approvals.ballot import Verdict
from risk_engine.events import Event
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from risk_engine.refusals import NothingToOverride, NotOpen, OverrideTooFar, OverrideTooLong
from risk_engine.scoring.override_policy import Overrides


class OverrideState(StrEnum):
    """Where an override stands; one in force ends by itself after its last day."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Override:
    """``grade`` counts for a customer instead of ``model``, up to and including ``until``."""

    id: OverrideId
    customer: str
    grade: Grade
    model: Grade
    until: date
    reason: str
    state: OverrideState
    proposed_by: str
    proposed_at: datetime
    version: int = 1

    def in_force(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.state is OverrideState.APPROVED and on <= self.until


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
) -> tuple[Override, Event]:
    """Propose another grade than the model's.

    Raises:
        NothingToOverride: the model gives this grade itself.
        OverrideTooFar: it is better than the model's by more grades than the policy allows.
        OverrideTooLong: it would end in the past, or later than the policy allows.
    """
    if grade is model:
        raise NothingToOverride(field="grade", value=grade.name.lower())
    if model - grade > policy.better_by:
        raise OverrideTooFar(field="grade", value=grade.name.lower(), accepted=Grade(model - policy.better_by).name.lower())
    last = today + timedelta(days=policy.longest_days)
    if not today <= until <= last:
        raise OverrideTooLong(field="until", value=until, first=today, last=last)
    proposed = Override(id, customer, grade, model, until, reason, OverrideState.PROPOSED, by, at)
    return proposed, Event("override.proposed", str(id), by, at, _facts(proposed))


def settle(override: Override, verdict: Verdict) -> Override:
    """What a decision makes of the override that it was about.

    Raises:
        NotOpen: the override is not waiting for a decision.
    """
    if override.state is not OverrideState.PROPOSED:
        raise NotOpen(thing=override.id, state=override.state.value)
    return replace(override, state=OverrideState(verdict.value))


def end(override: Override, *, by: str, at: datetime, today: date, reason: str) -> tuple[Override, Event]:
    """Give the customer the model's grade again before the last day; nobody needs to approve that.

    Raises:
        NotOpen: the override is not in force.
    """
    if not override.in_force(today):
        raise NotOpen(thing=override.id, state=override.state.value)
    return replace(override, state=OverrideState.ENDED), Event(
        "override.ended", str(override.id), by, at, _facts(override) | {"reason": reason}
    )


def _facts(override: Override) -> dict[str, str]:
    return {
        "customer": override.customer,
        "grade": override.grade.name.lower(),
        "model": override.model.name.lower(),
        "until": override.until.isoformat(),
        "reason": override.reason,
    }
