"""The digest's first half: today's tasks, each listed once, when it is new or has crossed a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from commands.approvals import subject_line
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Part, Section, Span
from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from commands.kit.wording.lines import measured
from risk_engine.policy.policy import Kri, Policy
from storage.database import Tx
from storage.digest import falling_due, period_changes
from storage.digest.falling_due import Crossed, Facility, Unrenewed

# the number of each that readers of a thread will read
LISTED = 15


def window(span: Span) -> period_changes.Window:
    return period_changes.Window(span.since, span.until, span.scope)


def _past_due(span: Span, policy: Policy, tx: Tx) -> Part | None:
    found = falling_due.past_due(tx, span.scope, since=span.since, until=span.until, limit=LISTED)
    names = masking.names(tx, [one.customer for one in found.shown])
    lines = [[*_owed(one, names), " · ", blocks.bold(_days_past_due(one))] for one in found.shown]
    standing = ngettext(
        "{n} facility in arrears carried over, {days} days: /risk top by=overdue",
        "{n} facilities in arrears carried over, longest {days} days: /risk top by=overdue",
        found.before,
    )
    heading = ngettext("{n} facility newly past due: {amounts}", "{n} facilities newly past due: {amounts}", found.new)
    return _facilities(found, heading, lines, standing.format(days=masking.figure(str(found.oldest))))


def _days_past_due(one: Facility) -> str:
    return masking.figure(str(ngettext("{n} day past due", "{n} days past due", one.days_past_due or 0)))


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
    lines = [[*_owed(one, names), " · ", blocks.bold(_when(one, span))] for one in found.shown]
    standing = ngettext("{n} more facility matures within {days} days", "{n} more facilities mature within {days} days", found.before)
    heading = ngettext("{n} facility matures: {amounts}", "{n} facilities mature: {amounts}", found.new)
    return _facilities(found, heading, lines, standing.format(days=policy.digest.maturity_days))


def _when(one: Facility, span: Span) -> Text:
    assert one.maturity is not None, "it was chosen by its maturity"
    if one.maturity == span.day:
        return _("matures today")
    if one.maturity < span.day:
        return _("matured on {day}").format(day=words.day(one.maturity))
    return _("matures on {day}").format(day=words.day(one.maturity))


def _facilities(found: Crossed, heading: Text, lines: Sequence[Sequence[Any]], standing: Text) -> Part | None:
    if not found.new and not found.before:
        return None
    return Part(heading.format(amounts=_amounts(found.amounts)), found.new, lines, standing if found.before else None)


def _amounts(amounts: Sequence[tuple[str, Decimal]]) -> str:
    """Return one sum per currency: different currencies are never added up."""
    return "; ".join(words.money(amount, currency) for currency, amount in amounts)


def _owed(one: Facility, names: dict[str, str]) -> list[Any]:
    return [blocks.bold(f"{names.get(one.customer, one.customer)} · {one.id}"), f" · {words.money(one.outstanding, one.currency)}"]


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
    standing = ngettext(
        "{n} overdue response carried over, {days} days: /risk list responses due=overdue",
        "{n} overdue responses carried over, longest {days} days: /risk list responses due=overdue",
        before,
    )
    heading = ngettext("{n} newly overdue response", "{n} newly overdue responses", new)
    return Part(heading, new, lines, standing.format(days=oldest) if before else None)


def _approvals(span: Span, policy: Policy, tx: Tx) -> Part | None:
    new, shown, before = period_changes.approvals_asked(tx, window(span), limit=LISTED)
    if not new and not before.count:
        return None
    lines = [[*subject_line(tx, one), f" · {words.ago(one.requested_at, span.until)}"] for one in shown]
    standing = ngettext(
        "{n} approval carried over, requested {ago}: /risk approvals",
        "{n} approvals carried over, oldest requested {ago}: /risk approvals",
        before.count,
    )
    oldest = words.ago(before.oldest, span.until) if before.oldest else ""
    heading = ngettext("{n} new approval request", "{n} new approval requests", new)
    return Part(heading, new, lines, standing.format(ago=oldest) if before.count else None)


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
    standing = ngettext(
        "{n} unacknowledged breach carried over, opened {ago}: /risk breaches open",
        "{n} unacknowledged breaches carried over, oldest opened {ago}: /risk breaches open",
        before.count,
    )
    oldest = words.ago(before.oldest, span.until) if before.oldest else ""
    heading = ngettext("{n} breach to acknowledge", "{n} breaches to acknowledge", new)
    return Part(heading, new, lines, standing.format(ago=oldest) if before.count else None)


def _readings(span: Span, policy: Policy, tx: Tx) -> Part | None:
    """Return due tests: indicators whose next reading became due, or whose last one became stale, since the previous digest."""
    days = {"day_before": span.day_before, "day": span.day}
    unrenewed = falling_due.unrenewed(tx, span.scope, policy, **days, until=span.until, limit=LISTED)
    found = [(kri, unrenewed[kri.name]) for kri in policy.kri]
    new, stale = sum(each.due + each.stale for _kri, each in found), sum(each.stale_before for _kri, each in found)
    if not new and not stale:
        return None
    names = masking.names(tx, [waited.customer for _kri, each in found for waited in each.shown])
    standing = ngettext("{n} stale reading carried over", "{n} stale readings carried over", stale)
    heading = ngettext("{n} indicator reading due", "{n} indicator readings due", new)
    lines = [line for kri, each in found for line in _reading_lines(kri, each, names)]
    return Part(heading, new, lines[:LISTED], standing if stale else None)


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
