"""An approval request, decided step by step by people other than its maker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Any

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Vote, Voter, eligible, tally
from risk_engine.approvals.condition import Condition
from risk_engine.approvals.events import (
    ApprovalDecided,
    ApprovalReminded,
    ApprovalRequested,
    ApprovalVoted,
    Spoken,
)
from risk_engine.approvals.proposal import ProposalState
from risk_engine.approvals.refusals import (
    AlreadyDecided,
    AlreadySpoken,
    ApprovalExpired,
    FactsHaveChanged,
    MakerCannotDecide,
    NotAnApprover,
    NotTheMaker,
)
from risk_engine.checks import ReasonMissing
from risk_engine.people.people_policy import People
from risk_engine.references import ApprovalId, Reference

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval request about ``subject``, with a one-line ``title``; ``verdict`` is None while it is pending.

    Attributes:
        amount: the group's total exposure at the time of the request, in the policy's currency; None if it is unknown.
        stages: the steps that the policy required at the time of the request; ``step`` is the open one.
        picture: the facts shown to the maker; the facts shown to an approver are compared with them.
        reminded: the number of reminders sent to the approvers.
    """

    id: ApprovalId
    key: str
    subject: Reference
    maker: str
    requested_at: datetime
    expires_at: datetime
    kind: ApprovalKind
    stages: tuple[Stage, ...]
    customer: str | None = None
    title: str = ""
    amount: Decimal | None = None
    picture: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0
    votes: tuple[Vote, ...] = ()
    conditions: tuple[Condition, ...] = ()
    verdict: ProposalState | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    reminded: int = 0
    version: int = 1

    def is_over(self, at: datetime) -> bool:
        """Return True if the term for a decision has ended."""
        return at >= self.expires_at

    @property
    def stage(self) -> Stage:
        """Return the open step, or the last one once the request is decided."""
        return self.stages[self.step]

    @property
    def voices(self) -> tuple[Vote, ...]:
        """Return the votes cast in the open step."""
        return tuple(vote for vote in self.votes if vote.step == self.step)

    def heard_before(self, step: int) -> list[str]:
        """Return the people and authorities that voted in the steps before ``step``."""
        return [each for vote in self.votes if vote.step < step for each in (vote.person, vote.authority)]

    def seats(self, step: int) -> tuple[str, ...]:
        """Return the committee members who may vote in a step: not the maker, a recused member or an earlier voter."""
        aside = [vote.authority for vote in self.votes if vote.step == step and vote.choice is Choice.RECUSE]
        return self.stages[step].seats(self.maker, [*aside, *self.heard_before(step)])


def request(
    id: ApprovalId,
    *,
    key: str,
    subject: Reference,
    kind: ApprovalKind,
    stages: tuple[Stage, ...],
    title: str,
    by: str,
    at: datetime,
    days: int,
    customer: str | None = None,
    amount: Decimal | None = None,
    picture: Mapping[str, Any] | None = None,
) -> tuple[Approval, ApprovalRequested]:
    """Request a decision on ``subject``; ``key`` is the opaque id on its buttons, ``days`` its term."""
    asked = Approval(id, key, subject, by, at, at + timedelta(days=days), kind, stages, customer, title, amount, picture or {})
    happened = ApprovalRequested(
        **_about(asked), actor=by, at=at, title=title, amount=amount, steps=len(stages), expires_at=asked.expires_at
    )
    return asked, happened


