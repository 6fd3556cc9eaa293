"""The digest's first half: today's tasks, each listed once, when it is new or has crossed a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from commands.approvals import subject_line
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.digest_parts import Lead, Part, Section, Span, Standing, Urgency
from commands.kit.i18n import Text, _, clauses, ngettext
from commands.kit.wording import words
from commands.kit.wording.lines import measured
from risk_engine.indicators.breach import Breach
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Kri, Policy
from storage.database import Tx
from storage.digest import falling_due, period_changes
from storage.digest.falling_due import Crossed, Facility, Unrenewed
from storage.scoring.score_facts import facility_arrears
from storage.scoring.score_facts.facility_arrears import FacilityArrears

# the number of each that readers of a thread will read
LISTED = 30
Late = Mapping[str, FacilityArrears]


def window(span: Span) -> period_changes.Window:
    return period_changes.Window(span.since, span.until, span.scope)


def _past_due(span: Span, policy: Policy, tx: Tx) -> Part | None:
    found = falling_due.past_due(tx, span.scope, since=span.since, until=span.until, limit=LISTED)
    names = masking.names(tx, [one.customer for one in found.shown])
    late = facility_arrears.read(tx, policy, {one.customer for one in found.shown}, as_of=span.day, at=span.until)
    lines = [[_facility(one, names), f" · {_arrears(one, late)} · ", blocks.bold(_days_past_due(one, late))] for one in found.shown]
    standing = ngettext(
        "{n} facility in arrears carried over, {days} days",
        "{n} facilities in arrears carried over, longest {days} days",
        found.before,
    )
    heading = ngettext("{n} facility newly past due: {amounts}", "{n} facilities newly past due: {amounts}", found.new)
    return _facilities(
        found,
        heading.format(amounts=_in_arrears(found)),
        lines,
        Standing(standing.format(days=masking.figure(str(found.oldest))), "/risk top by=overdue"),
        _fallen_past_due(found, names, late),
    )


def _in_arrears(found: Crossed) -> Text:
    """Return the overdue amounts; where the ledger does not give them all, the outstanding ones, by that name."""
    if found.overdue is not None:
        return _("{amount} overdue").format(amount=_amounts(found.overdue))
    return _("{amount} outstanding").format(amount=_amounts(found.amounts))


def _arrears(one: Facility, late: Late) -> Text:
    outstanding = words.money(one.outstanding, one.currency)
    overdue = late[one.id].overdue if one.id in late else one.overdue
    if overdue is None:
        return _("{amount} outstanding, overdue amount not reported").format(amount=outstanding)
    said = (
        _("{overdue} overdue by the schedule, {amount} outstanding")
        if one.overdue is None
        else _("{overdue} overdue of {amount} outstanding")
    )
    return said.format(overdue=words.money(overdue, one.currency), amount=outstanding)


def _fallen_past_due(found: Crossed, names: dict[str, str], late: Late) -> Lead | None:
    if not found.shown:
        return None
    one = found.shown[0]
    sentence = _("{customer} is newly past due: {days}, {arrears}")
    said = sentence.format(customer=names.get(one.customer, one.customer), days=_days_past_due(one, late), arrears=_arrears(one, late))
    return Lead(Urgency.WORSE, and_others(said, found.new))


def and_others(sentence: Text, count: int) -> Text:
    """Return a sentence about the first of several things, with the number of the others."""
    if count < 2:
        return sentence
    return _("{first}; {others}").format(first=sentence, others=ngettext("{n} more like it", "{n} more like it", count - 1))


def _days_past_due(one: Facility, late: Late) -> str:
    """Return the days that count on the day of the digest; those of the ledger where these are out of date."""
    counted = late[one.id].days if one.id in late else None
    days = one.days_past_due if counted is None else counted
    return masking.figure(str(ngettext("{n} day past due", "{n} days past due", days or 0)))


def _maturing(span: Span, policy: Policy, tx: Tx) -> Part | None:
    days = (span.day_before, span.day)
    found = falling_due.maturing(
        tx,
        span.scope,
        day_before=days[0],
        day=days[1],
        ahead=policy.digest.maturity_days,
        since=span.since,
        until=span.until,
        limit=LISTED,
    )
    names = masking.names(tx, [one.customer for one in found.shown])
    owed = {one.id: words.money(one.outstanding, one.currency) for one in found.shown}
    lines = [[_facility(one, names), f" · {owed[one.id]} · ", blocks.bold(_when(one, span))] for one in found.shown]
    standing = ngettext("{n} more facility matures within {days} days", "{n} more facilities mature within {days} days", found.before)
    heading = ngettext("{n} facility matures: {amounts}", "{n} facilities mature: {amounts}", found.new)
    lead = None
    if found.shown:
        one = found.shown[0]
        said = _("{facility} of {customer}, {amount}, {when}").format(
            facility=one.id, customer=names.get(one.customer, one.customer), amount=owed[one.id], when=_when(one, span)
        )
        lead = Lead(Urgency.TASK, and_others(said, found.new))
    kept = Standing(standing.format(days=policy.digest.maturity_days))
    return _facilities(found, heading.format(amounts=_amounts(found.amounts)), lines, kept, lead)


def _when(one: Facility, span: Span) -> Text:
    assert one.maturity is not None, "it was chosen by its maturity"
    if one.maturity == span.day:
        return _("matures today")
    if one.maturity < span.day:
        return _("matured on {day}").format(day=words.day(one.maturity))
    return _("matures on {day}").format(day=words.day(one.maturity))


def _facilities(found: Crossed, heading: Text, lines: Sequence[Sequence[Any]], standing: Standing, lead: Lead | None) -> Part | None:
    if not found.new and not found.before:
        return None
    return Part(heading, found.new, lines, standing if found.before else None, lead)


def _amounts(amounts: Sequence[tuple[str, Decimal]]) -> str:
    """Return one sum per currency: different currencies are never added up."""
    return clauses(words.money(amount, currency) for currency, amount in amounts)


def _facility(one: Facility, names: dict[str, str]) -> dict[str, Any]:
    return blocks.bold(f"{names.get(one.customer, one.customer)} · {one.id}")


def _overdue(span: Span, policy: Policy, tx: Tx) -> Part | None:
    new, shown, before, oldest = period_changes.overdue(tx, window(span), day_before=span.day_before, day=span.day, limit=LISTED)
    if not new and not before:
        return None
    names = masking.names(tx, [one.customer for one in shown])
    lines = [
        [
            blocks.bold(f"{one.id} · {names.get(one.customer, one.customer)}"),
            f" · {one.risk} · {blocks.quoted(one.measure)} · ",
            blocks.bold(ngettext("{n} day late", "{n} days late", one.days)),
            " · ",
            blocks.person(one.owner),
        ]
        for one in shown
    ]
    said = ngettext("{n} overdue response carried over, {days} days", "{n} overdue responses carried over, longest {days} days", before)
    standing = Standing(said.format(days=oldest), "/risk list responses due=overdue") if before else None
    heading = ngettext("{n} newly overdue response", "{n} newly overdue responses", new)
    lead = None
    if shown:
        late = _("{response} for {customer} is overdue: {measure}")
        name = names.get(shown[0].customer, shown[0].customer)
        lead = Lead(
            Urgency.LATE, and_others(late.format(response=shown[0].id, customer=name, measure=blocks.quoted(shown[0].measure)), new)
        )
    return Part(heading, new, lines, standing, lead)


def _approvals(span: Span, policy: Policy, tx: Tx) -> Part | None:
    new, shown, before = period_changes.approvals_asked(tx, window(span), limit=LISTED)
    if not new and not before.count:
        return None
    lines = [[*subject_line(tx, one), f" · {words.ago(one.requested_at, span.until)}"] for one in shown]
    said = ngettext("{n} approval carried over, requested {ago}", "{n} approvals carried over, oldest requested {ago}", before.count)
    oldest = words.ago(before.oldest, span.until) if before.oldest else ""
    standing = Standing(said.format(ago=oldest), "/risk approvals") if before.count else None
    heading = ngettext("{n} new approval request", "{n} new approval requests", new)
    lead = None
    if shown:
        asked = _("{approval} awaits a decision: {title}").format(approval=shown[0].id, title=blocks.quoted(shown[0].title))
        lead = Lead(Urgency.TASK, and_others(asked, new))
    return Part(heading, new, lines, standing, lead)


def _breaches(span: Span, policy: Policy, tx: Tx) -> Part | None:
    new, shown, before = period_changes.to_acknowledge(tx, window(span), limit=LISTED)
    if not new and not before.count:
        return None
    names = masking.names(tx, [breach.customer for breach in shown])
    lines = [
        [
            f"{words.colour(breach.colour)}  ",
            blocks.bold(f"{breach.id} · {names.get(breach.customer, breach.customer)}"),
            f" · {measured(breach, policy)} · ",
            words.until(breach.acknowledge_by, span.until),
        ]
        for breach in shown
    ]
    said = ngettext(
        "{n} unacknowledged breach carried over, opened {ago}",
        "{n} unacknowledged breaches carried over, oldest opened {ago}",
        before.count,
    )
    oldest = words.ago(before.oldest, span.until) if before.oldest else ""
    standing = Standing(said.format(ago=oldest), "/risk breaches open") if before.count else None
    heading = ngettext("{n} breach to acknowledge", "{n} breaches to acknowledge", new)
    lead = _out_of_bounds(shown, new, names, policy) if shown else None
    return Part(heading, new, lines, standing, lead)


def _out_of_bounds(shown: Sequence[Breach], new: int, names: dict[str, str], policy: Policy) -> Lead:
    """Return the worst of the breaches in a sentence."""
    worst = max(shown, key=lambda breach: breach.colour)
    said = _("{customer}: {measured}").format(customer=names.get(worst.customer, worst.customer), measured=measured(worst, policy))
    return Lead(Urgency.WORSE if worst.colour is Colour.RED else Urgency.LATE, and_others(said, new))


def _readings(span: Span, policy: Policy, tx: Tx) -> Part | None:
    """Return due tests: indicators whose next reading became due, or whose last one became stale, since the previous digest."""
    days = {"day_before": span.day_before, "day": span.day}
    unrenewed = falling_due.unrenewed(tx, span.scope, policy, **days, until=span.until, limit=LISTED)
    found = [(kri, unrenewed[kri.name]) for kri in policy.kri]
    new, stale = sum(each.due + each.stale for _kri, each in found), sum(each.stale_before for _kri, each in found)
    if not new and not stale:
        return None
    names = masking.names(tx, [waited.customer for _kri, each in found for waited in each.shown])
    standing = Standing(ngettext("{n} stale reading carried over", "{n} stale readings carried over", stale)) if stale else None
    heading = ngettext("{n} indicator reading due", "{n} indicator readings due", new)
    lines = [line for kri, each in found for line in _reading_lines(kri, each, names)]
    return Part(heading, new, lines[:LISTED], standing)


def _reading_lines(kri: Kri, found: Unrenewed, names: dict[str, str]) -> list[list[Any]]:
    stale, waited = _("the reading of {day} has gone stale"), _("the reading of {day} is to be renewed")
    return [
        [
            blocks.bold(names.get(one.customer, one.customer)),
            f" · {words.named(kri.name)} · ",
            (stale if one.stale else waited).format(day=words.day(one.as_of)),
        ]
        for one in found.shown
    ]


SECTIONS = [
    Section("past due", 10, True, _past_due),
    Section("breaches", 20, True, _breaches),
    Section("overdue", 30, True, _overdue),
    Section("approvals", 40, True, _approvals),
    Section("maturities", 50, True, _maturing),
    Section("tests", 60, True, _readings),
]
