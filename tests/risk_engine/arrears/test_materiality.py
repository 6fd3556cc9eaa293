"""Days of material arrears: counted with both ends, and without the days of a payment holiday."""

from __future__ import annotations

import numpy as np
import pytest

from risk_engine.arrears.materiality import days_on_end
from risk_engine.arrears.payment_holiday import NONE, Holidays, turns

DAY = np.datetime64("2026-09-30")


def days(since: str, *holiday: str) -> int:
    rows = (np.array([each], dtype="datetime64[D]") for each in holiday)
    held = turns(Holidays(np.array([0]), *rows), 1) if holiday else NONE
    return int(days_on_end(np.array([since], dtype="datetime64[D]"), DAY, held)[0])


def test_both_days_count():
    assert days("2026-09-30") == 1
    assert days("2026-09-01") == 30
    assert days("NaT") == 0


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        ("2026-09-01", "2026-09-10", 10),
        ("2026-08-01", "2026-09-01", 1),
        ("2026-09-30", "2026-12-31", 1),
        ("2026-08-01", "2026-08-31", 0),
        ("2026-09-02", "2026-09-02", 1),
    ],
)
def test_days_of_a_holiday_do_not_count(first, last, held):
    assert days("2026-09-01", first, last) == 30 - held
