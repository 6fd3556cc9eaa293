"""/risk digest, and the daily digest: first today's tasks, then the changes since the previous one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commands.delivery import Draft, tell
from commands.digest.editions import JOB, Edition, editions, span
from commands.kit import blocks
from commands.kit.contract import Blocks, Job, Message, Notice, Part, Span, To
from commands.kit.i18n import _, ngettext
from commands.kit.registry import registry
from commands.kit.schedule import Daily, instant
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.delivery import jobs
from storage.delivery.deliveries import Operation
from storage.scope import Scope

# the lines of the message, one screen; the thread has the rest
ROOM = 16
LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Digest:
    """The message, and its thread with further detail if the message is not complete."""

    message: Message
    detail: Message | None


def compose(tx: Tx, policy: Policy, about: Span, *, late: timedelta = timedelta(0)) -> Digest:
    """Collect all sections, and arrange them on one screen."""
    said = [(section.today, part) for section in registry().sections if (part := section.part(about, policy, tx))]
    today, moved = [part for first, part in said if first], [part for first, part in said if not first]
    gist = _gist(today, moved)
    screen = _screen(today, moved)
    quiet = [] if any(part.new for _today, part in said) else [blocks.paragraph(_("A quiet day: nothing new to do and no changes."))]
    body: Blocks = [blocks.header(gist), blocks.note(_note(about)), *quiet, *screen.blocks]
    if late > LATE:
        body.append(blocks.note(_("{time} late: the bot was not running.").format(time=words.span(late))))
    detail = [*_detail([part for part in today if part.new]), *_detail(moved)]
    return Digest(
        Message(blocks.escape(_("Risk digest: {gist}").format(gist=gist)), body),
        Message(blocks.escape(_("Full digest of {day}").format(day=words.day(about.day))), detail) if screen.left_out else None,
    )


def _gist(today: Sequence[Part], moved: Sequence[Part]) -> str:
    things, moves = sum(part.new for part in today), sum(part.new for part in moved)
    if not things and not moves:
        return str(_("Nothing new."))
    said = [
        ngettext("{n} action today", "{n} actions today", things) if things else _("Nothing new to do today"),
        ngettext("{n} change", "{n} changes", moves) if moves else None,
    ]
    return " · ".join(str(each) for each in said if each)


def _note(about: Span) -> str:
    said = [_("Risk digest · {day}").format(day=words.day(about.day)), _("Since {since}").format(since=words.moment(about.since))]
    named = [about.scope.department, about.scope.sector]
    return " · ".join([*map(str, said), *(each for each in named if each)])


@dataclass(frozen=True, slots=True)
class _Screen:
    """The blocks of one screen, and whether parts were left for the thread."""

    blocks: Blocks
    left_out: bool


def _screen(today: Sequence[Part], moved: Sequence[Part]) -> _Screen:
    """Return headings of tasks with their first lines, and changes in one line, with lines as far as there is room."""
    new = [part for part in today if part.new]
    standing = [part.standing for part in today if part.standing]
    room = ROOM - len(new) - (1 if moved else 0) - (1 + len(standing) if standing else 0)
    counts = _share_out([len(part.lines) for part in [*new, *moved]], room)
    shown: Blocks = []
    for part, count in zip(new, counts, strict=False):
        shown += [blocks.paragraph(blocks.bold(part.heading)), *_list(part.lines[:count])]
    if standing:
        shown += [blocks.paragraph(blocks.bold(_("Still open"))), *_list([[each] for each in standing])]
    if moved:
        headings = " · ".join(str(part.heading) for part in moved)
        lines = [line for part, count in zip(moved, counts[len(new) :], strict=True) for line in part.lines[:count]]
        shown += [blocks.paragraph(blocks.bold(_("Moved")), "  ", headings), *_list(lines)]
    left_out = any(part.new > count and part.lines for part, count in zip([*new, *moved], counts, strict=True))
    return _Screen(shown, left_out)


def _share_out(wanted: Sequence[int], room: int) -> list[int]:
    """Return the number of lines for each, shared out in turns from the first."""
    given = [0] * len(wanted)
    while room > 0 and any(has < wants for has, wants in zip(given, wanted, strict=True)):
        for place, wants in enumerate(wanted):
            if room > 0 and given[place] < wants:
                given[place] += 1
                room -= 1
    return given


def _detail(parts: Sequence[Part]) -> Blocks:
    body: Blocks = []
    for part in parts:
        more = part.new - len(part.lines)
        tail = [[_("and {n} more").format(n=more)]] if part.lines and more > 0 else []
        body += [blocks.paragraph(blocks.bold(part.heading)), *_list([*part.lines, *tail])]
    return body


def _list(lines: Sequence[Sequence[Any]]) -> Blocks:
    return [blocks.bullets(lines)] if lines else []


# --- sending -----------------------------------------------------------------------------------------------------------


def slots(policy: Policy, tx: Tx) -> Mapping[str, Daily]:
    """Return the schedule of each channel's digest."""
    return {edition.name: edition.daily for edition in editions(policy, tx) if edition.runs}


