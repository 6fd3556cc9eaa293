"""Ask for an approval: the request goes on record, and to those who may decide it."""

from __future__ import annotations

import uuid

from commands.kit.contract import Request
from commands.kit.record import record
from risk_engine import approval
from risk_engine.approval import Approval
from storage import approvals
from storage.database import Tx


def ask_for(subject: str, customer: str, title: str, request: Request, tx: Tx) -> Approval:
    """Ask somebody else to decide about ``subject``, which concerns this customer."""
    asked, happened = approval.request(
        approvals.next_id(tx), key=uuid.uuid4().hex, subject=subject, customer=customer, title=title, by=request.user, at=request.at
    )
    approvals.add(tx, asked)
    record(tx, happened, request.policy, request_key=request.key)
    return asked