def may_decide(approval: Approval, voter: Voter, *, at: datetime, people: People) -> None:
    """Check that this person may vote now, with this authority.

    Raises:
        AlreadyDecided: it has been decided; the facts name the person, the verdict and the time.
        ApprovalExpired: its term is over.
        MakerCannotDecide: the voter or the authority is the maker, under any of their accounts.
        AlreadySpoken: the voter or the authority has voted before: one person has one vote over all steps.
        NotAnApprover: the step belongs to other people.
    """
    _still_open(approval, at)
    maker, voices = people.human(approval.maker), {people.human(voter.person), people.human(voter.authority)}
    if maker in voices:
        another = voter.person != approval.maker and people.human(voter.person) == maker
        raise MakerCannotDecide(approval=approval.id, maker=approval.maker, account=voter.person if another else None)
    spoken = {people.human(each) for vote in approval.votes for each in (vote.person, vote.authority)}
    if voices & spoken:
        raise AlreadySpoken(approval=approval.id, person=voter.person, authority=voter.authority)
    if not has_a_voice(approval, voter, people):
        raise NotAnApprover(
            approval=approval.id, person=voter.authority, stage=approval.stage, step=approval.step + 1, steps=len(approval.stages)
        )


def has_a_voice(approval: Approval, voter: Voter, people: People) -> bool:
    """Return True if the open step, or one that may be taken before it, belongs to this authority."""
    if approval.stage.in_person:
        return _step_of(approval, voter) is not None
    return eligible(approval.stage, voter) and (not people.approvers or voter.authority in people.approvers)


def _step_of(approval: Approval, voter: Voter) -> int | None:
    """Return the first step in person that this voter can take now; these steps may be taken in any order."""
    later = takewhile(lambda step: approval.stages[step].in_person, range(approval.step, len(approval.stages)))
    return next((step for step in later if eligible(approval.stages[step], voter)), None)


def _taken_up(approval: Approval, voter: Voter) -> Approval:
    """Return the request with the voter's step moved to the front as the open one."""
    step = _step_of(approval, voter)
    if step is None or step == approval.step:
        return approval
    stages = list(approval.stages)
    stages.insert(approval.step, stages.pop(step))
    return replace(approval, stages=tuple(stages))


def decide(
    approval: Approval,
    choice: Choice,
    *,
    by: Voter,
    at: datetime,
    people: People,
    reason: str | None = None,
    conditions: Sequence[tuple[str, date]] = (),
    seen: str | None = None,
    present: str | None = None,
) -> tuple[Approval, ApprovalVoted | ApprovalDecided]:
    """Approve, reject, return or recuse; the last vote needed closes the step, and the last step the request.

    Args:
        people: the accounts of each person, and the approvers until roles are assigned.
        reason: required for every choice but an approval.
        conditions: the conditions of an approval, each with its due date.
        seen, present: digests of the facts that the voter saw, and of the present facts.

    Raises:
        AlreadyDecided, ApprovalExpired, MakerCannotDecide, AlreadySpoken, NotAnApprover: as :func:`may_decide`.
        ReasonMissing: a choice other than approval comes without a reason.
        FactsHaveChanged: the voter has not seen the present facts.
    """
    may_decide(approval, by, at=at, people=people)
    approval = _taken_up(approval, by)
    if choice is not Choice.APPROVE and not (reason or "").strip():
        raise ReasonMissing
    if choice is Choice.APPROVE and seen != present:
        raise FactsHaveChanged(approval=approval.id)
    vote = Vote(approval.step, by.person, by.authority, choice, at, reason, seen)
    spoken = replace(approval, votes=(*approval.votes, vote), conditions=(*approval.conditions, *_set(approval, conditions, by.person)))
    outcome = tally(spoken.stage, spoken.voices, maker=approval.maker, spoken=spoken.heard_before(spoken.step))
    if outcome is None:
        return spoken, ApprovalVoted(**_about(approval), actor=by.person, at=at, spoken=_said(spoken, vote))
    if outcome is ProposalState.APPROVED and approval.step + 1 < len(approval.stages):
        onward = replace(spoken, step=approval.step + 1)
        return onward, ApprovalVoted(**_about(approval), actor=by.person, at=at, spoken=_said(onward, vote))
    return _ended(spoken, outcome, _who_carried(spoken, outcome, vote), at, reason, _said(spoken, vote))


