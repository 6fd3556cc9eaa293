"""Requests to a second person for exports above the daily limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for, withdraw_button
from commands.delivery import ExportArgs, quota, record, secrecy_words, unfold
from commands.kit import blocks
from commands.kit.contract import Blocks, Command, Refused, Reply, Request, Subject
from commands.kit.i18n import Text, _
from commands.kit.input.fields import Ask
from commands.kit.wording import words
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.events import ExportAsked
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.references import ExportId
from storage import events
from storage.approvals import approvals
from storage.data import export_requests
from storage.data.export_requests import ExportRequest
from storage.database import Tx


class AskArgs(ExportArgs):
    reason: Annotated[str, Field(min_length=10, max_length=1000), Ask(_("Purpose"), multiline=True)]


def ask(args: AskArgs, request: Request, tx: Tx) -> Reply:
    """Record the request at the file's present size: a larger file needs another approval."""
    _refuse_a_second(args.key, request, tx)
    command, arguments, earlier = unfold(args, request, tx)
    if command.sheet is None:
        raise Refused(_("This answer cannot be exported."))
    if no := secrecy_words.no_files(request.policy.privacy):
        raise Refused(no)
    sheet = command.sheet(arguments, earlier, tx)
    if quota.over(sheet, args.key, request, tx) is None:
        raise Refused(_("This file needs no approval: press Export."))
    id, count = export_requests.next_id(tx), len(sheet.customers)
    asked = ExportRequest(id, args.key, request.user, command.name, count, args.reason, request.at)
    export_requests.add(tx, asked)
    happened = ExportAsked(
        subject=str(id),
        actor=request.user,
        at=request.at,
        command=command.name,
        arguments=arguments.model_dump(mode="json", exclude_none=True),
        count=count,
        reason=args.reason,
    )
    record(tx, happened, request.policy, request_key=request.key)
    waiting = ask_for(id, None, args.reason, request, tx)
    gist = _("{export} is requested: {what}; {approval} is with the approvers.").format(export=id, what=_what(asked), approval=waiting.id)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), withdraw_button(waiting)])


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Refuse a second pending request at once, before a reason is typed."""
    _refuse_a_second(values["key"], request, tx)
    return None


def _refuse_a_second(key: str, request: Request, tx: Tx) -> None:
    before = export_requests.of_answer(tx, key, request.user)
    decision = before and approvals.of_subject(tx, before.id)
    if before and decision and decision.verdict is None:
        raise Refused(_("{approval} for this file is already pending.").format(approval=decision.id))


# --- as the subject of an approval -----------------------------------------------------------------------------------


def _what(asked: ExportRequest) -> Text:
    return _("{n} customers of /risk {command} as a file").format(n=words.count(asked.customers), command=asked.command)


def line(tx: Tx, id: ExportId) -> Sequence[Any] | None:
    """Return the number of customers and the answer, on one line."""
    found = export_requests.get(tx, id)
    return None if found is None else [" · ", blocks.bold(_what(found)), "  ", blocks.quoted(found.reason)]


def facts(tx: Tx, id: ExportId) -> Sequence[tuple[Text, Any]]:
    """Return the facts for a decision about a file."""
    found = export_requests.get(tx, id)
    if found is None:
        return []
    what = (_("Export"), f"{found.id} · {_what(found)}")
    return [what, (_("Selection"), _selection(tx, id)), (_("Purpose"), blocks.quoted(found.reason))]


def _selection(tx: Tx, id: ExportId) -> Text | str:
    """Return the filters of the file as one would type them; they stand in the trail."""
    asked = events.last_of(tx, str(id), ExportAsked)
    arguments = (asked.facts or {}).get("arguments", {}) if asked else {}
    filters = [f"{name}={value}" for name, value in arguments.items() if name != "page" and value not in (None, "")]
    return blocks.quoted(" ".join(filters)) if filters else _("everything that the requester may see")


def asks(tx: Tx, id: ExportId, customer: str) -> Text | None:
    """Return the request as a title."""
    found = export_requests.get(tx, id)
    return None if found is None else _("Export {what}").format(what=_what(found))


def settle(tx: Tx, id: ExportId, verdict: ProposalState) -> None:
    """Change nothing: the export itself checks the decision."""


def granted(tx: Tx, id: ExportId) -> Blocks:
    """Return the button that sends the file."""
    found = export_requests.get(tx, id)
    return [] if found is None else [blocks.buttons(blocks.button("reply.export", _("Export"), found.answer))]


ACTIONS = [
    Command(
        "export.ask",
        AskArgs,
        ask,
        right=Right.EXPORT,
        summary=_("Request approval for a file with more customers than one person may export in a day"),
        writes=True,
        title=_("Request a file"),
        submit=_("Ask"),
        ready=ready,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
SUBJECTS = [
    Subject(
        ExportId,
        "list",
        line,
        facts,
        settle,
        kind=lambda tx, id: ApprovalKind.EXPORT,
        granted=granted,
        asks=asks,
        protected=lambda tx, id: False,
        still_possible=lambda tx, id, request: None,
    )
]
