"""The facilities of a customer: drawn and limit in their own and in the reporting currency, arrears and maturity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from commands.customers import customer_facts, facility_words
from commands.customers.customer_facts import Known
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Blocks, Refused, Reply, Request
from commands.kit.i18n import _, ngettext, pgettext
from commands.kit.wording import words
from storage.customers import lending
from storage.customers.lending import Facility
from storage.database import Tx
from storage.scoring.score_facts import facility_arrears
from storage.scoring.score_facts.facility_arrears import FacilityArrears


def view(tx: Tx, known: Known, request: Request) -> Reply:
    """Return the facilities as a table, with their sum in the reporting currency.

    Raises:
        Refused: the customer has none on record.
    """
    found = lending.facilities(tx, known.who.id, at=request.as_of)
    if not found:
        raise Refused(_("{customer} has no facility on record.").format(customer=masking.called(known.who)), field="customer")
    late = facility_arrears.read(tx, request.policy, [known.who.id], as_of=known.today, at=request.as_of)
    # the days that count may be more than the ledger's, by which they are in order
    found.sort(key=lambda one: -(late[one.id].days or 0))
    count = ngettext("{n} facility", "{n} facilities", len(found))
    heading = f"{masking.called(known.who)} · {count} · {customer_facts.together(known)}"
    body: Blocks = [blocks.header(heading), _table(found, late, known)]
    pairs = [
        (_("Matures within a year"), customer_facts.maturing(known.maturing)),
        (_("Group"), customer_facts.group(known)),
    ]
    body += [blocks.facts(pairs)] if any(value for _label, value in pairs) else []
    body.append(blocks.note(_("{id} · {ledger}").format(id=known.who.id, ledger=customer_facts.ledger_day(known, request.policy))))
    return Reply(blocks.escape(heading), body, shareable=True)


def _table(found: Sequence[Facility], late: Mapping[str, FacilityArrears], known: Known) -> dict[str, object]:
    here, converted = words.money_column([_converted(one, known) for one in found], known.currency)
    headings = (
        _("Facility"),
        _("Kind"),
        _("Drawn"),
        pgettext("amount", "Limit"),
        words.in_unit(_("Drawn"), here),
        _("Overdue"),
        _("Matures"),
    )
    rows = [
        (
            one.id,
            facility_words.facility(one.kind),
            words.money(one.outstanding, one.currency),
            words.money(one.limit, one.currency),
            tables.figure(amount, _converted(one, known)),
            tables.figure(_late(late[one.id], one.currency), late[one.id].days),
            tables.dated(one.maturity),
        )
        for one, amount in zip(found, converted, strict=True)
    ]
    return tables.table(headings, rows, caption=_("Facilities"), lead=4)


def _converted(one: Facility, known: Known) -> Decimal | None:
    """Return the drawn amount in the reporting currency; None without a usable rate."""
    rate = known.rates.get(one.currency)
    return None if rate is None else one.outstanding * Decimal(repr(rate.factor))


def _late(found: FacilityArrears, currency: str) -> str:
    """Return the days past due with the overdue amount, if it is known; a dash where days are not reported."""
    if found.days is None:
        return str(_("out of date")) if found.stale else "–"
    days = words.reading(found.days, "days")
    return f"{days} · {words.money(found.overdue, currency)}" if found.overdue else days
