"""On every day of the year the sample book gives the digest something to say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.data.sample_book.borrowers import borrowers
from storage.data.sample_book.lending.arrears import habitual_days
from storage.data.sample_book.lending.facilities import maturities, rows
from storage.data.sample_book.observations import last_report
from storage.data.sample_book.world import World

DAYS = [date(2027, 11, 20) + timedelta(days=number) for number in range(400)]
WEEK = timedelta(days=6)


def with_habit(habit):
    return [each for each in borrowers() if each.habit == habit]


def world(day):
    return World(7, day, day)


def test_somebody_is_newly_past_due_every_day_and_nobody_for_long():
    late = {day: [habitual_days(each, day) for each in with_habit("pays late")] for day in DAYS}

    assert all(days.count(1) == 1 for days in late.values())
    assert max(map(max, late.values())) <= 5


def test_somebody_pays_what_was_past_due_nearly_every_day():
    before = [
        habitual_days(each, day - timedelta(days=1)) > 0 and habitual_days(each, day) == 0
        for day in DAYS
        for each in with_habit("pays late")
    ]

    assert sum(before) > 0.9 * len(DAYS)


def test_a_facility_matures_within_every_week_and_one_has_matured_and_is_still_drawn():
    for day in DAYS:
        due = [maturity for each in with_habit("rolls over") for maturity in maturities(world(day), each)]

        assert any(day <= maturity <= day + WEEK for maturity in due), day
        assert any(maturity < day for maturity in due), day


def test_a_reading_is_due_and_another_goes_stale_every_day(policy):
    drawn = next(kri for kri in policy.kri if kri.indicator == "utilisation")
    for day in DAYS:
        ages = [(day - last_report(world(day), each)).days for each in with_habit("reports late")]

        assert 31 in ages, day
        assert drawn.stale_after_days + 1 in ages, day


@pytest.mark.parametrize("day", [date(2027, 12, 31), date(2028, 1, 1), date(2028, 2, 29), date(2028, 3, 1), date(2028, 10, 29)])
def test_no_facility_is_dated_tomorrow_or_ends_before_it_starts(day):
    for each in borrowers():
        for row in rows(world(day), each):
            start, maturity, as_of = row[6], row[7], row[16]

            assert start < maturity
            assert start <= day
            assert as_of <= day
            assert 0 <= float(row[5]) <= row[4]
