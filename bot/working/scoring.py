"""Carry out a scoring: a snapshot to read, arithmetic without any lock, the write lock only to keep what differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot.clock import Clock
from bot.working import judging
from commands.kit.schedule import instant
from commands.scoring import scoring
from commands.scoring.scoring import Report
from risk_engine.indicators import derived
from risk_engine.indicators.derived import Basis
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.sight import EVERYTHING

STAGES = 4


def score(
    database: Database,
    policy: Policy,
    clock: Clock,
    *,
    by: str,
    payments_awaited: bool = False,
    step: Callable[[], object] = lambda: None,
) -> Report:
    """Judge and score the book as of today and store what differs; ``step`` is called after each stage.

    The book is judged first, as an open breach is a reason for a grade; by what the scoring itself offers, afterwards.
    """
    started = clock.monotonic()
    offered = {kri.indicator for kri in policy.kri if derived.basis(kri.indicator) is Basis.SCORE}
    judging.judge(database, policy, clock, {kri.indicator for kri in policy.kri} - offered, payments_awaited=payments_awaited)
    step()
    now = clock.now()
    as_of = today(policy, now)
    with database.begin(EVERYTHING) as tx:
        facts = scoring.look(tx, policy, as_of=as_of)
    step()
    scores = scoring.compute(policy, facts)
    step()
    with database.begin(EVERYTHING, write=True) as tx:
        kept = scoring.keep(tx, policy, scores, facts_at=now, as_of=as_of, by=by, at=clock.now())
    judging.judge(database, policy, clock, offered)
    step()
    return Report(as_of, scores, kept, clock.monotonic() - started)


def look_back(database: Database, policy: Policy, clock: Clock, as_of: date) -> Report:
    """Score the book as it was known at the end of a past day; nothing is stored."""
    started = clock.monotonic()
    with database.begin(EVERYTHING) as tx:
        facts = scoring.look(tx, policy, as_of=as_of, known_at=end_of(policy, as_of))
    return Report(as_of, scoring.compute(policy, facts), None, clock.monotonic() - started)


def end_of(policy: Policy, day: date) -> datetime:
    """Midnight after a day, in the team's own zone."""
    return instant(date.fromordinal(day.toordinal() + 1), datetime.min.time(), policy.digest.zone)


def today(policy: Policy, now: datetime) -> date:
    """The team's own date: that of the zone in which its digest goes out."""
    return now.astimezone(policy.digest.zone).date()
