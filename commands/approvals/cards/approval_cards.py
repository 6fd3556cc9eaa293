"""Approvals as messages: pending with facts and buttons, closed with the decision, and the maker's notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from commands.approvals import deciding, decision_facts
from commands.approvals.cards import approval_words
from commands.approvals.cards.approval_buttons import decision_buttons
from commands.approvals.cards.approval_words import SIGNS
from commands.approvals.subjects import subject_line, subject_of, title
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks, Message, Notice, To
from commands.kit.i18n import Text, _, listed, ngettext, reader
from commands.kit.wording import words
from risk_engine.approvals.approval import CLOCK, Approval
from risk_engine.approvals.events import ApprovalDecided, ApprovalRefreshed, ApprovalRequested, ApprovalVoted, ConditionMet
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.events import kinds
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from storage.approvals import approvals
from storage.audit import history
from storage.database import Tx
from storage.delivery.deliveries import Operation
from storage.events import Recorded

# larger than the number of a decided request's entries in the trail
_ENTRIES = 50


def card(asked: Approval, policy: Policy, tx: Tx, *, today: date, now: datetime | None = None) -> Blocks:
    """Return everything needed for a decision, or its outcome, without buttons.

    Args:
        now: if given, the remaining time is shown; on a card in a channel it would soon be wrong.
    """
    waits = asked.verdict is None
    what = deciding.changed(asked, deciding.present(asked, policy, tx)) if waits else _decided_on(asked, tx)
    body = [blocks.header(title(tx, asked, policy)), blocks.paragraph(blocks.bold(standing(asked))), *([] if waits else _outcome(asked))]
    if what:
        body += approval_words.warning(what, waits=waits)
        body.append(blocks.note(_("The facts below are as at the time of the request.")))
    body.append(blocks.facts(_facts(asked, policy, tx, now)))
    if asked.conditions:
        body += [
            blocks.paragraph(blocks.bold(_("Conditions"))),
            blocks.bullets([approval_words.condition(one, today) for one in asked.conditions]),
        ]
    return body


def standing(asked: Approval) -> Text | str:
    """Return the state of the request in a line."""
    if asked.verdict is None:
        return _("{approval} · pending approval").format(approval=asked.id)
    open_ = sum(one.open for one in asked.conditions) if asked.verdict is ProposalState.APPROVED else 0
    said = f"{asked.id} · {SIGNS[asked.verdict]} {words.label(asked.verdict)}"
    conditions = ngettext("{n} condition open", "{n} conditions open", open_)
    return f"{said} · {conditions}" if open_ else said


def _outcome(asked: Approval) -> Blocks:
    reason = [f"\n“{blocks.quoted(asked.reason)}”"] if asked.reason else []
    return [blocks.paragraph(*approval_words.ended_by(asked), *reason)]


def _facts(asked: Approval, policy: Policy, tx: Tx, now: datetime | None) -> list[tuple[Text, Any]]:
    """Return the customer as the maker saw it, the subject's own facts, and the people involved."""
    names = {} if asked.customer is None else masking.names(tx, [asked.customer])
    who = None if asked.customer is None else masking.with_id(asked.customer, names.get(asked.customer, asked.customer))
    # a request from before facts were frozen shows the present ones
    seen = asked.picture or deciding.present(asked, policy, tx)
    known = [] if asked.customer is None else decision_facts.rows(seen, asked.amount, policy.approvals.currency)
    waits = asked.verdict is None
    return [
        *([(_("Customer"), who)] if who else []),
        *known,
        *subject_of(asked).facts(tx, asked.subject),
        (_("Same request"), listed(approvals.alike(tx, asked)) or None if waits else None),
        (_("Requested by"), [blocks.person(asked.maker), f" · {words.moment(asked.requested_at)}"]),
        (_("Approvals"), approval_words.whose(asked) if waits else None),
        (_("Votes"), approval_words.voices(asked) if waits or len(asked.votes) > 1 else None),
        (_("Expires"), _until(asked, now) if waits else None),
    ]


def _until(asked: Approval, now: datetime | None) -> str:
    left = f" · {approval_words.left(asked.expires_at, now)}" if now and not asked.is_over(now) else ""
    return f"{words.moment(asked.expires_at)}{left}"


def _decided_on(asked: Approval, tx: Tx) -> dict[str, list[Any]]:
    """Return the facts that had changed at the last vote, from the trail."""
    happened = (entry.event for entry in history.of_subject(tx, str(asked.id), _ENTRIES))
    said = (one for one in happened if one.kind in kinds(ApprovalVoted, ApprovalDecided))
    last = next(said, None)
    return dict((last.facts or {}).get("changed") or {}) if last else {}


