"""Judgement about a customer's default: proposed by a person with a reason, and approved by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from risk_engine.approvals.proposal import NotOpen, Proposal, ProposalState
from risk_engine.classification.default_policy import DefaultPolicy
from risk_engine.classification.events import JudgementProposed
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.classification.refusals import JudgedAlready, JudgementFromTheFuture, RebuttalOutOfBounds, RebuttalWithoutEnd, TermNotTaken
from risk_engine.references import JudgementId

# judgements that hold for a time, and so can be ended
LASTING = frozenset({JudgementKind.UNLIKELY_TO_PAY, JudgementKind.REBUTTAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Proposal):
    """A judgement that holds from ``since``; a rebuttal up to and including ``until``.

    Attributes:
        ends: the judgement that this one ends; None for all other kinds.
    """

    after_approval: ClassVar = frozenset({ProposalState.ENDED})

    id: JudgementId
    customer: str
    kind: JudgementKind
    since: date
    until: date | None = None
    ends: JudgementId | None = None
    reason: str

    def in_force(self, on: date) -> bool:
        """Return True if the judgement is a lasting one and applies on a day."""
        approved = self.state is ProposalState.APPROVED and self.kind in LASTING
        return approved and self.since <= on and (self.until is None or on <= self.until)


def propose(
    id: JudgementId,
    *,
    customer: str,
    kind: JudgementKind,
    since: date | None,
    until: date | None,
    reason: str,
    standing: Judgement | None,
    policy: DefaultPolicy,
    by: str,
    at: datetime,
    today: date,
) -> tuple[Judgement, JudgementProposed]:
    """Propose a judgement of any kind but an end.

    Args:
        standing: the customer's judgement of this kind in force, if any; a rebuttal in force may be followed by a later one.

    Raises:
        JudgedAlready: the customer is judged unlikely to pay already.
        JudgementFromTheFuture: it would hold from a later day than today.
        RebuttalWithoutEnd: a rebuttal without its last day.
        RebuttalOutOfBounds: a rebuttal that ends in the past, or later than the policy allows.
        TermNotTaken: a day that this kind does not have: a void has no first day, and only a rebuttal has a last one.
    """
    if standing is not None and kind is JudgementKind.UNLIKELY_TO_PAY:
        raise JudgedAlready(judgement=standing.id)
    _check_days(kind, since, until, policy, today)
    proposed = Judgement(
        id=id, customer=customer, kind=kind, since=since or today, until=until, reason=reason, proposed_by=by, proposed_at=at
    )
    return proposed, _event(proposed)


def end(id: JudgementId, standing: Judgement, *, reason: str, by: str, at: datetime, today: date) -> tuple[Judgement, JudgementProposed]:
    """Propose the end of a judgement in force; the end takes an approval of its own, as it begins the cure.

    Raises:
        NotOpen: the judgement is not in force.
    """
    check_in_force(standing, today)
    proposed = Judgement(
        id=id,
        customer=standing.customer,
        kind=JudgementKind.END,
        since=today,
        ends=standing.id,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    return proposed, _event(proposed)


def check_in_force(standing: Judgement, today: date) -> None:
    """Refuse a judgement that does not apply today.

    Raises:
        NotOpen: it is not approved, has ended, or has expired.
    """
    if not standing.in_force(today):
        raise NotOpen(thing=standing.id, state=standing.state)


def check_possible(found: Judgement, ended: Judgement | None, policy: DefaultPolicy, today: date) -> None:
    """Refuse an approval that would have no effect any more; ``ended`` is the judgement that an end is about.

    Raises:
        NotOpen: the judgement to end is not in force any more.
        RebuttalOutOfBounds: the rebuttal's last day has passed.
    """
    if ended is not None:
        check_in_force(ended, today)
    if found.until is not None and found.until < today:
        raise RebuttalOutOfBounds(until=found.until, first=today, last=_longest(policy, today))


def _longest(policy: DefaultPolicy, today: date) -> date:
    return today + timedelta(days=policy.rebuttal_longest_days)


def _check_days(kind: JudgementKind, since: date | None, until: date | None, policy: DefaultPolicy, today: date) -> None:
    if since is not None and kind is JudgementKind.VOID:
        raise TermNotTaken(kind=kind, field="since")
    if since is not None and since > today:
        raise JudgementFromTheFuture(since=since, last=today)
    if kind is not JudgementKind.REBUTTAL:
        if until is not None:
            raise TermNotTaken(kind=kind, field="until")
        return
    last = _longest(policy, today)
    if until is None:
        raise RebuttalWithoutEnd(first=today, last=last)
    if not today <= until <= last:
        raise RebuttalOutOfBounds(until=until, first=today, last=last)


def _event(judgement: Judgement) -> JudgementProposed:
    return JudgementProposed(
        subject=str(judgement.id),
        actor=judgement.proposed_by,
        at=judgement.proposed_at,
        customer=judgement.customer,
        judged=judgement.kind,
        since=judgement.since,
        until=judgement.until,
        ends=None if judgement.ends is None else str(judgement.ends),
        reason=judgement.reason,
    )
