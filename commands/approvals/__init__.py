"""Request, show and decide approvals; delegate authority."""

from commands.approvals.approval_conditions import condition_entry, with_approvals
from commands.approvals.approval_desk import approval_entry, sorted_waiting
from commands.approvals.asking import ask_for, asked_before, open_request
from commands.approvals.cards.approval_buttons import withdraw_button
from commands.approvals.cards.approval_words import decided_by
from commands.approvals.decision_facts import amount as group_exposure
from commands.approvals.subjects import subject_line

__all__ = [
    "approval_entry",
    "ask_for",
    "asked_before",
    "condition_entry",
    "decided_by",
    "group_exposure",
    "open_request",
    "sorted_waiting",
    "subject_line",
    "with_approvals",
    "withdraw_button",
]
