"""Delegation: a temporary grant of one person's authority to another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.events import DelegationEvent, DelegationGiven, DelegationRevoked
from risk_engine.approvals.refusals import DelegationEnded, DelegationTooLong, OnesOwnDelegate
from risk_engine.references import DelegationId


@dataclass(frozen=True, slots=True)
class Delegation:
    """``delegate`` decides for ``giver`` from ``since`` until ``until``, of these kinds; of all kinds if none is named."""

    id: DelegationId
    giver: str
    delegate: str
    since: datetime
    until: datetime
    reason: str
    created_at: datetime
    kinds: tuple[ApprovalKind, ...] = ()
    revoked_at: datetime | None = None
    version: int = 1

    def holds(self, *, kind: ApprovalKind, requested_at: datetime, at: datetime) -> bool:
        """Return True if the delegate may decide a request: the delegation is in force, covers the kind, and is older.

        A delegation that is younger than the request could have been made for it.
        """
        in_time = self.since <= at < self.until and self.revoked_at is None
        return in_time and self.created_at <= requested_at and (not self.kinds or kind in self.kinds)


def delegate(
    id: DelegationId,
    *,
    giver: str,
    delegate: str,
    since: datetime,
    until: datetime,
    reason: str,
    kinds: tuple[ApprovalKind, ...],
    longest_days: int,
    at: datetime,
) -> tuple[Delegation, DelegationEvent]:
    """Delegate one's authority to somebody else for a limited time.

    Raises:
        OnesOwnDelegate: the delegate is the giver.
        DelegationTooLong: it ends before it begins, in the past, or later than the policy allows.
    """
    if giver == delegate:
        raise OnesOwnDelegate(delegate=delegate)
    last = at + timedelta(days=longest_days)
    if not (since < until and at < until <= last):
        raise DelegationTooLong(until=until, first=max(since, at), last=last)
    given = Delegation(id, giver, delegate, since, until, reason, at, kinds)
    return given, _event(DelegationGiven, given, giver, at)


def revoke(delegation: Delegation, *, by: str, at: datetime) -> tuple[Delegation, DelegationEvent]:
    """Revoke a delegation before its last day.

    Raises:
        DelegationEnded: it has ended or was revoked before.
    """
    if delegation.revoked_at is not None or at >= delegation.until:
        raise DelegationEnded(delegation=delegation.id)
    return replace(delegation, revoked_at=at), _event(DelegationRevoked, delegation, by, at)


def _event(kind: type[DelegationEvent], delegation: Delegation, by: str, at: datetime) -> DelegationEvent:
    return kind(
        subject=str(delegation.id),
        actor=by,
        at=at,
        giver=delegation.giver,
        delegate=delegation.delegate,
        since=delegation.since,
        until=delegation.until,
        kinds=delegation.kinds,
        reason=delegation.reason,
    )
