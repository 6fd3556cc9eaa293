"""Breach alerts: customer, measure, value against threshold, source, the action requested with its deadline, and buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from commands.indicators import breach_history
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.contract import Many, Message, Notice, To
from commands.kit.i18n import _, clauses, ngettext, pgettext
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.indicators.breach import Breach, BreachState
from risk_engine.indicators.events import (
    BreachAcknowledged,
    BreachClosed,
    BreachEased,
    BreachEnded,
    BreachOpened,
    BreachUnacknowledged,
    BreachUpdated,
    BreachWorsened,
)
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Policy
from risk_engine.references import BreachId
from storage.customers import customers
from storage.database import Tx
from storage.delivery.deliveries import Operation
from storage.events import Recorded
from storage.indicators import breaches

LISTED = 20


def _to_the_alert(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    if event.kind != BreachOpened.kind:
        return [To("route:alerts", "the alert shows how it stands", Operation.UPDATE)]
    return [To("route:alerts", "an indicator crossed its threshold")]


def _to_its_thread(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:alerts", "the breach changed", Operation.REPLY)]


def alert(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the present alert, or its follow-up line in the thread."""
    breach = breaches.get(tx, BreachId.parse(facts["subject"]))
    if breach is None:
        return None
    name = masking.names(tx, [breach.customer]).get(breach.customer, breach.customer)
    return Message(_gist(breach, name, policy), _card(breach, name, policy, tx))


def _gist(breach: Breach, name: str, policy: Policy) -> str:
    unit = words.unit_of(breach.kri, policy)
    sentence = _("{colour} {customer}: {kri} {value} (limit {threshold}) ({breach})").format(
        colour=words.colour(breach.colour),
        customer=name,
        kri=words.named(breach.kri),
        value=words.reading(breach.reading.value, unit),
        threshold=words.reading(breach.threshold, unit),
        breach=breach.id,
    )
    return blocks.marked(sentence)


def _card(breach: Breach, name: str, policy: Policy, tx: Tx) -> list[dict[str, Any]]:
    unit = words.unit_of(breach.kri, policy)
    owed = customers.exposures(tx, [breach.customer]).get(breach.customer, ())
    value = words.reading(breach.reading.value, unit)
    closed = breach.state is BreachState.CLOSED
    sign = ("⚪" if breach.ending else "✅") if closed else words.colour_sign(breach.colour)
    standing = _("previously {colour}").format(colour=words.colour(breach.colour)) if closed else words.colour(breach.colour)
    measured = _("{value} (limit {threshold})").format(value=value, threshold=words.reading(breach.threshold, unit))
    exposure = clauses(words.money(entry.outstanding, entry.currency) for entry in owed)
    pairs = [
        (_("Indicator"), [blocks.bold(words.named(breach.kri)), "  ", measured, f"  {standing}"]),
        (_("Before"), breach_history.before(breach, policy, tx)),
        (_("Out of bounds since"), words.moment(breach.opened_at)),
        (_("Grade"), None if closed else breach_history.effect(breach, policy, tx)),
        (_("As of"), _("{day}, from the {source}").format(day=words.day(breach.reading.as_of), source=words.label(breach.reading.source))),
        (_("Exposure"), exposure or _("no facilities on record")),
        (_("Owner"), blocks.person(breach.owner or str(_("nobody named")))),
    ]
    heading = f"{sign} {name} · {words.named(breach.kri)} {value}"
    return [
        blocks.header(heading),
        blocks.facts(pairs),
        *_asked(breach, tx),
        *([] if closed else [_way_to(breach, name)]),
        blocks.note(f"{breach.id} · {breach.customer} · {words.moment(breach.opened_at)}"),
    ]


def _way_to(breach: Breach, name: str) -> dict[str, Any]:
    """Return the customer with the button that opens its screen."""
    sentence = _("{customer} on one screen").format(customer=name)
    return blocks.opening(sentence, blocks.button("customer.show", pgettext("button", "Open"), breach.customer))


def _asked(breach: Breach, tx: Tx) -> list[dict[str, Any]]:
    """Return the requested action with person and deadline, or the action taken."""
    if breach.ending and breach.closed_at:
        ended = _("Closed {at} without a return within bounds: {why}.")
        return [blocks.paragraph(ended.format(at=words.moment(breach.closed_at), why=words.label(breach.ending)))]
    if breach.state is BreachState.CLOSED and breach.closed_at:
        return [blocks.paragraph(_("Back within bounds since {at}.").format(at=words.moment(breach.closed_at)))]
    if breach.state is BreachState.ACKNOWLEDGED and breach.acknowledged_by and breach.acknowledged_at:
        taken = blocks.paragraph(
            "👀 ",
            *blocks.around(_("Acknowledged by {who}"), who=blocks.person(breach.acknowledged_by)),
            f" · {words.moment(breach.acknowledged_at)}",
            *breach_history.plan(breach, tx),
        )
        return [taken, blocks.buttons(blocks.button("breach.respond", _("Respond…"), breach.key))]
    who = blocks.person(breach.owner) if breach.owner else str(_("The relationship manager of this customer"))
    asked = blocks.paragraph(
        who, ": ", _("please acknowledge by {at} and state the planned response.").format(at=words.moment(breach.acknowledge_by))
    )
    acknowledge_it = blocks.button("breach.ack", _("Acknowledge"), breach.key, style="primary")
    return [asked, blocks.buttons(acknowledge_it, blocks.button("breach.respond", _("Respond…"), breach.key))]


