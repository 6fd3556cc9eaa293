"""/risk approvals and the request itself: Approve, Reject, Return, with four eyes, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from commands.kit import blocks, deciding, masking, words
from commands.kit.contract import Args, Block, Command, Message, Notice, Reply, Request, To
from commands.kit.fields import Ask
from commands.kit.i18n import _, ngettext
from commands.kit.lines import subject_line, subject_of
from risk_engine.approval import Approval
from risk_engine.ballot import Choice, Verdict
from risk_engine.policy import Policy
from risk_engine.references import ApprovalId
from risk_engine.roles import Right
from storage import approvals, customers
from storage.database import Tx
from storage.deliveries import Operation
from storage.events import Recorded

SHOWN = 10
_SIGNS = {Verdict.APPROVED: "✅", Verdict.REJECTED: "⛔", Verdict.RETURNED: "↩️", Verdict.WITHDRAWN: "🗑️", Verdict.EXPIRED: "⌛"}


# an approval's key, and after a point the name of the facts that lay before whoever pressed
Seen = Annotated[str, Field(pattern=r"^[0-9a-f]{32}(\.[0-9a-f]{12})?$"), Ask(_("Key"), hidden=True)]


class ListArgs(Args):
    pass


class ApproveArgs(Args):
    key: Seen


class ReasonArgs(Args):
    key: Seen
    reason: Annotated[str, Field(min_length=3, max_length=1000), Ask(_("Why"), multiline=True)]


def list_waiting(args: ListArgs, request: Request, tx: Tx) -> Reply:
    count, waiting = approvals.waiting(tx, limit=SHOWN)
    if not waiting:
        return Reply(str(_("No approval is waiting. `/risk respond R-17` asks for one.")))
    heading = ngettext("{n} approval waits", "{n} approvals wait", count)
    body: list[Block] = [blocks.header(heading)]
    for asked in waiting:
        body.append(
            blocks.paragraph(
                *subject_line(tx, asked), "\n", _("asked by "), blocks.person(asked.maker), f", {words.ago(asked.requested_at, request.at)}"
            )
        )
        if asked.maker != request.user:
            body.append(decision_buttons(asked, request.policy, tx))
    if count > SHOWN:
        body.append(blocks.note(_("{n} more are not shown.").format(n=count - SHOWN)))
    return Reply(f"{heading}: " + ", ".join(str(asked.id) for asked in waiting), body)


def decision_buttons(asked: Approval, policy: Policy, tx: Tx) -> Block:
    """Approve, reject, return; they carry which facts lay before whoever presses them."""
    key = deciding.button_key(asked, deciding.present(asked, policy, tx))
    sure = blocks.confirm(_("Approve {approval}?").format(approval=asked.id), _("Your name and the time go on record."), _("Approve"))
    return blocks.buttons(
        blocks.button("approval.approve", _("Approve"), key, style="primary", confirm=sure),
        blocks.button("approval.reject", _("Reject…"), key, style="danger"),
        blocks.button("approval.return", _("Return…"), key),
        block_id=f"approval-{int(asked.id)}",
    )


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Say what is decided; and at once, not after a form was filled in, that somebody cannot decide it."""
    asked = deciding.waiting_for(values["key"], tx)
    deciding.may_decide(asked, request, tx)
    return "".join(str(piece["text"] if isinstance(piece, dict) else piece) for piece in subject_line(tx, asked))


def _decide(choice: Choice, key: str, reason: str | None, request: Request, tx: Tx) -> Reply:
    decided = deciding.decide(key, choice, request, tx, reason=reason)
    if decided.verdict is None:
        return Reply(str(_("Your voice is on record; {approval} still waits.").format(approval=decided.id)))
    gist = _("{approval} is {verdict}; {maker} is told.").format(
        approval=decided.id, verdict=words.label(decided.verdict), maker=blocks.mention(decided.maker)
    )
    return Reply(blocks.marked(gist))


def approve(args: ApproveArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.APPROVE, args.key, None, request, tx)


def reject(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.REJECT, args.key, args.reason, request, tx)


def give_back(args: ReasonArgs, request: Request, tx: Tx) -> Reply:
    return _decide(Choice.RETURN, args.key, args.reason, request, tx)


# --- what is told ------------------------------------------------------------------------------------------------


