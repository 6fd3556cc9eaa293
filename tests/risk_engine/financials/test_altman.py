"""Altman's Z-scores: the values that are printed, every coefficient alone, and what the scores are made of."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.financials import altman
from risk_engine.financials.altman import PARTS
from risk_engine.measure import table

NAN = math.nan
SCORES = table(altman.SCORES)
TEXTBOOK = (0.10, 0.20, 0.13, 0.65, 0.95)
COEFFICIENTS = {
    altman.z: ("1.2", "1.4", "3.3", "0.6", "1.0"),
    altman.z_prime: ("0.717", "0.847", "3.107", "0.420", "0.998"),
    altman.z_double_prime: ("6.56", "3.26", "6.72", "1.05"),
}


def column(*values) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def of(formula, parts) -> float:
    return float(formula(*(column(part) for part in parts))[0])


def test_the_printed_example_of_the_first_model():
    assert f"{of(altman.z, (0.34, 0.15, 0, 0.80, 1.6)):.3f}" == "2.698"


def test_one_firm_by_all_models():
    assert of(altman.z, TEXTBOOK) == pytest.approx(2.1690, abs=1e-12)
    assert of(altman.z_prime, TEXTBOOK) == pytest.approx(1.86611, abs=1e-12)
    assert of(altman.z_double_prime, TEXTBOOK[:4]) == pytest.approx(2.8641, abs=1e-12)
    assert of(altman.z_double_prime_em, TEXTBOOK[:4]) == pytest.approx(6.1141, abs=1e-12)


@pytest.mark.parametrize("formula", COEFFICIENTS, ids=lambda formula: formula.__name__)
def test_each_ratio_counts_with_its_own_coefficient(formula):
    for place, coefficient in enumerate(COEFFICIENTS[formula]):
        alone = [0.0] * len(COEFFICIENTS[formula])
        alone[place] = 1.0

        assert of(formula, alone) == float(coefficient)


def test_the_form_for_emerging_markets_stands_at_its_constant_when_every_ratio_is_0():
    assert of(altman.z_double_prime_em, (0, 0, 0, 0)) == 3.25


parts = st.floats(-50, 50)


@given(st.tuples(*[parts] * 5))
def test_the_sums_are_those_of_exact_arithmetic(xs):
    for formula, coefficients in COEFFICIENTS.items():
        exact = sum((Fraction(c) * Fraction(x) for c, x in zip(coefficients, xs, strict=False)), Fraction(0))

        assert of(formula, xs[: len(coefficients)]) == pytest.approx(float(exact), rel=1e-12, abs=1e-12)


# --- from statements -----------------------------------------------------------------------------------------------------

FIRM = {
    "current_assets": 500.0,
    "current_liabilities": 400.0,
    "total_assets": 1000.0,
    "retained_earnings": 200.0,
    "ebit": 130.0,
    "equity": 390.0,
    "market_equity": 450.0,
    "total_liabilities": 600.0,
    "revenue": 950.0,
}


def firm(**changes) -> dict[str, np.ndarray]:
    return {name: column(value) for name, value in (FIRM | changes).items()}


def test_the_five_ratios_of_a_firm():
    assert {name: float(part.of(firm())[0]) for name, part in PARTS.items()} == {
        "x1": 0.10,
        "x2": 0.20,
        "x3": 0.13,
        "x4": 0.65,
        "x4_market": 0.75,
        "x5": 0.95,
    }


def test_the_scores_of_a_firm_use_its_market_value_in_the_first_model_alone():
    assert SCORES["z"].of(firm())[0] == pytest.approx(2.1690 + 0.6 * 0.10)
    assert SCORES["z_prime"].of(firm())[0] == pytest.approx(1.86611)
    assert SCORES["z_double_prime"].of(firm())[0] == pytest.approx(2.8641)
    assert SCORES["z_double_prime_em"].of(firm())[0] == pytest.approx(6.1141)


BOOK = ("current_assets", "current_liabilities", "total_assets", "retained_earnings", "ebit", "equity", "total_liabilities")
NEEDED = {
    "z": (*BOOK[:5], "market_equity", "total_liabilities", "revenue"),
    "z_prime": (*BOOK, "revenue"),
    "z_double_prime": BOOK,
    "z_double_prime_em": BOOK,
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_score_names_what_it_needs_and_what_it_lacks(name):
    assert SCORES[name].inputs == NEEDED[name]
    for needed in FIRM:
        without = firm(**{needed: NAN})
        needs = needed in NEEDED[name]

        assert math.isnan(SCORES[name].of(without)[0]) == needs
        assert SCORES[name].lacks(without, 0) == ((needed,) if needs else ())


@pytest.mark.parametrize("amount", [0.0, -1.0])
@pytest.mark.parametrize("name", ["total_assets", "total_liabilities"])
def test_a_firm_without_assets_or_liabilities_is_not_computable(name, amount):
    assert all(math.isnan(score.of(firm(**{name: amount}))[0]) for score in SCORES.values())


def test_every_part_and_score_says_where_it_is_from_what_it_is_and_which_side_is_good():
    assert {(part.unit, part.better) for part in PARTS.values()} == {("ratio", "high")}
    assert {(score.unit, score.better) for score in SCORES.values()} == {("score", "high")}
    assert all(one.source for one in (*PARTS.values(), *SCORES.values()))


# whole cents, as money is
amounts = st.one_of(st.just(NAN), st.integers(-(10**8), 10**11).map(lambda cents: cents / 100))
batches = st.lists(st.fixed_dictionaries(dict.fromkeys(FIRM, amounts)), min_size=1, max_size=10)


def columns(batch) -> dict[str, np.ndarray]:
    return {name: column(*(row[name] for row in batch)) for name in FIRM}


@given(batches)
def test_one_alone_is_scored_as_among_many(batch):
    for score in SCORES.values():
        together = score.of(columns(batch))
        for place, row in enumerate(batch):
            assert score.of(columns([row])).tobytes() == together[place].tobytes()


@given(st.fixed_dictionaries(dict.fromkeys(FIRM, st.floats(1, 1e6))), st.integers(-30, 30))
def test_the_scores_do_not_depend_on_the_currency(row, power):
    # by a power of two, so that not a bit is rounded otherwise
    scaled = {name: value * 2.0**power for name, value in row.items()}

    for score in SCORES.values():
        assert score.of(columns([row])).tobytes() == score.of(columns([scaled])).tobytes()


@given(
    st.fixed_dictionaries(dict.fromkeys(FIRM, st.floats(1, 1e6))),
    st.sampled_from(["current_assets", "retained_earnings", "ebit", "equity", "market_equity", "revenue"]),
    st.floats(0, 1e6),
)
def test_more_of_what_is_good_never_lowers_a_score(row, name, more):
    better = row | {name: row[name] + more}

    for score in SCORES.values():
        assert score.of(columns([better]))[0] >= score.of(columns([row]))[0] - 1e-9
