"""Ohlson's and Zmijewski's scores: printed coefficients, the house's check values, a second route, and a currency that is converted."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.financials import failure
from risk_engine.measure import table
from tests.risk_engine.refused import facts_of

NAN = math.nan
SCORES = table(failure.SCORES)
# dollars 100,000 at an index of 100 have the size ln 1,000
FIRM = {
    "total_assets": 100_000.0,
    "total_liabilities": 50_000.0,
    "current_assets": 50_000.0,
    "current_liabilities": 30_000.0,
    "net_income": 5_000.0,
    "net_income_before": 5_000.0 * 0.9 / 1.1,
    "depreciation": 2_500.0,
    "usd_rate": 1.0,
    "price_index": 100.0,
}


def columns(*rows) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in FIRM}


def ohlson(**changes) -> float:
    return float(SCORES["ohlson"].of(columns(FIRM | changes))[0])


def zmijewski(**changes) -> float:
    return float(SCORES["zmijewski"].of(columns(FIRM | changes))[0])


def test_ohlsons_score_and_probability_of_the_standards_example():
    score = ohlson()

    assert score == pytest.approx(-1.802136, abs=5e-7)
    assert failure.ohlson_probability(np.array([score]))[0] == pytest.approx(0.141591, abs=5e-7)


def test_ohlsons_constant_and_coefficients_one_by_one():
    # a size of ln 1, debts of 1 over assets of 1e9 and so on leave one term standing at a time
    base = ohlson()

    assert ohlson(price_index=100.0 / math.e) - base == pytest.approx(-0.407)
    assert ohlson(depreciation=2_500.0 + 50_000.0) - base == pytest.approx(-1.83)
    assert ohlson(current_assets=60_000.0, current_liabilities=40_000.0) - base == pytest.approx(0.0757 * (4 / 6 - 3 / 5))
    assert ohlson(current_assets=100_000.0, current_liabilities=60_000.0) - base == pytest.approx(-1.43 * 0.2)
    assert ohlson(net_income_before=5_000.0) - base == pytest.approx(0.521 * 0.1)
    # the same income over twice the change of sign: −2.37 NI/TA, −1.83 FFO/TL, two years of loss, and the change
    assert ohlson(net_income=-5_000.0, net_income_before=-5_000.0, depreciation=12_500.0) - base == pytest.approx(
        2.37 * 0.1 + 0.285 + 0.521 * 0.1
    )


def test_more_debt_than_assets_counts_and_as_much_does_not():
    def without_funds(debt):
        return ohlson(total_liabilities=debt, depreciation=-5_000.0)

    assert without_funds(100_000.0) - without_funds(50_000.0) == pytest.approx(6.03 * 0.5)
    assert without_funds(150_000.0) - without_funds(100_000.0) == pytest.approx(6.03 * 0.5 - 1.72)


@pytest.mark.parametrize(
    ("now", "before", "both", "change"),
    [(-1, -1, 1, 0), (-1, 1, 0, -1), (1, -1, 0, 1), (1, 1, 0, 0), (0, 0, 0, 0), (0, -1, 0, 1), (-1, 0, 0, -1), (-1, -3, 1, 0.5)],
)
def test_losses_of_both_years_and_the_change_of_income(now, before, both, change):
    # incomes of a dollar on 100,000; what they earn is taken back by the depreciation, and counts 1/100,000 over the assets
    found = ohlson(net_income=now, net_income_before=before, depreciation=-now)
    nothing = ohlson(net_income=0.0, net_income_before=0.0, depreciation=0.0)

    assert found - nothing == pytest.approx(0.285 * both - 0.521 * change - 2.37 * now / 100_000)


@pytest.mark.parametrize("name", FIRM)
def test_ohlsons_score_needs_each_of_its_inputs_and_says_which(name):
    without = columns(FIRM | {name: NAN})

    assert math.isnan(SCORES["ohlson"].of(without)[0])
    assert SCORES["ohlson"].lacks(without, 0) == (name,)


@pytest.mark.parametrize("name", ["total_assets", "total_liabilities", "current_assets"])
@pytest.mark.parametrize("amount", [0.0, -1.0])
def test_ohlsons_score_of_a_firm_without_assets_or_debts_is_not_computable(name, amount):
    assert math.isnan(ohlson(**{name: amount}))


@pytest.mark.parametrize("name", ["usd_rate", "price_index"])
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_rate_or_an_index_that_is_not_above_0_is_refused_by_name(name, value):
    with pytest.raises(Impossible) as refused:
        ohlson(**{name: value})

    assert facts_of(refused.value) == {"field": name, "value": value, "accepted": "above 0", "place": 0}


def test_one_rate_and_index_serve_for_everybody():
    many = columns(FIRM, FIRM | {"net_income": -1.0})
    shared = many | {"usd_rate": 1.0, "price_index": 100}

    assert SCORES["ohlson"].of(shared).tobytes() == SCORES["ohlson"].of(many).tobytes()


AMOUNTS = [name for name in FIRM if name not in ("usd_rate", "price_index")]


@given(st.integers(-20, 20))
def test_a_converted_currency_changes_nothing_and_an_unconverted_one_does(power):
    other = {name: FIRM[name] * 2.0**power for name in AMOUNTS}

    assert ohlson(**other, usd_rate=2.0**-power) == ohlson()
    assert ohlson(**other) - ohlson() == pytest.approx(-0.407 * power * math.log(2), abs=1e-9)


money = st.floats(1, 1e9)
firms = st.fixed_dictionaries(
    {name: st.one_of(money, money.map(float.__neg__)) if "income" in name else money for name in FIRM}
    | {"usd_rate": st.floats(0.001, 10), "price_index": st.floats(50, 2000)}
)


@given(firms)
def test_ohlsons_score_by_another_route(row):
    with mpmath.workdps(40):
        real = {name: mpmath.mpf(value) for name, value in row.items()}
        now, before = real["net_income"], real["net_income_before"]
        terms = [
            mpmath.mpf("-1.32"),
            mpmath.mpf("-0.407") * mpmath.log(real["total_assets"] * real["usd_rate"] / real["price_index"]),
            mpmath.mpf("6.03") * real["total_liabilities"] / real["total_assets"],
            mpmath.mpf("-1.43") * (real["current_assets"] - real["current_liabilities"]) / real["total_assets"],
            mpmath.mpf("0.0757") * real["current_liabilities"] / real["current_assets"],
            mpmath.mpf("-1.72") if real["total_liabilities"] > real["total_assets"] else 0,
            mpmath.mpf("-2.37") * now / real["total_assets"],
            mpmath.mpf("-1.83") * (now + real["depreciation"]) / real["total_liabilities"],
            mpmath.mpf("0.285") if now < 0 and before < 0 else 0,
            mpmath.mpf("-0.521") * (now - before) / (abs(now) + abs(before)),
        ]

    assert ohlson(**row) == pytest.approx(float(mpmath.fsum(terms)), rel=0, abs=1e-14 * float(sum(map(abs, terms))))


def test_zmijewskis_coefficients_one_by_one():
    assert zmijewski(net_income=0.0, total_liabilities=0.0, current_assets=0.0) == -4.336
    assert zmijewski(net_income=100_000.0, total_liabilities=0.0, current_assets=0.0) == pytest.approx(-4.336 - 4.513)
    assert zmijewski(net_income=0.0, total_liabilities=100_000.0, current_assets=0.0) == pytest.approx(-4.336 + 5.679)
    assert zmijewski(net_income=0.0, total_liabilities=0.0, current_assets=30_000.0) == pytest.approx(-4.336 + 0.004)


def test_zmijewskis_score_and_probability_of_a_firm():
    # −4.336 − 4.513 · 0.05 + 5.679 · 0.5 + 0.004 · 5/3, and the error function's own N(x)
    score = zmijewski()
    probability = failure.zmijewski_probability(np.array([score, 0.0, NAN]))

    assert score == pytest.approx(-1.715483333, abs=1e-9)
    assert probability[0] == pytest.approx(float(mpmath.ncdf(-1.7154833333333333)), rel=1e-12)
    assert probability[1] == 0.5
    assert math.isnan(probability[2])


@pytest.mark.parametrize("name", ["net_income", "total_assets", "total_liabilities", "current_assets", "current_liabilities"])
def test_zmijewskis_score_needs_each_of_its_inputs(name):
    assert math.isnan(zmijewski(**{name: NAN}))
    assert SCORES["zmijewski"].lacks(columns(FIRM | {name: NAN}), 0) == (name,)


def test_of_both_scores_low_is_good():
    assert {(score.unit, score.better) for score in SCORES.values()} == {("score", "low")}
    assert all(score.source for score in SCORES.values())


def test_ohlsons_probability_has_its_ends_and_its_middle():
    probability = failure.ohlson_probability(np.array([-800.0, 0.0, 800.0, NAN]))

    assert probability[:3].tolist() == [0.0, 0.5, 1.0]
    assert math.isnan(probability[3])


@given(st.floats(-30, 30), st.floats(0, 10))
def test_a_higher_score_is_never_less_likely_to_fail(score, more):
    for probability in (failure.ohlson_probability, failure.zmijewski_probability):
        low, high = probability(np.array([score, score + more]))

        assert 0 <= low <= high <= 1


@given(st.lists(st.one_of(firms, firms.map(lambda row: row | {"net_income": NAN})), min_size=1, max_size=9))
def test_one_alone_is_scored_as_among_many(batch):
    for score, probability in (("ohlson", failure.ohlson_probability), ("zmijewski", failure.zmijewski_probability)):
        together = SCORES[score].of(columns(*batch))
        chances = probability(together)
        for place, row in enumerate(batch):
            alone = SCORES[score].of(columns(row))
            assert alone.tobytes() == together[place].tobytes()
            assert probability(alone).tobytes() == chances[place].tobytes()
