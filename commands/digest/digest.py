"""/risk digest, and the daily digest: first today's tasks, then the changes since the previous one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commands.delivery import Draft, tell
from commands.digest import digest_screen
from commands.digest.editions import JOB, Edition, editions, span
from commands.kit import blocks
from commands.kit.contract import Blocks, Job, Message, Notice, To
from commands.kit.digest_parts import Part, Span
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

LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Digest:
    """The message, and the items that it has no room for; None if it is complete."""

    message: Message
    detail: Message | None


def compose(tx: Tx, policy: Policy, about: Span, *, late: timedelta = timedelta(0)) -> Digest:
    """Collect all sections, and arrange them on one screen."""
    said = [(section.today, part) for section in registry().sections if (part := section.part(about, policy, tx))]
    parts = [part for _today, part in said]
    first, screen = digest_screen.opening(parts), digest_screen.arrange(parts)
    counted = _counted(said)
    body: Blocks = [blocks.header(first), blocks.note(_note(about)), blocks.paragraph(*counted), *screen.blocks]
    body += [blocks.note(part.remark) for part in parts if part.remark]
    if late > LATE:
        body.append(blocks.note(_("{time} late: the bot was not running.").format(time=words.span(late))))
    gist = _("Risk digest: {gist}").format(gist=first)
    detail = Message(blocks.escape(_("More of the digest of {day}").format(day=words.day(about.day))), screen.rest) if screen.rest else None
    return Digest(Message(blocks.escape(gist), body), detail)


def _counted(said: Sequence[tuple[bool, Part]]) -> list[Any]:
    """Return whether there is something to do today, and how much has changed."""
    things, moves = (sum(part.new for first, part in said if first is today) for today in (True, False))
    if not things and not moves:
        return [_("A quiet day: nothing new to do and no changes.")]
    to_do = ngettext("{n} action today", "{n} actions today", things) if things else _("Nothing new to do today")
    return [blocks.bold(to_do), *([" · ", ngettext("{n} change", "{n} changes", moves)] if moves else [])]


def _note(about: Span) -> str:
    said = [_("Risk digest · {day}").format(day=words.day(about.day)), _("Since {since}").format(since=words.moment(about.since))]
    named = [about.scope.department, about.scope.sector]
    return " · ".join([*map(str, said), *(each for each in named if each)])


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
