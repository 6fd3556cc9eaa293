"""Approval: a request that people other than its maker decide, once, step by step."""

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
from risk_engine.events import Event
from risk_engine.people.people_policy import People
from risk_engine.references import ApprovalId

CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Approval:
    """A request about ``subject`` (as T-4), ``title`` in a line; ``verdict`` is None while it waits.

    Attributes:
        amount: the total exposure of the customer's group when it was asked, in the policy's currency; None if it could not be told.
        stages: the steps as they stood in the policy when it was asked; ``step`` is the one that is open.
        picture: the facts as they lay before the maker; what a decider sees is compared with them.
        reminded: how often the deciders were reminded.
    """

    id: ApprovalId
    key: str
    subject: str
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

    @property
    def stage(self) -> Stage:
        """The step that is open, or was the last."""
        return self.stages[self.step]

    @property
    def voices(self) -> tuple[Vote, ...]:
        """What was said in the step that is open."""
        return tuple(vote for vote in self.votes if vote.step == self.step)

    def heard_before(self, step: int) -> list[str]:
        """Whose voices were used in the steps before one."""
        return [each for vote in self.votes if vote.step < step for each in (vote.person, vote.authority)]

    def seats(self, step: int) -> tuple[str, ...]:
        """The members of a step's committee who have a vote: not the maker, nobody who stood aside, nobody who was heard before."""
        aside = [vote.authority for vote in self.votes if vote.step == step and vote.choice is Choice.RECUSE]
        return self.stages[step].seats(self.maker, [*aside, *self.heard_before(step)])


def request(
    id: ApprovalId,
    *,
    key: str,
    subject: str,
    kind: ApprovalKind,
    stages: tuple[Stage, ...],
    title: str,
    by: str,
    at: datetime,
    days: int,
    customer: str | None = None,
    amount: Decimal | None = None,
    picture: Mapping[str, Any] | None = None,
) -> tuple[Approval, Event]:
    """Ask for a decision on ``subject``; ``key`` is the opaque id that its buttons carry, ``days`` how long it waits."""
    asked = Approval(id, key, subject, by, at, at + timedelta(days=days), kind, stages, customer, title, amount, picture or {})
    facts = {"subject": subject, "kind": kind.value, "maker": by, "customer": customer, "title": title}
    more = {"amount": None if amount is None else str(amount), "steps": len(stages), "expires_at": asked.expires_at.isoformat()}
    return asked, Event("approval.requested", str(id), by, at, facts | more)


def may_decide(approval: Approval, voter: Voter, *, at: datetime, people: People) -> None:
    """Check that this person may still speak, with this authority.

    Raises:
        AlreadyDecided: it is decided; the facts say who, what and when.
        ApprovalExpired: its time is over.
        MakerCannotDecide: the voter, or whose authority it is, asked for it; by whichever account.
        AlreadySpoken: the voter, or this authority, spoke before: one person is one voice in all steps.
        NotAnApprover: the step is for others.
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
    """Whether the step that is open is for this authority, or one that may be taken before it."""
    if approval.stage.in_person:
        return _step_of(approval, voter) is not None
    return eligible(approval.stage, voter) and (not people.approvers or voter.authority in people.approvers)


def _step_of(approval: Approval, voter: Voter) -> int | None:
    """The first of the steps in person that this voter can take now; their order does not matter."""
    later = takewhile(lambda step: approval.stages[step].in_person, range(approval.step, len(approval.stages)))
    return next((step for step in later if eligible(approval.stages[step], voter)), None)


def _taken_up(approval: Approval, voter: Voter) -> Approval:
    """The request with the step that the voter takes as the one that is open."""
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
) -> tuple[Approval, Event]:
    """Say yes, no, return for more, or stand aside; the last voice that it takes ends the step, and the last step the request.

    Args:
        people: whose accounts are one person's, and who decides until roles are given.
        reason: needed for all but a yes.
        conditions: what a yes asks for on top, each with its day.
        seen, present: the facts that lay before the voter, and as they are now.

    Raises:
        AlreadyDecided, ApprovalExpired, MakerCannotDecide, AlreadySpoken, NotAnApprover: as :func:`may_decide`.
        ReasonMissing: anything but a yes without a reason.
        FactsHaveChanged: the voter has not seen the facts as they are now.
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
        return spoken, Event("approval.voted", str(approval.id), by.person, at, _facts(spoken, vote))
    if outcome is ProposalState.APPROVED and approval.step + 1 < len(approval.stages):
        onward = replace(spoken, step=approval.step + 1)
        return onward, Event("approval.voted", str(approval.id), by.person, at, _facts(onward, vote))
    return _ended(spoken, outcome, _who_carried(spoken, outcome, vote), at, reason, _facts(spoken, vote))


