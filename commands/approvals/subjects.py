"""Subjects of approvals: the kind of thing that is decided on, and its line."""

from __future__ import annotations

from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Subject
from commands.kit.i18n import Text, _
from commands.kit.registry import registry
from commands.kit.wording import words
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.policy.policy import Policy
from risk_engine.references import UnknownId
from storage.database import Tx


def subject_line(tx: Tx, asked: Approval) -> list[Any]:
    """Return an approval's subject, on one line."""
    line = subject_of(asked).line(tx, asked.subject)
    if line is None or asked.customer is None:
        return [blocks.bold(f"{asked.id} · {asked.subject}"), *(line or [])]
    name = masking.names(tx, [asked.customer]).get(asked.customer, asked.customer)
    return [blocks.bold(f"{asked.id} · {name}"), f" · {asked.subject}", *line]


def subject_of(asked: Approval) -> Subject[Any]:
    """Return the kind of subject of this approval."""
    return registry().subjects.get(type(asked.subject), _UNKNOWN)


def title(tx: Tx, asked: Approval, policy: Policy) -> Text | str:
    """Return the approval's request as a title, with the group exposure that its authority depends on."""
    name = "" if asked.customer is None else masking.names(tx, [asked.customer]).get(asked.customer, asked.customer)
    said = subject_of(asked).asks(tx, asked.subject, name)
    if said is None:
        return f"{asked.subject} · {name}" if name else str(asked.subject)
    if not asked.amount:
        return said
    amount = words.money(asked.amount, policy.approvals.currency)
    return _("{title}, {amount} group exposure").format(title=said, amount=amount)


# the subject of a forged or damaged row: shown as it stands, and nothing follows from it
_UNKNOWN: Subject[Any] = Subject(
    UnknownId,
    "approvals",
    line=lambda tx, id: None,
    asks=lambda tx, id, name: None,
    facts=lambda tx, id: [],
    settle=lambda tx, id, state: None,
    kind=lambda tx, id: ApprovalKind.RESPONSE,
    protected=lambda tx, id: True,
    still_possible=lambda tx, id, request: None,
)
