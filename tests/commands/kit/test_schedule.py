"""A daily job runs once a local date, on nights when the clock is turned as on any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit.schedule import LOOK_BACK, Daily, due, instant

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/London", "2026-11-23T08:30", "2026-11-23T08:30"),
        ("Europe/London", "2026-07-01T08:30", "2026-07-01T07:30"),
        # shown twice: the first one
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        # never shown: the first moment after the gap
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T07:00"),
        # days that begin at one o'clock
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00"),
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28T22:00"),
        ("America/Santiago", "2026-09-06T00:15", "2026-09-06T04:00"),
        # a gap of half an hour
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        # a date that a country left out: its end is the next date's beginning
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
)
def test_a_local_time_stands_for_one_moment(zone, local, moment):
    wall = datetime.fromisoformat(local)

    assert instant(wall.date(), wall.time(), ZoneInfo(zone)) == utc(moment)


def runs(daily: Daily, start: datetime, end: datetime, *, after: date | None = None, step: timedelta = timedelta(minutes=15)) -> list[date]:
    """The dates that a process which looks every so often runs; ``after`` is the one that was run last."""
    done: list[date] = []
    now = start
    while now <= end:
        if slot := due(daily, now, newest=done[-1] if done else after):
            done.append(slot)
        now += step
    return done


@pytest.mark.parametrize(
    ("zone", "at", "night"),
    [
        ("Europe/London", time(1, 30), date(2026, 10, 25)),
        ("Europe/London", time(1, 30), date(2026, 3, 29)),
        ("America/New_York", time(2, 30), date(2026, 3, 8)),
        ("America/New_York", time(1, 30), date(2026, 11, 1)),
        ("Africa/Cairo", time(0, 0), date(2026, 4, 24)),
        ("Asia/Beirut", time(0, 0), date(2026, 3, 29)),
        ("America/Santiago", time(0, 0), date(2026, 9, 6)),
    ],
)
def test_a_night_with_a_turned_clock_has_its_run_once(zone, at, night):
    noon = datetime.combine(night, time(12), tzinfo=UTC)

    ran = runs(Daily(at, ZoneInfo(zone)), noon - timedelta(days=2), noon + timedelta(days=2))

    assert ran.count(night) == 1
    assert ran == sorted(set(ran))


def test_it_is_not_due_before_its_hour_and_is_from_then_on():
    daily = Daily(time(8, 30), LONDON)

    assert due(daily, utc("2026-11-23T08:29:59"), newest=None) is None
    assert due(daily, utc("2026-11-23T08:30"), newest=None) == date(2026, 11, 23)
    assert due(daily, utc("2026-11-23T08:30"), newest=date(2026, 11, 23)) is None


def test_it_rests_on_other_weekdays():
    working_days = Daily(time(8, 30), LONDON, weekdays=(1, 2, 3, 4, 5))
    saturday, sunday = utc("2026-11-21T12:00"), utc("2026-11-22T12:00")

    assert due(working_days, saturday, newest=date(2026, 11, 20)) is None
    assert due(working_days, sunday, newest=date(2026, 11, 20)) is None
    assert due(working_days, utc("2026-11-23T12:00"), newest=date(2026, 11, 20)) == date(2026, 11, 23)


def test_of_several_missed_dates_only_the_latest_is_run():
    daily = Daily(time(8, 30), LONDON)

    assert due(daily, utc("2026-11-23T07:00"), newest=date(2026, 11, 18)) == date(2026, 11, 22)
    assert due(daily, utc("2026-11-23T09:00"), newest=date(2026, 11, 18)) == date(2026, 11, 23)


def test_friday_is_caught_up_at_the_weekend():
    working_days = Daily(time(8, 30), LONDON, weekdays=(1, 2, 3, 4, 5))

    assert due(working_days, utc("2026-11-21T12:00"), newest=date(2026, 11, 19)) == date(2026, 11, 20)


def test_the_first_run_ever_is_todays():
    daily = Daily(time(8, 30), LONDON, weekdays=(1,))

    assert due(daily, utc("2026-11-24T12:00"), newest=None) is None
    assert due(daily, utc("2026-11-23T12:00"), newest=None) == date(2026, 11, 23)


def test_a_date_long_past_is_not_caught_up():
    first_of_week = Daily(time(23, 0), LONDON, weekdays=(1,))

    assert due(first_of_week, utc("2026-11-29T12:00"), newest=date(2026, 10, 1)) == date(2026, 11, 23)
    assert due(first_of_week, utc("2026-11-30T12:00"), newest=date(2026, 10, 1)) is None


# --- laws --------------------------------------------------------------------------------------------------------------

ZONES = [
    "UTC",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "America/St_Johns",
]
zones = st.sampled_from([ZoneInfo(name) for name in ZONES])
days = st.dates(date(2012, 1, 2), date(2035, 12, 30))
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
dailies = st.builds(Daily, times, zones, st.sets(st.integers(1, 7), min_size=1))
moments = st.integers(0, 24 * 365 * 23 * 4).map(lambda quarters: utc("2012-01-10T00:00") + timedelta(minutes=15 * quarters))


@given(days, times, zones)
def test_a_moment_is_the_first_that_shows_the_time_or_the_first_after_it(day, at, zone):
    moment, wall = instant(day, at, zone), datetime.combine(day, at)
    shown = moment.astimezone(zone).replace(tzinfo=None)
    before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)

    assert shown >= wall > before
    assert shown - wall <= timedelta(hours=1)


@given(days, times, zones)
def test_later_dates_have_later_moments(day, at, zone):
    assert instant(day, at, zone) < instant(day + timedelta(days=1), at, zone)


@given(dailies, moments, st.none() | st.integers(-3, 30))
def test_what_is_due_is_a_fresh_date_of_a_wanted_weekday_whose_hour_has_come(daily, now, ago):
    newest = None if ago is None else now.date() - timedelta(days=ago)

    slot = due(daily, now, newest=newest)

    if slot is not None:
        assert newest is None or slot > newest
        assert slot.isoweekday() in daily.weekdays
        assert instant(slot, daily.at, daily.zone) <= now
        assert now.astimezone(daily.zone).date() - slot < LOOK_BACK


@given(dailies, moments, st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_no_date_is_ever_run_twice_however_often_somebody_looks(daily, now, hours):
    done: list[date] = []
    for step in hours:
        now += timedelta(hours=step)
        if slot := due(daily, now, newest=done[-1] if done else None):
            done.append(slot)

    assert done == sorted(set(done))


@given(dailies, moments)
def test_a_process_that_always_runs_misses_no_date(daily, start):
    first, last = (moment.astimezone(daily.zone).date() for moment in (start, start + timedelta(days=6)))

    ran = runs(daily, start, start + timedelta(days=6), after=first - timedelta(days=1), step=timedelta(minutes=30))

    between = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    assert [day for day in between if day.isoweekday() in daily.weekdays] == [day for day in ran if first < day < last]
