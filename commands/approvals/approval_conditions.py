"""/risk approvals conditions: unmet conditions of approvals, confirmed by somebody other than the maker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import deciding
from commands.approvals.cards import approval_words
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Args, Block, Blocks, Command, Message, Notice, Refused, Reply, Request, To
from commands.kit.digest_parts import Lead, Part, Section, Span, Standing, Urgency
from commands.kit.i18n import _, ngettext
from commands.kit.input.fields import Ask
from commands.kit.paging import no_page, turns
from risk_engine.approvals import condition as engine
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.condition import Condition
from risk_engine.approvals.events import ConditionMet
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from risk_engine.references import ApprovalId
from storage.approvals import approvals, conditions
from storage.database import Tx
from storage.events import Recorded

SHOWN, LISTED = 10, 15


class MetArgs(Args):
    condition: Annotated[str, Field(pattern=r"^[0-9a-f]{32}\.[1-9][0-9]{0,2}$"), Ask(_("Key"), hidden=True)]
    evidence: Annotated[
        str, Field(min_length=5, max_length=1000), Ask(_("Evidence"), hint=_("What you have seen, and where it is filed"), multiline=True)
    ]


def list_conditions(args: Any, request: Request, tx: Tx) -> Reply:
    """List unmet conditions, the earliest due first."""
    count, found = conditions.unmet(tx, limit=SHOWN, offset=(args.page - 1) * SHOWN)
    if not count:
        return Reply(str(_("All conditions of the approval are met.")))
    if not found:
        raise Refused(no_page(args.page, -(-count // SHOWN)), field="page")
    late, _none = conditions.unmet(tx, due=request.today - timedelta(days=1), limit=0)
    heading = ngettext("{n} condition is open", "{n} conditions are open", count)
    overdue = ngettext("{n} overdue", "{n} overdue", late)
    said = f"{heading} · {overdue}" if late else str(heading)
    body: Blocks = [blocks.header(said)]
    for one, asked in with_approvals(found, tx):
        body += condition_entry(one, asked, request, tx)
    body.append(blocks.note(_("The requester cannot confirm the conditions.")))
    return Reply(said, body, pages=turns(args, -(-count // SHOWN)))


def with_approvals(found: Sequence[Condition], tx: Tx) -> list[tuple[Condition, Approval]]:
    """Return each condition with its approval."""
    of = {one.id: one for one in approvals.by_ids(tx, {one.approval for one in found})}
    return [(one, of[one.approval]) for one in found if one.approval in of]


def condition_entry(one: Condition, asked: Approval, request: Request, tx: Tx) -> Blocks:
    """Return a condition with its approval, and a button for people who may confirm it."""
    human = request.policy.people.human
    may = Right.WRITE in request.authority.rights and human(asked.maker) != human(request.user)
    return [blocks.paragraph(*_line(one, asked, request.today, tx)), *([_button(one, asked)] if may else [])]


def _line(one: Condition, asked: Approval, today: date, tx: Tx) -> list[Any]:
    return [
        *_head(one, asked, today, tx),
        "\n",
        *blocks.around(_("set by {who}, to be met by {maker}"), who=blocks.person(one.set_by), maker=blocks.person(asked.maker)),
    ]


def _head(one: Condition, asked: Approval, today: date, tx: Tx) -> list[Any]:
    about = asked.subject if asked.customer is None else masking.names(tx, [asked.customer]).get(asked.customer, asked.customer)
    return [blocks.bold(f"{one.approval} · {about}"), "  ", *approval_words.condition(one, today)]


def _button(one: Condition, asked: Approval) -> Block:
    key = f"{asked.key}.{one.number}"
    return blocks.buttons(blocks.button("condition.met", _("Met…"), key), block_id=f"condition-{int(asked.id)}-{one.number}")


# --- met -------------------------------------------------------------------------------------------------------------


def _of(key: str, tx: Tx) -> tuple[Approval, Condition]:
    asked = deciding.waiting_for(key, tx)
    number = int(key.partition(".")[2])
    found = next((one for one in asked.conditions if one.number == number), None)
    if found is None:
        raise Refused(_("{approval} has no such condition.").format(approval=asked.id))
    return asked, found


def _refuse_the_maker(asked: Approval, request: Request) -> None:
    human = request.policy.people.human
    if human(asked.maker) == human(request.user):
        raise Refused(_("You requested {approval} yourself: someone else has to confirm its conditions.").format(approval=asked.id))


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the condition in a line; refuse at once if the person cannot confirm it."""
    asked, found = _of(values["condition"], tx)
    _refuse_the_maker(asked, request)
    engine.meet(found, maker=asked.maker, by=request.user, at=request.at, evidence="")
    return f"{found.approval} · {blocks.quoted(found.text)}"


