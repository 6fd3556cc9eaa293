"""/risk list [customers|risks|responses|controls|breaches|approvals|overrides] [filters]: narrowed, in order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commands.customers.lists import filter_words
from commands.customers.lists.approvals import APPROVALS
from commands.customers.lists.breaches import BREACHES
from commands.customers.lists.controls import CONTROLS
from commands.customers.lists.customers import CUSTOMERS
from commands.customers.lists.facilities import FACILITIES
from commands.customers.lists.overrides import OVERRIDES
from commands.customers.lists.responses import RESPONSES
from commands.customers.lists.risks import RISKS
from commands.customers.lists.shape import ME, ORDERED, PAGE, ListArgs, Listing, Row, Sort, What
from commands.kit import blocks, tables
from commands.kit.contract import Args, Command, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, labelled, listed, pgettext, sentences
from commands.kit.input.fields import arguments
from commands.kit.input.filters import COLUMNS, empty_book, in_the_book, shown, values_that_exist
from commands.kit.input.mistyped import nearest
from commands.kit.paging import no_page, turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.customers import customers
from storage.database import Tx
from storage.scoring import scores

LISTS = {
    What.CUSTOMERS: CUSTOMERS,
    What.RISKS: RISKS,
    What.RESPONSES: RESPONSES,
    What.CONTROLS: CONTROLS,
    What.BREACHES: BREACHES,
    What.APPROVALS: APPROVALS,
    What.OVERRIDES: OVERRIDES,
    What.FACILITIES: FACILITIES,
}
# more lines than this belong into an export of the command line
SHEET = 100_000
NAMED = 3


def list_(args: ListArgs, request: Request, tx: Tx) -> Reply:
    listing = LISTS[args.what]
    sort = _checked(args, listing)
    args = in_the_book(args, tx)
    total, rows = listing.lines(args, sort, request, tx, PAGE, (args.page - 1) * PAGE)
    given = _given(args, request)
    if not rows:
        return Reply(_nothing(args, listing, total, given, tx))
    counted = filter_words.in_default(args.default, total) if args.default else listing.count(total)
    besides = _given(args, request, but="default")
    heading = f"{counted} · {besides}" if besides else str(counted)
    headings, lines = tables.in_one_unit(listing.headings, [row.shown for row in rows], request.policy.scoring.currency)
    table = tables.table(headings, lines, caption=heading, lead=listing.lead)
    pages = -(-total // PAGE)
    order = ORDERED[sort][1]
    note = _("Page {page} of {pages} · {order}").format(page=args.page, pages=pages, order=order) if pages > 1 else order
    notes = [blocks.note(note), *([blocks.note(listing.legend)] if listing.legend else [])]
    turned = [*turns(args, pages), *_other_order(args, listing, sort, total)]
    return Reply(_gist(heading, rows, total), [blocks.header(heading), table, *notes], shareable=True, pages=turned)


def _checked(args: ListArgs, listing: Listing) -> Sort:
    """Return the order asked for.

    Raises:
        Refused: a filter or an order that this list does not have.
    """
    for name in args.model_dump(exclude_none=True, exclude={"what", "sort", "page"}):
        if name not in listing.filters:
            accepted = listed(argument.name for argument in arguments(ListArgs) if argument.name in listing.filters)
            raise Refused(
                _("`{name}=` does not filter the list of {what}; use one of: {accepted}.").format(
                    name=name, what=words.label(args.what), accepted=accepted
                ),
                field=name,
            )
    if args.sort is not None and args.sort not in listing.orders:
        accepted = listed(listing.orders)
        raise Refused(
            _("`sort={sort}` does not apply to the list of {what}: expected {accepted}.").format(
                sort=args.sort, what=words.label(args.what), accepted=accepted
            ),
            field="sort",
        )
    return args.sort or listing.orders[0]


def _other_order(args: ListArgs, listing: Listing, sort: Sort, total: int) -> list[tuple[Text, Args]]:
    """Return a button for the next order, if there is more than one line to sort."""
    following = listing.orders[(listing.orders.index(sort) + 1) % len(listing.orders)]
    return [(ORDERED[following][0], args.model_copy(update={"sort": following, "page": 1}))] if total > 1 else []


def _gist(heading: str, rows: Sequence[Row], total: int) -> str:
    named = listed(row.name for row in rows[:NAMED])
    more = total - min(len(rows), NAMED)
    return blocks.escape(
        _("{heading}: {named} and {n} more").format(heading=heading, named=named, n=more) if more else labelled(heading, named)
    )


def _given(args: ListArgs, request: Request, *, but: str = "") -> str:
    """Return the filters in words, without the one that the heading's first words say."""
    given = args.model_dump(exclude_none=True, exclude={"what", "sort", "page", but}, mode="json")
    return " · ".join(_filter(name, value, request) for name, value in given.items())


