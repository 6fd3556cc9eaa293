"""Capital under internal ratings: the tables that Basel prints, a second route with fifty digits, and laws that hold for any book."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from risk_engine.capital import internal_ratings
from risk_engine.capital.internal_ratings import Lacks, Segment
from risk_engine.checks import Impossible
from risk_engine.ratings.pd_terms import pd_terms
from tests.risk_engine.refused import facts_of
from tests.risk_engine.regimes import BASEL_III, irb

NAN = math.nan
BASEL_II = irb()

# BCBS 128, Annex 5, illustrative risk weights in percent: LGD 45 % (the second of each retail pair 25 % or 85 %), M 2.5 years
ANNEX_5_PD = (0.03, 0.05, 0.10, 0.25, 0.40, 0.50, 0.75, 1.00, 1.30, 1.50, 2.00, 2.50, 3.00, 4.00, 5.00, 6.00, 10.00, 15.00, 20.00)
ANNEX_5 = {
    (Segment.CORPORATE, 50, 0.45): (
        "14.44 19.65 29.65 49.47 62.72 69.61 82.78 92.32 100.95 105.59 114.86 122.16 128.44 139.58 149.86 159.61 193.09 221.54 238.23"
    ),
    (Segment.SME, 5, 0.45): (
        "11.30 15.39 23.30 39.01 49.49 54.91 65.14 72.40 78.77 82.11 88.55 93.43 97.58 105.04 112.27 119.48 146.51 171.91 188.42"
    ),
    (Segment.MORTGAGE, 5, 0.45): (
        "4.15 6.23 10.69 21.30 29.94 35.08 46.46 56.40 67.00 73.45 87.94 100.64 111.99 131.63 148.22 162.52 204.41 235.72 253.12"
    ),
    (Segment.MORTGAGE, 5, 0.25): (
        "2.30 3.46 5.94 11.83 16.64 19.49 25.81 31.33 37.22 40.80 48.85 55.91 62.22 73.13 82.35 90.29 113.56 130.96 140.62"
    ),
    (Segment.OTHER_RETAIL, 5, 0.45): (
        "4.45 6.63 11.16 21.15 28.42 32.36 40.10 45.77 50.80 53.37 57.99 60.90 62.79 65.01 66.42 67.73 75.54 88.60 100.28"
    ),
    (Segment.OTHER_RETAIL, 5, 0.85): (
        "8.41 12.52 21.08 39.96 53.69 61.13 75.74 86.46 95.95 100.81 109.53 115.03 118.61 122.80 125.45 127.94 142.69 167.36 189.41"
    ),
    (Segment.REVOLVING, 5, 0.45): (
        "0.98 1.51 2.71 5.76 8.41 10.04 13.80 17.22 21.02 23.40 28.92 33.98 38.66 47.16 54.75 61.61 83.89 103.89 117.99"
    ),
    (Segment.REVOLVING, 5, 0.85): (
        "1.85 2.86 5.12 10.88 15.88 18.97 26.06 32.53 39.70 44.19 54.63 64.18 73.03 89.08 103.41 116.37 158.47 196.23 222.86"
    ),
}
# Basel III prints the same with an LGD of 40 % for corporates and 50 % for revolvers (as in SAMA's rulebook of 2023, 26.1)
BASEL_III_PD = (0.05, 0.10, 0.25, 0.40, 0.50, 0.75, 1.00, 1.30)
BASEL_III_PRINTED = {
    (Segment.CORPORATE, 50, 0.40): "17.47 26.36 43.97 55.75 61.88 73.58 82.06 89.73",
    (Segment.SME, 5, 0.40): "13.69 20.71 34.68 43.99 48.81 57.91 64.35 70.02",
    (Segment.REVOLVING, 5, 0.50): "1.68 3.01 6.40 9.34 11.16 15.33 19.14 23.35",
}
CELLS = [
    pytest.param(segment, turnover, lgd, pd, float(printed), id=f"{segment.name} {lgd} {pd}")
    for pds, table in ((ANNEX_5_PD, ANNEX_5), (BASEL_III_PD, BASEL_III_PRINTED))
    for (segment, turnover, lgd), row in table.items()
    for pd, printed in zip(pds, row.split(), strict=True)
]


def asked(pd, segment, lgd=0.45, ead=1.0, *, policy=BASEL_II, **others):
    return internal_ratings.capital(pd_terms(pd), internal_ratings.exposures(segment, lgd, ead, **{"maturity": 2.5} | others), policy)


@pytest.mark.parametrize(("segment", "turnover", "lgd", "pd", "printed"), CELLS)
def test_the_risk_weight_is_the_printed_one(segment, turnover, lgd, pd, printed):
    weight = asked(pd / 100, segment, lgd, turnover=turnover).risk_weight[0] * 100

    assert weight == pytest.approx(printed, abs=0.01)


def test_one_percent_in_all_its_parts():
    found = asked(0.01, Segment.CORPORATE, ead=[1000.0, 1000.0], maturity=[2.5, 1.0])

    assert found.correlation == pytest.approx([0.192784] * 2, rel=1e-5)
    assert found.k[0] == pytest.approx(0.0738534411, rel=1e-9)
    assert found.risk_weight == pytest.approx([0.9231680137, 0.732784], rel=1e-6)
    assert found.rwa == pytest.approx([923.1680137, 732.784], rel=1e-6)
    assert found.expected_loss == pytest.approx([4.5, 4.5])


def by_fifty_digits(pd, segment, lgd, maturity, turnover):
    """The formulas of BCBS 128 as they are printed, in another arithmetic and with another inverse of the normal law."""
    with mp.workdps(50):
        pd, lgd, maturity, turnover = mpf(pd), mpf(lgd), mpf(maturity), mpf(turnover)

        def quantile(share):
            return mp.sqrt(2) * mp.erfinv(2 * share - 1)

        def weighted(low, high, decay):
            weight = (1 - mp.exp(-decay * pd)) / (1 - mp.exp(-mpf(decay)))
            return low * weight + high * (1 - weight)

        corporate = weighted(mpf("0.12"), mpf("0.24"), 50)
        held = min(max(turnover, 5), 50)
        r = {
            Segment.CORPORATE: corporate,
            Segment.SME: corporate - mpf("0.04") * (1 - (held - 5) / 45),
            Segment.LARGE_FINANCIAL: corporate * mpf("1.25"),
            Segment.MORTGAGE: mpf("0.15"),
            Segment.REVOLVING: mpf("0.04"),
            Segment.OTHER_RETAIL: weighted(mpf("0.03"), mpf("0.16"), 35),
        }[segment]
        b = (mpf("0.11852") - mpf("0.05478") * mp.log(pd)) ** 2
        factor = (1 + (maturity - mpf("2.5")) * b) / (1 - mpf("1.5") * b) if segment <= Segment.LARGE_FINANCIAL else 1
        stressed = mp.ncdf((1 - r) ** mpf("-0.5") * quantile(pd) + (r / (1 - r)) ** mpf("0.5") * quantile(mpf("0.999")))
        return float((lgd * stressed - pd * lgd) * factor)


@pytest.mark.parametrize("segment", [one for one in Segment if one >= 0])
@pytest.mark.parametrize("pd", [0.00001, 0.0003, 0.0123, 0.2, 0.9])
@pytest.mark.parametrize(("lgd", "maturity", "turnover"), [(0.45, 2.5, 5.0), (1.0, 1.0, 27.3), (0.1, 4.2, 50.0)])
def test_fifty_digits_find_the_same_capital(pd, segment, lgd, maturity, turnover):
    k = asked(pd, segment, lgd, maturity=maturity, turnover=turnover).k[0]

    assert k == pytest.approx(by_fifty_digits(pd, segment, lgd, maturity, turnover), rel=1e-10)


def test_a_small_firm_depends_less_on_the_economy_between_the_bounds_only():
    turnovers = [0.0, 4.9, 5.0, 27.5, 49.9, 50.0, 51.0]
    correlation = asked(0.01, Segment.SME, turnover=turnovers).correlation
    plain = asked(0.01, Segment.CORPORATE).correlation[0]

    np.testing.assert_allclose(plain - correlation, [0.04, 0.04, 0.04, 0.02, 0.04 * 0.1 / 45, 0.0, 0.0], atol=1e-15)


def test_the_size_bounds_are_the_policys():
    china = irb(size={"lowest": 30.0, "highest": 300.0, "reduction": 0.03})
    correlation = asked(0.01, Segment.SME, turnover=[30.0, 165.0, 300.0], policy=china).correlation

    np.testing.assert_allclose(asked(0.01, Segment.CORPORATE).correlation[0] - correlation, [0.03, 0.015, 0.0], atol=1e-15)


def test_only_an_sme_is_asked_for_its_turnover_and_only_wholesale_for_its_maturity():
    found = asked(0.01, list(range(-1, 6)), maturity=NAN, turnover=NAN)
    with_maturity = asked(0.01, list(range(-1, 6)), turnover=NAN)

    assert np.isnan(found.k).tolist() == [True, True, True, True, False, False, False]
    assert np.isnan(with_maturity.k).tolist() == [True, False, True, False, False, False, False]


def test_maturity_is_held_between_one_and_five_years():
    weights = asked(0.01, Segment.CORPORATE, maturity=[0.0, 0.99, 1.0, 1.01, 4.99, 5.0, 5.01, 30.0]).risk_weight

    assert weights[0] == weights[1] == weights[2] < weights[3] < weights[4] < weights[5] == weights[6] == weights[7]


def test_retail_weighs_the_same_at_any_maturity():
    weights = asked(0.01, [Segment.MORTGAGE, Segment.REVOLVING, Segment.OTHER_RETAIL] * 2, maturity=[1.0] * 3 + [5.0] * 3).risk_weight

    assert weights[:3].tolist() == weights[3:].tolist()


def test_a_large_financial_institution_has_five_quarters_of_the_correlation():
    large, plain = asked(0.02, Segment.LARGE_FINANCIAL).correlation[0], asked(0.02, Segment.CORPORATE).correlation[0]

    assert large == 1.25 * plain
    assert asked(0.02, Segment.LARGE_FINANCIAL, policy=irb(financial_multiplier=1.5)).correlation[0] == 1.5 * plain


def test_the_scaling_factor_multiplies_the_weight_and_not_the_capital():
    plain, scaled = asked(0.02, Segment.CORPORATE), asked(0.02, Segment.CORPORATE, policy=irb(scaling=1.06))

    assert scaled.k[0] == plain.k[0]
    assert scaled.risk_weight[0] == pytest.approx(1.06 * plain.risk_weight[0], rel=1e-15)


def test_more_confidence_asks_for_more():
    assert asked(0.02, Segment.CORPORATE, policy=irb(confidence=0.9995)).k[0] > asked(0.02, Segment.CORPORATE).k[0]


@pytest.mark.parametrize("segment", [one for one in Segment if one >= 0])
def test_a_pd_of_0_asks_for_nothing(segment):
    found = asked(0.0, segment, turnover=10.0)

    assert (found.k[0], found.risk_weight[0], found.rwa[0], found.expected_loss[0]) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("segment", [one for one in Segment if one >= 0])
@pytest.mark.parametrize(("best_estimate", "k"), [(0.0, 0.5), (0.3, 0.2), (0.5, 0.0), (0.7, 0.0), (NAN, NAN)])
def test_of_a_defaulted_claim_capital_is_what_the_best_estimate_leaves_of_the_lgd(segment, best_estimate, k):
    found = asked(1.0, segment, 0.5, 200.0, maturity=NAN, best_estimate=best_estimate)

    np.testing.assert_allclose(found.k, [k], atol=1e-15)
    np.testing.assert_allclose(found.rwa, [k * 12.5 * 200.0], atol=1e-10)
    np.testing.assert_array_equal(found.expected_loss, [best_estimate * 200.0])
    assert np.isnan(found.correlation[0])


def test_just_below_default_the_function_still_counts_and_the_best_estimate_does_not():
    found = asked(np.nextafter(1.0, 0.0), Segment.CORPORATE, 0.5, best_estimate=0.1)

    assert 0.0 <= found.k[0] < 1e-6
    assert found.expected_loss[0] == pytest.approx(0.5)


def test_a_claim_of_no_known_segment_has_no_capital_even_in_default():
    found = asked([0.01, 1.0], Segment.NONE, best_estimate=0.1)

    assert np.isnan(found.k).tolist() == [True, True]
    assert np.isnan(found.correlation).tolist() == [True, True]


def test_what_is_missing_makes_missing_and_never_0():
    found = asked([NAN, 0.01, 0.01, NAN], [0, 0, 0, 3], [0.45, NAN, 0.45, 0.45], [1.0, 1.0, NAN, 1.0])

    assert np.isnan(found.k).tolist() == [True, True, False, True]
    assert np.isnan(found.rwa).tolist() == [True] * 4
    assert np.isnan(found.expected_loss).tolist() == [True] * 4
    assert np.isnan(found.correlation).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("pd", "segment", "missing", "expected"),
    [
        (0.01, Segment.CORPORATE, ("turnover", "best_estimate"), Lacks(0)),
        (0.01, Segment.CORPORATE, ("maturity",), Lacks.MATURITY),
        (0.01, Segment.SME, ("maturity", "turnover"), Lacks.MATURITY | Lacks.TURNOVER),
        (0.01, Segment.LARGE_FINANCIAL, ("maturity", "turnover"), Lacks.MATURITY),
        (0.01, Segment.MORTGAGE, ("maturity", "turnover", "best_estimate"), Lacks(0)),
        (0.01, Segment.OTHER_RETAIL, ("lgd", "ead"), Lacks.LGD | Lacks.EAD),
        (1.0, Segment.SME, ("maturity", "turnover"), Lacks(0)),
        (1.0, Segment.SME, ("best_estimate",), Lacks.BEST_ESTIMATE),
        (1.0, Segment.MORTGAGE, ("best_estimate",), Lacks.BEST_ESTIMATE),
        (NAN, Segment.CORPORATE, (), Lacks.PD),
        (NAN, Segment.REVOLVING, ("maturity",), Lacks.PD),
        (0.01, Segment.NONE, ("maturity", "turnover"), Lacks.SEGMENT),
    ],
)
def test_what_a_claim_lacks_is_what_makes_it_not_computable(pd, segment, missing, expected):
    known = {"lgd": 0.45, "ead": 1.0, "maturity": 2.5, "turnover": 20.0, "best_estimate": 0.2} | dict.fromkeys(missing, NAN)
    lgd, ead = known.pop("lgd"), known.pop("ead")
    terms, claims = pd_terms(pd), internal_ratings.exposures(segment, lgd, ead, **known)

    assert internal_ratings.lacks(terms, claims).tolist() == [expected]
    assert np.isnan(internal_ratings.capital(terms, claims, BASEL_II).rwa[0]) == bool(expected)


@pytest.mark.parametrize(
    ("changed", "field", "place"),
    [
        ({"segment": [0, 6]}, "segment", 1),
        ({"segment": [-2, 0]}, "segment", 0),
        ({"lgd": [0.45, 1.01]}, "lgd", 1),
        ({"ead": [-1.0, 1.0]}, "ead", 0),
        ({"maturity": [-0.1, 1.0]}, "maturity", 0),
        ({"turnover": [1.0, -1.0]}, "turnover", 1),
        ({"best_estimate": [1.5, 1.0]}, "best_estimate", 0),
    ],
)
def test_an_impossible_input_is_named(changed, field, place):
    with pytest.raises(Impossible) as refused:
        internal_ratings.exposures(**{"segment": [0, 0], "lgd": 0.45, "ead": 1.0} | changed)

    assert (refused.value.field, refused.value.place) == (field, place)


def test_the_best_and_the_worst_possible_inputs_are_accepted():
    claims = internal_ratings.exposures([-1, 5], [0.0, 1.0], 0.0, maturity=0.0, turnover=0.0, best_estimate=[0.0, 1.0])

    assert len(claims) == 2
    assert claims.ead.tolist() == [0.0, 0.0]
    assert all(column.flags.c_contiguous for column in (claims.segment, claims.lgd, claims.ead, claims.maturity))


def test_floors_are_the_segments_own_and_default_stays_default():
    pds, segments = [0.0, 0.0002, 0.0007, 1.0, NAN, 0.01], np.array([0, 4, 4, 4, 0, -1], dtype=np.int8)

    np.testing.assert_array_equal(internal_ratings.floored_pd(pds, segments, irb(BASEL_III)), [0.0005, 0.001, 0.001, 1.0, NAN, NAN])
    np.testing.assert_array_equal(internal_ratings.floored_pd(pds, segments, BASEL_II), [0.0003, 0.0003, 0.0007, 1.0, NAN, NAN])


def test_each_segment_finds_its_own_floor():
    floors = {name: 0.001 * (place + 1) for place, name in enumerate(("corporate", "sme", "large_financial", "mortgage", "revolving"))}
    policy = irb(pd_floor=floors | {"other_retail": 0.006})

    np.testing.assert_allclose(
        internal_ratings.floored_pd(0.0, np.arange(6, dtype=np.int8), policy), [0.001, 0.002, 0.003, 0.004, 0.005, 0.006]
    )


def test_a_floor_of_an_impossible_pd_is_refused():
    with pytest.raises(Impossible, match="pd"):
        internal_ratings.floored_pd([1.3], np.array([0], dtype=np.int8), BASEL_II)


PDS = st.floats(0.0003, 0.9999)
CLAIMS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.0003, 0.0023, 0.07, 0.5, 1.0, NAN]),
        st.integers(-1, 5),
        st.floats(0, 1),
        st.floats(0, 1e10) | st.just(NAN),
        st.floats(0, 40) | st.just(NAN),
        st.floats(0, 90) | st.just(NAN),
        st.floats(0, 1) | st.just(NAN),
    ),
    min_size=1,
    max_size=12,
)


def columns(claims):
    pd, segment, lgd, ead, maturity, turnover, best = (np.array(column) for column in zip(*claims, strict=True))
    return pd, internal_ratings.exposures(segment, lgd, ead, maturity=maturity, turnover=turnover, best_estimate=best)


def figures(found):
    return np.stack([found.correlation, found.k, found.risk_weight, found.rwa, found.expected_loss])


@given(CLAIMS)
def test_one_claim_alone_is_the_same_claim_in_a_batch_to_the_bit(claims):
    pd, book = columns(claims)
    alone = [figures(internal_ratings.capital(pd_terms(row[0]), columns([row])[1], BASEL_II)) for row in claims]

    assert figures(internal_ratings.capital(pd_terms(pd), book, BASEL_II)).tobytes() == np.concatenate(alone, axis=1).tobytes()


@given(CLAIMS)
def test_terms_of_the_distinct_pds_give_the_same_bits(claims):
    pd, book = columns(claims)
    letters, places = np.unique(pd, return_inverse=True)

    shared = internal_ratings.capital(pd_terms(letters)[places], book, BASEL_II)

    assert figures(shared).tobytes() == figures(internal_ratings.capital(pd_terms(pd), book, BASEL_II)).tobytes()


@given(CLAIMS)
def test_capital_is_missing_exactly_where_something_lacks(claims):
    pd, book = columns(claims)
    terms = pd_terms(pd)

    assert np.isnan(internal_ratings.capital(terms, book, BASEL_II).rwa).tolist() == (internal_ratings.lacks(terms, book) != 0).tolist()


@given(PDS, PDS, st.sampled_from([Segment.MORTGAGE, Segment.REVOLVING]), st.floats(0.01, 1))
def test_where_the_correlation_is_fixed_loss_under_stress_grows_with_the_pd(one, other, segment, lgd):
    found = asked([min(one, other), max(one, other)], segment, lgd)
    under_stress = found.k + found.expected_loss

    assert under_stress[0] <= under_stress[1] + 1e-12


@given(st.floats(0.0003, 0.27), st.floats(0.0003, 0.27), st.floats(0.01, 1), st.floats(1, 5), st.floats(0, 60))
def test_the_corporate_weight_grows_with_the_pd_up_to_twenty_seven_percent(one, other, lgd, maturity, turnover):
    pair = [min(one, other), max(one, other)]
    found = asked(pair * 2, [Segment.CORPORATE] * 2 + [Segment.SME] * 2, lgd, maturity=maturity, turnover=turnover)

    assert found.risk_weight[0] <= found.risk_weight[1] + 1e-12
    assert found.risk_weight[2] <= found.risk_weight[3] + 1e-12


def test_the_corporate_weight_falls_again_near_default():
    weights = asked([0.2, 0.6, 0.99], Segment.CORPORATE).risk_weight

    assert weights[0] > weights[1] > weights[2]


@given(PDS, st.integers(0, 5), st.floats(0.001, 1), st.floats(1, 5), st.floats(0, 60))
def test_capital_lies_between_nothing_and_the_whole_loss_for_claims_of_a_year(pd, segment, lgd, maturity, turnover):
    found = asked(pd, segment, lgd, maturity=1.0, turnover=turnover)

    assert 0.0 <= found.k[0] <= lgd
    assert found.k[0] <= asked(pd, segment, lgd, maturity=maturity, turnover=turnover).k[0] + 1e-15


@given(PDS, st.integers(0, 5), st.floats(0.001, 1), st.integers(0, 40))
def test_money_in_another_unit_changes_amounts_and_no_share(pd, segment, lgd, power):
    whole, scaled = asked(pd, segment, lgd, 3.7, turnover=20.0), asked(pd, segment, lgd, 3.7 * 2.0**power, turnover=20.0)

    assert scaled.risk_weight[0] == whole.risk_weight[0]
    assert (scaled.rwa[0], scaled.expected_loss[0]) == (whole.rwa[0] * 2.0**power, whole.expected_loss[0] * 2.0**power)


def test_the_codes_are_what_a_stored_column_says():
    assert [one.value for one in Segment] == [-1, 0, 1, 2, 3, 4, 5]
    assert [one.value for one in Lacks] == [1, 2, 4, 8, 16, 32, 64]


def test_of_two_unknown_segments_the_first_is_named():
    with pytest.raises(Impossible) as refused:
        internal_ratings.exposures([0, 7, 9], 0.45, 1.0)

    assert facts_of(refused.value) == {"field": "segment", "value": 7, "accepted": "-1 to 5", "place": 1}
