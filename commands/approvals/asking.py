"""Ask for an approval: the request goes on record with the facts as they are, and to those who may decide it."""

from __future__ import annotations

import uuid
from datetime import datetime

from commands.approvals import decision_facts
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Blocks, Request
from commands.kit.i18n import listed, ngettext
from commands.kit.registry import registry
from risk_engine.approvals import approval
from risk_engine.approvals.approval import Approval
from risk_engine.events import Event
from risk_engine.policy.policy import Policy
from risk_engine.references import Reference
from storage.approvals import approvals
from storage.database import Tx


def ask_for(subject: Reference, customer: str | None, title: str, request: Request, tx: Tx) -> Approval:
    """Ask others to decide about ``subject``, which concerns this customer, or none."""
    asked, happened = open_request(subject, customer, title, request.policy, by=request.user, at=request.at, tx=tx)
    record(tx, happened, request.policy, request_key=request.key)
    return asked


def asked_before(asked: Approval, tx: Tx) -> Blocks:
    """Return the pending requests that ask for the same, as a remark; none if there are none."""
    found = approvals.alike(tx, asked)
    if not found:
        return []
    said = ngettext(
        "⚠️ {ids} already asks for the same: withdraw one of them.", "⚠️ {ids} already ask for the same: withdraw one.", len(found)
    )
    return [blocks.paragraph(said.format(ids=listed(found)))]


def open_request(
    subject: Reference, customer: str | None, title: str, policy: Policy, *, by: str, at: datetime, tx: Tx
) -> tuple[Approval, Event]:
    """Put a request on record: its kind and the group's exposure say who decides it, by the policy of now."""
    about = registry().subjects[type(subject)]
    kind, amount = about.kind(tx, subject), decision_facts.amount(tx, customer, policy, today=at.date())
    asked, happened = approval.request(
        approvals.next_id(tx),
        key=uuid.uuid4().hex,
        subject=subject,
        kind=kind,
        stages=policy.approvals.guarded_stages(kind) if about.protected(tx, subject) else policy.approvals.stages(kind, amount),
        title=title,
        by=by,
        at=at,
        days=policy.approvals.days,
        customer=customer,
        amount=amount,
        picture=decision_facts.take(tx, customer, about.picture(tx, subject, policy)),
    )
    approvals.add(tx, asked)
    return asked, happened
