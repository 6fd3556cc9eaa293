"""/risk list [sector=… country=… …]: the book, the worst first, a page at a time."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from commands.kit import blocks, words
from commands.kit.contract import Args, Command, Reply, Request
from commands.kit.fields import AnyCase, Ask, Page, arguments
from commands.kit.i18n import _, ngettext
from commands.kit.paging import turns
from risk_engine.monitoring import Colour
from storage import customers
from storage.customers import Filters, Listed
from storage.database import Tx

PAGE = 15


class WantedColour(StrEnum):
    """Customers with an open breach of this colour."""

    RED = "red"
    AMBER = "amber"


Word = Annotated[str, Field(min_length=1, max_length=100)]


class ListArgs(Args):
    sector: Annotated[Word | None, Ask(_("Sector"))] = None
    country: Annotated[Word | None, Ask(_("Country"))] = None
    department: Annotated[Word | None, Ask(_("Department"))] = None
    manager: Annotated[Word | None, Ask(_("Manager"))] = None
    group: Annotated[Word | None, Ask(_("Group"))] = None
    colour: Annotated[WantedColour | None, AnyCase, Ask(_("Colour"))] = None
    page: Page = 1


def list_book(args: ListArgs, request: Request, tx: Tx) -> Reply:
    colour = {None: None, WantedColour.AMBER: int(Colour.AMBER), WantedColour.RED: int(Colour.RED)}[args.colour]
    filters = Filters(args.sector, args.country, args.department, args.manager, args.group, colour)
    total, lines = customers.book(tx, filters, limit=PAGE, offset=(args.page - 1) * PAGE)
    wanted = _wanted(args)
    if not lines:
        return Reply(_nobody(tx, args, wanted))
    title = ngettext("{n} customer", "{n} customers", total)
    heading = f"{title} · {wanted}" if wanted else str(title)
    headings = (_("Breach"), _("Customer"), _("ID"), _("Exposure"), _("Rating"), _("Risks"))
    body = [blocks.header(heading), blocks.table(headings, [_line(line) for line in lines], right=(3, 5))]
    pages = -(-total // PAGE)
    if pages > 1:
        body.append(blocks.note(_("Page {page} of {pages} · worst breach first").format(page=args.page, pages=pages)))
    first = ", ".join(line.customer.name for line in lines[:3])
    return Reply(blocks.escape(f"{heading}: {first} …"), body, shareable=True, pages=turns(args, pages))


def _line(line: Listed) -> tuple[str, ...]:
    sign = words.colour(Colour(line.colour)) if line.colour is not None else "–"
    owed = " + ".join(words.money(entry.outstanding, entry.currency) for entry in line.exposures) or "–"
    return sign, line.customer.name, line.customer.id, owed, line.rating.letter if line.rating else "–", str(line.open_risks or "–")


def _wanted(args: ListArgs) -> str:
    given = args.model_dump(exclude_none=True, exclude={"page"}, mode="json")
    labels = {argument.name: argument.ask.label for argument in arguments(ListArgs)}
    return " · ".join(f"{str(labels[name]).lower()} {words.label(value)}" for name, value in given.items())


def _nobody(tx: Tx, args: ListArgs, wanted: str) -> str:
    if customers.count(tx) == 0:
        return str(_("The book is empty. An administrator loads it with `python -m bot import customers FILE`."))
    if args.page > 1:
        return str(_("There is no page {page}.").format(page=args.page))
    for column in ("sector", "country", "department", "manager", "group"):
        if getattr(args, column) is not None:
            known = ", ".join(customers.values_of(tx, column, limit=12))
            return blocks.marked(
                _("No customer with {wanted}. Known for {column}: {known}.").format(
                    wanted=wanted, column=str(next(one.ask.label for one in arguments(ListArgs) if one.name == column)).lower(), known=known
                )
            )
    return str(_("No customer has an open breach of that colour."))


COMMAND = Command(
    "list",
    ListArgs,
    list_book,
    summary=_("The book, worst first; filter by sector, country, department, manager, group or colour"),
    examples=["list", "list sector=Transport", "list colour=red"],
    title=_("List customers"),
    submit=_("List"),
    order=12,
)
