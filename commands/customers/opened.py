"""Things opened by a printed id: an entry of the register, an approval, a breach, a facility."""

from __future__ import annotations

from commands.customers import facility_words
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Refused, Reply, Request
from commands.kit.i18n import _, ngettext
from commands.kit.input.plain import plain
from commands.kit.registry import registry
from commands.kit.wording import words
from risk_engine.references import of_kind, ours
from storage.customers import customers, lending
from storage.customers.lending import Facility
from storage.database import Tx
from storage.scoring.score_facts import facility_arrears


def opened(text: str, request: Request, tx: Tx) -> Reply | None:
    """Return the thing with this id; None if the text is no such id, or a customer's.

    Raises:
        Refused: it is an id of ours, and there is nothing with it.
    """
    typed = plain(text)
    if (named := ours(typed)) is not None:
        letter, _dash, number = named.partition("-")
        id = of_kind(letter, int(number))
        card = registry().cards.get(type(id))
        if card is not None:
            try:
                return card.show(id, request, tx)
            except Refused:
                if not customers.named(tx, typed):
                    raise
    if customers.named(tx, typed) or (found := lending.facility(tx, typed, at=request.as_of)) is None:
        return None
    return _facility(found, request, tx)


def _facility(found: Facility, request: Request, tx: Tx) -> Reply:
    today = request.day_of_figures
    arrears = facility_arrears.read(tx, request.policy, [found.customer], as_of=today, at=request.as_of)[found.id]
    name = masking.names(tx, [found.customer]).get(found.customer, found.customer)
    drawn, limit = words.money(found.outstanding, found.currency), words.money(found.limit, found.currency)
    secured = words.money(found.collateral, found.currency) if found.collateral else None
    if secured and found.collateral_kind:
        secured = f"{secured} · {facility_words.collateral(found.collateral_kind)}"
    late = None if arrears.days is None else words.reading(arrears.days, "days")
    pairs = [
        (_("Customer"), f"{name} ({found.customer})" if name != found.customer else name),
        (_("Kind"), facility_words.facility(found.kind)),
        (_("Exposure"), str(_("{outstanding} drawn of {limit}").format(outstanding=drawn, limit=limit))),
        (_("Matures"), words.day(found.maturity) if found.maturity else None),
        (_("Collateral"), secured),
        (_("Days past due"), str(_("out of date")) if arrears.stale else late),
        (_("Overdue amount"), words.money(arrears.overdue, found.currency) if arrears.overdue else None),
        (_("As of"), words.day(found.as_of) if found.as_of else None),
    ]
    back = blocks.button("customer.show", f"◀ {name}", found.customer)
    gist = f"{found.id} · {name} · {drawn}" + (f" · {masking.figure(_late(arrears.days))}" if arrears.days else "")
    return Reply(blocks.escape(gist), [blocks.header(f"{found.id} · {name}"), blocks.facts(pairs)], actions=[back])


def _late(days: int) -> str:
    return str(ngettext("{n} day past due", "{n} days past due", days))
