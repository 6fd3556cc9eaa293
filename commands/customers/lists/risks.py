"""Risks of the register."""

from __future__ import annotations

from commands.customers.lists.shape import ListArgs, Listing, Row, Sort, brief, called, short, wanted
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from risk_engine.references import RiskId
from risk_engine.register.assessment import Level
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import RiskLine


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    total, found = entry_lists.risks(tx, wanted(args, request, tx), entry_lists.Order(sort.value), limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: RiskLine, request: Request) -> Row:
    id = str(RiskId(line.id))
    shown = (
        id,
        words.level(Level(line.level)),
        short(line.customer, line.name),
        brief(line.title),
        words.label(line.category),
        called(request, line.owner),
    )
    values = (
        id,
        line.customer,
        line.name,
        line.kind,
        line.category,
        Level(line.level).name.lower(),
        line.title,
        line.owner,
        line.department,
        line.logged_at.date(),
        "open" if line.open else "closed",
    )
    return Row(shown, values, f"{id} {masking.customer(line.customer, line.name)}")


RISKS = Listing(
    filters=frozenset({"state", "owner", "sector", "department", "category", "kind"}),
    orders=(Sort.WORST, Sort.EXPOSURE, Sort.NEWEST, Sort.OLDEST),
    count=lambda n: ngettext("{n} risk", "{n} risks", n),
    nothing=_("No risk in the register matches. `/risk log` records one."),
    headings=(_("ID"), _("Level"), _("Customer"), _("Risk"), _("Category"), _("Owner")),
    lead=1,
    columns=("id", "customer", "name", "kind", "category", "level", "risk", "owner", "department", "logged", "state"),
    lines=lines,
)
