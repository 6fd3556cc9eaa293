"""Facilities of all customers, the soonest to mature first."""

from __future__ import annotations

from datetime import timedelta

from commands.customers import facility_words
from commands.customers.lists.shape import Due, ListArgs, Listing, Row, Sort, short
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.input import several
from commands.kit.wording import words
from storage.customers import facility_list
from storage.customers.facility_list import FacilityFilters, FacilityLine, FacilityOrder
from storage.database import Tx

_COLUMNS = ("sector", "country", "department")


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    filters = {column: several.wanted(tx, column, getattr(args, column)) for column in _COLUMNS}
    until = args.until or (request.today + timedelta(days=7) if args.due is Due.WEEK else None)
    if args.due is Due.OVERDUE:
        until = request.today - timedelta(days=1)
    after = request.today if until and until >= request.today else None
    wanted = FacilityFilters(**filters, after=after, until=until)
    total, found = facility_list.facilities(tx, wanted, FacilityOrder(sort.value), limit=limit, offset=offset)
    return total, [_row(line) for line in found]


def _row(line: FacilityLine) -> Row:
    shown = (
        short(line.customer, line.name),
        line.facility,
        facility_words.facility(line.kind),
        tables.figure(words.day(line.maturity) if line.maturity else "–", line.maturity.toordinal() if line.maturity else None),
        words.money(line.outstanding, line.currency),
        tables.figure(words.reading(line.days_past_due, "days"), line.days_past_due),
    )
    values = (line.facility, line.customer, line.name, line.kind, line.maturity, line.outstanding, line.currency, line.days_past_due)
    return Row(shown, values, f"{line.facility} {masking.customer(line.customer, line.name)}")


FACILITIES = Listing(
    filters=frozenset({"sector", "country", "department", "until", "due"}),
    orders=(Sort.DUE, Sort.NAME),
    count=lambda n: ngettext("{n} facility", "{n} facilities", n),
    nothing=_("No facility matures then."),
    headings=(_("Customer"), _("Facility"), _("Kind"), _("Matures"), _("Drawn"), _("Past due")),
    lead=3,
    columns=("facility", "customer", "name", "kind", "maturity", "outstanding", "currency", "days_past_due"),
    lines=lines,
)
