"""Requests for a decision."""

from __future__ import annotations

from commands.customers.lists.shape import SIGNS, ListArgs, Listing, Row, Sort, brief, called, short, signed, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext, pgettext
from commands.kit.wording import words
from risk_engine.references import ApprovalId
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import ApprovalLine


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    total, found = entry_lists.approvals(tx, wanted(args, request, tx), entry_lists.Order(sort.value), limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: ApprovalLine, request: Request) -> Row:
    id, name = str(ApprovalId(line.id)), line.name or str(line.subject)
    about = line.customer if line.customer and line.name else name
    asked = tables.figure(words.ago(line.requested_at, request.at), line.requested_at.timestamp())
    shown = (signed(line.verdict, id), short(about, name), brief(line.title or "–"), asked, called(request, line.maker))
    decided = line.decided_at.date() if line.decided_at else None
    requested = line.requested_at.date()
    values = (id, str(line.subject), line.customer, name, line.title, line.maker, requested, line.verdict, line.decided_by, decided)
    return Row(shown, values, f"{id} {masking.customer(about, name)}")


APPROVALS = Listing(
    filters=frozenset({"state", "owner", "sector", "department"}),
    orders=(Sort.OLDEST, Sort.NEWEST, Sort.EXPOSURE),
    count=lambda n: ngettext("{n} approval", "{n} approvals", n),
    nothing=_("No approval matches. `/risk respond R-17` requests one."),
    headings=(_("ID"), _("Customer"), _("What"), _("Asked"), pgettext("approvals", "By")),
    lead=None,
    columns=("id", "about", "customer", "name", "title", "asked_by", "asked", "verdict", "decided_by", "decided"),
    lines=lines,
    legend=SIGNS,
)
