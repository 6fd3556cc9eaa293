"""The daily limit on exported customers per person; larger exports need a second person."""

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

# a duration, not a date: changing the time zone in Slack would start another day
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Over:
    """A file above the limit: the customers with it, and the limit."""

    total: int
    quota: int


def over(sheet: Sheet, answer: str, request: Request, tx: Tx) -> Over | None:
    """Return the excess of a file; None if it is within the limit, adds no customer, or was approved."""
    quota = request.policy.reads.exported_a_day
    before = reads.taken(tx, request.policy.people.accounts_of(request.user), since=request.at - DAY)
    total = len(before.union(sheet.customers))
    if total <= quota or before.issuperset(sheet.customers) or _allowed(sheet, answer, request, tx):
        return None
    return Over(total, quota)


def _allowed(sheet: Sheet, answer: str, request: Request, tx: Tx) -> bool:
    """Return True if a second person has approved this very answer, with no more customers, for this person."""
    asked = export_requests.of_answer(tx, answer, request.user)
    if asked is None or len(sheet.customers) > asked.customers:
        return False
    decision = approvals.of_subject(tx, asked.id)
    return decision is not None and decision.verdict is ProposalState.APPROVED


def taken(sheet: Sheet, answer: str, noted: Sequence[Event], request: Request, tx: Tx) -> Reply | None:
    """Record an export with its customers; above the limit, record that it was held back, and return that reply."""
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
    """Return the numbers and the limit, with the remedy."""
    return _(
        "Nothing was exported: with this file you would have exported {total} customers within 24 hours, and the limit is {quota} per "
        "person. Narrow the list, or ask a second person to approve this file."
    ).format(total=words.count(found.total), quota=words.count(found.quota))