def _to_the_approvers(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    if event.kind == "approval.requested":
        return [To("route:approvals", "an approval is asked for")]
    return [To("route:approvals", "the request was decided", Operation.UPDATE)]


def request_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """The request as it stands now: with buttons while it waits, with the decision afterwards."""
    asked = approvals.get(tx, ApprovalId.parse(facts["subject"]))
    if asked is None or asked.customer is None:
        return None
    about = subject_of(asked).facts(tx, asked.subject)
    if not about:
        return None
    name = masking.names(tx, [asked.customer]).get(asked.customer, asked.customer)
    owed = customers.exposures(tx, [asked.customer]).get(asked.customer, ())
    verdict = asked.verdict
    heading = (
        f"{asked.id} · {_SIGNS[verdict]} {words.label(verdict)}"
        if verdict
        else _("{approval} · waits for approval").format(approval=asked.id)
    )
    pairs = [
        (_("Customer"), f"{name} ({asked.customer})"),
        (_("Exposure"), "; ".join(words.money(entry.outstanding, entry.currency) for entry in owed) or str(_("no facilities on record"))),
        *about,
        (_("Asked by"), [blocks.person(asked.maker), f" · {words.moment(asked.requested_at)}"]),
    ]
    body = [blocks.header(heading), blocks.facts(pairs)]
    if verdict is None:
        body += [decision_buttons(asked, policy, tx), blocks.note(_("Four eyes: whoever asked cannot decide."))]
        gist = _("{approval}: {maker} asks for approval of {subject} for {customer}: {title}")
        return Message(blocks.marked(gist.format(**_gist(asked, name))), body)
    decided = [
        blocks.bold(words.label(verdict)),
        " ",
        _("by"),
        " ",
        blocks.person(asked.decided_by or ""),
        f" · {words.moment(_at(asked))}",
    ]
    body.append(blocks.paragraph(*decided, *([f"\n“{asked.reason}”"] if asked.reason else [])))
    gist = _("{approval} was {verdict} by {by}: {subject} for {customer}")
    return Message(
        blocks.marked(gist.format(verdict=words.label(verdict), by=blocks.mention(asked.decided_by or ""), **_gist(asked, name))),
        body,
    )


def _gist(asked: Approval, name: str) -> dict[str, Any]:
    return {
        "approval": asked.id,
        "maker": blocks.mention(asked.maker),
        "subject": asked.subject,
        "customer": name,
        "title": asked.title,
    }


def _at(asked: Approval) -> datetime:
    assert asked.decided_at is not None, "a verdict has its time"
    return asked.decided_at


def _to_the_maker(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To(f"person:{(event.facts or {})['maker']}", "what you asked for was decided")]


def maker_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """What the maker is told."""
    asked = approvals.get(tx, ApprovalId.parse(facts["subject"]))
    if asked is None or asked.verdict is None:
        return None
    gist = _("{sign} {approval} ({subject}) was {verdict} by {by}.").format(
        sign=_SIGNS[asked.verdict],
        approval=asked.id,
        subject=asked.subject,
        verdict=words.label(asked.verdict),
        by=blocks.mention(asked.decided_by or ""),
    )
    told = [
        f"{_SIGNS[asked.verdict]} ",
        blocks.bold(f"{asked.id} · {words.label(asked.verdict)}"),
        "  ",
        _("by"),
        " ",
        blocks.person(asked.decided_by or ""),
        "\n",
    ]
    body = [blocks.paragraph(*told, *subject_line(tx, asked), *([f"\n“{asked.reason}”"] if asked.reason else []))]
    if asked.verdict is Verdict.RETURNED:
        body.append(blocks.note(_("Add what is missing and propose again with /risk {command}.").format(command=subject_of(asked).again)))
    return Message(blocks.marked(gist), body)


COMMAND = Command(
    "approvals", ListArgs, list_waiting, right=Right.READ, summary=_("What waits for a decision"), examples=["approvals"], order=22
)
ACTIONS = [
    Command("approval.approve", ApproveArgs, approve, right=Right.DECIDE, summary=_("Approve"), writes=True),
    Command(
        "approval.reject",
        ReasonArgs,
        reject,
        right=Right.DECIDE,
        summary=_("Reject, with the reason"),
        writes=True,
        title=_("Reject"),
        submit=_("Reject"),
        ready=ready,
    ),
    Command(
        "approval.return",
        ReasonArgs,
        give_back,
        right=Right.DECIDE,
        summary=_("Return for more, saying what is missing"),
        writes=True,
        title=_("Return for more"),
        submit=_("Return"),
        ready=ready,
    ),
]
NOTICES = [
    Notice("approval.request", ("approval.requested", "approval.decided"), _to_the_approvers, request_message),
    Notice("approval.outcome", ("approval.decided",), _to_the_maker, maker_message),
]
