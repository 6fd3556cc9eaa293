"""The length of a projection's periods: as stated, or from the dates on which they end, and never a guess."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.projects.periods import Doubt, earlier, periods

NAN = np.nan
HALVES = ("2026-12-31", "2027-06-30", "2027-12-31")
YEARS = ("2026-12-31", "2027-12-31", "2028-12-31")


def judged(ends, stated=None, owner=None):
    count = len(ends)
    dates = np.array(ends, dtype="datetime64[D]")
    months = np.array(stated or [NAN] * count, dtype=np.float64)
    return periods(np.array(owner or [0] * count, dtype=np.int64), dates, months)


@pytest.mark.parametrize(
    ("ends", "months"),
    [
        (YEARS, 12),
        (HALVES, 6),
        (("2026-10-31", "2026-11-30", "2026-12-31"), 1),
        (("2026-03-31", "2026-06-30"), 3),
        (("2024-02-29", "2025-02-28"), 12),
        # years of 52 and of 53 weeks
        (("2025-12-28", "2026-12-27", "2028-01-02"), 12),
    ],
)
def test_equal_distances_are_the_length_of_every_period(ends, months):
    found = judged(ends)

    assert found.months.tolist() == [months] * len(ends)
    assert not found.doubts.any()


def test_the_first_period_begins_as_long_before_its_end_as_the_others():
    assert judged(HALVES).starts.astype(str).tolist() == ["2026-06-30", "2026-12-31", "2027-06-30"]


@pytest.mark.parametrize(
    ("ends", "stated", "doubts"),
    [
        (("2027-12-31",), None, [1]),
        (("2026-12-31", "2027-06-30", "2028-06-30"), None, [1, 1, 1]),
        (("2026-12-31", "2027-12-31", "2029-12-31"), None, [1, 1, 1]),
        (("2026-12-31", "2027-05-31", "2027-10-31"), None, [1, 1, 1]),
        (("2026-12-31", "2027-07-20", "2028-01-20"), None, [0, 1, 0]),
        (("2026-12-31", "2027-06-30", "2028-06-30"), [6, NAN, 12], [0, 1, 0]),
        (("2026-12-31", "2027-06-30"), [NAN, 12], [0, 2]),
        (("2026-12-31", "2027-12-31"), [12, 6], [0, 2]),
        (("2026-12-31", "2027-07-20"), [6, 6], [0, 2]),
    ],
)
def test_what_could_be_read_in_two_ways_has_no_length(ends, stated, doubts):
    found = judged(ends, stated)

    assert found.doubts.tolist() == doubts
    assert np.isnan(found.months).tolist() == [doubt != Doubt.NONE for doubt in doubts]


@pytest.mark.parametrize(
    ("ends", "stated"),
    [
        (("2027-12-31",), [6]),
        (("2026-12-31", "2027-06-30", "2028-06-30"), [6, 6, 12]),
        (HALVES, [NAN, 6, NAN]),
        (("2026-12-31", "2027-05-31"), [5, 5]),
    ],
)
def test_stated_months_settle_it(ends, stated):
    assert not judged(ends, stated).doubts.any()


def test_projections_do_not_look_at_one_another():
    found = judged((*HALVES, *YEARS, "2030-12-31"), owner=[0, 0, 0, 1, 1, 1, 2])

    assert found.months[:6].tolist() == [6, 6, 6, 12, 12, 12]
    assert found.doubts.tolist() == [0] * 6 + [Doubt.AMBIGUOUS]


def test_no_period_at_all_is_no_doubt():
    assert len(judged(()).months) == 0


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [("2026-06-30", 6, "2025-12-31"), ("2024-02-29", 12, "2023-02-28"), ("2026-03-31", 1, "2026-02-28"), ("2026-07-15", 3, "2026-04-15")],
)
def test_months_earlier_a_months_end_stays_one(day, months, before):
    assert str(earlier(np.array([day], dtype="datetime64[D]"), np.array([float(months)]))[0]) == before