def follow_up(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return one line for the alert's thread."""
    breach = breaches.get(tx, BreachId.parse(facts["subject"]))
    if breach is None:
        return None
    value = words.reading(facts["value"], words.unit_of(breach.kri, policy))
    name = masking.names(tx, [breach.customer]).get(breach.customer, breach.customer)
    if facts["kind_of_event"] == BreachClosed.kind:
        return Message(
            blocks.marked(
                _("✅ {breach}: {kri} of {customer} is back within bounds at {value}.").format(
                    breach=breach.id, kri=words.named(breach.kri), customer=name, value=value
                )
            )
        )
    if facts["kind_of_event"] == BreachEnded.kind:
        ended = _("⚪ {breach}: {kri} of {customer} has not returned within bounds, but the breach is closed: {why}.")
        why = words.label(facts["why"])
        return Message(blocks.marked(ended.format(breach=breach.id, kri=words.named(breach.kri), customer=name, why=why)))
    told = _("🔴 {breach}: {kri} of {customer} has worsened to {value}; it needs to be acknowledged again.").format(
        breach=breach.id, kri=words.named(breach.kri), customer=name, value=value
    )
    return Message(blocks.marked(told))


def many(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return one message for many changes at once: numbers of each kind, and the worst new ones."""
    # notices queued by an earlier version have another name for subjects
    subjects = facts.get("subjects") or facts["breaches"]
    ids = {kind: [BreachId.parse(one) for one in of_this_kind] for kind, of_this_kind in subjects.items()}
    opened, worsened, closed, ended = (ids.get(f"breach.{kind}", []) for kind in ("opened", "worsened", "closed", "ended"))
    found = sorted(breaches.by_ids(tx, [*opened, *worsened]), key=_worst_first)
    heading = _many_heading(len(opened), len(worsened), len(closed), len(ended))
    body = [blocks.header(f"{'⚠️' if found else '⚪' if ended else '✅'} {heading}")]
    if found:
        reds = sum(breach.colour == Colour.RED for breach in found)
        counted = _("{red} red, {amber} amber").format(red=f"🔴 {reds}", amber=f"🔶 {len(found) - reds}")
        body += [blocks.paragraph(counted), _many_table(tx, found[:LISTED], policy)]
        left = len(found) - LISTED
        more = _("{n} more: /risk breaches lists and acknowledges them.").format(n=left)
        body.append(blocks.note(more if left > 0 else _("/risk breaches lists them; acknowledge each one there.")))
    return Message(blocks.marked(heading), body)


def _worst_first(breach: Breach) -> tuple[float, float, int]:
    """Return the order of breaches: red before amber, then the farthest beyond its threshold, as a share of it."""
    beyond = abs(breach.reading.value - breach.threshold) / (abs(breach.threshold) or 1.0)
    return -breach.colour, -beyond, int(breach.id)


def _many_heading(opened: int, worsened: int, closed: int, ended: int) -> str:
    parts = [
        ngettext("{n} indicator has crossed its threshold", "{n} indicators have crossed their thresholds", opened) if opened else None,
        ngettext("{n} has worsened", "{n} have worsened", worsened) if worsened else None,
        ngettext("{n} is back within bounds", "{n} are back within bounds", closed) if closed else None,
        ngettext("{n} is closed without a return within bounds", "{n} are closed without a return within bounds", ended) if ended else None,
    ]
    return " · ".join(str(part) for part in parts if part)


def _many_table(tx: Tx, shown: list[Breach], policy: Policy) -> dict[str, Any]:
    names = masking.names(tx, [breach.customer for breach in shown])
    rows = [
        (
            f"{words.colour_sign(breach.colour)} {breach.id}",
            names.get(breach.customer, breach.customer),
            words.named(breach.kri),
            tables.figure(words.reading(breach.reading.value, words.unit_of(breach.kri, policy)), breach.reading.value),
            tables.figure(words.reading(breach.threshold, words.unit_of(breach.kri, policy)), breach.threshold),
        )
        for breach in shown
    ]
    headings = (_("Breach"), _("Customer"), _("Indicator"), _("Value"), _("Threshold"))
    return tables.table(headings, rows, caption=_("Indicators out of bounds"), lead=3)


MANY = Many("breach.many", lambda policy: policy.alerts.group_over, "many indicators crossed their thresholds at once")
NOTICES = [
    Notice(
        "breach.alert",
        (BreachOpened, BreachAcknowledged, BreachUnacknowledged, BreachWorsened, BreachEased, BreachUpdated, BreachClosed, BreachEnded),
        _to_the_alert,
        alert,
        classification=Secrecy.CONFIDENTIAL,
        many=MANY,
    ),
    Notice(
        "breach.follow_up",
        (BreachWorsened, BreachClosed, BreachEnded),
        _to_its_thread,
        follow_up,
        classification=Secrecy.CONFIDENTIAL,
        many=MANY,
    ),
    Notice(MANY.notice, (), lambda event, policy, tx: (), many, classification=Secrecy.CONFIDENTIAL),
]
