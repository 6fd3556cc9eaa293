"""Schedules of daily jobs by local business date, so that clock changes neither repeat nor skip a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# older dates are not caught up
LOOK_BACK = timedelta(days=7)
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Daily:
    """A daily run at a local time, on some weekdays (1 is Monday); runs due before ``since`` are not caught up."""

    at: time
    zone: ZoneInfo
    weekdays: Collection[int] = (1, 2, 3, 4, 5, 6, 7)
    since: datetime | None = None


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment of a local time on a date: the first if the clock repeats it, the next valid one if it skips it."""
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # the wall time was skipped: with the offset after the gap it lies before the gap, so the gap is in between
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def due(daily: Daily, now: datetime, *, newest: date | None) -> date | None:
    """Return the date whose run is due now, if any; of several missed dates only the latest.

    Args:
        newest: the latest claimed date; None before the first run, when only today counts.
    """
    today = now.astimezone(daily.zone).date()
    day = today
    while day > (newest or today - timedelta(days=1)) and today - day < LOOK_BACK:
        if day.isoweekday() in daily.weekdays and (daily.since or _EVER) <= instant(day, daily.at, daily.zone) <= now:
            return day
        day -= timedelta(days=1)
    return None


def following(daily: Daily, now: datetime, *, newest: date | None) -> datetime:
    """Return the time of the next run from now, not on a claimed date."""
    day = now.astimezone(daily.zone).date()
    earliest = max(now, daily.since or _EVER)
    while (newest is not None and day <= newest) or day.isoweekday() not in daily.weekdays or instant(day, daily.at, daily.zone) < earliest:
        day += timedelta(days=1)
    return instant(day, daily.at, daily.zone)
