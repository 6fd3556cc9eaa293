"""Large exposures: connected groups first, net of mitigation, each limit on its own base."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.portfolio import large_exposures
from risk_engine.portfolio.concentration_policy import LargeExposures
from risk_engine.portfolio.large_exposures import CounterpartyKind, LimitState, counterparties

NAN = math.nan
BASEL = LargeExposures.model_validate(
    {
        "reported_base": "tier1",
        "reported_from": 0.10,
        "reported_on_bound": True,
        "limit": [
            {
                "name": "one group",
                "kinds": ["non_bank", "bank", "gsib"],
                "level": "group",
                "amount": "exposure",
                "base": "tier1",
                "share": 0.25,
            },
            {"name": "between G-SIBs", "kinds": ["gsib"], "level": "group", "amount": "exposure", "base": "tier1", "share": 0.15},
        ],
    }
)
CHINA = LargeExposures.model_validate(
    {
        "reported_base": "tier1",
        "reported_from": 0.025,
        "reported_on_bound": False,
        "limit": [
            {"name": "loans", "kinds": ["non_bank"], "level": "customer", "amount": "loans", "base": "net_capital", "share": 0.10},
            {"name": "customer", "kinds": ["non_bank"], "level": "customer", "amount": "exposure", "base": "tier1", "share": 0.15},
            {"name": "group", "kinds": ["non_bank"], "level": "group", "amount": "exposure", "base": "tier1", "share": 0.20},
            {"name": "interbank", "kinds": ["bank", "gsib"], "level": "group", "amount": "exposure", "base": "tier1", "share": 0.25},
        ],
    }
)
CAPITAL = {"tier1": 100.0, "net_capital": 120.0}


def book(exposure, *, group=None, kind=None, loans=0.0, mitigation=0.0):
    count = len(exposure)
    return counterparties(
        np.array([-1] * count if group is None else group),
        np.array([CounterpartyKind.NON_BANK] * count if kind is None else kind, dtype=np.int8),
        np.full(count, loans),
        exposure,
        np.broadcast_to(mitigation, count),
    )


def uses(policy, some):
    return {limit.name: large_exposures.use(limit, some, CAPITAL) for limit in policy.limit}


@pytest.mark.parametrize(
    ("policy", "name", "kind", "bound"),
    [
        (BASEL, "one group", CounterpartyKind.NON_BANK, 25.0),
        (BASEL, "between G-SIBs", CounterpartyKind.GSIB, 15.0),
        (CHINA, "customer", CounterpartyKind.NON_BANK, 15.0),
        (CHINA, "group", CounterpartyKind.NON_BANK, 20.0),
        (CHINA, "interbank", CounterpartyKind.BANK, 25.0),
        (CHINA, "interbank", CounterpartyKind.GSIB, 25.0),
    ],
)
def test_on_the_limit_is_within_it_and_a_cent_more_is_over(policy, name, kind, bound):
    found = uses(policy, book([bound - 0.01, bound, bound + 0.01], kind=[kind] * 3))[name]

    assert found.state.tolist() == [LimitState.WITHIN, LimitState.WITHIN, LimitState.OVER]
    assert found.ceiling == pytest.approx(bound)
    np.testing.assert_allclose(found.headroom, [0.01, 0.0, -0.01], atol=1e-12)
    np.testing.assert_allclose(found.used, [(bound - 0.01) / 100, bound / 100, (bound + 0.01) / 100])


def test_loans_are_held_against_net_capital_and_gross():
    found = uses(CHINA, book([0.0] * 2, loans=12.0, mitigation=50.0))["loans"]

    assert found.amount.tolist() == [12.0, 12.0]
    assert found.used.tolist() == [0.1, 0.1]
    assert found.ceiling == 12.0
    assert found.state.tolist() == [LimitState.WITHIN] * 2
    assert uses(CHINA, book([0.0], loans=12.01))["loans"].state.tolist() == [LimitState.OVER]


def test_a_group_is_added_up_before_it_meets_its_limit():
    found = uses(CHINA, book([12.0, 9.0, 12.0, 9.0], group=[7, 7, -1, -1]))

    assert found["group"].amount.tolist() == [21.0, 21.0, 12.0, 9.0]
    assert found["group"].state.tolist() == [LimitState.OVER, LimitState.OVER, LimitState.WITHIN, LimitState.WITHIN]
    assert found["customer"].amount.tolist() == [12.0, 9.0, 12.0, 9.0]
    assert found["customer"].state.tolist() == [LimitState.WITHIN] * 4


def test_mitigation_is_taken_off_and_never_more_than_there_is():
    found = uses(BASEL, book([30.0, 30.0, 10.0, 5.0], group=[-1, 3, 3, -1], mitigation=[6.0, 0.0, 40.0, 0.0]))["one group"]

    assert found.amount.tolist() == [24.0, 30.0, 30.0, 5.0]


def test_a_limit_counts_for_its_kinds_alone():
    kinds = [CounterpartyKind.NON_BANK, CounterpartyKind.BANK, CounterpartyKind.GSIB, CounterpartyKind.NONE]
    found = uses(CHINA, book([30.0] * 4, kind=kinds))

    assert found["customer"].state.tolist() == [LimitState.OVER, LimitState.NONE, LimitState.NONE, LimitState.NONE]
    assert found["interbank"].state.tolist() == [LimitState.NONE, LimitState.OVER, LimitState.OVER, LimitState.NONE]
    assert np.isnan(found["interbank"].headroom).tolist() == [True, False, False, True]
    assert uses(BASEL, book([30.0] * 4, kind=kinds))["one group"].state.tolist() == [LimitState.OVER] * 3 + [LimitState.NONE]


def test_a_member_of_another_kind_adds_to_its_groups_exposure():
    found = uses(CHINA, book([15.0, 10.0], group=[0, 0], kind=[CounterpartyKind.NON_BANK, CounterpartyKind.BANK]))

    assert found["group"].state.tolist() == [LimitState.OVER, LimitState.NONE]
    assert found["interbank"].amount[1] == 25.0


def test_an_exposure_that_is_missing_makes_its_group_missing_and_nobody_else():
    found = uses(BASEL, book([NAN, 30.0, 30.0], group=[4, 4, -1]))["one group"]

    assert found.state.tolist() == [LimitState.NONE, LimitState.NONE, LimitState.OVER]
    assert np.isnan(found.amount).tolist() == [True, True, False]


def test_basel_reports_from_ten_percent_and_china_above_two_and_a_half():
    assert large_exposures.large(BASEL, book([9.99, 10.0, 10.01, NAN]), CAPITAL).tolist() == [False, True, True, False]
    assert large_exposures.large(CHINA, book([2.49, 2.5, 2.51, NAN]), CAPITAL).tolist() == [False, False, True, False]


def test_a_group_is_large_together():
    assert large_exposures.large(BASEL, book([6.0, 4.0, 6.0], group=[1, 1, -1]), CAPITAL).tolist() == [True, True, False]
    assert large_exposures.large(BASEL, book([6.0, 6.0], group=[0, 1]), CAPITAL).tolist() == [False, False]


def test_reporting_is_held_against_its_own_base():
    policy = BASEL.model_copy(update={"reported_base": "net_capital"})

    assert large_exposures.large(policy, book([11.99, 12.0]), CAPITAL).tolist() == [False, True]


@pytest.mark.parametrize("capital", [0.0, -5.0])
def test_a_bank_without_capital_has_no_limits(capital):
    broke = {"tier1": capital, "net_capital": 120.0}

    with pytest.raises(Impossible, match="tier1"):
        large_exposures.use(BASEL.limit[0], book([1.0]), broke)
    with pytest.raises(Impossible, match="tier1"):
        large_exposures.large(BASEL, book([1.0]), broke)


@pytest.mark.parametrize("field", ["loans", "exposure", "mitigation"])
def test_nothing_is_owed_or_covered_below_nothing(field):
    columns = {"loans": [1.0], "exposure": [1.0], "mitigation": [0.0]} | {field: [-1.0]}

    with pytest.raises(Impossible) as refused:
        counterparties(np.array([-1]), np.array([0], dtype=np.int8), **columns)

    assert refused.value.field == field


ROWS = st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 10**10), st.integers(0, 10**10)), min_size=1, max_size=20)


@given(ROWS, st.randoms(use_true_random=False))
def test_a_customers_use_does_not_depend_on_where_he_stands(rows, random):
    order = random.sample(range(len(rows)), len(rows))

    def used(some):
        group, exposure, mitigation = (np.array(column) for column in zip(*some, strict=True))
        return uses(BASEL, book(exposure / 100, group=group, mitigation=mitigation / 100))["one group"].used

    assert used([rows[place] for place in order]).tobytes() == used(rows)[order].tobytes()


@given(ROWS)
def test_a_group_by_brute_force(rows):
    group, exposure, mitigation = zip(*rows, strict=True)
    net = [max(a - b, 0) for a, b in zip(exposure, mitigation, strict=True)]
    expected = [sum(other for g, other in zip(group, net, strict=True) if g == own) if own >= 0 else net[i] for i, own in enumerate(group)]

    found = uses(BASEL, book(np.array(exposure) / 100, group=group, mitigation=np.array(mitigation) / 100))["one group"]

    assert np.rint(found.amount * 100).tolist() == expected


def test_the_codes_are_what_a_stored_column_says():
    assert [one.value for one in CounterpartyKind] == [-1, 0, 1, 2]
    assert [one.value for one in LimitState] == [-1, 0, 1]
