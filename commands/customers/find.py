"""/risk find TEXT: customers by id, name or alias, tolerant of typing errors; also used by forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Args, Command, Options, Refused, Reply, Request
from commands.kit.i18n import _, labelled, listed, ngettext
from commands.kit.input.customer import PREFIX, Ambiguous, resolve, typed
from commands.kit.input.fields import Ask
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.customers import customers, search
from storage.database import Tx

SHOWN = 12


class FindArgs(Args):
    text: Annotated[str, Field(min_length=1, max_length=100), Ask(_("Name, alias or id"), rest=True)]


def find(args: FindArgs, request: Request, tx: Tx) -> Reply:
    hits = search.find(tx, args.text.removeprefix(PREFIX), limit=SHOWN)
    asked = blocks.quoted(args.text)
    if not hits:
        return Reply(blocks.marked(_("No customer matches “{text}”. `/risk list` lists all customers.").format(text=asked)))
    found = ngettext("{n} customer like “{text}”", "{n} customers like “{text}”", len(hits)).format(text=asked)
    known = customers.many(tx, [hit.id for hit in hits])
    rows = [(hit.id, masking.called(hit), known[hit.id].sector or "–", known[hit.id].country or "–") for hit in hits]
    body = [blocks.header(found), tables.table((_("ID"), _("Name"), _("Sector"), _("Country")), rows, caption=found)]
    return Reply(blocks.escape(labelled(found, listed(masking.called(hit) for hit in hits[:3]))), body)


def customer_options(text: str, request: Request, tx: Tx) -> Sequence[tuple[str, str]]:
    """Return customers for a searching select."""
    if text.lower().startswith(PREFIX):
        text = text[len(PREFIX) :]
    return [(masking.with_id(hit.id, hit.name), typed(hit.id)) for hit in search.find(tx, text, limit=50)]


def customers_described(ids: Sequence[str], request: Request, tx: Tx) -> Mapping[str, str]:
    """Return sector, country and department of customers, by their typed ids."""
    known = customers.many(tx, [id.removeprefix(PREFIX) for id in ids])
    return {typed(who.id): " · ".join(part for part in (who.sector, who.country, who.department) if part) for who in known.values()}


def customer_meant(text: str, request: Request, tx: Tx) -> tuple[str, str] | None:
    """Return the customer that a form starts with: an exact match only."""
    try:
        who = resolve(tx, text)
    except Ambiguous as several:
        only = several.candidates[0] if len(several.candidates) == 1 else None
        return (masking.with_id(*only), typed(only[0])) if only else None
    except Refused:
        return None
    return masking.with_id(who.id, who.name), typed(who.id)


COMMAND = Command(
    "find",
    FindArgs,
    find,
    right=Right.READ,
    summary=_("Find customers by name, alias or id, even with typos"),
    examples=["find nordhvn", "find 青岚"],
    title=_("Find customers"),
    submit=_("Find"),
    order=11,
    classification=Secrecy.CONFIDENTIAL,
)

OPTIONS = [Options("customer", customer_options, customer_meant, customers_described)]