def _filter(name: str, value: Any, request: Request) -> str:
    """Return a filter as people call it, with its label where the value alone does not say it; an owner by name."""
    if (phrase := filter_words.phrase(name, value, request.policy.scoring.currency)) is not None:
        return phrase
    label = next(str(argument.ask.label) for argument in arguments(ListArgs) if argument.name == name).lower()
    if name != "owner":
        return f"{label} {shown(name, value)}"
    owner = str(pgettext("owner", "me")) if value == ME else request.name_of(value)
    return f"{label} {owner}"


def _nothing(args: ListArgs, listing: Listing, total: int, given: str, tx: Tx) -> str:
    if customers.count(tx) == 0:
        return empty_book(tx)
    if args.page > 1 and total:
        return str(no_page(args.page, -(-total // PAGE)))
    by_score = any((args.stage, args.default, args.grade, args.loan_category, args.el, args.pd, args.dpd))
    if by_score and scores.last_run(tx) is None:
        return str(_("No customer has been scored yet. Scoring follows within a minute of an import, or run `python -m bot score`."))
    known = values_that_exist(tx, args)
    if (by_score or args.exposure) and not known:
        return blocks.marked(_("No customer matches: {given}.").format(given=given))
    if args.what is What.CUSTOMERS and any(getattr(args, column) is not None for column in COLUMNS):
        # the first word that is no list is read as a sector; it may have been meant as a list
        if known and args.sector and (near := nearest(args.sector, list(What))):
            sentence = _("No customer with {wanted}. Did you mean `/risk list {near}`? {known}")
            return blocks.marked(sentence.format(wanted=given, near=near, known=known))
        return blocks.marked(_("No customer with {wanted}. {known}").format(wanted=given, known=known)).rstrip()
    said = blocks.marked(_("{nothing} ({given})").format(nothing=listing.nothing, given=given) if given else listing.nothing)
    return sentences(said, blocks.escape(known)) if known else said


def sheet(args: ListArgs, request: Request, tx: Tx) -> Sheet:
    listing, args = LISTS[args.what], in_the_book(args, tx)
    _total, rows = listing.lines(args, _checked(args, listing), request, tx, SHEET, 0)
    column = listing.columns.index("id" if args.what is What.CUSTOMERS else "customer")
    customers = {str(row.values[column]) for row in rows if row.values[column]}
    return Sheet(args.what.value, listing.columns, [row.values for row in rows], customers)


COMMAND = Command(
    "list",
    ListArgs,
    list_,
    right=Right.READ,
    summary=_("List customers, facilities, the register, breaches, approvals or overrides, filtered and sorted"),
    examples=[
        "list",
        "list sector=Transport",
        "list colour=red",
        "list default=yes",
        "list exposure>50m",
        "list risks owner=me",
        "list responses due=overdue sort=exposure",
        "list country=DE,FR without=rating",
        "list facilities due=week",
    ],
    title=pgettext("button", "List"),
    submit=pgettext("button", "List"),
    order=12,
    sheet=sheet,
    classification=Secrecy.CONFIDENTIAL,
)
