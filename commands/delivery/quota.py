"""How many customers a person takes along in files within a day: what is over the policy's number waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from commands.delivery.recording import record
from commands.kit import blocks
from commands.kit.contract import Reply, Request, Sheet
from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.events import AnswerExported, ExportHeld
from risk_engine.events import Event
from storage.approvals import approvals
from storage.audit import reads
from storage.data import export_requests
from storage.database import Tx

# not a date: whoever changes their time zone in Slack would begin another day
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Over:
    """A file that would make it more customers than a person may take along: so many with it, of so many."""

    total: int
    quota: int


def over(sheet: Sheet, answer: str, request: Request, tx: Tx) -> Over | None:
    """By how much a file is over; None if it is within the quota, tells of nobody new, or was allowed by a second person."""
    quota = request.policy.reads.exported_a_day
    before = reads.taken(tx, request.policy.people.accounts_of(request.user), since=request.at - DAY)
    total = len(before.union(sheet.customers))
    if total <= quota or before.issuperset(sheet.customers) or _allowed(sheet, answer, request, tx):
        return None
    return Over(total, quota)


def _allowed(sheet: Sheet, answer: str, request: Request, tx: Tx) -> bool:
    """Whether a second person has approved this very answer, of no more customers, for this person."""
    asked = export_requests.of_answer(tx, answer, request.user)
    if asked is None or len(sheet.customers) > asked.customers:
        return False
    decision = approvals.of_subject(tx, asked.id)
    return decision is not None and decision.verdict is ProposalState.APPROVED


def taken(sheet: Sheet, answer: str, noted: Sequence[Event], request: Request, tx: Tx) -> Reply | None:
    """Write that somebody takes a file along, and everybody in it; over the quota, that it was held back, and the answer to that."""
    # the answer that is a file notes nothing else
    exported = [event for event in noted if isinstance(event, AnswerExported)]
    if (found := over(sheet, answer, request, tx)) is None:
        for event in exported:
            reads.disclosed(tx, record(tx, event, request.policy).id, event.customers or ())
        return None
    for event in exported:
        held = ExportHeld(
            subject=event.subject,
            actor=request.user,
            at=request.at,
            command=event.command,
            arguments=event.arguments,
            rows=event.rows,
            as_of=event.as_of,
            via=event.via,
            count=event.count or 0,
            total=found.total,
            quota=found.quota,
        )
        record(tx, held, request.policy)
    ask = blocks.button("export.ask", _("Request approval…"), answer)
    return Reply(str(sentence(found)), [blocks.paragraph(sentence(found)), blocks.buttons(ask)])


def sentence(found: Over) -> Text:
    """How many of how many, and what to do."""
    return _(
        "Nothing was exported: with this file you would have exported {total} customers within 24 hours, and the limit is {quota} per "
        "person. Narrow the list, or ask a second person to approve this file."
    ).format(total=words.count(found.total), quota=words.count(found.quota))
