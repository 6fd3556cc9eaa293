"""Pending approvals sorted for one person, with the actions open to them."""

from __future__ import annotations

from commands.approvals import deciding
from commands.approvals.cards import approval_words
from commands.approvals.cards.approval_buttons import decision_buttons, withdraw_button
from commands.approvals.subjects import subject_line
from commands.kit import blocks
from commands.kit.contract import Blocks, Request
from commands.kit.i18n import _
from commands.kit.wording import words
from risk_engine.approvals.approval import Approval
from storage.approvals import approvals
from storage.database import Tx

# the largest number of pending approvals; later ones are left out
SORTED = 500


def sorted_waiting(request: Request, tx: Tx) -> tuple[int, list[Approval], list[Approval], list[Approval]]:
    """Return the number of pending approvals, those this person can decide, their own requests, and the others; oldest first."""
    count, found = approvals.waiting(tx, limit=SORTED)
    standing = deciding.steads(request, tx)
    decidable = [one for one in found if deciding.can_decide(one, request, tx, standing)]
    mine = [one for one in found if one.maker == request.user]
    taken = {one.id for one in (*decidable, *mine)}
    rest = [one for one in found if one.id not in taken]
    return count, decidable, mine, rest


def approval_entry(asked: Approval, request: Request, tx: Tx) -> Blocks:
    """Return a pending approval: subject, maker, votes needed, and this person's actions."""
    when = words.ago(asked.requested_at, request.at)
    left = _("expires {soon}").format(soon=approval_words.left(asked.expires_at, request.at))
    over = _("expired")
    who = [*blocks.around(_("requested by {who}, {when}"), who=blocks.person(asked.maker), when=when), " · "]
    line = [*subject_line(tx, asked), "\n", *who, approval_words.step(asked), f" · {over if asked.is_over(request.at) else left}"]
    what = deciding.changed(asked, deciding.present(asked, request.policy, tx))
    return [blocks.paragraph(*line), *(approval_words.warning(what) if what else []), *buttons(asked, request, tx)]


def buttons(asked: Approval, request: Request, tx: Tx) -> Blocks:
    if asked.maker == request.user and not asked.is_over(request.at):
        return [withdraw_button(asked)]
    if deciding.can_decide(asked, request, tx, deciding.steads(request, tx)):
        return [decision_buttons(asked, request.policy, tx)]
    return []
