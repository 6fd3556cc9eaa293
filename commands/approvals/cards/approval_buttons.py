"""The buttons under an approval."""

from __future__ import annotations

from commands.approvals import deciding
from commands.approvals.subjects import subject_of
from commands.kit import blocks
from commands.kit.contract import Block
from commands.kit.i18n import _
from risk_engine.approvals.approval import Approval
from risk_engine.policy.policy import Policy
from storage.database import Tx


def decision_buttons(asked: Approval, policy: Policy, tx: Tx) -> Block:
    """Return the buttons approve, approve with conditions, reject, return and abstain, with the digest of the facts shown."""
    key = deciding.button_key(asked, deciding.present(asked, policy, tx))
    sentences = [*subject_of(asked).gives(tx, asked.subject), _("Your name and the time are recorded.")]
    sure = blocks.confirm(_("Approve {approval}?").format(approval=asked.id), " ".join(map(str, sentences)), _("Approve"))
    votes = asked.stage.committee is not None
    return blocks.buttons(
        blocks.button("approval.approve", _("Approve"), key, style="primary", confirm=sure),
        blocks.button("approval.condition", _("Approve with conditions…"), key),
        blocks.button("approval.reject", _("Reject…"), key, style="danger"),
        blocks.button("approval.return", _("Return…"), key),
        *([blocks.button("approval.recuse", _("Abstain…"), key)] if votes else []),
        block_id=f"approval-{int(asked.id)}",
    )


def withdraw_button(asked: Approval) -> Block:
    """Return the maker's button for withdrawal."""
    return blocks.buttons(blocks.button("approval.withdraw", _("Withdraw…"), asked.key), block_id=f"withdraw-{int(asked.id)}")
