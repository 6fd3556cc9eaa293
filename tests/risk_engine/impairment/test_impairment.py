"""Expected credit losses: the standards' check values, plans and part years by hand, and laws that hold for any book."""

from __future__ import annotations

import dataclasses
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.impairment import impairment
from risk_engine.impairment.amortisation import Plan
from risk_engine.impairment.impairment import Claims, Lacks
from risk_engine.impairment.staging import Stage
from risk_engine.ratings import term_structure
from tests.risk_engine.ratings.test_migration import CHAIN
from tests.risk_engine.refused import facts_of

NAN = math.nan
FLAT = np.array([[0.02], [0.005], [0.10]])
USUAL = {"curve": 0, "drawn": 1000.0, "undrawn": 0.0, "ccf": 0.4, "lgd": 0.45, "eir": 0.06, "remaining": 5.0, "plan": int(Plan.BULLET)}
KINDS = {"curve": np.int32, "plan": np.int8}


def claims(balances=None, **columns) -> Claims:
    count = max([np.size(column) for column in columns.values()], default=1)
    made = {
        name: np.broadcast_to(np.asarray(columns.get(name, usual), dtype=KINDS.get(name, np.float64)), count).copy()
        for name, usual in USUAL.items()
    }
    return Claims(**made, balances=None if balances is None else np.array(balances, dtype=np.float64))


def lifetime(curves=FLAT, **columns) -> float:
    return float(impairment.losses(curves, claims(**columns)).lifetime[0])


def twelve(curves=FLAT, **columns) -> float:
    return float(impairment.losses(curves, claims(**columns)).twelve_months[0])


# --- the standards' check values -----------------------------------------------------------------------------------------


def test_the_bullet_of_the_standards():
    assert lifetime() == pytest.approx(36.510502, abs=5e-7)


def test_the_amortising_claim_of_the_standards_by_plan_and_as_given():
    assert lifetime(plan=Plan.STRAIGHT_LINE) == pytest.approx(23.049270, abs=5e-7)
    assert lifetime(balances=[[1000], [800], [600], [400], [200]]) == pytest.approx(23.049270, abs=5e-7)


def test_the_example_of_the_standard_itself():
    assert twelve(curve=1, drawn=1_000_000, lgd=0.25, eir=0.0, remaining=10) == 1250.0


def test_the_bullet_has_its_closed_form_in_any_precision():
    with mpmath.workdps(40):
        step = mpmath.mpf("0.98") / mpmath.mpf("1.06")
        wanted = mpmath.mpf("0.02") * mpmath.mpf("0.45") * 1000 / mpmath.mpf("1.06") * (1 - step**30) / (1 - step)

    assert lifetime(remaining=30) == pytest.approx(float(wanted), rel=1e-13)


# --- by hand -------------------------------------------------------------------------------------------------------------


def test_a_year_is_twelve_months_and_a_lifetime():
    assert twelve(remaining=1) == lifetime(remaining=1) == pytest.approx(0.02 * 0.45 * 1000 / 1.06)


def test_of_a_part_year_the_part_counts_and_its_end_is_the_claims_end():
    assert lifetime(remaining=0.5) == twelve(remaining=0.5) == pytest.approx(0.01 * 450 * 1.06**-0.5)
    second = 0.98 * 0.02 * 0.25 * 450 * 1.06**-1.25

    assert lifetime(remaining=1.25) == pytest.approx(0.02 * 450 / 1.06 + second)
    assert twelve(remaining=1.25) == pytest.approx(0.02 * 450 / 1.06)


def test_each_year_has_its_own_pd_and_the_last_one_repeats():
    curve = np.array([[0.01, 0.03, 0.05]])
    marginals = [0.01, 0.99 * 0.03, 0.99 * 0.97 * 0.05, 0.99 * 0.97 * 0.95 * 0.05]

    assert lifetime(curve, remaining=4, eir=0.0) == pytest.approx(450 * sum(marginals))
    assert lifetime(curve, remaining=2, eir=0.0) == pytest.approx(450 * sum(marginals[:2]))


def test_the_marginal_pds_are_those_of_the_migration():
    shares = term_structure.cumulative(CHAIN, 7)
    curves = term_structure.conditional(shares)

    for place in range(8):
        wanted = sum(0.45 * 1000 * pd / 1.06 ** (year + 1) for year, pd in enumerate(term_structure.marginal(shares)[place]))
        assert lifetime(curves, curve=place, remaining=7) == pytest.approx(wanted, rel=1e-10, abs=1e-14)


