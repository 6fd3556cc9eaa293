"""Responses to risks."""

from __future__ import annotations

from commands.customers.lists.shape import ListArgs, Listing, Row, Sort, brief, called, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from commands.kit.wording.lines import overdue
from risk_engine.approvals.proposal import ProposalState
from risk_engine.references import ResponseId, RiskId
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import ResponseLine

# an approved response is not yet done: only its end has a tick
_SIGNS = {
    ProposalState.PROPOSED: "⏳",
    ProposalState.APPROVED: "▷",
    ProposalState.IN_PROGRESS: "▶",
    ProposalState.DONE: "✅",
    ProposalState.REJECTED: "⛔",
    ProposalState.RETURNED: "↩",
    ProposalState.WITHDRAWN: "🗑",
    ProposalState.CANCELLED: "🗑",
    ProposalState.EXPIRED: "⌛",
}
_LEGEND = _("⏳ pending approval · ▷ approved · ▶ in progress · ✅ done · ⛔ rejected · ↩ returned · 🗑 withdrawn or cancelled · ⌛ expired")


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    total, found = entry_lists.responses(tx, wanted(args, request, tx), entry_lists.Order(sort.value), limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: ResponseLine, request: Request) -> Row:
    id, risk = str(ResponseId(line.id)), str(RiskId(line.risk))
    due = tables.figure(overdue(line.due, line.state, request.today) or words.day(line.due), line.due.toordinal())
    shown = (
        f"{_SIGNS[ProposalState(line.state)]} {id}",
        short(line.customer, line.name),
        brief(line.measure),
        due,
        called(request, line.owner),
    )
    values = (id, risk, line.customer, line.name, line.strategy, line.measure, line.due, line.state, line.owner)
    return Row(shown, values, f"{id} {masking.customer(line.customer, line.name)}")


RESPONSES = Listing(
    filters=frozenset({"state", "owner", "sector", "department", "category", "kind", "due"}),
    orders=(Sort.DUE, Sort.WORST, Sort.EXPOSURE, Sort.NEWEST),
    count=lambda n: ngettext("{n} response", "{n} responses", n),
    nothing=_("No response matches. `/risk respond R-17` proposes one."),
    headings=(_("ID"), _("Customer"), _("Measure"), _("Due"), _("Owner")),
    lead=3,
    columns=("id", "risk", "customer", "name", "strategy", "measure", "due", "state", "owner"),
    lines=lines,
    legend=_LEGEND,
)