def withdraw(approval: Approval, *, by: str, at: datetime, reason: str | None = None) -> tuple[Approval, ApprovalDecided]:
    """Withdraw one's own request.

    Raises:
        AlreadyDecided, ApprovalExpired: it has been decided, or its term is over.
        NotTheMaker: somebody else made the request.
    """
    _still_open(approval, at)
    if by != approval.maker:
        raise NotTheMaker(approval=approval.id, maker=approval.maker)
    return _ended(approval, ProposalState.WITHDRAWN, by, at, reason)


def expire(approval: Approval, *, at: datetime) -> tuple[Approval, ApprovalDecided] | None:
    """End a request whose term is over; return None if it is still running or has ended already."""
    if approval.verdict is not None or not approval.is_over(at):
        return None
    return _ended(approval, ProposalState.EXPIRED, CLOCK, at, None)


def reminders(approval: Approval, *, at: datetime, remind_hours: Sequence[int], warn_hours: int) -> int:
    """Count the reminders due by now: some hours after the request, and some before it expires."""
    due = [approval.requested_at + timedelta(hours=hours) for hours in remind_hours]
    due += [approval.expires_at - timedelta(hours=warn_hours)] if warn_hours else []
    return sum(approval.requested_at < moment <= at for moment in due)


def remind(approval: Approval, *, at: datetime, remind_hours: Sequence[int], warn_hours: int) -> tuple[Approval, ApprovalReminded] | None:
    """Record the reminders that are due but not sent; several missed reminders are sent as one."""
    due = reminders(approval, at=at, remind_hours=remind_hours, warn_hours=warn_hours)
    if approval.verdict is not None or approval.is_over(at) or due <= approval.reminded:
        return None
    happened = ApprovalReminded(
        **_about(approval), actor=CLOCK, at=at, reminder=due, step=approval.step + 1, expires_at=approval.expires_at
    )
    return replace(approval, reminded=due), happened


def _still_open(approval: Approval, at: datetime) -> None:
    if approval.verdict is not None:
        assert approval.decided_by is not None, "a verdict is somebody's, or the clock's"
        assert approval.decided_at is not None, "a verdict is somebody's, or the clock's"
        raise AlreadyDecided(approval=approval.id, verdict=approval.verdict, by=approval.decided_by, at=approval.decided_at)
    if approval.is_over(at):
        raise ApprovalExpired(approval=approval.id, at=approval.expires_at)


def _set(approval: Approval, conditions: Sequence[tuple[str, date]], by: str) -> list[Condition]:
    first = len(approval.conditions) + 1
    return [Condition(approval.id, number, text, due, by) for number, (text, due) in enumerate(conditions, first)]


def _who_carried(approval: Approval, outcome: ProposalState, last: Vote) -> str:
    """Return the person whose vote settled the outcome; a member who recused themselves has not decided."""
    of_it = {ProposalState.APPROVED: Choice.APPROVE, ProposalState.REJECTED: Choice.REJECT, ProposalState.RETURNED: Choice.RETURN}[outcome]
    return next((vote.person for vote in reversed(approval.voices) if vote.choice is of_it), last.person)


def _ended(
    approval: Approval, verdict: ProposalState, by: str, at: datetime, reason: str | None, spoken: Spoken | None = None
) -> tuple[Approval, ApprovalDecided]:
    ended = replace(approval, verdict=verdict, decided_by=by, decided_at=at, reason=reason)
    return ended, ApprovalDecided(**_about(approval), actor=by, at=at, spoken=spoken, verdict=verdict, reason=reason)


def _about(approval: Approval) -> dict[str, Any]:
    """Return the request that an event is about, and the facts common to all events."""
    about = {"about": str(approval.subject), "asked_kind": approval.kind, "maker": approval.maker, "customer": approval.customer}
    return {"subject": str(approval.id), **about}


def _said(approval: Approval, vote: Vote) -> Spoken:
    asked = [{"text": one.text, "due": one.due.isoformat()} for one in approval.conditions if one.set_by == vote.person]
    behalf = vote.authority if vote.authority != vote.person else None
    return Spoken(vote.choice, vote.step + 1, behalf, vote.reason, vote.seen, asked)
