"""Breached indicators."""

from __future__ import annotations

from commands.customers.lists.shape import ListArgs, Listing, Row, Sort, called, short, wanted
from commands.kit import tables
from commands.kit.access import masking
from commands.kit.contract import Request
from commands.kit.i18n import _, ngettext
from commands.kit.wording import words
from risk_engine.indicators.monitoring import Colour
from risk_engine.references import BreachId
from storage.database import Tx
from storage.register import entry_lists
from storage.register.entry_lists import BreachLine


def lines(args: ListArgs, sort: Sort, request: Request, tx: Tx, limit: int, offset: int) -> tuple[int, list[Row]]:
    total, found = entry_lists.breaches(tx, wanted(args, request, tx), entry_lists.Order(sort.value), limit=limit, offset=offset)
    return total, [_row(line, request) for line in found]


def _row(line: BreachLine, request: Request) -> Row:
    id = str(BreachId(line.id))
    shown = (
        f"{words.colour_sign(Colour(line.colour))} {id}",
        short(line.customer, line.name),
        words.named(line.kri),
        tables.figure(words.reading(line.value, words.unit_of(line.kri, request.policy)), line.value),
        # the distance beyond the threshold, and its side
        tables.figure(_beyond(line, request), line.value - line.threshold),
        called(request, line.owner),
    )
    colour = Colour(line.colour).name.lower()
    values = (id, colour, line.customer, line.name, line.kri, line.value, line.threshold, line.as_of, line.state, line.owner)
    return Row(shown, values, f"{id} {masking.customer(line.customer, line.name)}")


def _beyond(line: BreachLine, request: Request) -> str:
    """Return the distance beyond the threshold, which is itself out of bounds."""
    if line.value == line.threshold:
        return str(_("at the limit"))
    return words.difference(line.value - line.threshold, words.unit_of(line.kri, request.policy))


BREACHES = Listing(
    filters=frozenset({"state", "owner", "sector", "department", "colour"}),
    orders=(Sort.WORST, Sort.EXPOSURE, Sort.NEWEST, Sort.OLDEST),
    count=lambda n: ngettext("{n} breach", "{n} breaches", n),
    nothing=_("No indicator out of bounds matches."),
    headings=(_("Breach"), _("Customer"), _("Indicator"), _("Value"), _("Beyond limit"), _("Owner")),
    lead=3,
    columns=("id", "colour", "customer", "name", "indicator", "value", "threshold", "as_of", "state", "owner"),
    lines=lines,
)
