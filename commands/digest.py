"""/risk digest now, and the daily digest: what waits, what is overdue, what changed since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from commands.kit import blocks, words
from commands.kit.contract import Args, Blocks, Command, Job, Message, Notice, Reply, Request, Section
from commands.kit.fields import AnyCase, Ask
from commands.kit.i18n import Text, _, ngettext
from commands.kit.registry import registry
from commands.kit.schedule import Daily, instant
from risk_engine.breach import State
from risk_engine.policy import Policy
from risk_engine.references import RiskId
from storage import approvals, breaches, customers, deliveries, events, jobs, responses, risks
from storage.database import Tx

SHOWN = 5
LATE = timedelta(minutes=15)
_CHANGES = ("risk.logged", "approval.decided", "breach.worsened", "breach.closed", "import.loaded")


class When(StrEnum):
    """The digest on demand."""

    NOW = "now"


class DigestArgs(Args):
    when: Annotated[When, AnyCase, Ask(_("When"))] = When.NOW


def digest_now(args: DigestArgs, request: Request, tx: Tx) -> Reply:
    since = since_when(tx, request.at)
    message = compose(tx, request.policy, since=since, until=request.at)
    return Reply(message.text, message.blocks, shareable=True)


def since_when(tx: Tx, now: datetime) -> datetime:
    """The digest before this one; a day ago if there was none."""
    return jobs.last_done(tx, JOBS[0].name) or now - timedelta(days=1)


def compose(tx: Tx, policy: Policy, *, since: datetime, until: datetime, late: timedelta = timedelta(0)) -> Message:
    """One screen: each section a heading with its count and at most five lines."""
    parts = [part for section in registry().sections if (part := section.lines(since, until, policy, tx))]
    body: Blocks = [blocks.header(_("Risk digest · {day}").format(day=words.day(until.astimezone(policy.digest.zone).date())))]
    for heading, lines in parts:
        body += [blocks.paragraph(blocks.bold(heading)), *lines]
    if not parts:
        body.append(blocks.paragraph(_("Nothing waits, nothing is overdue, nothing has changed.")))
    body.append(blocks.note(_("Since {since}").format(since=words.moment(since))))
    if late > LATE:
        body.append(blocks.note(_("Late by {time}: I was not running.").format(time=words.span(late))))
    gist = " · ".join(str(heading) for heading, _lines in parts) or str(_("Nothing new."))
    return Message(blocks.escape(_("Risk digest: {gist}").format(gist=gist)), body)


# --- sections ------------------------------------------------------------------------------------------------------


def _waiting(since: datetime, until: datetime, policy: Policy, tx: Tx) -> tuple[Text, Blocks] | None:
    from commands.approvals import subject_line

    count, asked = approvals.waiting(tx, limit=SHOWN)
    if not count:
        return None
    lines = [[*subject_line(tx, one), f" · {words.ago(one.requested_at, until)}"] for one in asked]
    return ngettext("{n} approval waits", "{n} approvals wait", count), _list(lines, count)


def _overdue(since: datetime, until: datetime, policy: Policy, tx: Tx) -> tuple[Text, Blocks] | None:
    count, late = responses.overdue(tx, as_of=until.astimezone(policy.digest.zone).date(), limit=SHOWN)
    if not count:
        return None
    names = customers.names(tx, [one.customer for one in late])
    lines = [
        [
            blocks.bold(f"{one.id} · {names.get(one.customer, one.customer)}"),
            f" · {one.risk} · {blocks.clean(one.measure)} · ",
            blocks.bold(ngettext("{n} day late", "{n} days late", one.days)),
            " · ",
            blocks.person(one.owner),
        ]
        for one in late
    ]
    return ngettext("{n} response is overdue", "{n} responses are overdue", count), _list(lines, count)


def _out_of_bounds(since: datetime, until: datetime, policy: Policy, tx: Tx) -> tuple[Text, Blocks] | None:
    from commands.alerts import measured

    count, found = breaches.not_closed(tx, state=State.OPEN, limit=SHOWN)
    if not count:
        return None
    names = customers.names(tx, [breach.customer for breach in found])
    lines = [
        [
            f"{words.colour(breach.colour)}  ",
            blocks.bold(f"{breach.id} · {names.get(breach.customer, breach.customer)}"),
            f" · {measured(breach, policy)} · ",
            words.until(breach.acknowledge_by, until),
        ]
        for breach in found
    ]
    return ngettext("{n} breach is not acknowledged", "{n} breaches are not acknowledged", count), _list(lines, count)


def _changed(since: datetime, until: datetime, policy: Policy, tx: Tx) -> tuple[Text, Blocks] | None:
    counts = events.counts(tx, since, until=until, kinds=(*_CHANGES, "breach.opened"))
    if not counts:
        return None
    opened = counts.pop("breach.opened", 0)
    lines: list[list[Any]] = [[ngettext("{n} breach opened", "{n} breaches opened", opened)]] if opened else []
    others = events.since(tx, since, until=until, kinds=_CHANGES, limit=SHOWN)
    lines += [_line(tx, event, policy) for event in others]
    everything = opened + sum(counts.values())
    return ngettext("{n} change", "{n} changes", everything), _list(lines, len(lines) + sum(counts.values()) - len(others))


def _line(tx: Tx, event: events.Recorded, policy: Policy) -> list[Any]:
    facts = event.facts or {}
    if event.kind == "import.loaded":
        return [
            _("Imported {kind}: {added} new, {changed} changed").format(
                kind=words.label(facts["kind"]),
                added=words.number(facts["added"], decimals=0),
                changed=words.number(facts["changed"], decimals=0),
            )
        ]
    if event.kind == "approval.decided":
        return [blocks.bold(event.subject), f" {words.label(str(facts['verdict']))} ", _("by"), " ", blocks.person(event.actor)]
    name = customers.names(tx, [facts["customer"]]).get(facts["customer"], facts["customer"])
    if event.kind == "risk.logged":
        risk = risks.get(tx, RiskId.parse(event.subject))
        return [blocks.bold(f"{event.subject} · {name}"), f" · {words.level(risk.level) if risk else ''} · {blocks.clean(facts['title'])}"]
    unit = words.unit_of(facts["kri"], policy)
    words_for = {"breach.closed": _("back within bounds"), "breach.worsened": _("worsened")}
    what = words_for[event.kind]
    return [blocks.bold(f"{event.subject} · {name}"), f" · {words.named(facts['kri'])} {words.reading(facts['value'], unit)} · ", what]


def _list(lines: list[list[Any]], count: int) -> Blocks:
    more = [[_("and {n} more").format(n=count - len(lines))]] if count > len(lines) else []
    return [blocks.bullets([*lines, *more])]


# --- the daily one ---------------------------------------------------------------------------------------------------


def daily(policy: Policy) -> Daily:
    return Daily(policy.digest.at, policy.digest.zone, policy.digest.weekdays)


def send(day: date, now: datetime, policy: Policy, tx: Tx) -> None:
    """Queue the digest of a date; the same date is never queued twice."""
    # the very first digest is not late: nothing was running before
    late = now - instant(day, policy.digest.at, policy.digest.zone) if jobs.last_done(tx, "digest") else timedelta(0)
    facts = {"since": since_when(tx, now).isoformat(), "until": now.isoformat(), "late": max(late.total_seconds(), 0)}
    deliveries.enqueue(
        tx,
        "digest",
        facts=facts,
        audience="route:digest",
        reason="the policy's hour",
        thread=f"digest {day}",
        at=now,
        dedup=f"digest {day}",
    )


def send_now(now: datetime, policy: Policy, tx: Tx) -> None:
    """Queue a digest outside of its hour."""
    facts = {"since": since_when(tx, now).isoformat(), "until": now.isoformat(), "late": 0}
    deliveries.enqueue(tx, "digest", facts=facts, audience="route:digest", reason="asked for", thread=f"digest {now.isoformat()}", at=now)


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """The digest as queued: of that span of time."""
    since, until = (datetime.fromisoformat(facts[name]) for name in ("since", "until"))
    return compose(tx, policy, since=since, until=until, late=timedelta(seconds=facts["late"]))


COMMAND = Command(
    "digest",
    DigestArgs,
    digest_now,
    summary=_("What waits, what is overdue and what changed, on one screen"),
    examples=["digest now"],
    order=30,
)
SECTIONS = [
    Section("waiting", 10, _waiting),
    Section("overdue", 20, _overdue),
    Section("breaches", 30, _out_of_bounds),
    Section("changed", 40, _changed),
]
JOBS = [Job("digest", daily, send)]
NOTICES = [Notice("digest", (), lambda event, policy, tx: (), render)]
