"""A whole book at once: the packaged master scale, what is not computable and why, and one alone as among many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.exchange import Conversion
from risk_engine.grading import Grade
from risk_engine.scoring import Facilities, Facts, Ratings, Scores, Troubles, score
from storage import policies

SCORING = policies.read(None).scoring
NAN = math.nan
PUBLISHED = {
    "AA": 0.02, "AA-": 0.03, "A+": 0.05, "A": 0.06, "A-": 0.07, "BBB+": 0.12, "BBB": 0.17, "BBB-": 0.26, "BB+": 0.36,
    "BB": 0.58, "BB-": 1.05, "B+": 2.15, "B": 3.89, "B-": 7.49, "CCC": 26.78,
}  # fmt: skip


def texts(values) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def days(count: int) -> np.ndarray:
    return np.full(count, "2026-09-30", dtype="datetime64[D]")


def places(values) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def ratings(*rows) -> Ratings:
    """Each as (owner, agency, scale, letter)."""
    owner, agencies, scales, letters = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Ratings(places(owner), places(range(1, len(rows) + 1)), texts(agencies), texts(scales), texts(letters), days(len(rows)))


def facilities(*rows) -> Facilities:
    """Each as (owner, kind, currency, limit, outstanding, ccf, lgd, seniority, days past due)."""
    owner, kinds, currencies, *figures = zip(*rows, strict=True) if rows else ((),) * 9
    limits, drawn, ccf, lgd, seniority, late = figures
    numbers = [np.array(column, dtype=np.float64) for column in (limits, drawn, ccf, lgd, late)]
    names = texts([f"F{n}" for n in range(len(rows))])
    return Facilities(places(owner), names, texts(kinds), texts(currencies), *numbers[:4], texts(seniority), numbers[4], days(len(rows)))


def troubles(*rows) -> Troubles:
    """Each as (owner, number, badness)."""
    owner, numbers, badness = zip(*rows, strict=True) if rows else ((), (), ())
    worst = np.array(badness, dtype=np.float64)
    return Troubles(places(owner), places(numbers), worst, worst, days(len(rows)))


def scored(customers: int, rated=(), lent=(), breaches=(), threats=(), rates=None) -> Scores:
    ids = texts([f"C{n:03}" for n in range(customers)])
    worth = {"EUR": Conversion(1.0)} | {currency: Conversion(factor) for currency, factor in (rates or {}).items()}
    return score(SCORING, Facts(ids, ratings(*rated), facilities(*lent), troubles(*breaches), troubles(*threats), worth))


LOAN = (0, "term_loan", "EUR", 1000.0, 600.0, NAN, NAN, "senior", 0)


@pytest.mark.parametrize(("letter", "percent"), PUBLISHED.items())
def test_each_notch_has_its_published_pd_or_the_floor(letter, percent):
    result = scored(1, [(0, "S&P", "global", letter)])

    assert round(result.pd[0] * 100, 2) == max(percent, 0.05)


def test_figures_come_from_the_policy_where_a_facility_has_none():
    result = scored(1, [(0, "S&P", "global", "BB")], [LOAN])

    assert (result.ead[0], result.lgd[0]) == (760.0, 0.40)
    assert result.expected_loss[0] == round(0.0058 * 0.40 * 760, 2)
    assert result.missing[0] == ""


def test_a_facilitys_own_figures_count_before_the_policys():
    result = scored(1, [(0, "internal", "internal", "BB")], [(0, "revolver", "USD", 1000.0, 0.0, 0.5, 0.2, None, 0)], rates={"USD": 0.8})

    assert (result.ead[0], result.lgd[0], result.expected_loss[0]) == (400.0, 0.2, round(0.0058 * 0.2 * 400, 2))


def test_the_loss_given_default_is_weighted_by_exposure():
    junior = (0, "bond", "EUR", 240.0, 240.0, NAN, NAN, "subordinated", 0)

    assert scored(1, [(0, "S&P", "global", "BB")], [LOAN, junior]).lgd[0] == pytest.approx((0.4 * 760 + 0.75 * 240) / 1000)


def test_a_missing_rate_is_named_and_never_taken_as_one():
    result = scored(1, [(0, "S&P", "global", "BB")], [LOAN, (0, "term_loan", "JPY", 10.0, 10.0, NAN, NAN, "senior", 0)])

    assert np.isnan([result.ead[0], result.expected_loss[0]]).all()
    assert result.missing[0] == "rate:JPY"


@pytest.mark.parametrize(
    ("agency", "scale", "letter"),
    [("CCXI", "domestic", "AA"), ("S&P", "domestic", "AA"), ("Moody's", "global", "Ba1"), ("S&P", "global", "XX")],
)
def test_a_letter_on_no_master_scale_is_not_computable_and_named(agency, scale, letter):
    result = scored(1, [(0, agency, scale, letter)], [LOAN])

    assert np.isnan([result.pd[0], result.expected_loss[0]]).all()
    assert result.ead[0] == 760.0
    assert result.missing[0] == f"letter:{letter} ({agency})"
    assert result.grades[0] == Grade.MEDIUM


def test_whoever_has_nothing_on_record_is_not_low_and_has_no_figures():
    result = scored(1)

    assert result.grades[0] == Grade.MEDIUM
    assert np.isnan([result.pd[0], result.lgd[0], result.ead[0], result.expected_loss[0]]).all()
    assert result.missing[0] == "rating\nfacilities"


def test_a_default_letter_is_certain_and_critical():
    result = scored(1, [(0, "S&P", "global", "d")])

    assert (result.pd[0], result.grades[0]) == (1.0, Grade.CRITICAL)


@pytest.mark.parametrize(
    ("more", "grade"),
    [
        ({}, Grade.LOW),
        ({"breaches": [(0, 8, 1)]}, Grade.MEDIUM),
        ({"breaches": [(0, 8, 1), (0, 9, 2)]}, Grade.HIGH),
        ({"threats": [(0, 17, 2)]}, Grade.MEDIUM),
        ({"threats": [(0, 17, 3)]}, Grade.HIGH),
        ({"threats": [(0, 17, 3), (0, 18, 4)]}, Grade.CRITICAL),
        ({"lent": [(*LOAN[:8], 30)]}, Grade.MEDIUM),
        ({"lent": [(*LOAN[:8], 31)]}, Grade.HIGH),
        ({"lent": [(*LOAN[:8], 90)]}, Grade.CRITICAL),
    ],
)
def test_the_worst_driver_makes_the_grade(more, grade):
    assert scored(1, [(0, "S&P", "global", "A")], **more).grades[0] == grade


def test_a_driver_says_what_it_is_from():
    result = scored(1, [(0, "S&P", "global", "A")], [(*LOAN[:8], 31)], [(0, 8, 1), (0, 9, 2)], [(0, 17, 3)])

    assert {driver.name: driver.references[0] for driver in result.drivers if driver.grades[0]} == {
        "pd": "1", "days_past_due": "F0", "breach": "B-9", "threat": "R-17",
    }  # fmt: skip


RATED = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["S&P", "Moody's", "internal"]), st.just("global"), st.sampled_from(["A", "B", "D"]))
)
LENT = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["term_loan", "revolver"]),
        st.sampled_from(["EUR", "USD", "JPY"]),
        st.integers(0, 10**10).map(float),
        st.integers(0, 10**10).map(float),
        st.sampled_from([NAN, 0.5]),
        st.sampled_from([NAN, 0.3]),
        st.sampled_from([None, "senior"]),
        st.sampled_from([NAN, 0.0, 40.0]),
    ),
    max_size=12,
)


@given(RATED, LENT)
def test_one_alone_is_scored_as_among_many(rated, lent):
    together = scored(4, rated, lent, rates={"USD": 0.9})

    for each in range(4):
        alone = scored(
            1, [(0, *row[1:]) for row in rated if row[0] == each], [(0, *row[1:]) for row in lent if row[0] == each], rates={"USD": 0.9}
        )
        for name in ("grades", "pd", "lgd", "ead", "expected_loss", "missing"):
            np.testing.assert_array_equal(getattr(alone, name)[0], getattr(together, name)[each])


@given(LENT, st.randoms(use_true_random=False))
def test_the_order_of_facilities_changes_nothing(lent, random):
    first, second = scored(4, (), lent), scored(4, (), random.sample(lent, len(lent)))

    np.testing.assert_array_equal(first.ead, second.ead)
    np.testing.assert_array_equal(first.grades, second.grades)


@given(LENT.map(lambda rows: [(*row[:2], "USD", *row[3:]) for row in rows]))
def test_a_hundred_times_the_rate_is_a_hundred_times_the_exposure(lent):
    low, high = scored(4, (), lent, rates={"USD": 1.0}), scored(4, (), lent, rates={"USD": 100.0})

    np.testing.assert_allclose(high.ead, low.ead * 100, rtol=1e-9, atol=10)
