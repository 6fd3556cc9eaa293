"""/risk list [customers|risks|responses|breaches|approvals] [filters]: narrowed, in order, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

from commands.customers.lists.approvals import APPROVALS
from commands.customers.lists.breaches import BREACHES
from commands.customers.lists.customers import CUSTOMERS
from commands.customers.lists.responses import RESPONSES
from commands.customers.lists.risks import RISKS
from commands.customers.lists.shape import ORDERED, PAGE, ListArgs, Listing, Row, Sort, What
from commands.kit import blocks
from commands.kit.contract import Args, Command, Refused, Reply, Request, Sheet
from commands.kit.i18n import Text, _, listed, pgettext
from commands.kit.input.fields import arguments
from commands.kit.input.filters import empty_book, shown
from commands.kit.input.mistyped import nearest
from commands.kit.paging import turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.customers import customers
from storage.database import Tx

LISTS = {
    What.CUSTOMERS: CUSTOMERS,
    What.RISKS: RISKS,
    What.RESPONSES: RESPONSES,
    What.BREACHES: BREACHES,
    What.APPROVALS: APPROVALS,
}
_COLUMNS = ("sector", "country", "department", "manager", "group")
# more lines than this belong into an export of the command line
SHEET = 100_000
NAMED = 3


def list_(args: ListArgs, request: Request, tx: Tx) -> Reply:
    listing = LISTS[args.what]
    sort = _checked(args, listing)
    total, rows = listing.lines(args, sort, request, tx, PAGE, (args.page - 1) * PAGE)
    given = _given(args)
    if not rows:
        return Reply(_nothing(args, listing, total, given, tx))
    heading = f"{listing.count(total)} · {given}" if given else str(listing.count(total))
    table = blocks.table(listing.headings, [row.shown for row in rows], right=listing.right, widest=30)
    pages = -(-total // PAGE)
    note = _("Page {page} of {pages} · {order}").format(page=args.page, pages=pages, order=ORDERED[sort][1])
    notes = [blocks.note(note), *([blocks.note(listing.legend)] if listing.legend else [])]
    turned = [*turns(args, pages), *_other_order(args, listing, sort, total)]
    return Reply(_gist(heading, rows, total), [blocks.header(heading), table, *notes], shareable=True, pages=turned)


def _checked(args: ListArgs, listing: Listing) -> Sort:
    """The order that is wanted.

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
    """A button for the next order, where there is more than one line to put in order."""
    following = listing.orders[(listing.orders.index(sort) + 1) % len(listing.orders)]
    return [(ORDERED[following][0], args.model_copy(update={"sort": following, "page": 1}))] if total > 1 else []


def _gist(heading: str, rows: Sequence[Row], total: int) -> str:
    named = listed(row.name for row in rows[:NAMED])
    more = total - min(len(rows), NAMED)
    return blocks.escape(
        _("{heading}: {named} and {n} more").format(heading=heading, named=named, n=more) if more else f"{heading}: {named}"
    )


def _given(args: ListArgs) -> str:
    given = args.model_dump(exclude_none=True, exclude={"what", "sort", "page"}, mode="json")
    labels = {argument.name: argument.ask.label for argument in arguments(ListArgs)}
    return " · ".join(f"{str(labels[name]).lower()} {shown(name, value)}" for name, value in given.items())


def _nothing(args: ListArgs, listing: Listing, total: int, given: str, tx: Tx) -> str:
    if customers.count(tx) == 0:
        return empty_book(tx)
    if args.page > 1 and total:
        return str(_("There is no page {page}.").format(page=args.page))
    if args.what is What.CUSTOMERS and (column := next((name for name in _COLUMNS if getattr(args, name) is not None), None)):
        known = listed(shown(column, value) for value in customers.values_of(tx, column, limit=12))
        label = str(next(one.ask.label for one in arguments(ListArgs) if one.name == column)).lower()
        sentence = _("No customer with {wanted}. Available for {column}: {known}.")
        # the first word that is no list is read as a sector; it may have been meant as a list
        if args.sector and (near := nearest(args.sector, list(What), likeness=70)):
            sentence = _("No customer with {wanted}. Did you mean `/risk list {near}`? Available for {column}: {known}.").format(near=near)
        return blocks.marked(sentence.format(wanted=given, column=label, known=known))
    return blocks.marked(_("{nothing} ({given})").format(nothing=listing.nothing, given=given) if given else listing.nothing)


def sheet(args: ListArgs, request: Request, tx: Tx) -> Sheet:
    listing = LISTS[args.what]
    _total, rows = listing.lines(args, _checked(args, listing), request, tx, SHEET, 0)
    column = listing.columns.index("id" if args.what is What.CUSTOMERS else "customer")
    customers = {str(row.values[column]) for row in rows if row.values[column]}
    return Sheet(args.what.value, listing.columns, [row.values for row in rows], customers)


COMMAND = Command(
    "list",
    ListArgs,
    list_,
    right=Right.READ,
    summary=_("List customers, risks, responses, breaches or approvals, filtered and sorted"),
    examples=["list", "list sector=Transport", "list colour=red", "list risks owner=me", "list responses due=overdue sort=exposure"],
    title=pgettext("button", "List"),
    submit=pgettext("button", "List"),
    order=12,
    sheet=sheet,
    classification=Secrecy.CONFIDENTIAL,
)
