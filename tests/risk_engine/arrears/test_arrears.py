"""Arrears: worked cases counted by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from risk_engine.arrears import materiality, payment_holiday
from risk_engine.arrears.arrears import Arrears, Facilities, Instalments, Missing, Payments, arrears
from risk_engine.arrears.arrears_policy import Arrears as Policy
from risk_engine.arrears.payment_holiday import Holidays
from risk_engine.checks import Impossible

NAN = math.nan
POLICY = Policy(grace_days=0, holiday="stand_still", technical_days=7, absolute=500, relative=0.01, coming_days=30)
MOVING = POLICY.model_copy(update={"holiday": "move_due"})
JANUARY, FEBRUARY, MARCH = "2026-01-31", "2026-02-28", "2026-03-31"
QUARTER = [(0, JANUARY, 1000.0), (0, FEBRUARY, 1000.0), (0, MARCH, 1000.0)]


def days(texts) -> np.ndarray:
    return np.array(list(texts), dtype="datetime64[D]")


def floats(values) -> np.ndarray:
    return np.array(list(values), dtype=np.float64)


def owners(rows) -> np.ndarray:
    return np.array([row[0] for row in rows], dtype=np.int64)


def schedule(rows) -> Instalments:
    return Instalments(owners(rows), days(row[1] for row in rows), floats(row[2] for row in rows))


def money(rows) -> Payments:
    """Rows of (owner, value date, amount) or (owner, value date, amount, booked)."""
    booked = days(row[3] if len(row) > 3 else "NaT" for row in rows)
    return Payments(owners(rows), days(row[1] for row in rows), booked, floats(row[2] for row in rows))


def breaks(rows) -> Holidays:
    return Holidays(owners(rows), days(row[1] for row in rows), days(row[2] for row in rows))


def found(due, paid=(), pauses=(), *, on, known=None, policy=POLICY, exposure=(10_000.0,), absolute=500.0, excused=False) -> Arrears:
    count = len(exposure)
    facilities = Facilities(floats(exposure), np.full(count, absolute), np.full(count, excused))
    seen = None if known is None else np.datetime64(known, "D")
    return arrears(policy, schedule(due), money(paid), breaks(pauses), facilities, np.datetime64(on, "D"), seen)


@pytest.mark.parametrize(("on", "late"), [("2026-01-30", 0), (JANUARY, 0), ("2026-02-01", 1), (FEBRUARY, 28), ("2026-03-03", 31)])
def test_the_days_are_counted_from_the_oldest_due_date_and_on_it_nothing_is_late(on, late):
    assert found(QUARTER, on=on).days_past_due.tolist() == [late]


def test_payments_settle_the_oldest_instalment_first():
    state = found(QUARTER, [(0, "2026-02-10", 1500)], on="2026-03-10")

    assert state.days_past_due.tolist() == [10]
    assert state.oldest.tolist() == [date(2026, 2, 28)]
    assert state.overdue.tolist() == [500]


@pytest.mark.parametrize("amounts", [(20, 10), (10, 20)])
def test_of_two_instalments_of_one_day_the_smaller_is_settled_first_in_whatever_order_they_stand(amounts):
    state = found([(0, JANUARY, amount) for amount in amounts], [(0, "2026-01-15", 10)], on="2026-01-20")

    assert (state.coming.tolist(), state.coming_amount.tolist()) == ([1], [20])


def test_an_instalment_of_which_one_hundredth_is_missing_is_still_the_oldest():
    almost = found(QUARTER, [(0, "2026-01-31", 999.99)], on="2026-02-10")
    whole = found(QUARTER, [(0, "2026-01-31", 1000.00)], on="2026-02-10")

    assert (almost.days_past_due[0], almost.overdue[0], almost.oldest[0].item()) == (10, 0.01, date(2026, 1, 31))
    assert (whole.days_past_due[0], whole.overdue[0]) == (0, 0)
    assert np.isnat(whole.oldest[0])


def test_what_is_paid_in_advance_waits_for_the_next_instalment():
    state = found(QUARTER, [(0, "2026-01-05", 2500)], on="2026-03-01")

    assert (state.days_past_due[0], state.overdue[0]) == (0, 0)
    assert (state.coming[0], state.coming_amount[0]) == (1, 500)


def test_hundredths_add_up_exactly():
    tenths = [(0, f"2026-01-{day:02}", 0.1) for day in range(1, 11)]

    assert found(tenths, [(0, "2026-01-01", 0.3), (0, "2026-01-01", 0.7)], on=MARCH).overdue.tolist() == [0]
    assert found(tenths, [(0, "2026-01-01", 0.3), (0, "2026-01-01", 0.6)], on=MARCH).overdue.tolist() == [0.1]


@pytest.mark.parametrize(("on", "late"), [("2026-02-03", 0), ("2026-02-04", 4)])
def test_within_the_days_of_grace_nothing_is_late_and_afterwards_the_days_count_from_the_due_date(on, late):
    state = found(QUARTER, on=on, policy=POLICY.model_copy(update={"grace_days": 3}))

    assert state.days_past_due.tolist() == [late]
    assert state.overdue.tolist() == [1000.0 if late else 0.0]


# --- payment holidays ---------------------------------------------------------------------------------------------

HOLIDAY = [(0, "2026-02-11", "2026-03-10")]


@pytest.mark.parametrize(
    ("on", "late", "overdue"),
    [("2026-02-10", 10, 1000), ("2026-02-11", 10, 1000), ("2026-03-10", 10, 1000), ("2026-03-11", 11, 2000), ("2026-04-01", 32, 3000)],
)
def test_the_counter_stands_still_in_a_holiday_and_what_fell_due_in_it_is_late_after_it(on, late, overdue):
    state = found(QUARTER, pauses=HOLIDAY, on=on)

    assert (state.days_past_due[0], state.overdue[0]) == (late, overdue)


@pytest.mark.parametrize(
    ("on", "late", "overdue"), [("2026-02-11", 11, 1000), ("2026-03-10", 38, 1000), ("2026-03-11", 39, 1000), ("2026-03-12", 40, 2000)]
)
def test_where_a_holiday_moves_the_due_date_the_counter_of_older_arrears_goes_on(on, late, overdue):
    state = found(QUARTER, pauses=HOLIDAY, on=on, policy=MOVING)

    assert (state.days_past_due[0], state.overdue[0]) == (late, overdue)


def test_a_moved_instalment_counts_from_its_new_date():
    state = found(QUARTER, [(0, JANUARY, 1000)], HOLIDAY, on="2026-03-21", policy=MOVING)

    assert (state.days_past_due[0], state.oldest[0].item()) == (10, date(2026, 3, 11))


@pytest.mark.parametrize(
    ("due", "moved"),
    [("2026-02-10", "2026-02-10"), ("2026-02-11", "2026-03-11"), ("2026-03-10", "2026-03-11"), ("2026-03-11", "2026-03-11")],
)
def test_a_holiday_moves_what_falls_due_on_its_first_and_last_day_and_on_no_other(due, moved):
    state = found([(0, due, 100)], pauses=HOLIDAY, on="2026-04-01", policy=MOVING)

    assert state.oldest[0] == np.datetime64(moved)


def test_a_holiday_that_begins_where_another_ends_moves_on():
    held = payment_holiday.turns(breaks([(0, "2026-02-11", "2026-02-20"), (0, "2026-02-01", "2026-02-10")]), 1)

    assert payment_holiday.moved(held, np.array([0]), days(["2026-02-05"])).tolist() == [date(2026, 2, 21)]
    assert payment_holiday.days_held(held, np.array([0]), days(["2026-01-31"]), np.datetime64("2026-02-15")).tolist() == [15]


def test_days_of_grace_pass_over_every_holiday_that_lies_in_their_way():
    held = payment_holiday.turns(breaks([(0, "2026-02-02", "2026-02-04"), (0, "2026-02-06", "2026-02-10")]), 1)

    # counted are the 1st, the 5th and the 11th
    assert payment_holiday.reached(held, np.array([0]), days(["2026-01-31"]), 1).tolist() == [date(2026, 2, 1)]
    assert payment_holiday.reached(held, np.array([0]), days(["2026-01-31"]), 2).tolist() == [date(2026, 2, 5)]
    assert payment_holiday.reached(held, np.array([0]), days(["2026-01-31"]), 3).tolist() == [date(2026, 2, 11)]


@pytest.mark.parametrize(
    "rows",
    [
        [(1, "2026-02-10", "2026-02-09")],
        [(1, "2026-02-10", "NaT")],
        [(1, "NaT", "2026-02-10")],
        [(1, "2026-02-01", "2026-02-10"), (1, "2026-02-10", "2026-02-12")],
        [(1, "2026-02-01", "2026-02-10"), (1, "2026-02-05", "2026-02-12")],
    ],
)
def test_holidays_that_overlap_or_are_not_whole_are_refused(rows):
    with pytest.raises(Impossible) as refusal:
        payment_holiday.turns(breaks([(0, "2026-01-01", "2026-01-01"), *rows]), 2)

    assert (refusal.value.field, refusal.value.place) == ("holiday", len(rows))


def test_two_borrowers_may_have_their_holidays_at_one_time():
    held = payment_holiday.turns(breaks([(0, "2026-02-01", "2026-02-10"), (1, "2026-02-01", "2026-02-10")]), 2)

    assert len(held.first) == 1


# --- back-dated payments, technical overdue -----------------------------------------------------------------------

LATE_BOOKING = [(0, JANUARY, 1000, "2026-02-05")]


def test_a_back_dated_payment_changes_what_a_past_day_was_and_not_what_it_looked_like():
    assert found(QUARTER, LATE_BOOKING, on="2026-02-04").days_past_due.tolist() == [0]
    assert found(QUARTER, LATE_BOOKING, on="2026-02-04", known="2026-02-04").days_past_due.tolist() == [4]
    assert found(QUARTER, LATE_BOOKING, on="2026-02-04", known="2026-02-05").days_past_due.tolist() == [0]


def test_a_payment_of_unknown_booking_was_booked_on_its_value_date():
    assert found(QUARTER, [(0, "2026-02-03", 1000)], on="2026-02-04", known="2026-02-03").days_past_due.tolist() == [0]
    assert found(QUARTER, [(0, "2026-02-03", 1000)], on="2026-02-02", known=MARCH).days_past_due.tolist() == [2]


def test_overdue_that_a_payment_not_yet_booked_covers_is_technical():
    assert found(QUARTER, LATE_BOOKING, on="2026-02-04", known="2026-02-04").technical.tolist() == [True]
    assert found(QUARTER, [(0, JANUARY, 999, "2026-02-05")], on="2026-02-04", known="2026-02-04").technical.tolist() == [False]
    assert found(QUARTER, [(0, "2026-02-05", 1000)], on="2026-02-04").technical.tolist() == [False]


@pytest.mark.parametrize(("on", "technical"), [(JANUARY, False), ("2026-02-01", True), ("2026-02-07", True), ("2026-02-08", False)])
def test_a_technical_cause_excuses_seven_days_and_nothing_that_is_not_late(on, technical):
    assert found(QUARTER, on=on, excused=True).technical.tolist() == [technical]
    assert found(QUARTER, on=on).technical.tolist() == [False]


# --- materiality --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owed", "exposure", "material"),
    [(500, 0, 0), (500.01, 0, 1), (1000, 100_000, 0), (1000.01, 100_000, 1), (501, 50_100, 0), (502, 50_100, 1)],
)
def test_what_is_overdue_is_material_when_it_exceeds_both_thresholds(owed, exposure, material):
    state = found([(0, JANUARY, owed)], on="2026-02-01", exposure=(exposure,))

    assert state.material_days.tolist() == [material]


def test_the_material_days_begin_anew_when_a_payment_brings_it_below_the_threshold():
    paid = [(0, "2026-02-10", 600)]

    assert found(QUARTER, paid, on="2026-02-09").material_days.tolist() == [9]
    assert found(QUARTER, paid, on="2026-02-10").material_days.tolist() == [0]
    assert found(QUARTER, paid, on="2026-02-10").days_past_due.tolist() == [10]
    assert found(QUARTER, paid, on="2026-03-01").material_days.tolist() == [1]
    assert found(QUARTER, paid, on="2026-03-05").material_days.tolist() == [5]


def test_a_payment_on_the_day_on_which_another_instalment_is_late_is_seen_together_with_it():
    assert found([(0, JANUARY, 600), (0, FEBRUARY, 600)], [(0, "2026-03-01", 600)], on="2026-03-04").material_days.tolist() == [32]


def test_each_borrowers_material_days_begin_on_a_day_of_its_own():
    due = [(owner, month, 600) for owner in (0, 1, 2) for month in (JANUARY, FEBRUARY)]
    paid = [(1, "2026-02-10", 600), (2, "2026-03-01", 1200)]

    assert found(due, paid, on="2026-03-04", exposure=(0,) * 3).material_days.tolist() == [32, 4, 0]


def test_the_material_days_stand_still_in_a_holiday_too():
    assert found(QUARTER, pauses=HOLIDAY, on="2026-03-12").material_days.tolist() == [12]
    assert found(QUARTER, pauses=HOLIDAY, on="2026-03-12", policy=MOVING).material_days.tolist() == [40]


def test_without_an_exposure_only_an_amount_within_the_absolute_threshold_is_known_to_be_immaterial():
    small, large = found([(0, JANUARY, 500)], on=FEBRUARY, exposure=(NAN,)), found([(0, JANUARY, 501)], on=FEBRUARY, exposure=(NAN,))

    assert small.material_days.tolist() == [0]
    assert math.isnan(large.material_days[0])
    assert large.days_past_due.tolist() == [28]
    assert large.missing.tolist() == [Missing.EXPOSURE]


def test_without_an_absolute_threshold_only_an_amount_within_the_share_is_known_to_be_immaterial():
    small = found([(0, JANUARY, 100)], on=FEBRUARY, absolute=NAN)
    large = found([(0, JANUARY, 100.01)], on=FEBRUARY, absolute=NAN)
    nothing = found([(0, JANUARY, 100)], [(0, JANUARY, 100)], on=FEBRUARY, exposure=(NAN,), absolute=NAN)

    assert small.material_days.tolist() == [0]
    assert math.isnan(large.material_days[0])
    assert large.missing.tolist() == [Missing.THRESHOLD]
    assert (nothing.material_days[0], nothing.missing[0]) == (0, Missing.THRESHOLD | Missing.EXPOSURE)


def test_a_share_that_binary_floats_miss_by_a_hair_is_a_whole_number_of_hundredths():
    assert materiality.threshold(floats([58_000.0, 100.0, NAN, NAN]), floats([0, 1.005, 7, NAN]), 0.07).tolist() == [406_000, 700, 700, 0]


# --- what comes, what is missing ----------------------------------------------------------------------------------


def test_what_falls_due_within_the_days_is_counted_with_its_last_day_and_without_what_is_late():
    coming = [
        found(QUARTER, on=on).coming[0] for on in ("2025-12-31", "2026-01-01", "2026-01-29", "2026-01-31", "2026-02-01", "2026-04-01")
    ]

    assert coming == [0, 1, 2, 2, 1, 0]


def test_what_is_in_its_days_of_grace_is_still_coming():
    state = found(QUARTER, [(0, JANUARY, 400)], on="2026-02-02", policy=POLICY.model_copy(update={"grace_days": 5, "coming_days": 3}))

    assert (state.coming[0], state.coming_amount[0], state.overdue[0]) == (1, 600, 0)


def test_one_hundredth_that_is_not_yet_paid_is_coming():
    state = found(QUARTER, [(0, JANUARY, 999.99)], on="2026-01-31")

    assert (state.coming[0], state.coming_amount[0]) == (2, 1000.01)


def test_an_instalment_of_nothing_is_never_late_and_never_coming():
    state = found([(0, JANUARY, 0), (0, FEBRUARY, 0)], on="2026-02-10")

    assert (state.days_past_due[0], state.overdue[0], state.coming[0], state.material_days[0]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("due", "paid", "lacks"),
    [
        ([], [], Missing.SCHEDULE),
        ([(0, "NaT", 10)], [], Missing.DUE_DATE),
        ([(0, JANUARY, NAN)], [], Missing.INSTALMENT),
        ([(0, JANUARY, 10)], [(0, JANUARY, NAN)], Missing.PAYMENT),
        ([(0, JANUARY, 10)], [(0, "NaT", 10)], Missing.PAYMENT),
    ],
)
def test_without_a_whole_schedule_and_whole_payments_nothing_can_be_computed(due, paid, lacks):
    state = found([*due, (1, JANUARY, 10)], paid, on="2026-02-02", exposure=(10.0, 10.0), excused=True)

    assert state.missing.tolist() == [lacks, 0]
    for column in (state.days_past_due, state.overdue, state.material_days, state.coming, state.coming_amount):
        assert np.isnan(column).tolist() == [True, False]
    assert np.isnat(state.oldest).tolist() == [True, False]
    assert state.technical.tolist() == [False, True]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("instalment", {"due": [(0, JANUARY, -1)]}),
        ("payment", {"paid": [(0, JANUARY, -1)]}),
        ("exposure", {"exposure": (-1.0,)}),
        ("absolute", {"absolute": -1.0}),
    ],
)
def test_an_amount_below_nothing_is_refused(field, change):
    with pytest.raises(Impossible) as refusal:
        found(**{"due": QUARTER, "on": MARCH, **change})

    assert refusal.value.field == field


def test_a_book_whose_sum_passes_what_a_whole_number_holds_is_still_counted_exactly():
    rows = [(owner, JANUARY, 9e13) for owner in range(1100)]
    paid = [(owner, JANUARY, 9e13 - 1) for owner in range(1100)]

    assert set(found(rows, paid, on=MARCH, exposure=(9e13,) * 1100).overdue.tolist()) == {1.0}
    assert set(found(rows, paid, on=MARCH, exposure=(9e13,) * 1100).days_past_due.tolist()) == {59.0}


@pytest.mark.parametrize("wrong", [{"grace_days": -1}, {"holiday": "none"}, {"absolute": math.inf}, {"absolute": -1}, {"relative": 1.1}])
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Policy(**{**POLICY.model_dump(), **wrong})