def withdraw(approval: Approval, *, by: str, at: datetime, reason: str | None = None) -> tuple[Approval, Event]:
    """Take one's own request back.

    Raises:
        AlreadyDecided, ApprovalExpired: it is decided, or its time is over.
        NotTheMaker: somebody else asked for it.
    """
    _still_open(approval, at)
    if by != approval.maker:
        raise NotTheMaker(approval=approval.id, maker=approval.maker)
    return _ended(approval, ProposalState.WITHDRAWN, by, at, reason, _facts(approval))


def expire(approval: Approval, *, at: datetime) -> tuple[Approval, Event] | None:
    """End a request whose time is over; None if it is not, or if it has ended."""
    if approval.verdict is not None or at < approval.expires_at:
        return None
    return _ended(approval, ProposalState.EXPIRED, CLOCK, at, None, _facts(approval))


def reminders(approval: Approval, *, at: datetime, remind_hours: Sequence[int], warn_hours: int) -> int:
    """How many reminders were due by now: some hours after the request, and some before it expires."""
    due = [approval.requested_at + timedelta(hours=hours) for hours in remind_hours]
    due += [approval.expires_at - timedelta(hours=warn_hours)] if warn_hours else []
    return sum(approval.requested_at < moment <= at for moment in due)


def remind(approval: Approval, *, at: datetime, remind_hours: Sequence[int], warn_hours: int) -> tuple[Approval, Event] | None:
    """Count the reminders that are due, if any were not given; several that were missed are one."""
    due = reminders(approval, at=at, remind_hours=remind_hours, warn_hours=warn_hours)
    if approval.verdict is not None or at >= approval.expires_at or due <= approval.reminded:
        return None
    facts = _facts(approval) | {"reminder": due, "step": approval.step + 1, "expires_at": approval.expires_at.isoformat()}
    return replace(approval, reminded=due), Event("approval.reminded", str(approval.id), CLOCK, at, facts)


def _still_open(approval: Approval, at: datetime) -> None:
    if approval.verdict is not None:
        assert approval.decided_by is not None, "a verdict is somebody's, or the clock's"
        assert approval.decided_at is not None, "a verdict is somebody's, or the clock's"
        raise AlreadyDecided(approval=approval.id, verdict=approval.verdict, by=approval.decided_by, at=approval.decided_at)
    if at >= approval.expires_at:
        raise ApprovalExpired(approval=approval.id, at=approval.expires_at)


def _set(approval: Approval, conditions: Sequence[tuple[str, date]], by: str) -> list[Condition]:
    first = len(approval.conditions) + 1
    return [Condition(approval.id, number, text, due, by) for number, (text, due) in enumerate(conditions, first)]


def _who_carried(approval: Approval, outcome: ProposalState, last: Vote) -> str:
    """Whose voice it was: somebody who stood aside at the end has not decided."""
    of_it = {ProposalState.APPROVED: Choice.APPROVE, ProposalState.REJECTED: Choice.REJECT, ProposalState.RETURNED: Choice.RETURN}[outcome]
    return next((vote.person for vote in reversed(approval.voices) if vote.choice is of_it), last.person)


def _ended(
    approval: Approval, verdict: ProposalState, by: str, at: datetime, reason: str | None, facts: dict[str, Any]
) -> tuple[Approval, Event]:
    ended = replace(approval, verdict=verdict, decided_by=by, decided_at=at, reason=reason)
    return ended, Event("approval.decided", str(approval.id), by, at, facts | {"verdict": verdict.value, "reason": reason})


def _facts(approval: Approval, vote: Vote | None = None) -> dict[str, Any]:
    facts = {"subject": approval.subject, "kind": approval.kind.value, "maker": approval.maker, "customer": approval.customer}
    if vote is None:
        return facts
    said = {"choice": vote.choice.value, "step": vote.step + 1, "on_behalf_of": vote.authority if vote.authority != vote.person else None}
    asked = [{"text": one.text, "due": one.due.isoformat()} for one in approval.conditions if one.set_by == vote.person]
    return facts | said | {"reason": vote.reason, "seen": vote.seen, "conditions": asked}
