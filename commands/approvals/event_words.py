"""Trail sentences for approval requests, their conditions, and delegations."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.approvals.events import (
    ApprovalDecided,
    ApprovalRefreshed,
    ApprovalReminded,
    ApprovalRequested,
    ApprovalVoted,
    ConditionMet,
    DelegationGiven,
    DelegationRevoked,
)

EVENTS = (
    EventWords(ApprovalRequested, _("requested approval"), ("subject", "kind", "title", "amount", "steps", "expires_at")),
    EventWords(ApprovalVoted, _("voted on the request"), ("subject", "choice", "step", "on_behalf_of", "conditions")),
    EventWords(ApprovalDecided, _("closed the request"), ("subject", "on_behalf_of", "conditions")),
    EventWords(ApprovalReminded, _("reminded the approvers"), ("subject", "reminder", "step", "expires_at")),
    EventWords(ApprovalRefreshed, _("recorded that the facts have changed since the request"), ("changed",)),
    EventWords(ConditionMet, _("confirmed a condition"), ("number", "condition", "evidence")),
    EventWords(DelegationGiven, _("delegated their authority"), ("delegate", "since", "until", "kinds")),
    EventWords(DelegationRevoked, _("revoked a delegation"), ("delegate",)),
)
