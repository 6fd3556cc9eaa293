"""Overrides of the model's grades."""

from __future__ import annotations

from commands.customers.lists.shape import ListArgs, Listing, Row, Sort, brief, called, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext, pgettext
from commands.kit.wording import words
from risk_engine.grading import Grade
from risk_engine.references import OverrideId
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import OverrideLine


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    filters, order = wanted(args, request, tx), entry_lists.Order(sort.value)
    total, found = entry_lists.overrides(tx, filters, order, on=request.today, limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: OverrideLine, request: Request) -> Row:
    id, model, grade = str(OverrideId(line.id)), Grade(line.model), Grade(line.grade)
    over = line.state == "approved" and line.until < request.today
    state = str(pgettext("override", "expired")) if over else words.label(line.state)
    shown = (
        id,
        short(line.customer, line.name),
        tables.figure(f"{words.grade(model)} → {words.grade(grade)}", line.grade),
        tables.dated(line.until),
        state,
        brief(line.reason),
        called(request, line.proposed_by),
    )
    values = (id, line.customer, line.name, model.name.lower(), grade.name.lower(), line.until, "expired" if over else line.state)
    return Row(shown, (*values, line.reason, line.proposed_by), f"{id} {masking.customer(line.customer, line.name)}")


OVERRIDES = Listing(
    filters=frozenset({"state", "owner", "sector", "department"}),
    orders=(Sort.DUE, Sort.NEWEST, Sort.EXPOSURE),
    count=lambda n: ngettext("{n} override", "{n} overrides", n),
    nothing=_("No override is in force or pending."),
    headings=(_("ID"), _("Customer"), _("Model → override"), _("Until"), _("State"), _("Why"), pgettext("override", "By")),
    lead=2,
    columns=("id", "customer", "name", "model_grade", "grade", "until", "state", "reason", "proposed_by"),
    lines=lines,
)
