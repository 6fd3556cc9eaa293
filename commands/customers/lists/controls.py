"""Controls, and measures whose effect is to be verified."""

from __future__ import annotations

from commands.customers.lists.shape import ListArgs, Listing, Row, Sort, brief, called, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from risk_engine.references import ControlId
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import ControlLine


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    total, found = entry_lists.controls(tx, wanted(args, request, tx), entry_lists.Order(sort.value), limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: ControlLine, request: Request) -> Row:
    id = str(ControlId(line.id))
    shown = (
        id,
        words.label(line.state),
        short(line.customer, line.name),
        brief(line.title),
        _due(line, request),
        called(request, line.owner),
    )
    values = (id, line.customer, line.name, line.kind, line.title, line.state, line.next_test, line.owner)
    return Row(shown, values, f"{id} {masking.customer(line.customer, line.name)}")


def _due(line: ControlLine, request: Request) -> object:
    if line.next_test is None:
        return "–"
    late = (request.today - line.next_test).days
    days = ngettext("{n} day late", "{n} days late", late)
    return tables.figure(f"▲ {days}" if late > 0 else words.day(line.next_test), line.next_test.toordinal())


CONTROLS = Listing(
    filters=frozenset({"state", "owner", "sector", "department", "due"}),
    orders=(Sort.DUE, Sort.EXPOSURE, Sort.NEWEST),
    count=lambda n: ngettext("{n} control", "{n} controls", n),
    nothing=_("No control matches. `/risk control R-17` records one."),
    headings=(_("ID"), _("State"), _("Customer"), _("Control"), _("Next test"), _("Owner")),
    lead=4,
    columns=("id", "customer", "name", "kind", "control", "state", "next_test", "owner"),
    lines=lines,
)
