"""Cover, gearing and leverage: every ratio has a figure or a reason why it has none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.financials.ratios import RatioStatus
from risk_engine.projects import cover

NAN = math.nan
# amounts are in hundredths
AMOUNTS = st.integers(-(10**14), 10**14).map(lambda cents: cents / 100)
SOME = st.floats(0.01, 1e12)


def pairs(ratio: cover.Ratio) -> list[tuple[float, RatioStatus]]:
    return [(round(value, 6), RatioStatus(code)) for value, code in zip(ratio.values.tolist(), ratio.standing.tolist(), strict=True)]


def test_nothing_due_is_not_the_same_as_something_missing():
    found = cover.covered([130.0, 130.0, NAN, 130.0, NAN, -10.0, 0.0], [100.0, 0.0, 0.0, NAN, 100.0, 100.0, 50.0])

    assert found.standing.tolist() == [
        RatioStatus.COMPUTED,
        RatioStatus.NOT_APPLICABLE,
        RatioStatus.NOT_APPLICABLE,
        RatioStatus.MISSING,
        RatioStatus.MISSING,
        RatioStatus.COMPUTED,
        RatioStatus.COMPUTED,
    ]
    np.testing.assert_array_equal(found.values, [1.3, NAN, NAN, NAN, NAN, -0.1, 0.0])
    assert found.standing.dtype == np.int8


def test_interest_cover_is_ebitda_over_interest():
    assert pairs(cover.icr([300, 300], [120, 0]))[0] == (2.5, RatioStatus.COMPUTED)
    assert cover.icr([300], [0]).standing.tolist() == [RatioStatus.NOT_APPLICABLE]


def test_gearing_is_debt_over_debt_and_equity():
    found = cover.gearing([70, 0, 70, 70, 0, 50], [30, 30, -20, -70, -10, NAN])

    np.testing.assert_array_equal(found.values, [0.7, 0.0, 1.4, NAN, NAN, NAN])
    assert found.standing.tolist() == [
        RatioStatus.COMPUTED,
        RatioStatus.COMPUTED,
        RatioStatus.COMPUTED,
        RatioStatus.NOT_MEANINGFUL,
        RatioStatus.NOT_MEANINGFUL,
        RatioStatus.MISSING,
    ]


def test_leverage_is_net_debt_over_ebitda_and_means_nothing_over_a_loss():
    found = cover.leverage([500, 100, 500, 500, 500, NAN], [100, 300, 100, 100, NAN, 0], [100, 100, 0, -50, 100, 100])

    np.testing.assert_array_equal(found.values, [4.0, -2.0, NAN, NAN, NAN, NAN])
    assert found.standing.tolist() == [
        RatioStatus.COMPUTED,
        RatioStatus.COMPUTED,
        RatioStatus.NOT_MEANINGFUL,
        RatioStatus.NOT_MEANINGFUL,
        RatioStatus.MISSING,
        RatioStatus.MISSING,
    ]


@pytest.mark.parametrize(
    ("compute", "field"),
    [
        (lambda: cover.covered([1], [-1]), "due"),
        (lambda: cover.covered([math.inf], [1]), "cash"),
        (lambda: cover.gearing([-1], [1]), "debt"),
        (lambda: cover.gearing([1], [math.inf]), "equity"),
        (lambda: cover.leverage([-1], [1], [1]), "debt"),
        (lambda: cover.leverage([1], [math.inf], [1]), "cash"),
        (lambda: cover.leverage([1], [1], [math.inf]), "ebitda"),
    ],
)
def test_what_cannot_be_is_refused_by_name(compute, field):
    with pytest.raises(Impossible) as refused:
        compute()

    assert refused.value.field == field
    assert refused.value.place == 0


@given(AMOUNTS, AMOUNTS, SOME)
def test_more_cash_never_covers_less(one, other, due):
    low, high = sorted((one, other))

    assert cover.covered(low, due).values[0] <= cover.covered(high, due).values[0]


@given(st.lists(st.tuples(AMOUNTS, st.one_of(st.just(0.0), SOME, st.just(NAN))), min_size=1, max_size=30))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows):
    cash, due = np.array(rows).T
    batch = cover.covered(cash, due)

    for place, (one, other) in enumerate(rows):
        alone = cover.covered(one, other)
        assert alone.values.tobytes() == batch.values[place : place + 1].tobytes()
        assert alone.standing[0] == batch.standing[place]