def test_thrown_dice_lose_what_is_expected():
    dice, count = np.random.default_rng(5), 200_000
    year = np.where(dice.random((count, 5)) < 0.10, np.arange(1, 6), 99).min(axis=1)
    balances = np.array([1000, 800, 600, 400, 200])
    lost = np.where(year <= 5, 0.45 * balances[np.minimum(year, 5) - 1] / 1.06 ** np.minimum(year, 5), 0.0)

    assert lifetime(curve=2, plan=Plan.STRAIGHT_LINE) == pytest.approx(lost.mean(), abs=4 * lost.std() / math.sqrt(count))


def test_the_undrawn_part_counts_by_its_factor_until_the_end():
    assert lifetime(drawn=0.0, undrawn=1000.0, ccf=0.4) == pytest.approx(0.4 * 36.510502, rel=1e-8)
    both = lifetime(undrawn=500.0, ccf=0.2, plan=Plan.STRAIGHT_LINE)

    assert both == pytest.approx(23.049270 + 0.1 * 36.510502, abs=1e-6)


def test_nothing_undrawn_needs_no_factor():
    assert lifetime(ccf=NAN) == lifetime()
    assert math.isnan(lifetime(ccf=NAN, undrawn=1.0))
    assert impairment.off_balance(np.array([0.0, 10.0, NAN]), np.array([NAN, 0.5, 0.5])).tolist()[:2] == [0.0, 5.0]


def test_an_annuity_amortises_at_the_claims_own_rate():
    instalment = 0.06 / (1 - 1.06**-3)
    second = 1.06 - instalment
    third = second * 1.06 - instalment
    wanted = sum(0.02 * 0.98**t * 450 * share / 1.06 ** (t + 1) for t, share in enumerate((1.0, second, third)))

    assert lifetime(plan=Plan.ANNUITY, remaining=3) == pytest.approx(wanted)


def test_given_balances_go_before_the_plan_where_there_are_any():
    found = lifetime(balances=[[NAN], [300]], remaining=3, eir=0.0)

    assert found == pytest.approx(0.02 * 450 + 0.98 * 0.02 * 0.45 * 300 + 0.98**2 * 0.02 * 450)


def test_given_balances_follow_their_claim():
    given_balances = np.array([[100, 200, 300], [10, 20, 30]])
    many = impairment.losses(FLAT, claims(remaining=[1, 3, 2], drawn=[100, 200, 300], balances=given_balances))

    for place, years in enumerate((1, 3, 2)):
        alone = lifetime(remaining=years, drawn=(place + 1) * 100, balances=given_balances[:, [place]])
        assert many.lifetime[place] == alone


def test_negative_interest_makes_a_later_loss_weigh_more():
    assert lifetime(eir=-0.005, remaining=2) == pytest.approx(9 / 0.995 + 0.98 * 9 / 0.995**2)


def test_certain_default_is_lost_in_the_first_year():
    assert lifetime(np.array([[1.0]])) == pytest.approx(450 / 1.06)


def test_an_empty_book_loses_nothing():
    found = impairment.losses(FLAT, claims(**{name: [] for name in USUAL}))

    assert (len(found.twelve_months), len(found.lifetime)) == (0, 0)


# --- what is missing or impossible ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["drawn", "undrawn", "lgd", "eir", "remaining"])
def test_a_missing_input_is_not_computable_and_leaves_the_others_alone(missing):
    found = impairment.losses(FLAT, claims(**{missing: [USUAL[missing], NAN]}))

    assert np.isnan(found.lifetime).tolist() == np.isnan(found.twelve_months).tolist() == [False, True]
    assert found.lifetime[0] == lifetime()


