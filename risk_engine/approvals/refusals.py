"""What a request for approval, its conditions and a delegation refuse, each with its facts."""

from __future__ import annotations

from datetime import datetime

from risk_engine.approvals.ballot import Stage
from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ApprovalId, DelegationId
from risk_engine.refusals import Refusal


class AlreadyDecided(Refusal):
    """Somebody has decided this request before, or it has ended without a decision."""

    approval: ApprovalId
    verdict: ProposalState
    by: str
    at: datetime


class ApprovalExpired(Refusal):
    """The request waited too long and cannot be decided any more."""

    approval: ApprovalId
    at: datetime


class MakerCannotDecide(Refusal):
    """Four eyes: the maker of a request cannot decide it; ``account`` is the decider's own, where it is another of the maker's."""

    approval: ApprovalId
    maker: str
    account: str | None = None


class NotAnApprover(Refusal):
    """The step that is open is for others: ``step`` of ``steps``."""

    approval: ApprovalId
    person: str
    stage: Stage
    step: int
    steps: int


class AlreadySpoken(Refusal):
    """One person is one voice: this person, or this authority, has spoken before."""

    approval: ApprovalId
    person: str
    authority: str


class FactsHaveChanged(Refusal):
    """The facts that lay before the decider are not those of now."""

    approval: ApprovalId


class NotTheMaker(Refusal):
    """Only the maker takes a request back."""

    approval: ApprovalId
    maker: str


class ConditionAlreadyMet(Refusal):
    """A condition was found met before."""

    approval: ApprovalId
    number: int
    by: str
    at: datetime


class OnesOwnDelegate(Refusal):
    """Nobody delegates to themselves."""

    delegate: str


class DelegationTooLong(Refusal):
    """A delegation ends before it begins, in the past, or later than the policy allows."""

    until: datetime
    first: datetime
    last: datetime


class DelegationEnded(Refusal):
    """A delegation has ended, or was taken back before."""

    delegation: DelegationId
