"""Collateral: haircuts, prior claims, allocation and LGD by hand, and the laws of a fair division."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.security import collateral
from risk_engine.security.collateral import Facilities, Items, Links, Missing, Secured
from risk_engine.security.collateral_policy import KINDS, Collateral, CollateralKind
from tests.risk_engine.refused import facts_of

NAN = math.nan
ALL = {
    "cash": CollateralKind(haircut=0.0, lgd=0.0, floor=0.0),
    "receivables": CollateralKind(haircut=0.4, lgd=0.2, floor=0.1, valid_days=90, stale_haircut=1.0),
    "real_estate": CollateralKind(haircut=0.4, lgd=0.2, floor=0.1, valid_days=365, stale_haircut=0.2),
    "equipment": CollateralKind(haircut=0.4, lgd=0.25, floor=0.15, valid_days=365, stale_haircut=0.2),
    "shares": CollateralKind(haircut=0.3, lgd=0.0, floor=0.0, valid_days=30, stale_haircut=1.0),
    "guarantee": CollateralKind(haircut=1.0, lgd=0.4, floor=0.25),
    "other": CollateralKind(haircut=1.0, lgd=0.4, floor=0.25),
}
POLICY = Collateral(kind=ALL, currency_haircut=0.08, unsecured_floor=0.25)
USUAL = {"kind": "real_estate", "value": 1000.0, "age": 0.0, "lien": 1, "prior": NAN, "currency": 0, "enforceable": True}


def items(*rows) -> Items:
    full = [{**USUAL, **row} for row in rows]
    columns = {name: np.array([row[name] for row in full]) for name in USUAL if name != "kind"}
    codes = np.array([KINDS.index(row["kind"]) if row["kind"] in KINDS else -1 for row in full], dtype=np.int8)
    floats = {name: columns[name].astype(np.float64) for name in ("value", "age", "prior")}
    return Items(
        codes,
        **floats,
        lien=columns["lien"].astype(np.int64),
        currency=columns["currency"].astype(np.int64),
        enforceable=columns["enforceable"].astype(bool),
    )


def links(*pairs) -> Links:
    return Links(np.array([pair[0] for pair in pairs], dtype=np.int64), np.array([pair[1] for pair in pairs], dtype=np.int64))


def facilities(*ead, lgd=0.4, currency=0) -> Facilities:
    return Facilities(np.array(ead, dtype=np.float64), np.full(len(ead), lgd), np.full(len(ead), currency, dtype=np.int64))


def secured(*rows, ead=1000.0, lgd=0.4, policy=POLICY) -> Secured:
    """One facility that everything secures."""
    return collateral.secured(policy, items(*rows), links(*((place, 0) for place in range(len(rows)))), facilities(ead, lgd=lgd))


# --- haircuts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "off"),
    [
        ({"kind": "cash", "age": NAN}, 0.0),
        ({"kind": "cash", "age": 9999}, 0.0),
        ({"kind": "real_estate", "age": 365}, 0.4),
        ({"kind": "real_estate", "age": 366}, 0.4 + 0.2),
        ({"kind": "real_estate", "age": NAN}, NAN),
        ({"kind": "receivables", "age": 90}, 0.4),
        ({"kind": "receivables", "age": 91}, 1.0),
        ({"kind": "shares", "age": 30}, 0.3),
        ({"kind": "guarantee"}, 1.0),
        ({"kind": "other"}, 1.0),
        ({"kind": "a painting"}, 1.0),
        ({"kind": "cash", "enforceable": False}, 1.0),
        ({"kind": "real_estate", "age": NAN, "enforceable": False}, 1.0),
    ],
)
def test_the_haircut_of_a_kind_by_the_age_of_its_valuation(item, off):
    np.testing.assert_array_equal(collateral.haircuts(POLICY, items(item)), [off])


@pytest.mark.parametrize(
    ("item", "left"),
    [
        ({}, 600.0),
        ({"prior": 100.0}, 500.0),
        ({"prior": 600.0}, 0.0),
        ({"prior": 700.0}, 0.0),
        ({"lien": 2, "prior": 0.0}, 600.0),
        ({"lien": 2, "prior": 250.0}, 350.0),
        ({"lien": 2}, NAN),
        ({"lien": 2, "kind": "other"}, 0.0),
        ({"value": NAN}, NAN),
        ({"value": NAN, "enforceable": False}, 0.0),
        ({"age": NAN}, NAN),
        ({"currency": 1}, 520.0),
        ({"kind": "cash", "currency": 1}, 920.0),
        ({"kind": "other", "currency": 1}, 0.0),
        ({"age": 366.0, "currency": 1}, 320.0),
        ({"value": 0.03}, 0.01),
    ],
)
def test_what_is_left_after_haircut_currency_and_those_who_come_first(item, left):
    found = collateral.allocated(POLICY, items(item), links((0, 0)), facilities(2000))

    np.testing.assert_array_equal(found, [left])


# --- allocation ---------------------------------------------------------------------------------------------------


def test_one_item_is_divided_by_exposure():
    found = collateral.allocated(POLICY, items({"kind": "cash"}), links((0, 0), (0, 1), (0, 2)), facilities(100, 300, 0))

    assert found.tolist() == [250, 750, 0]


def test_the_parts_are_cut_to_the_hundredth_so_that_they_are_never_more_than_the_whole():
    found = collateral.allocated(POLICY, items({"kind": "cash", "value": 100}), links((0, 0), (0, 1), (0, 2)), facilities(1, 1, 1))

    assert found.tolist() == [33.33, 33.33, 33.33]


def test_prior_claims_are_taken_once_from_what_all_facilities_share():
    found = collateral.allocated(POLICY, items({"prior": 100}), links((0, 0), (0, 1)), facilities(100, 300))

    assert found.tolist() == [125, 375]


def test_each_facilitys_own_currency_decides_whether_there_is_a_difference():
    owed = Facilities(np.array([100.0, 100.0]), np.array([0.4, 0.4]), np.array([0, 1]))

    assert collateral.allocated(POLICY, items({}), links((0, 0), (0, 1)), owed).tolist() == [300, 260]


def test_an_exposure_that_is_missing_leaves_all_parts_of_its_items_open():
    found = collateral.secured(POLICY, items({}, {}), links((0, 0), (0, 1), (1, 2)), facilities(100, NAN, 1000))

    np.testing.assert_array_equal(found.lgd, [NAN, NAN, 0.28])
    assert found.missing.tolist() == [Missing.EAD, Missing.EAD, 0]


def test_what_secures_no_exposure_is_worth_nothing():
    assert collateral.allocated(POLICY, items({}), links((0, 0)), facilities(0)).tolist() == [0]


def test_a_pair_that_stands_there_twice_is_refused():
    with pytest.raises(Impossible) as refusal:
        collateral.allocated(POLICY, items({}, {}), links((1, 0), (0, 1), (0, 0), (0, 1)), facilities(1, 1))

    assert facts_of(refusal.value) == {"field": "links", "value": (0, 1), "accepted": "each pair once", "place": 3}


# --- LGD ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "lgd", "share", "cover"),
    [
        ([], 0.4, 0.0, 0.0),
        ([{"kind": "other"}], 0.4, 0.0, 0.0),
        ([{}], 0.28, 0.6, 0.6),
        ([{"kind": "equipment"}], 0.31, 0.6, 0.6),
        ([{"kind": "receivables", "value": 500}], 0.34, 0.3, 0.3),
        ([{"kind": "cash", "value": 400}], 0.24, 0.4, 0.4),
        ([{"kind": "cash", "value": 2000}], 0.0, 1.0, 2.0),
        ([{"value": 10_000}], 0.2, 1.0, 6.0),
        # 400 of cash at 0, then 600 · 0.2, the equipment is no longer needed
        ([{"kind": "equipment"}, {}, {"kind": "cash", "value": 400}], 0.12, 1.0, 1.6),
        # 600 · 0.2 + 300 · 0.25 + 100 · 0.4
        ([{"kind": "equipment", "value": 500}, {}], 0.235, 0.9, 0.9),
    ],
)
def test_the_lgd_of_what_is_secured_and_of_what_is_not(rows, lgd, share, cover):
    found = secured(*rows)

    assert (found.lgd[0], found.share[0], found.cover[0]) == pytest.approx((lgd, share, cover), abs=1e-15)
    assert found.missing.tolist() == [0]


def test_a_bare_lgd_below_the_floor_is_floored_and_the_floor_falls_with_the_security():
    assert secured(lgd=0.1).lgd.tolist() == [0.25]
    # 0.6 · 0.1 + 0.4 · 0.25
    assert secured({}, lgd=0.1).lgd[0] == pytest.approx(0.16, abs=1e-15)
    assert secured({}, lgd=0.75).lgd[0] == pytest.approx(0.42, abs=1e-15)


def test_security_never_makes_a_loss_larger():
    assert secured({}, lgd=0.15, policy=POLICY.model_copy(update={"unsecured_floor": 0.1})).lgd.tolist() == [0.15]


def test_where_nothing_is_exposed_the_lgd_is_the_bare_one_and_there_is_no_cover():
    found = secured({"value": NAN}, ead=0.0)

    np.testing.assert_array_equal([found.lgd[0], found.share[0], found.cover[0]], [0.4, NAN, NAN])
    assert secured(ead=0.0, lgd=0.1).lgd.tolist() == [0.25]


@pytest.mark.parametrize(
    ("row", "lacks"),
    [
        ({"value": NAN}, Missing.VALUE),
        ({"age": NAN}, Missing.VALUATION),
        ({"lien": 2}, Missing.PRIOR),
        ({"value": NAN, "age": NAN, "lien": 3}, Missing.VALUE | Missing.VALUATION | Missing.PRIOR),
    ],
)
def test_what_an_item_lacks_is_lacking_of_the_facility(row, lacks):
    found = secured({}, row)

    assert math.isnan(found.lgd[0])
    assert found.missing.tolist() == [lacks]


@pytest.mark.parametrize(
    "row", [{"lien": 1}, {"value": NAN, "kind": "other"}, {"lien": 2, "kind": "other"}, {"age": NAN, "enforceable": False}]
)
def test_what_counts_for_nothing_lacks_nothing(row):
    found = secured(row)

    assert found.missing.tolist() == [0]
    assert not math.isnan(found.lgd[0])


def test_a_facility_lacks_its_own_figures():
    found = collateral.secured(
        POLICY, items(), links(), Facilities(np.array([NAN, 1.0]), np.array([0.4, NAN]), np.zeros(2, dtype=np.int64))
    )

    assert np.isnan(found.lgd).all()
    assert found.missing.tolist() == [Missing.EAD, Missing.LGD]
    assert found.missing.dtype == np.int8


def test_an_exposure_that_is_missing_does_not_matter_to_what_counts_for_nothing():
    found = collateral.secured(POLICY, items({"kind": "other"}), links((0, 0), (0, 1)), facilities(NAN, 1000))

    assert found.missing.tolist() == [Missing.EAD, 0]


@pytest.mark.parametrize(
    ("name", "row", "ead", "lgd"),
    [
        ("value", {"value": -1}, 1, 0.4),
        ("prior", {"prior": -1}, 1, 0.4),
        ("age", {"age": -1}, 1, 0.4),
        ("lien", {"lien": 0}, 1, 0.4),
        ("ead", {}, -1, 0.4),
        ("unsecured_lgd", {}, 1, 1.01),
    ],
)
def test_what_cannot_be_is_refused(name, row, ead, lgd):
    with pytest.raises(Impossible) as refusal:
        secured(row, ead=ead, lgd=lgd)

    assert refusal.value.field == name


def test_the_bits_of_what_is_missing_stay_what_they_are():
    assert [int(one) for one in Missing] == [1, 2, 4, 8, 16]


# --- policy -------------------------------------------------------------------------------------------------------


def test_the_kinds_are_used_in_the_order_of_their_losses():
    assert [KINDS[code] for code in POLICY.order] == ["cash", "shares", "receivables", "real_estate", "equipment", "guarantee", "other"]


def test_of_kinds_with_one_loss_the_lower_floor_comes_first():
    kinds = ALL | {"receivables": ALL["receivables"].model_copy(update={"floor": 0.2})}

    assert [KINDS[code] for code in Collateral(kind=kinds, currency_haircut=0.08, unsecured_floor=0.25).order][2:4] == [
        "real_estate",
        "receivables",
    ]


@pytest.mark.parametrize(
    "wrong", [{"haircut": 1.1}, {"lgd": -0.1}, {"lgd": 0.1, "floor": 0.2}, {"stale_haircut": 0.1}, {"stale_haircut": 0.1, "valid_days": 0}]
)
def test_a_kind_that_makes_no_sense_is_refused(wrong):
    usual = {"haircut": 0.1, "lgd": 0.2, "floor": 0.2}

    assert CollateralKind(**usual).stale_haircut == 0
    with pytest.raises(ValidationError):
        CollateralKind(**{**usual, **wrong})


def test_a_policy_without_a_kind_or_with_a_floor_below_that_of_a_kind_is_refused():
    with pytest.raises(ValidationError, match="no figures for cash, other"):
        Collateral(kind={name: ALL[name] for name in KINDS[1:-1]}, currency_haircut=0.08, unsecured_floor=0.25)
    with pytest.raises(ValidationError, match="unsecured_floor"):
        Collateral(kind=ALL, currency_haircut=0.08, unsecured_floor=0.24)


# --- laws ---------------------------------------------------------------------------------------------------------

money = st.integers(0, 10**9).map(lambda value: value / 100)
item_rows = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "value": st.one_of(money, money, money, st.just(NAN)),
        "age": st.sampled_from([0.0, 40.0, 200.0, 500.0]),
        "lien": st.integers(1, 3),
        "prior": money,
        "currency": st.integers(0, 1),
        "enforceable": st.booleans(),
    }
)


@st.composite
def books(draw):
    rows = draw(st.lists(item_rows, max_size=4))
    eads = draw(st.lists(money, min_size=1, max_size=4))
    pairs = [(item, facility) for item in range(len(rows)) for facility in range(len(eads))]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12)) if pairs else []
    return rows, eads, chosen


@given(books())
def test_no_item_gives_more_than_it_has_and_no_facility_takes_more_than_it_owes(book):
    rows, eads, pairs = book
    given_ = collateral.allocated(POLICY, items(*rows), links(*pairs), facilities(*eads))
    found = collateral.secured(POLICY, items(*rows), links(*pairs), facilities(*eads))

    for item, row in enumerate(rows):
        parts = [
            Fraction(str(amount)) for (mine, _), amount in zip(pairs, given_.tolist(), strict=True) if mine == item and amount == amount
        ]
        assert sum(parts) <= Fraction(str(row["value"]) if row["value"] == row["value"] else 0)
    known = ~np.isnan(found.lgd)
    assert ((found.lgd[known] >= 0) & (found.lgd[known] <= 0.4 + 1e-12)).all()
    assert not (found.share > 1).any()
    assert not (found.share > found.cover + 1e-9).any()


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_links_and_the_company_of_strangers_change_nothing(book, random):
    rows, eads, pairs = book
    whole = collateral.secured(POLICY, items(*rows), links(*pairs), facilities(*eads))
    mixed = collateral.secured(POLICY, items(*rows), links(*random.sample(pairs, len(pairs))), facilities(*eads))
    more = collateral.secured(POLICY, items(*rows, {}), links((len(rows), len(eads)), *pairs), facilities(*eads, 77.0))

    for name in Secured.__slots__:
        assert getattr(whole, name).tobytes() == getattr(mixed, name).tobytes()
        assert getattr(whole, name).tobytes() == getattr(more, name)[:-1].tobytes()


@given(item_rows, money, money, money.filter(bool))
def test_a_more_valuable_item_never_means_a_larger_loss(row, some, more, ead):
    low, high = sorted((some, more))
    poor, rich = secured({**row, "value": low}, ead=ead), secured({**row, "value": high}, ead=ead)

    assert rich.lgd[0] <= poor.lgd[0] + 1e-12
    assert rich.share[0] >= poor.share[0]


@given(item_rows, money.filter(bool))
def test_the_lgd_is_that_of_a_second_route_in_fractions(row, ead):
    kind, owed = ALL[row["kind"]], Fraction(str(ead))
    off = Fraction(str(kind.haircut)) + (Fraction(str(kind.stale_haircut)) if row["age"] > (kind.valid_days or math.inf) else 0)
    off += Fraction(8, 100) if row["currency"] else 0
    if row["value"] != row["value"]:
        row["value"] = 0.0
    left = max(Fraction(str(row["value"])) * (1 - off) - Fraction(str(row["prior"])), 0) if row["enforceable"] else Fraction(0)
    part = min(Fraction(math.floor(left * 100), 100), owed)
    expected = (part * Fraction(str(min(kind.lgd, 0.4))) + (owed - part) * Fraction(4, 10)) / owed

    # a product may miss a whole hundredth by a hair, and is then cut one hundredth lower
    assert secured(row, ead=ead).lgd[0] == pytest.approx(float(expected), abs=0.02 / ead + 1e-12)