def met(args: MetArgs, request: Request, tx: Tx) -> Reply:
    """Record that a condition is met."""
    asked, found = _of(args.condition, tx)
    _refuse_the_maker(asked, request)
    done, happened = engine.meet(found, maker=asked.maker, by=request.user, at=request.at, evidence=args.evidence)
    conditions.save(tx, done)
    record(tx, happened, request.policy, request_key=request.key)
    left = sum(one.open for one in asked.conditions) - 1
    sentence = ngettext(
        "The condition of {approval} is met; {n} more is open.", "The condition of {approval} is met; {n} more are open.", left
    )
    all_ = _("The last condition of {approval} is met.")
    return Reply(str((sentence if left else all_).format(approval=asked.id)))


def _to_whoever_set_it(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    found = _condition(event.subject, event.facts or {}, tx)
    return [] if found is None or found.set_by == event.actor else [To(f"person:{found.set_by}", "the condition that they set is met")]


def _condition(subject: str, facts: Mapping[str, Any], tx: Tx) -> Condition | None:
    asked = approvals.get(tx, ApprovalId.parse(subject))
    return next((one for one in asked.conditions if one.number == facts["number"]), None) if asked else None


def met_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice about a met condition: person and evidence."""
    found, asked = _condition(facts["subject"], facts, tx), approvals.get(tx, ApprovalId.parse(facts["subject"]))
    if found is None or asked is None or found.met_at is None:
        return None
    gist = _("{by} has confirmed your condition of {approval}.").format(by=blocks.mention(found.met_by or ""), approval=found.approval)
    return Message(blocks.marked(gist), [blocks.paragraph(*_line(found, asked, found.due, tx))])


# --- in the digest ---------------------------------------------------------------------------------------------------


def due_part(span: Span, policy: Policy, tx: Tx) -> Part | None:
    """Return conditions newly due since the previous digest, and the number of older ones."""
    new, shown, before = conditions.fallen_due(tx, span.scope, day_before=span.day_before, day=span.day, limit=LISTED)
    if not new and not before:
        return None
    lines = [[*_head(one, asked, span.day, tx), " · ", blocks.person(asked.maker)] for one, asked in with_approvals(shown, tx)]
    standing = ngettext("{n} condition due, carried over", "{n} conditions due, carried over", before)
    lead = None
    if shown:
        first = shown[0]
        said = _("A condition of {approval} is due: {text}").format(approval=first.approval, text=blocks.quoted(first.text))
        lead = Lead(Urgency.LATE, said)
    kept = Standing(standing, "/risk approvals conditions") if before else None
    return Part(ngettext("{n} condition falls due", "{n} conditions fall due", new), new, lines, kept, lead)


ACTIONS = [
    Command(
        "condition.met",
        MetArgs,
        met,
        right=Right.WRITE,
        summary=_("Confirm that a condition of an approval is met"),
        writes=True,
        title=_("Condition met"),
        submit=_("Confirm"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    )
]
NOTICES = [Notice(ConditionMet.kind, (ConditionMet,), _to_whoever_set_it, met_message, classification=Secrecy.CONFIDENTIAL)]
SECTIONS = [Section("conditions", 45, True, due_part)]
