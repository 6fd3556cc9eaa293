"""Carry out a scoring: a snapshot to read, arithmetic without any lock, and the write lock only to store differences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import numpy as np

from bot.clock import Clock
from bot.scoring import judging
from commands.kit.schedule import instant
from commands.scoring import scoring
from commands.scoring.scoring import Report
from risk_engine.indicators import derived
from risk_engine.indicators.derived import Basis
from risk_engine.policy.policy import Policy
from storage.customers import book_totals
from storage.database import Database
from storage.scoring.due import Due
from storage.scoring.score_facts.owned import Book
from storage.sight import EVERYTHING

# the shares of judging before and after, of the whole work
JUDGED, OFFERED = 0.2, 0.05
# so many scores are written in one transaction: in a quarter of a second of the processor
WRITTEN = 8_192


def score(
    database: Database,
    policy: Policy,
    clock: Clock,
    *,
    by: str,
    whole: bool = False,
    step: Callable[[float], object] = lambda share: None,
) -> Report:
    """Judge and score the book as of today and store the differences; ``step`` is called with the share of the work that is done.

    Customers are judged first, as an open breach is a reason for a grade; by what the scoring itself offers, afterwards.

    Args:
        whole: whether to score everybody; otherwise only those whose facts have changed, or whose date of next change has come.
    """
    started, report = clock.monotonic(), Report(today(policy, clock.now()))
    offered = {kri.indicator for kri in policy.kri if derived.basis(kri.indicator) is Basis.SCORE}
    due = _due(database, policy, report.as_of, whole=whole)
    # time changes the states of indicators too, and they have no dates
    whose = None if due.whole or due.new_day else due.customers.ids.tolist()
    others = {kri.indicator for kri in policy.kri} - offered
    if judging.judge(database, policy, clock, others, whose=whose):
        due = _due(database, policy, report.as_of, whole=due.whole)
    step(JUDGED)
    report.partial, report.new_day = not due.whole, due.new_day
    for part in due.customers.parts():
        _score_part(database, policy, clock, part, report, by=by)
        step((1 - JUDGED - OFFERED) * len(part) / len(due.customers))
    if not report.outrun and (due.marks or due.whole or due.new_day):
        with database.begin(EVERYTHING, write=True) as tx:
            scoring.done(tx, policy, due, as_of=report.as_of)
    judging.judge(database, policy, clock, offered, whose=whose)
    _count(database)
    step(OFFERED)
    report.seconds = clock.monotonic() - started
    return report


def _count(database: Database) -> None:
    """Count the totals of the book now, so that nobody's question has to."""
    with database.begin(EVERYTHING) as tx:
        counted = book_totals.count(tx)
    if counted is not None:
        with database.begin(EVERYTHING, write=True) as tx:
            book_totals.keep(tx, counted)


def _due(database: Database, policy: Policy, as_of: date, *, whole: bool) -> Due:
    with database.begin(EVERYTHING) as tx:
        return scoring.due(tx, policy, as_of=as_of, whole=whole)


def _score_part(database: Database, policy: Policy, clock: Clock, part: Book, report: Report, *, by: str) -> None:
    """Score a part of the book on one snapshot, and write it in short transactions, so that no other writer waits for long."""
    now = clock.now()
    with database.begin(EVERYTHING) as tx:
        facts = scoring.look(tx, policy, as_of=report.as_of, book=part)
    scores = scoring.compute(policy, facts, part)
    for start in range(0, len(scores), WRITTEN):
        some = scores.at(np.arange(start, min(start + WRITTEN, len(scores))))
        singly = max(policy.scoring.told_singly - report.moved, 0)
        with database.begin(EVERYTHING, write=True, gives_way=True) as tx:
            kept = scoring.keep(tx, policy, some, facts_at=now, as_of=report.as_of, by=by, at=clock.now(), singly=singly)
        report.add(some, kept)


def look_back(database: Database, policy: Policy, clock: Clock, as_of: date) -> Report:
    """Score the book as it was known at the end of a past day; nothing is stored."""
    started, known_at = clock.monotonic(), end_of(policy, as_of)
    report = Report(as_of, stored=False)
    with database.begin(EVERYTHING) as tx:
        for part in scoring.everybody(tx, known_at=known_at).parts():
            facts = scoring.look(tx, policy, as_of=as_of, known_at=known_at, book=part)
            report.add(scoring.compute(policy, facts, part))
    report.seconds = clock.monotonic() - started
    return report


def end_of(policy: Policy, day: date) -> datetime:
    """Return the midnight after a day, in the team's own zone."""
    return instant(date.fromordinal(day.toordinal() + 1), datetime.min.time(), policy.digest.zone)


def today(policy: Policy, now: datetime) -> date:
    """Return the team's own date, in the time zone of its digest."""
    return now.astimezone(policy.digest.zone).date()