def test_without_a_curve_or_a_plan_nothing_is_computable():
    assert math.isnan(lifetime(curve=-1))
    assert math.isnan(lifetime(plan=-1))
    assert math.isnan(twelve(np.array([[NAN, 0.02]])))


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("lgd", -0.2, "0 to 1"),
        ("lgd", 1.01, "0 to 1"),
        ("ccf", 1.5, "0 to 1"),
        ("drawn", -1, "0 or more"),
        ("undrawn", -1, "0 or more"),
        ("eir", -1.0, "above -1"),
        ("eir", math.inf, "a finite number"),
        ("remaining", 0.0, "above 0, up to 100"),
        ("remaining", -2, "above 0, up to 100"),
        ("remaining", 100.1, "above 0, up to 100"),
        ("curve", 3, "-1 to 2"),
        ("curve", -2, "-1 to 2"),
    ],
)
def test_what_cannot_be_is_refused(field, value, accepted):
    # the first of several is named
    with pytest.raises(Impossible) as refused:
        lifetime(**{field: [USUAL[field], value, value - 1 if value < 1 else value + 1]})

    assert facts_of(refused.value) == {"field": field, "value": value, "accepted": accepted, "place": 1}


def test_a_pd_or_a_balance_that_cannot_be_is_refused():
    with pytest.raises(Impossible, match="'pd'"):
        lifetime(np.array([[0.02, 1.3]]))
    with pytest.raises(Impossible, match="'balances'"):
        lifetime(balances=[[-1]])


def test_what_can_just_be_is_accepted():
    assert lifetime(eir=-0.999, remaining=1) > 0
    assert lifetime(remaining=100.0) > lifetime(remaining=99.0)


def lacks(stage=Stage.ONE, balances=None, curves=FLAT, **columns) -> Lacks:
    book = claims(balances, **columns)
    return Lacks(int(impairment.lacking(curves, book, np.full(len(book), stage, dtype=np.int8))[0]))


@pytest.mark.parametrize(
    ("field", "value", "flag"),
    [
        ("curve", -1, Lacks.PD),
        ("drawn", NAN, Lacks.DRAWN),
        ("lgd", NAN, Lacks.LGD),
        ("eir", NAN, Lacks.EIR),
        ("remaining", NAN, Lacks.REMAINING),
        ("plan", -1, Lacks.PLAN),
    ],
)
def test_what_is_missing_is_named(field, value, flag):
    assert lacks() == 0
    assert lacks(**{field: value}) == flag


def test_the_numbers_of_the_masks_stay_what_they_are():
    assert {flag.name: flag.value for flag in Lacks} == {
        "PD": 1, "DRAWN": 2, "UNDRAWN": 4, "CCF": 8, "LGD": 16, "EIR": 32, "REMAINING": 64, "PLAN": 128, "STAGE": 256,
    }  # fmt: skip


def test_an_impaired_claim_needs_neither_pds_nor_a_life():
    assert lacks(Stage.THREE, curve=-1, eir=NAN, remaining=NAN, plan=-1) == 0
    assert lacks(Stage.THREE, drawn=NAN, lgd=NAN) == Lacks.DRAWN | Lacks.LGD


def test_the_factor_is_missing_only_where_something_is_undrawn():
    assert lacks(ccf=NAN) == 0
    assert lacks(ccf=NAN, undrawn=5) == Lacks.CCF
    assert lacks(ccf=NAN, undrawn=NAN) == Lacks.CCF | Lacks.UNDRAWN


def test_balances_that_are_given_for_every_year_of_a_life_need_no_plan():
    assert lacks(plan=-1, balances=[[5], [5]], remaining=2) == 0
    assert lacks(plan=-1, balances=[[5], [5]], remaining=2.1) == Lacks.PLAN
    assert lacks(plan=-1, balances=[[5], [NAN]], remaining=1) == 0
    assert lacks(plan=-1, balances=[[5], [NAN]], remaining=1.1) == Lacks.PLAN
    assert lacks(plan=-1, balances=[[5], [5]], remaining=NAN) == Lacks.PLAN | Lacks.REMAINING


def test_no_stage_and_no_first_years_pd_are_lacks():
    assert lacks(Stage.NONE) == Lacks.STAGE
    assert lacks(curves=np.array([[NAN, 0.1]])) == Lacks.PD


# --- laws ----------------------------------------------------------------------------------------------------------------


