"""Relevant days of the sample book: reported period ends, and turns of cycles."""

from __future__ import annotations

from datetime import date, timedelta


def period_ends(until: date, months: int, count: int) -> list[date]:
    """Return the last days of the newest ``count`` periods, oldest first; a period that ends on ``until`` counts."""
    after = until + timedelta(days=1)
    begun = after.year * 12 + (after.month - 1) // months * months
    starts = [begun - months * back for back in reversed(range(count))]
    return [date(start // 12, start % 12 + 1, 1) - timedelta(days=1) for start in starts]


def last_turn(until: date, *, every: int, phase: int) -> date:
    """Return the newest day up to ``until`` on which a cycle of ``every`` days turns; phases have different days."""
    return until - timedelta(days=(until.toordinal() - phase) % every)


def turns(until: date, *, every: int, phase: int, days: int) -> list[date]:
    """Return the turns of a cycle within the last ``days``, oldest first."""
    last = last_turn(until, every=every, phase=phase)
    return [last - timedelta(days=back) for back in range((days - 1) // every * every, -1, -every)]
