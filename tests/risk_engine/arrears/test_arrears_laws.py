"""Arrears of any schedule, against a slow count day by day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.arrears import settlement
from risk_engine.arrears.arrears import Arrears, Missing
from risk_engine.arrears.arrears_policy import Arrears as Policy
from tests.risk_engine.arrears.test_arrears import found, owners

START = date(2026, 1, 1)
spans = st.integers(0, 60).map(lambda offset: START + timedelta(days=offset))
cents = st.integers(0, 3000).map(lambda value: value / 100)
dues = st.lists(st.tuples(st.integers(0, 2), spans, cents), max_size=9)
pays = st.lists(st.tuples(st.integers(0, 2), spans, cents, st.one_of(st.just("NaT"), spans)), max_size=7)
gaps = st.lists(st.lists(st.integers(0, 70), unique=True, max_size=4).map(sorted), min_size=3, max_size=3).map(
    lambda all_: [
        (owner, START + timedelta(days=one[at]), START + timedelta(days=one[at + 1] - 1))
        for owner, one in enumerate(all_)
        for at in range(0, len(one) - 1, 2)
    ]
)
policies = st.builds(
    Policy,
    grace_days=st.integers(0, 4),
    holiday=st.sampled_from(["stand_still", "move_due"]),
    technical_days=st.integers(0, 9),
    absolute=st.just(5),
    relative=st.sampled_from([0.0, 0.1]),
    coming_days=st.integers(0, 20),
)


def slowly(policy, due, paid, pauses, owner, on, known, exposure):
    """One facility's arrears, a day and an instalment at a time."""
    off = {first + timedelta(days=n) for who, first, last in pauses if who == owner for n in range((last - first).days + 1)}
    stands, one = policy.holiday == "stand_still", timedelta(days=1)

    def shifted(day):
        while not stands and day in off:
            day += one
        return day

    def counted(since, until):
        return sum(not (stands and since + timedelta(days=n) in off) for n in range(1, (until - since).days + 1))

    plan = sorted((shifted(day), round(amount * 100)) for who, day, amount in due if who == owner)

    def state(today):
        pot = sum(
            round(amount * 100)
            for who, value, amount, booked in paid
            if who == owner and value <= today and (known is None or (value if booked == "NaT" else booked) <= known)
        )
        rest = []
        for day, amount in plan:
            rest.append((day, amount - min(pot, amount)))
            pot -= min(pot, amount)
        late = [(day, left) for day, left in rest if counted(day, today) > policy.grace_days]
        open_ = [left for day, left in rest[len(late) :] if left and day <= on + timedelta(days=policy.coming_days)]
        return [(day, left) for day, left in late if left], open_

    late, open_ = state(on)
    run, today = 0, on
    while sum(left for _day, left in state(today)[0]) > max(500, policy.relative * exposure * 100):
        run += not (stands and today in off)
        today -= one
    oldest = late[0][0] if late else None
    return (counted(oldest, on) if late else 0, sum(left for _day, left in late) / 100, oldest, run, len(open_), sum(open_) / 100)


@given(policies, dues, pays, gaps, spans, st.one_of(st.none(), spans), st.sampled_from([0.0, 80.0]))
def test_any_schedule_is_counted_as_it_is_day_by_day(policy, due, paid, pauses, on, known, exposure):
    state = found(due, paid, pauses, on=on, known=known, policy=policy, exposure=(exposure,) * 3, absolute=5.0)

    for owner in {who for who, _day, _amount in due}:
        one = (state.days_past_due, state.overdue, state.oldest, state.material_days, state.coming, state.coming_amount)
        assert tuple(column[owner].item() for column in one) == slowly(policy, due, paid, pauses, owner, on, known, exposure)


@given(policies, dues, pays, gaps, spans, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_the_company_of_others_change_nothing(policy, due, paid, pauses, on, random):
    whole = found(due, paid, pauses, on=on, policy=policy, exposure=(80.0,) * 3)
    mixed = found(
        *(random.sample(rows, len(rows)) for rows in (due, paid)),
        random.sample(pauses, len(pauses)),
        on=on,
        policy=policy,
        exposure=(80.0,) * 3,
    )
    alone = found(*([(0, *row[1:]) for row in rows if row[0] == 1] for rows in (due, paid, pauses)), on=on, policy=policy, exposure=(80.0,))

    for name in Arrears.__slots__:
        assert getattr(whole, name).tobytes() == getattr(mixed, name).tobytes()
        assert getattr(whole, name)[1].tobytes() == getattr(alone, name)[0].tobytes()


@given(dues, spans, st.integers(0, 2), cents.filter(bool))
def test_one_payment_more_never_makes_anything_later(due, on, owner, amount):
    before = found(due, on=on, exposure=(80.0,) * 3)
    after = found(due, [(owner, START, amount)], on=on, exposure=(80.0,) * 3)

    known = ~np.isnan(before.days_past_due)
    assert (after.days_past_due <= before.days_past_due)[known].all()
    assert (after.overdue <= before.overdue)[known].all()
    assert (after.material_days <= before.material_days)[known].all()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), max_size=30))
def test_running_sums_are_those_of_each_owner(rows):
    rows.sort(key=lambda row: row[0])
    owner, amounts = owners(rows), np.array([amount for _owner, amount in rows], dtype=np.int64)

    expected = [sum(amount for who, amount in rows[: place + 1] if who == rows[place][0]) for place in range(len(rows))]
    assert settlement.running(owner, amounts).tolist() == expected


def test_the_bits_of_what_is_missing_stay_what_they_are():
    assert [int(one) for one in Missing] == [1, 2, 4, 8, 16, 32]
