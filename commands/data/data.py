"""/risk data [CUSTOMER] [kind=…]: missing, stale, contradictory or implausible facts, the largest exposures first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from commands.data.file_words import shown
from commands.data.finding_words import sentence
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Reply, Request, Sheet
from commands.kit.i18n import Text, _, clauses, listed, ngettext, noted, pgettext, sentences
from commands.kit.input.customer import resolve, typed
from commands.kit.input.fields import AnyCase, Ask, Page
from commands.kit.input.filters import in_the_book, values_that_exist
from commands.kit.paging import no_page, turns
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.customers import customers
from storage.customers.customers import Customer
from storage.data import loads, quality
from storage.data.quality import Finding, FindingKind
from storage.database import Tx

PAGE = 15
_FILES = 3
_COUNTED = {
    FindingKind.MISSING: _("{n} missing"),
    FindingKind.STALE: _("{n} stale"),
    FindingKind.CONTRADICTORY: _("{n} contradictory"),
    FindingKind.IMPLAUSIBLE: _("{n} implausible"),
}


class DataOrder(StrEnum):
    """The order of findings."""

    EXPOSURE = "exposure"
    OLDEST = "oldest"


_ORDERS = {DataOrder.EXPOSURE: _("Sort by exposure"), DataOrder.OLDEST: _("Oldest first")}


class DataArgs(Args):
    customer: Annotated[str | None, Field(min_length=1, max_length=200), Ask(_("Customer"), options="customer", rest=True)] = None
    kind: Annotated[FindingKind | None, AnyCase, Ask(_("Kind of finding"))] = None
    sector: Annotated[str | None, Field(min_length=1, max_length=100), Ask(_("Sector"))] = None
    sort: Annotated[DataOrder, AnyCase, Ask(pgettext("sorting", "Order"))] = DataOrder.EXPOSURE
    page: Page = 1


def data(args: DataArgs, request: Request, tx: Tx) -> Reply:
    only, args = resolve(tx, args.customer) if args.customer else None, in_the_book(args, tx)
    found = _found(args, request.policy, request.day_of_figures, tx, only.id if only else None)
    gist = headline(tx, found, customer=masking.called(only) if only else None, customer_id=only.id if only else None, sector=args.sector)
    pages = -(-len(found) // PAGE)
    if not found:
        return Reply(sentences(*filter(None, [blocks.marked(gist), blocks.escape(values_that_exist(tx, args))])), shareable=True)
    if args.page > pages:
        return Reply(str(no_page(args.page, pages)))
    shown = found[(args.page - 1) * PAGE : args.page * PAGE]
    body = [blocks.header(gist), _table(tx, shown, request.policy, alone=only is not None, caption=gist)]
    note = _("Page {page} of {pages} · Export lists every finding with its file and row")
    body.append(blocks.note(note.format(page=args.page, pages=pages)))
    if only is None and args.page == 1 and (newest := _newest_files(request, tx)):
        body.append(blocks.note(newest))
    other = DataOrder.OLDEST if args.sort is DataOrder.EXPOSURE else DataOrder.EXPOSURE
    turned = [*turns(args, pages), (_ORDERS[other], args.model_copy(update={"sort": other, "page": 1}))]
    return Reply(blocks.escape(gist), body, shareable=True, pages=turned)


def about_customer(who: Customer, request: Request, tx: Tx) -> Reply:
    """Return the findings about one customer, as ``/risk data`` shows them."""
    return data(DataArgs(customer=typed(who.id)), request, tx)


def _newest_files(request: Request, tx: Tx) -> Text | None:
    """Return the files that were loaded last, with the people who loaded them."""
    found = [
        noted(
            shown(one.file),
            listed(
                [
                    words.label(one.kind),
                    request.name_of(one.by) if one.by else "–",
                    words.day(one.at.astimezone(request.person.reader.tzinfo).date()),
                ]
            ),
        )
        for one in loads.latest(tx, limit=_FILES)
    ]
    return _("Newest files: {files}").format(files=clauses(found)) if found else None


def _found(args: DataArgs, policy: Policy, today: date, tx: Tx, customer: str | None) -> list[Finding]:
    kinds = [args.kind] if args.kind else list(FindingKind)
    found = quality.findings(tx, policy, today=today, kinds=kinds, customer=customer, sector=args.sector)
    return sorted(found, key=lambda one: one.as_of or today) if args.sort is DataOrder.OLDEST else found


def headline(
    tx: Tx, found: Sequence[Finding], *, customer: str | None = None, customer_id: str | None = None, sector: str | None = None
) -> Text:
    """Return ``37 findings for 21 of 240 borrowers: 12 missing, …``."""
    counts = Counter(one.kind for one in found)
    by_kind = listed(str(text.format(n=words.count(counts[kind]))) for kind, text in _COUNTED.items() if counts[kind])
    many = words.count(len(found))
    if customer is not None:
        if not found:
            return _("{customer}: nothing is missing, stale, contradictory or implausible.").format(customer=customer)
        return _("{customer}: {by_kind}").format(customer=customer, by_kind=by_kind)
    asked = words.count(quality.asked_about(tx, customer=customer_id, sector=sector))
    if not found:
        return _("No findings for {asked} borrowers.").format(asked=asked)
    whose = words.count(len({one.customer for one in found} - {None}))
    heading = ngettext("{many} finding", "{many} findings", len(found)).format(many=many)
    return _("{heading} for {whose} of {asked} borrowers: {by_kind}").format(heading=heading, whose=whose, asked=asked, by_kind=by_kind)


def _table(tx: Tx, shown: Sequence[Finding], policy: Policy, *, alone: bool, caption: object) -> dict[str, object]:
    names = masking.names(tx, [one.customer for one in shown if one.customer])
    # the columns that fit: the source is in the export, and in one customer's findings
    headings = [_("Finding"), _("As of"), _("File, row")] if alone else [_("Customer"), _("Finding"), _("As of")]
    rows = [
        (
            names.get(one.customer or "", one.customer) or str(_("the whole book")),
            sentence(one, policy),
            tables.dated(one.as_of),
            f"{one.file}, {one.row}" if one.file else "–",
        )
        for one in shown
    ]
    cells = [row[1:] if alone else row[:3] for row in rows]
    return tables.table(headings, cells, caption=caption)


HEADINGS = ("customer", "name", "kind", "check", "about", "finding", "value", "against", "unit", "as_of", "file", "row")


def rows(found: Sequence[Finding], policy: Policy, tx: Tx) -> list[tuple[object, ...]]:
    """Return every finding as values, for a spreadsheet."""
    names = {id: customer.name for id, customer in customers.many(tx, {one.customer for one in found if one.customer}).items()}
    return [
        (
            one.customer,
            names.get(one.customer or ""),
            one.kind.value,
            one.check.value,
            one.about,
            sentence(one, policy),
            one.value,
            one.against,
            one.unit,
            one.as_of,
            one.file,
            one.row,
        )
        for one in found
    ]


def sheet(args: DataArgs, request: Request, tx: Tx) -> Sheet:
    only, args = resolve(tx, args.customer) if args.customer else None, in_the_book(args, tx)
    found = _found(args, request.policy, request.day_of_figures, tx, only.id if only else None)
    return Sheet("data-quality", HEADINGS, rows(found, request.policy, tx), {one.customer for one in found if one.customer})


COMMAND = Command(
    "data",
    DataArgs,
    data,
    right=Right.READ,
    summary=_("Missing, stale, contradictory or implausible data"),
    examples=["data", "data VK-01", "data kind=stale sector=Transport"],
    order=14,
    sheet=sheet,
    classification=Secrecy.CONFIDENTIAL,
)
