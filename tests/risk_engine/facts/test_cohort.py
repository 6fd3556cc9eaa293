"""The cohort: who is followed from a day on, who went bad, and who is left out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.facts.cohort import LeftOut, Outcomes, cohort, months_later

DAY, END = np.datetime64("2024-12-31"), np.datetime64("2025-12-31")


def outcomes(*rows: tuple[int, str, str]) -> Outcomes:
    """(place, event, day) a row."""
    owner, events, days = zip(*rows, strict=True) if rows else ((), (), ())
    return Outcomes(
        np.array(owner, dtype=np.int64), np.array([event != "cure" for event in events], dtype=bool), np.array(days, dtype="datetime64[D]")
    )


def of(*events: tuple[str, str], since: str = "NaT", pd: float = np.nan):
    """One customer's outcome: bad, and why left out."""
    found = cohort(
        outcomes(*((0, event, day) for event, day in events)),
        np.array([since], dtype="datetime64[D]"),
        np.array([pd]),
        as_of=DAY,
        until=END,
    )
    return (None if np.isnan(found.bad[0]) else int(found.bad[0])), LeftOut(found.left_out[0])


@pytest.mark.parametrize(
    ("day", "bad"),
    [("2025-01-01", 1), ("2025-12-31", 1), ("2026-01-01", 0)],
    ids=["the day after", "the last day", "after the last day"],
)
def test_whoever_has_a_bad_event_within_the_horizon_is_bad(day, bad):
    assert of(("default", day)) == (bad, LeftOut.NO)


def test_without_events_one_is_good():
    assert of() == (0, LeftOut.NO)


def test_whoever_was_bad_up_to_the_day_is_left_out():
    assert of(("stage3", "2024-12-31")) == (None, LeftOut.BAD_BEFORE)
    assert of(("stage3", "2020-01-01"), ("default", "2025-03-01")) == (None, LeftOut.BAD_BEFORE)


def test_a_cure_on_a_later_day_brings_it_back():
    assert of(("default", "2024-03-01"), ("cure", "2024-03-02")) == (0, LeftOut.NO)
    assert of(("default", "2024-03-01"), ("cure", "2024-12-31"), ("default", "2025-06-01")) == (1, LeftOut.NO)


@pytest.mark.parametrize("cured", ["2024-02-28", "2024-03-01", "2025-01-01"], ids=["before", "on the same day", "after the day"])
def test_a_cure_on_another_day_does_not(cured):
    assert of(("default", "2024-03-01"), ("cure", cured)) == (None, LeftOut.BAD_BEFORE)


def test_who_was_cured_and_fell_again_is_bad_still():
    assert of(("default", "2023-03-01"), ("cure", "2023-06-01"), ("default", "2024-06-01")) == (None, LeftOut.BAD_BEFORE)


def test_a_cure_within_the_horizon_makes_nobody_good():
    assert of(("default", "2025-02-01"), ("cure", "2025-03-01")) == (1, LeftOut.NO)


def test_a_cure_alone_is_nothing_bad():
    assert of(("cure", "2024-03-01")) == (0, LeftOut.NO)
    assert of(("cure", "2025-03-01")) == (0, LeftOut.NO)


@pytest.mark.parametrize(
    ("since", "why"), [("2024-12-31", LeftOut.NO), ("2025-01-01", LeftOut.NOT_YET)], ids=["on the day", "the day after"]
)
def test_who_came_later_is_left_out(since, why):
    assert of(since=since)[1] == why


@pytest.mark.parametrize(("pd", "why"), [(0.9999, LeftOut.NO), (1.0, LeftOut.RATED_DEFAULT)])
def test_a_letter_that_says_default_leaves_out(pd, why):
    assert of(pd=pd)[1] == why


def test_of_several_reasons_the_first_counts():
    assert of(("default", "2024-03-01"), pd=1.0)[1] == LeftOut.BAD_BEFORE
    assert of(("default", "2024-03-01"), since="2025-06-01", pd=1.0)[1] == LeftOut.NOT_YET


def test_everybody_has_their_own_events_and_both_are_counted():
    found = cohort(
        outcomes((2, "default", "2025-06-01"), (0, "default", "2024-01-01"), (2, "stage3", "2025-05-01")),
        np.full(4, "NaT", dtype="datetime64[D]"),
        np.full(4, np.nan),
        as_of=DAY,
        until=END,
    )

    assert np.array_equal(found.bad, [np.nan, 0, 1, 0], equal_nan=True)
    assert (found.bads, found.followed) == (1, 3)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-01-15", -1, "2023-12-15"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2024-06-30", 0, "2024-06-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day, months, later):
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-120, 120))
def test_months_later_lies_in_the_month_so_many_further(day, months):
    later = months_later(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
