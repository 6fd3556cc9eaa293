"""The second line's monthly list of judgemental decisions, with a sample for review."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import Field

from commands.audit.second_line import second_line_list as listed
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Args, Command, Job, Message, Notice, Refused, Reply, Request, To
from commands.kit.i18n import _
from commands.kit.input.fields import Ask, Key
from commands.kit.schedule import Daily
from risk_engine.audit import second_line as engine
from risk_engine.audit.events import SampleDrawn, SampleFinding, SampleFine
from risk_engine.audit.second_line import Finding, Sampled
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy import Policy
from storage.audit import about, second_line_samples, trail
from storage.audit.history import Entry
from storage.audit.second_line_samples import SecondLineSample
from storage.database import Tx
from storage.delivery.deliveries import Operation
from storage.events import Recorded

JOB = "second line"
BY = "schedule"


class SampledArgs(Args):
    key: Key


class FindingArgs(Args):
    key: Key
    finding: Annotated[
        str, Field(min_length=5, max_length=1000), Ask(_("Finding"), hint=_("Describe what is not in order"), multiline=True)
    ]


# --- drawing -----------------------------------------------------------------------------------------------------------


def slots(policy: Policy, tx: Tx) -> Mapping[str, Daily]:
    """Return the slot of every working day: the first run in a month prepares the month before."""
    rules = policy.second_line
    return {JOB: Daily(rules.at, rules.zone, rules.weekdays)}


def draw(name: str, day: date, now: datetime, policy: Policy, tx: Tx) -> None:
    """Draw the sample of the month before, once; none for a month without any records."""
    first = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    month, since, until = f"{first:%Y-%m}", _begins(first, policy), _begins(day.replace(day=1), policy)
    head = second_line_samples.head(tx, since, until)
    if head is None or second_line_samples.get(tx, month) is not None:
        return
    rules, seed = policy.second_line, f"{month}:{head}"
    population = second_line_samples.population(tx, rules.kinds, since, until)
    counted = Counter(kind for _number, kind in population)
    drawn = engine.draw(population, seed, rules.sample)
    of_it = [Sampled(month, place, uuid.uuid4().hex, number) for place, number in enumerate(drawn, start=1)]
    if not second_line_samples.add(tx, SecondLineSample(month, seed, {kind: counted[kind] for kind in rules.kinds}, now), of_it):
        return
    happened = SampleDrawn(
        subject=month, actor=BY, at=now, seed=seed, population=len(population), size=len(drawn), counts=counted, events=drawn
    )
    record(tx, happened, policy)


def _begins(day: date, policy: Policy) -> datetime:
    return datetime.combine(day, time.min, policy.second_line.zone).astimezone(UTC)


# --- showing and reviewing --------------------------------------------------------------------------------------------


def month(text: str, request: Request, tx: Tx) -> Reply:
    """Return a month's list with its sample, as of now."""
    found = listed.wanted(text, tx)
    return Reply(blocks.escape(listed.heading(found)), listed.body(found, request.policy, tx), shareable=True)


def _sampled(key: str, tx: Tx) -> tuple[Sampled, Entry]:
    one = second_line_samples.by_key(tx, key)
    entry = trail.by_ids(tx, [one.event]).get(one.event) if one else None
    if one is None or entry is None:
        raise Refused(_("This entry is not on a list that you can see."))
    return one, entry


def _hands(entry: Entry, request: Request, tx: Tx) -> frozenset[str]:
    """Return the people who acted on the entry's subject, under any account."""
    people, hands = request.policy.people, about.hands(tx, entry.event.subject) | {entry.event.actor}
    mine = people.human(request.user) in {people.human(hand) for hand in hands}
    return hands | {request.user} if mine else hands


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str:
    """Return the entry in a line; refuse at once if the person cannot review it."""
    one, entry = _sampled(values["key"], tx)
    engine.review(one, Finding.FINDING, by=request.user, hands=_hands(entry, request, tx), at=request.at)
    return f"{listed.named(one.month)}, {one.place} · {entry.event.subject}"


def _review(verdict: Finding, key: str, finding: str | None, request: Request, tx: Tx) -> Reply:
    one, entry = _sampled(key, tx)
    reviewed, happened = engine.review(one, verdict, by=request.user, hands=_hands(entry, request, tx), at=request.at, finding=finding)
    second_line_samples.save(tx, reviewed)
    record(tx, happened, request.policy, request_key=request.key)
    found = listed.list_of(one.month, tx)
    assert found, "an entry stands on a list"
    _sign, word = listed.VERDICTS[verdict]
    said = _("Entry {place} of {month}: {verdict}; {done} of {size} reviewed.").format(
        place=one.place, month=listed.named(one.month), verdict=word, done=found.looked_at, size=len(found.drawn)
    )
    return Reply(blocks.marked(said))


def fine(args: SampledArgs, request: Request, tx: Tx) -> Reply:
    """Record that an entry is in order."""
    return _review(Finding.FINE, args.key, None, request, tx)


def finding(args: FindingArgs, request: Request, tx: Tx) -> Reply:
    """Record a finding about an entry."""
    return _review(Finding.FINDING, args.key, args.finding, request, tx)


# --- notices -----------------------------------------------------------------------------------------------------------


def _to_the_auditors(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    if event.kind == SampleDrawn.kind:
        return [To("route:audit", "the second line's list of a month")]
    return [To("route:audit", "an entry of the list was looked at", Operation.UPDATE)]


def message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the list as of its sending."""
    found = listed.list_of(facts["subject"], tx)
    return Message(blocks.escape(listed.heading(found)), listed.body(found, policy, tx)) if found else None


ACTIONS = [
    Command(
        "sample.fine",
        SampledArgs,
        fine,
        right=Right.AUDIT,
        summary=_("Mark a sampled entry as in order"),
        writes=True,
        classification=Secrecy.RESTRICTED,
    ),
    Command(
        "sample.finding",
        FindingArgs,
        finding,
        right=Right.AUDIT,
        summary=_("Record a finding on a sampled entry"),
        writes=True,
        title=_("Finding"),
        submit=_("Record"),
        ready=ready,
        classification=Secrecy.RESTRICTED,
    ),
]
JOBS = [Job(JOB, slots, draw)]
NOTICES = [Notice("second_line", (SampleDrawn, SampleFine, SampleFinding), _to_the_auditors, message, classification=Secrecy.CONFIDENTIAL)]
