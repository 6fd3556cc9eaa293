"""Refusals of approval requests, of their conditions, and of delegations."""

from __future__ import annotations

from datetime import datetime

from risk_engine.approvals.ballot import Stage
from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ApprovalId, DelegationId
from risk_engine.refusals import Refusal


class AlreadyDecided(Refusal):
    """This request has been decided before, or has ended without a decision."""

    approval: ApprovalId
    verdict: ProposalState
    by: str
    at: datetime


class ApprovalExpired(Refusal):
    """The request waited too long and cannot be decided any more."""

    approval: ApprovalId
    at: datetime


class MakerCannotDecide(Refusal):
    """The maker of a request cannot decide it (four-eyes principle); ``account`` is set if it was another of their accounts."""

    approval: ApprovalId
    maker: str
    account: str | None = None


class NotAnApprover(Refusal):
    """The open step, ``step`` of ``steps``, belongs to other people."""

    approval: ApprovalId
    person: str
    stage: Stage
    step: int
    steps: int


class AlreadySpoken(Refusal):
    """This person, or this authority, has voted before: one person has one vote."""

    approval: ApprovalId
    person: str
    authority: str


class FactsHaveChanged(Refusal):
    """The facts have changed since they were shown to the approver."""

    approval: ApprovalId


class NotTheMaker(Refusal):
    """Only the maker can withdraw a request."""

    approval: ApprovalId
    maker: str


class ConditionAlreadyMet(Refusal):
    """The condition was met before."""

    approval: ApprovalId
    number: int
    by: str
    at: datetime


class OnesOwnDelegate(Refusal):
    """A person cannot delegate to themselves."""

    delegate: str


class DelegationTooLong(Refusal):
    """A delegation ends before it begins, in the past, or later than the policy allows."""

    until: datetime
    first: datetime
    last: datetime


class DelegationEnded(Refusal):
    """The delegation has ended or was revoked before."""

    delegation: DelegationId
