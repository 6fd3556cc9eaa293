"""Events of approval requests, their conditions, and delegations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice
from risk_engine.approvals.proposal import ProposalState
from risk_engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalEvent(Event):
    """Something happened to a request about ``about`` (as T-4)."""

    stored_as: ClassVar = {"about": "subject", "asked_kind": "kind"}

    about: str
    asked_kind: ApprovalKind
    maker: str
    customer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequested(ApprovalEvent):
    """A request for approval was made."""

    kind: ClassVar = "approval.requested"

    title: str
    amount: Decimal | None
    steps: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Spoken:
    """A vote on a request: ``seen`` is the digest of the facts shown to the voter, ``on_behalf_of`` the holder of the authority."""

    choice: Choice
    step: int
    on_behalf_of: str | None
    reason: str | None
    seen: str | None
    conditions: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalVoted(ApprovalEvent):
    """A vote was cast, and others are pending; ``changed`` are the facts that differ from those of the request."""

    kind: ClassVar = "approval.voted"

    spoken: Spoken
    changed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(ApprovalEvent):
    """A request has ended: by a decision, by its withdrawal, or by expiry."""

    kind: ClassVar = "approval.decided"

    spoken: Spoken | None = None
    verdict: ProposalState
    reason: str | None
    changed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalReminded(ApprovalEvent):
    """The people who decide were reminded, the ``reminder``-th time."""

    kind: ClassVar = "approval.reminded"

    reminder: int
    step: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRefreshed(Event):
    """The facts of a request have changed, and are shown anew; ``shown`` is their digest."""

    kind: ClassVar = "approval.refreshed"

    maker: str
    customer: str | None
    changed: Mapping[str, Any]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet(Event):
    """A condition of an approval was found met."""

    kind: ClassVar = "condition.met"

    number: int
    condition: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEvent(Event):
    """Something happened to somebody's authority in another's hands."""

    giver: str
    delegate: str
    since: datetime
    until: datetime
    kinds: Sequence[ApprovalKind]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationGiven(DelegationEvent):
    """A person delegated their authority."""

    kind: ClassVar = "delegation.given"


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationRevoked(DelegationEvent):
    """A person revoked a delegation."""

    kind: ClassVar = "delegation.revoked"