# --- in the channel --------------------------------------------------------------------------------------------------


def _to_the_approvers(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    if event.kind == ApprovalRequested.kind:
        return [To("route:approvals", "an approval is asked for")]
    return [To("route:approvals", "what is known of the request has changed", Operation.UPDATE)]


def request_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the present request: with buttons while pending, with the decision afterwards."""
    asked = approvals.get(tx, ApprovalId.parse(facts["subject"]))
    if asked is None or not subject_of(asked).facts(tx, asked.subject):
        return None
    body = card(asked, policy, tx, today=datetime.fromisoformat(facts["at"]).astimezone(reader().tzinfo).date())
    if asked.verdict is None:
        body += [decision_buttons(asked, policy, tx), blocks.note(_("Four eyes: the requester cannot decide."))]
    return Message(gist(asked, tx), body)


def gist(asked: Approval, tx: Tx) -> str:
    """Return the request in a sentence, for the notification."""
    names = {} if asked.customer is None else masking.names(tx, [asked.customer])
    values = {
        "approval": asked.id,
        "maker": blocks.mention(asked.maker),
        "about": asked.subject
        if asked.customer is None
        else _("{subject} for {customer}").format(subject=asked.subject, customer=names.get(asked.customer, asked.customer)),
    }
    if asked.verdict is None:
        sentence = _("{approval}: {maker} requests approval of {about}: {title}").format(title=blocks.quoted(asked.title), **values)
    elif asked.decided_by == CLOCK:
        sentence = _("{approval} expired without a decision: {about}").format(**values)
    else:
        sentence = _("{approval} was {verdict} by {by}: {about}").format(
            verdict=words.label(asked.verdict), by=approval_words.by_whom(asked), **values
        )
    return blocks.marked(sentence)


# --- to the maker ----------------------------------------------------------------------------------------------------


def _to_the_maker(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    maker = (event.facts or {})["maker"]
    # the person who withdraws a request knows about it
    return [] if event.actor == maker else [To(f"person:{maker}", "what you asked for was decided")]


def maker_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the maker's notice about the outcome, with next steps."""
    asked = approvals.get(tx, ApprovalId.parse(facts["subject"]))
    if asked is None or asked.verdict is None:
        return None
    sign = SIGNS[asked.verdict]
    if asked.decided_by == CLOCK:
        sentence = _("{sign} {approval} ({subject}) has expired: nobody decided in time.")
    else:
        sentence = _("{sign} {approval} ({subject}) was {verdict} by {by}.").format(
            verdict=words.label(asked.verdict), by=approval_words.by_whom(asked)
        )
    told = [f"{sign} ", blocks.bold(str(asked.id)), " · ", *approval_words.ended_by(asked), "\n", *subject_line(tx, asked)]
    body = [blocks.paragraph(*told, *([f"\n“{blocks.quoted(asked.reason)}”"] if asked.reason else []))]
    if asked.conditions and asked.verdict is ProposalState.APPROVED:
        today = (asked.decided_at or asked.requested_at).astimezone(reader().tzinfo).date()
        body += [
            blocks.paragraph(blocks.bold(_("Conditions to meet"))),
            blocks.bullets([approval_words.condition(one, today) for one in asked.conditions]),
            blocks.note(_("Someone other than you must confirm each condition: /risk approvals conditions.")),
        ]
    if asked.verdict is ProposalState.APPROVED:
        body += subject_of(asked).granted(tx, asked.subject)
    if (next_ := _next(asked)) is not None:
        body.append(blocks.note(next_))
    return Message(blocks.marked(sentence.format(sign=sign, approval=asked.id, subject=asked.subject)), body)


def _next(asked: Approval) -> Text | None:
    if asked.verdict is ProposalState.RETURNED:
        sentence = _("Add the missing information and propose it again with /risk {command}.")
    elif asked.verdict is ProposalState.EXPIRED:
        sentence = _("If it is still needed, propose it again with /risk {command}; it will use the current facts.")
    else:
        return None
    return sentence.format(command=subject_of(asked).again)


NOTICES = [
    Notice(
        "approval.request",
        (ApprovalRequested, ApprovalVoted, ApprovalRefreshed, ApprovalDecided, ConditionMet),
        _to_the_approvers,
        request_message,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Notice("approval.outcome", (ApprovalDecided,), _to_the_maker, maker_message, classification=Secrecy.CONFIDENTIAL),
]