CURVES = term_structure.curves(CHAIN, tuple("abcdefg"), [0.0, 0.0002, 0.0017, 0.0058, 0.0389, 0.2678, 1.0], years=10, floor=0.0005)
# in whole ten-thousandths and cents, as people state them: no law is asked of figures next to the smallest float
share = st.integers(0, 10_000).map(lambda parts: parts / 10_000)
amount = st.integers(1, 10**10).map(lambda cents: cents / 100)
SOUND = {
    "curve": st.integers(0, 6),
    "drawn": amount,
    "undrawn": amount | st.just(0.0),
    "ccf": share,
    "lgd": share,
    "eir": st.integers(0, 3000).map(lambda parts: parts / 10_000),
    "remaining": st.floats(0.01, 12) | st.sampled_from([1.0, 2.0]),
    "plan": st.integers(0, 2),
}
sound = st.fixed_dictionaries(SOUND)
missing = st.just(NAN)
row = st.fixed_dictionaries(
    SOUND
    | {"curve": st.integers(-1, 6), "plan": st.integers(-1, 2)}
    | {name: SOUND[name] | missing for name in ("drawn", "undrawn", "ccf", "lgd", "eir", "remaining")}
)


def of(rows) -> Claims:
    return claims(**{name: [one[name] for one in rows] for name in USUAL})


def computed(one, curves=CURVES.conditional) -> tuple[float, float]:
    found = impairment.losses(curves, of([one]))
    return float(found.twelve_months[0]), float(found.lifetime[0])


@given(st.lists(row, min_size=1, max_size=12))
def test_one_claim_alone_loses_what_it_loses_among_many(rows):
    many = impairment.losses(CURVES.conditional, of(rows))

    np.testing.assert_array_equal(np.transpose([many.twelve_months, many.lifetime]), [computed(one) for one in rows])


@given(sound)
def test_a_lifetime_loses_no_less_than_twelve_months(one):
    twelve_months, whole = computed(one)

    assert 0 <= twelve_months <= whole
    assert (twelve_months == whole) == (one["remaining"] <= 1 or whole == twelve_months)


@given(sound, st.floats(0, 1), st.integers(0, 6))
def test_higher_pd_lgd_or_exposure_never_loses_less(one, more, worse):
    _twelve, whole = computed(one)
    slack = 1e-9 * (1 + whole)

    assert computed(one | {"lgd": one["lgd"] + more * (1 - one["lgd"])})[1] >= whole - slack
    assert computed(one | {"drawn": one["drawn"] * (1 + more)})[1] >= whole - slack
    assert computed(one | {"undrawn": one["undrawn"] * (1 + more)})[1] >= whole - slack
    assert computed(one | {"ccf": one["ccf"] + more * (1 - one["ccf"])})[1] >= whole - slack
    assert computed(one | {"curve": max(one["curve"], worse)})[0] >= computed(one)[0] - slack
    assert computed(one | {"plan": 0, "curve": max(one["curve"], worse)})[1] >= computed(one | {"plan": 0})[1] * (1 - 1e-9)


@given(sound)
def test_a_longer_bullet_or_a_lower_rate_never_loses_less(one):
    bullet = one | {"plan": 0}

    assert computed(bullet | {"remaining": one["remaining"] + 1})[1] >= computed(bullet)[1] * (1 - 1e-12)
    assert computed(bullet | {"eir": one["eir"] / 2})[1] >= computed(bullet)[1] * (1 - 1e-12)


@given(sound)
def test_the_loss_scales_with_the_currency(one):
    in_cents = one | {"drawn": one["drawn"] * 128, "undrawn": one["undrawn"] * 128}

    assert computed(in_cents) == tuple(128 * loss for loss in computed(one))


def test_the_first_year_without_discount_is_the_expected_loss_of_the_book():
    book = claims(curve=[3, 4], eir=0.0, lgd=[0.4, 0.5], drawn=[100.0, 50.0])

    np.testing.assert_array_equal(
        impairment.losses(CURVES.conditional, book).twelve_months,
        np.array([0.0058, 0.0389]) * np.array([0.4, 0.5]) * np.array([100.0, 50.0]),
    )


def test_columns_that_are_not_contiguous_lose_the_same():
    wide = claims(remaining=np.linspace(0.3, 9, 8), drawn=np.linspace(1, 100, 8))
    strided = dataclasses.replace(wide, **{name: np.repeat(getattr(wide, name), 2)[::2] for name in USUAL})

    np.testing.assert_array_equal(impairment.losses(FLAT, strided).lifetime, impairment.losses(FLAT, wide).lifetime)


def test_the_claims_are_left_as_they_were():
    book = claims(remaining=[1, 5])
    before = {name: getattr(book, name).copy() for name in USUAL}
    impairment.losses(FLAT, book)

    assert all((getattr(book, name) == column).all() for name, column in before.items())
