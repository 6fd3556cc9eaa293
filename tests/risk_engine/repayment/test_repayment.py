"""Repayment: the sources pay one after the other, what is missing is not guessed, and who needs a new loan."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.repayment import repayment
from risk_engine.repayment.maturities import Due
from risk_engine.repayment.repayment import Cover, Refinancing, Source, Sources
from risk_engine.repayment.repayment_policy import Repayment

NAN = math.nan
POLICY = Repayment(months=12, cover=(1.2, 1.0), bullet_share=0.5)
NOTHING = {"cash_flow": 0.0, "cash": 0.0, "undrawn_lines": 0.0, "collateral": 0.0, "guarantor": 0.0}


def due(*totals, maturities=0.0) -> Due:
    bullet = np.full(len(totals), maturities)
    none = np.zeros(len(totals))
    return Due(none, np.array(totals) - bullet, bullet, none)


def ability(total, *, maturities=0.0, **means) -> repayment.Ability:
    sources = Sources(**{name: np.array([value]) for name, value in (NOTHING | means).items()})
    return repayment.ability(POLICY, due(total, maturities=maturities), sources)


def paid(found: repayment.Ability) -> list[float]:
    return [float(found.covers[source][0]) for source in found.covers]


# --- the waterfall -------------------------------------------------------------------------------------------------------


def test_the_sources_pay_in_their_order_and_no_more_than_is_left():
    found = ability(100.0, cash_flow=40.0, cash=30.0, undrawn_lines=20.0, collateral=50.0, guarantor=70.0)

    assert list(found.covers) == [Source.CASH_FLOW, Source.CASH, Source.UNDRAWN_LINES, Source.COLLATERAL, Source.GUARANTOR]
    assert paid(found) == [40.0, 30.0, 20.0, 10.0, 0.0]
    assert (found.due[0], found.gap[0], found.shortfall[0]) == (100.0, 60.0, 0.0)
    assert found.ratio.tolist() == [0.4]


@pytest.mark.parametrize(
    ("means", "source"),
    [
        ({"cash_flow": 100.0}, Source.CASH_FLOW),
        ({"cash_flow": 99.99}, Source.NOT_ENOUGH),
        ({"cash": 100.0}, Source.CASH),
        ({"cash": 50.0, "undrawn_lines": 50.0}, Source.UNDRAWN_LINES),
        ({"cash_flow": 50.0, "collateral": 50.0}, Source.COLLATERAL),
        ({"guarantor": 100.0}, Source.GUARANTOR),
        ({"guarantor": 99.99}, Source.NOT_ENOUGH),
        ({}, Source.NOT_ENOUGH),
    ],
)
def test_the_source_with_which_all_is_paid_is_named(means, source):
    found = ability(100.0, **means)

    assert found.suffices.tolist() == [source]
    assert found.suffices.dtype == np.int8
    assert (found.shortfall[0] > 0) == (source is Source.NOT_ENOUGH)


def test_nothing_is_left_that_is_only_a_hair():
    # 0.3 − 0.1 is a hair below 0.2 in binary fractions
    found = ability(0.3, cash_flow=0.1, cash=0.2)

    assert found.suffices.tolist() == [Source.CASH]
    assert found.shortfall.tolist() == [0.0]


def test_nothing_due_needs_no_source():
    found = ability(0.0, cash_flow=-50.0, cash=NAN)

    assert found.suffices.tolist() == [Source.NOTHING_DUE]
    assert found.cover.tolist() == [Cover.NOTHING_DUE]
    assert found.refinancing.tolist() == [Refinancing.INDEPENDENT]
    assert found.gap.tolist() == [0.0]
    np.testing.assert_array_equal([found.ratio[0], found.bullet_share[0]], [NAN, NAN])


def test_a_business_that_burns_cash_leaves_more_open_than_is_due():
    found = ability(100.0, cash_flow=-20.0, cash=110.0)

    assert found.gap.tolist() == [120.0]
    assert found.shortfall.tolist() == [10.0]
    assert paid(found) == [0.0, 110.0, 0.0, 0.0, 0.0]
    assert found.ratio.tolist() == [-0.2]


def test_a_source_that_is_not_known_might_pay():
    enough, perhaps = ability(100.0, cash=NAN, collateral=100.0), ability(100.0, cash=NAN, collateral=99.0)

    # it is enough without it
    assert enough.suffices.tolist() == [Source.COLLATERAL]
    assert perhaps.suffices.tolist() == [Source.NONE]
    np.testing.assert_array_equal(paid(perhaps), [0.0, NAN, NAN, NAN, NAN])
    assert np.isnan(perhaps.shortfall).all()


@pytest.mark.parametrize("facts", [{"cash_flow": NAN}, {"total": NAN}])
def test_without_the_cash_flow_or_what_is_due_nothing_can_be_said(facts):
    found = ability(**({"total": 100.0, "cash": 1000.0} | facts))

    assert found.suffices.tolist() == [Source.NONE]
    assert found.cover.tolist() == [Cover.NONE]
    assert np.isnan([found.gap[0], found.ratio[0], found.shortfall[0]]).all()


# --- codes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flow", "cover"), [(120.0, Cover.AMPLE), (119.99, Cover.THIN), (100.0, Cover.THIN), (99.99, Cover.SHORT), (-1.0, Cover.SHORT)]
)
def test_the_cover_has_two_bounds(flow, cover):
    found = ability(100.0, cash_flow=flow)

    assert found.cover.tolist() == [cover]
    assert found.cover.dtype == np.int8


@pytest.mark.parametrize(
    ("flow", "maturities", "expected"),
    [
        (99.99, 50.0, Refinancing.DEPENDENT),
        (99.99, 49.99, Refinancing.INDEPENDENT),
        (100.0, 50.0, Refinancing.INDEPENDENT),
        (NAN, 50.0, Refinancing.NONE),
        (NAN, 49.99, Refinancing.INDEPENDENT),
        (0.0, NAN, Refinancing.NONE),
        (-5.0, 100.0, Refinancing.DEPENDENT),
    ],
)
def test_who_cannot_pay_what_matures_depends_on_a_new_loan(flow, maturities, expected):
    found = ability(100.0, cash_flow=flow, maturities=maturities)

    assert found.refinancing.tolist() == [expected]
    assert found.refinancing.dtype == np.int8
    np.testing.assert_array_equal(found.bullet_share, [maturities / 100.0])


def test_the_measures_know_what_they_lack():
    columns = {"cash_flow": np.array([80.0, NAN]), "due": np.array([100.0, 100.0]), "maturities": np.array([25.0, NAN])}
    values = {name: measure.of(columns) for name, measure in repayment.MEASURES.items()}

    np.testing.assert_array_equal(values["repayment_cover"], [0.8, NAN])
    np.testing.assert_array_equal(values["repayment_gap"], [20.0, NAN])
    np.testing.assert_array_equal(values["bullet_share"], [0.25, NAN])
    assert repayment.MEASURES["repayment_cover"].lacks(columns, 1) == ("cash_flow",)
    assert {(one.name, one.unit, one.better) for one in repayment.MEASURES.values()} == {
        ("repayment_cover", "ratio", "high"),
        ("repayment_gap", "amount", "low"),
        ("bullet_share", "percent", "low"),
    }


@pytest.mark.parametrize("name", ["cash", "undrawn_lines", "collateral", "guarantor"])
def test_a_source_has_nothing_or_more(name):
    with pytest.raises(Impossible) as refused:
        ability(100.0, **{name: -1.0})

    assert refused.value.field == name


def test_a_cash_flow_is_finite():
    with pytest.raises(Impossible) as refused:
        ability(100.0, cash_flow=math.inf)

    assert refused.value.field == "cash_flow"


@pytest.mark.parametrize(
    "wrong",
    [{"cover": (1.0, 1.0)}, {"cover": (1.0, 1.2)}, {"cover": (1.0, 0.0)}, {"months": 0}, {"bullet_share": 0}, {"bullet_share": 1.1}],
)
def test_a_policy_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        Repayment(**(POLICY.model_dump() | wrong))


# --- laws ----------------------------------------------------------------------------------------------------------------

CENTS = st.integers(0, 10**12).map(lambda cents: cents / 100)
MEANS = st.fixed_dictionaries(
    {"cash_flow": st.integers(-(10**12), 10**12).map(lambda cents: cents / 100), **dict.fromkeys(list(NOTHING)[1:], CENTS)}
)
ORDER = [Source.CASH_FLOW, Source.CASH, Source.UNDRAWN_LINES, Source.COLLATERAL, Source.GUARANTOR, Source.NOT_ENOUGH]


@given(CENTS.filter(bool), MEANS)
def test_what_is_paid_and_what_is_not_is_what_is_due(total, means):
    found = ability(total, **means)
    burnt = max(-means["cash_flow"], 0.0)

    assert sum(paid(found)) + found.shortfall[0] == pytest.approx(total + burnt, abs=1e-2)
    # the code is the brute search for the first source at which the means add up
    sums = np.cumsum(np.rint(100 * np.array([means[name] for name in NOTHING])))
    reached = [source for source, whole in zip(ORDER, sums, strict=False) if whole >= round(100 * total)]
    assert found.suffices.tolist() == [reached[0] if reached else Source.NOT_ENOUGH]


@given(CENTS, MEANS, st.sampled_from(list(NOTHING)), CENTS)
def test_more_of_any_source_never_leaves_more_unpaid(total, means, name, more):
    richer = means | {name: means[name] + more}

    assert ability(total, **richer).shortfall[0] <= ability(total, **means).shortfall[0]


@given(st.lists(st.tuples(CENTS | st.just(NAN), MEANS, st.sampled_from([*NOTHING, ""])), min_size=1, max_size=12))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows):
    means = [means | ({lost: NAN} if lost else {}) for _total, means, lost in rows]
    book = Sources(**{name: np.array([one[name] for one in means]) for name in NOTHING})
    batch = repayment.ability(POLICY, due(*(row[0] for row in rows)), book)

    for place, (total, _means, _lost) in enumerate(rows):
        alone = ability(total, **means[place])
        for name in ("due", "ratio", "cover", "gap", "shortfall", "suffices", "bullet_share", "refinancing"):
            assert getattr(alone, name).tobytes() == getattr(batch, name)[place].tobytes()
        for source, values in alone.covers.items():
            assert values.tobytes() == batch.covers[source][place].tobytes()


def test_the_smallest_amounts_count():
    by_a_cent = ability(100.01, cash_flow=100.0)

    assert (by_a_cent.gap[0], by_a_cent.shortfall[0]) == (0.01, 0.01)
    assert paid(by_a_cent)[0] == 100.0
    np.testing.assert_allclose(repayment.gap(np.array([0.25, 0.25, -1.0]), np.array([1.0, 0.5, 0.0])), [0.75, 0.25, 0.0])
    # one that is missing is missing, however many are
    assert ability(100.0, cash=NAN, undrawn_lines=NAN).suffices.tolist() == [Source.NONE]


def test_the_codes_are_what_storage_may_rely_on():
    assert [one.name for one in Source] == [
        "NONE",
        "NOTHING_DUE",
        "CASH_FLOW",
        "CASH",
        "UNDRAWN_LINES",
        "COLLATERAL",
        "GUARANTOR",
        "NOT_ENOUGH",
    ]
    assert [one.value for one in Source] == list(range(8))
    assert [(one.name, one.value) for one in Cover] == [("NONE", 0), ("NOTHING_DUE", 1), ("AMPLE", 2), ("THIN", 3), ("SHORT", 4)]
    assert [(one.name, one.value) for one in Refinancing] == [("NONE", 0), ("INDEPENDENT", 1), ("DEPENDENT", 2)]
