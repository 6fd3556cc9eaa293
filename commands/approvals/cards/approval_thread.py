"""The thread of a request in the channel: next steps, reminders, and minutes of a committee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from commands.approvals.cards import approval_words
from commands.approvals.subjects import subject_line
from commands.kit import blocks
from commands.kit.contract import Blocks, Message, Notice, To
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.ballot import Choice, Stage, Vote
from risk_engine.approvals.events import ApprovalDecided, ApprovalReminded, ApprovalVoted
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from storage.approvals import approvals
from storage.database import Tx
from storage.delivery.deliveries import Operation
from storage.events import Recorded


def _found(facts: Mapping[str, Any], tx: Tx) -> Approval | None:
    return approvals.get(tx, ApprovalId.parse(facts["subject"]))


# --- the next step ---------------------------------------------------------------------------------------------------


def _to_the_next(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the people of the next step, after a vote has closed the previous one."""
    asked = approvals.get(tx, ApprovalId.parse(event.subject))
    onward = asked is not None and asked.verdict is None and asked.step + 1 > (event.facts or {})["step"]
    return [To("route:approvals", "the next step is theirs", Operation.REPLY)] if onward else []


def next_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice of the next step; None if the request is closed."""
    asked = _found(facts, tx)
    if asked is None or asked.verdict is not None:
        return None
    text = _("{approval}: step {n} of {all} is for {whom}.").format(
        approval=asked.id, n=asked.step + 1, all=len(asked.stages), whom=approval_words.whom(asked.stage)
    )
    return Message(
        blocks.marked(text), [blocks.paragraph(*_called(asked, policy, tx), blocks.bold(_step(asked)), " · ", approval_words.step(asked))]
    )


def _step(asked: Approval) -> str:
    return str(_("step {n} of {all}").format(n=asked.step + 1, all=len(asked.stages)))


def _called(asked: Approval, policy: Policy, tx: Tx) -> list[Any]:
    """Return the people who can vote now, by name, if they are few enough to notify."""
    named = approval_words.callable_(asked, policy, tx)
    return [*approval_words.people_of(named), "  "] if named else []


# --- reminders -------------------------------------------------------------------------------------------------------


def _to_the_late(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:approvals", "nobody has decided so far", Operation.REPLY)]


def reminder_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the reminder of a pending request; None if it was decided meanwhile."""
    asked, at = _found(facts, tx), datetime.fromisoformat(facts["at"])
    if asked is None or asked.verdict is not None:
        return None
    left = _("requested {ago}, expires {end}").format(ago=words.ago(asked.requested_at, at), end=words.moment(asked.expires_at))
    gist = _("⏰ {approval} is still pending: {left}").format(approval=asked.id, left=left)
    pieces = ["⏰ ", *_called(asked, policy, tx), *subject_line(tx, asked), "\n", blocks.bold(left), " · ", approval_words.step(asked)]
    return Message(blocks.marked(gist), [blocks.paragraph(*pieces)])


# --- minutes ---------------------------------------------------------------------------------------------------------


def _to_the_committee(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the request's channel, if a committee has voted."""
    asked = approvals.get(tx, ApprovalId.parse(event.subject))
    voted = asked is not None and any(asked.stages[vote.step].committee for vote in asked.votes)
    return [To("route:approvals", "the minutes of the vote", Operation.REPLY)] if voted else []


def minutes_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the minutes: votes with reasons, recusals, seats, and votes needed."""
    asked = _found(facts, tx)
    if asked is None or asked.verdict is None:
        return None
    body = [blocks.paragraph(blocks.bold(_("Minutes")), " · ", *subject_line(tx, asked), "\n", *approval_words.ended_by(asked))]
    for number, stage in enumerate(asked.stages):
        if any(vote.step == number for vote in asked.votes):
            body += _minutes(asked, number, stage)
    if asked.conditions:
        said = _("Conditions")
        conditions = [approval_words.condition(one, one.due) for one in asked.conditions]
        body += [blocks.paragraph(blocks.bold(said)), blocks.bullets(conditions)]
    return Message(blocks.marked(_("{approval}: minutes of the vote").format(approval=asked.id)), body)


def _minutes(asked: Approval, number: int, stage: Stage) -> Blocks:
    votes = [vote for vote in asked.votes if vote.step == number]
    count = _count(asked, stage, votes)
    title = _("step {n}").format(n=number + 1) if stage.committee is None else _("committee {name}").format(name=stage.committee)
    before, heard = asked.heard_before(number), {vote.authority for vote in votes}
    silent = [one for one in stage.people if one not in {asked.maker, *before, *heard}] if stage.committee else []
    lines = [approval_words.voice(vote, why=True) for vote in votes]
    if silent:
        lines.append(["– ", *approval_words.people_of(silent), " ", _("did not vote")])
    if gone := [one for one in stage.people if one in before]:
        lines.append(["– ", *approval_words.people_of(gone), " ", _("decided in an earlier step and had no vote")])
    if asked.maker in stage.people:
        lines.append(["– ", blocks.person(asked.maker), " ", _("requested it and has no vote")])
    return [blocks.paragraph(blocks.bold(title), " · ", count, *_veto(stage)), blocks.bullets(lines)]


def _count(asked: Approval, stage: Stage, votes: Sequence[Vote]) -> str:
    yes = sum(vote.choice is Choice.APPROVE for vote in votes)
    if stage.committee is None:
        return str(ngettext("{yes} of {n} approval", "{yes} of {n} approvals", stage.quorum).format(yes=yes))
    seats = len(asked.seats(votes[0].step))
    no = sum(vote.choice is Choice.REJECT for vote in votes)
    sentence = _("{yes} for, {no} against; {needed} of {seats} votes required ({share})")
    return str(sentence.format(yes=yes, no=no, needed=stage.needed(seats), seats=seats, share=stage.share))


def _veto(stage: Stage) -> list[Any]:
    return [" · ", *blocks.around(approval_words.VETO, who=approval_words.people_of(stage.veto))] if stage.veto else []


NOTICES = [
    Notice("approval.step", (ApprovalVoted,), _to_the_next, next_message, classification=Secrecy.CONFIDENTIAL),
    Notice("approval.reminder", (ApprovalReminded,), _to_the_late, reminder_message, classification=Secrecy.CONFIDENTIAL),
    Notice("approval.minutes", (ApprovalDecided,), _to_the_committee, minutes_message, classification=Secrecy.CONFIDENTIAL),
]
