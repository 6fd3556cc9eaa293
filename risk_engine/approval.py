"""Approval: a request that someone other than its maker decides, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from risk_engine.events import Event
from risk_engine.references import ApprovalId
from risk_engine.refusals import AlreadyDecided, MakerCannotDecide, NotAnApprover, ReasonMissing


class Verdict(StrEnum):
    """What a decider may say; ``returned`` asks the maker for more."""

    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Approval:
    """A request about ``subject`` (as T-4) of a customer, ``title`` in a line; ``verdict`` is None while it waits."""

    id: ApprovalId
    key: str
    subject: str
    maker: str
    requested_at: datetime
    customer: str | None = None
    title: str = ""
    verdict: Verdict | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    version: int = 1


def request(id: ApprovalId, *, key: str, subject: str, customer: str, title: str, by: str, at: datetime) -> tuple[Approval, Event]:
    """Ask for a decision on ``subject``; ``key`` is the opaque id that its buttons carry."""
    asked = Approval(id, key, subject, by, at, customer, title)
    return asked, Event("approval.requested", str(id), by, at, {"subject": subject, "maker": by, "customer": customer, "title": title})


def may_decide(approval: Approval, *, by: str, approvers: Collection[str] = ()) -> None:
    """Check that this person may still decide.

    Args:
        approvers: people who may decide; empty means anyone but the maker.

    Raises:
        AlreadyDecided: someone decided before; the facts say who, what and when.
        MakerCannotDecide: the decider asked for it.
        NotAnApprover: the policy names others.
    """
    if approval.verdict is not None:
        raise AlreadyDecided(approval=approval.id, verdict=approval.verdict, by=approval.decided_by, at=approval.decided_at)
    if by == approval.maker:
        raise MakerCannotDecide(approval=approval.id, maker=approval.maker)
    if approvers and by not in approvers:
        raise NotAnApprover(approval=approval.id, person=by)


def decide(
    approval: Approval, verdict: Verdict, *, by: str, at: datetime, approvers: Collection[str] = (), reason: str | None = None
) -> tuple[Approval, Event]:
    """Decide a waiting approval.

    Args:
        approvers: people who may decide; empty means anyone but the maker.
        reason: needed to reject and to return.

    Raises:
        AlreadyDecided, MakerCannotDecide, NotAnApprover: as :func:`may_decide`.
        ReasonMissing: a rejection or a return without a reason.
    """
    may_decide(approval, by=by, approvers=approvers)
    if verdict is not Verdict.APPROVED and not (reason or "").strip():
        raise ReasonMissing(approval=approval.id, verdict=verdict)
    decided = replace(approval, verdict=verdict, decided_by=by, decided_at=at, reason=reason)
    facts = {"subject": approval.subject, "maker": approval.maker, "verdict": verdict.value, "reason": reason}
    return decided, Event("approval.decided", str(approval.id), by, at, facts)