def send(name: str, day: date, now: datetime, policy: Policy, tx: Tx) -> None:
    """Queue one channel's digest of a date; a date is never queued twice."""
    edition = next((each for each in editions(policy, tx) if each.name == name and each.runs), None)
    if edition is None:
        # unsubscribed or paused since it was due
        return
    facts = _facts(edition, now, tx, late=_late(edition, day, now, tx))
    _queue(tx, Draft("digest", To(edition.audience, "its hour"), facts, f"{name} {day}", now, dedup=f"{name} {day}"), policy)


def _late(edition: Edition, day: date, now: datetime, tx: Tx) -> timedelta:
    """Return the delay after its hour; the very first digest is never late."""
    if jobs.last_done(tx, edition.name) is None:
        return timedelta(0)
    meant = instant(day, edition.daily.at, edition.daily.zone)
    return max(now - max(meant, edition.changed_at or meant), timedelta(0))


def send_now(edition: Edition, now: datetime, policy: Policy, tx: Tx) -> None:
    """Queue a digest outside its schedule."""
    facts = _facts(edition, now, tx, late=timedelta(0))
    _queue(tx, Draft("digest", To(edition.audience, "asked for"), facts, f"{edition.name} {now.isoformat()}", now), policy)


def _facts(edition: Edition, now: datetime, tx: Tx, *, late: timedelta) -> dict[str, Any]:
    about = span(edition, now, tx)
    return {
        "since": about.since.isoformat(),
        "until": now.isoformat(),
        "late": late.total_seconds(),
        "zone": about.zone.key,
        "department": about.scope.department,
        "sector": about.scope.sector,
    }


def _queue(tx: Tx, digest: Draft, policy: Policy) -> None:
    """Queue a digest, and its detail in the thread, unless it was queued before."""
    if tell(tx, digest, policy):
        detail = To(digest.to.audience, digest.to.reason, Operation.REPLY)
        tell(tx, replace(digest, notice="digest.detail", to=detail, dedup=None), policy)


def _as_queued(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Digest:
    since, until = (datetime.fromisoformat(facts[name]) for name in ("since", "until"))
    scope = Scope(facts["department"], facts["sector"])
    return compose(tx, policy, Span(since, until, ZoneInfo(facts["zone"]), scope), late=timedelta(seconds=facts["late"]))


def render(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the digest as queued, for its period."""
    return _as_queued(facts, policy, tx).message


def render_detail(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the detail that the digest had no room for; None if it had."""
    return _as_queued(facts, policy, tx).detail


JOBS = [Job(JOB, slots, send)]
NOTICES = [
    Notice("digest", (), lambda event, policy, tx: (), render, classification=Secrecy.CONFIDENTIAL),
    Notice("digest.detail", (), lambda event, policy, tx: (), render_detail, classification=Secrecy.CONFIDENTIAL),
]
