"""Requests and voices for the tests of approvals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from risk_engine.approvals import approval as engine
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.ballot import Choice, Stage, Voter
from risk_engine.events import Event
from risk_engine.people.people_policy import People
from risk_engine.people.roles import GUARDS, Role
from risk_engine.references import ApprovalId, ResponseId

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)
DAYS = 14
EVERYBODY = People()
APPROVER = frozenset({Role.APPROVER})
ONE = (Stage(),)
# the steps of a protected key of the policy
GUARDED = tuple(Stage(role, in_person=True) for role in GUARDS)
CREDIT = Stage(people=("U0ANA", "U0BEN", "U0EVA", "U0OMAR"), committee="credit", veto=("U0EVA",), share="2/3")


def ask(*stages: Stage, by: str = "U0ANA", **more: Any) -> tuple[Approval, Event]:
    about: dict[str, Any] = {
        "key": "k" * 32,
        "subject": ResponseId(4),
        "kind": ApprovalKind.RESPONSE,
        "customer": "ACME",
        "title": "assign the receivables",
    }
    return engine.request(ApprovalId(3), stages=stages or ONE, by=by, at=MONDAY, days=DAYS, **{**about, **more})


def asked(*stages: Stage, **more: Any) -> Approval:
    return ask(*stages, **more)[0]


def own(person: str, *roles: Role) -> Voter:
    return Voter.own(person, frozenset(roles) or APPROVER)


def say(approval: Approval, choice: Choice, by: str | Voter, **more: Any) -> Approval:
    """The approval after this voice."""
    return told(approval, choice, by, **more)[0]


def told(approval: Approval, choice: Choice, by: str | Voter, **more: Any) -> tuple[Approval, Event]:
    voter = own(by) if isinstance(by, str) else by
    given: dict[str, Any] = {"at": LATER, "people": EVERYBODY, "reason": None if choice is Choice.APPROVE else "because", **more}
    return engine.decide(approval, choice, by=voter, **given)
