"""Project finance: the printed figures of the standard, the laws of present values, and what is missing."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.checks import Impossible
from risk_engine.financials.ratios import RatioStatus, cfads
from risk_engine.projects import project

NAN = math.nan
FIVE, EIGHT = np.full((5, 1), 130.0), np.full((8, 1), 130.0)
RATES = st.floats(0, 0.5, allow_subnormal=False)
# amounts are in hundredths
FLOWS = st.lists(st.integers(-(10**11), 10**11).map(lambda cents: cents / 100), min_size=6, max_size=6)


def test_the_cash_flow_available_for_debt_service_is_what_tax_investment_and_working_capital_leave():
    # EBITDA 200, tax 30, capex 25, working capital up by 15
    flow = cfads(np.array([[200.0]]), np.array([[30.0]]), np.array([[25.0]]), np.array([[15.0]]))

    assert flow.tolist() == [[130.0]]


# --- the printed figures -------------------------------------------------------------------------------------------------


def test_five_payments_at_eight_percent_are_worth_what_is_printed():
    assert round(project.present_value(FIVE, 0.08, 5)[0], 6) == 519.052305


def test_the_loan_life_cover_is_as_printed():
    found = project.llcr(FIVE, 0.08, 400, 5)

    assert round(found.values[0], 6) == 1.297631
    assert found.standing.tolist() == [RatioStatus.COMPUTED]


def test_the_project_life_cover_of_eight_years_is_as_printed():
    assert round(project.plcr(EIGHT, 0.08, 400, 8).values[0], 6) == 1.867658


def test_of_a_longer_projection_the_loans_life_counts_alone():
    assert project.llcr(EIGHT, 0.08, 400, 5).values[0] == project.llcr(FIVE, 0.08, 400, 5).values[0]


def test_level_debt_service_and_its_cover_are_as_printed():
    service = project.level_debt_service(400, 0.08, 5)
    found = project.dscr(FIVE, np.full((5, 1), service[0]))

    assert round(service[0], 6) == 100.182582
    assert round(found.minimum[0], 6) == 1.297631
    assert round(found.average[0], 6) == 1.297631


@given(st.floats(1, 1e9), st.floats(0.001, 0.5), st.integers(1, 40), st.floats(1, 1e9))
def test_for_level_service_at_the_same_rate_llcr_is_dscr(debt, rate, periods, flow):
    cash = np.full((periods, 1), flow)
    service = np.full((periods, 1), project.level_debt_service(debt, rate, periods)[0])

    assert project.llcr(cash, rate, debt, periods).values[0] == pytest.approx(project.dscr(cash, service).minimum[0], rel=1e-9)


# --- present value -------------------------------------------------------------------------------------------------------


@given(FLOWS, RATES, st.integers(0, 6))
def test_a_present_value_is_that_of_exact_arithmetic(flows, rate, life):
    with mpmath.workdps(40):
        exact = mpmath.fsum(mpmath.mpf(flow) / (1 + mpmath.mpf(rate)) ** (n + 1) for n, flow in enumerate(flows[:life]))

    scale = sum(map(abs, flows))
    assert project.present_value(flows, rate, life)[0] == pytest.approx(float(exact), rel=1e-12, abs=1e-12 * scale)


def test_a_flow_beyond_the_life_need_not_be_known_and_one_within_must_be():
    flows = np.array([[100.0, 100.0, 100.0], [NAN, NAN, 100.0]])

    found = project.present_value(flows, [0.0, 0.0, 0.0], [1, 2, 3])

    # the third customer's third period was never projected
    np.testing.assert_array_equal(found, [100.0, NAN, NAN])


@pytest.mark.parametrize(("rate", "life"), [(NAN, 2), (0.05, NAN)])
def test_without_a_rate_or_a_life_there_is_no_present_value(rate, life):
    found = project.llcr([100.0, 100.0], rate, 100, life)

    assert math.isnan(found.values[0])
    assert found.standing.tolist() == [RatioStatus.MISSING]


def test_without_debt_no_life_cover_is_asked_for():
    assert project.llcr([100.0], 0.05, 0, 1).standing.tolist() == [RatioStatus.NOT_APPLICABLE]
    assert project.llcr([100.0], 0.05, NAN, 1).standing.tolist() == [RatioStatus.MISSING]


def test_a_loan_that_has_no_life_left_is_covered_by_nothing():
    assert project.llcr([100.0], 0.05, 50, 0).values.tolist() == [0.0]


@given(st.lists(st.floats(0, 1e9), min_size=6, max_size=6), RATES, RATES)
def test_a_higher_rate_never_makes_inflows_worth_more(flows, one, other):
    low, high = sorted((one, other))

    assert project.present_value(flows, high, 6)[0] <= project.present_value(flows, low, 6)[0]


@given(st.lists(st.tuples(FLOWS, RATES, st.floats(1, 1e9), st.integers(0, 7)), min_size=1, max_size=12))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows):
    flows, rates, debts, lives = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    batch, service = project.llcr(flows.T, rates, debts, lives), project.level_debt_service(debts, rates, lives + 1)
    covers = project.dscr(flows.T, np.abs(flows.T[::-1]), lives)

    for place in range(len(rows)):
        flow, life = flows[place], lives[place]
        alone = project.dscr(flow, np.abs(flow[::-1]), life)
        assert project.llcr(flow, rates[place], debts[place], life).values.tobytes() == batch.values[place].tobytes()
        assert project.level_debt_service(debts[place], rates[place], life + 1).tobytes() == service[place].tobytes()
        assert alone.minimum.tobytes() == covers.minimum[place].tobytes()
        assert alone.average.tobytes() == covers.average[place].tobytes()
        assert alone.minimum_period[0] == covers.minimum_period[place]


# --- debt service cover --------------------------------------------------------------------------------------------------


def test_the_lowest_cover_the_mean_and_the_period_of_the_lowest():
    # a year of grace, then 1.4, 1.1, 1.1 and 1.8
    found = project.dscr([50.0, 140.0, 110.0, 110.0, 180.0], [0.0, 100.0, 100.0, 100.0, 100.0])

    assert found.minimum.tolist() == [1.1]
    assert found.minimum_period.tolist() == [2]
    assert found.average[0] == pytest.approx((1.4 + 1.1 + 1.1 + 1.8) / 4)
    assert found.standing.tolist() == [RatioStatus.COMPUTED]
    assert found.periods.standing[:, 0].tolist() == [RatioStatus.NOT_APPLICABLE, *[RatioStatus.COMPUTED] * 4]
    assert found.periods.values[1, 0] == 1.4


def test_what_comes_after_the_loans_life_does_not_count():
    cash = np.array([[140.0, 140.0], [120.0, 120.0], [90.0, NAN]])
    found = project.dscr(cash, np.full((3, 2), 100.0), [2, 2])

    assert found.minimum.tolist() == [1.2, 1.2]
    assert found.minimum_period.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("cash", "service", "life", "standing"),
    [
        ([140.0, NAN], [100.0, 100.0], 2, RatioStatus.MISSING),
        ([NAN, 140.0], [100.0, 100.0], 2, RatioStatus.MISSING),
        ([140.0, 140.0], [100.0, NAN], 2, RatioStatus.MISSING),
        ([140.0, 140.0], [100.0, 100.0], 3, RatioStatus.MISSING),
        ([140.0, 140.0], [100.0, 100.0], NAN, RatioStatus.MISSING),
        ([140.0, 140.0], [0.0, 0.0], 3, RatioStatus.MISSING),
        ([140.0, 140.0], [0.0, 0.0], 2, RatioStatus.NOT_APPLICABLE),
        ([140.0, 140.0], [100.0, 100.0], 0, RatioStatus.NOT_APPLICABLE),
    ],
)
def test_a_lowest_cover_that_is_not_known_is_no_figure(cash, service, life, standing):
    found = project.dscr(cash, service, life)

    assert found.standing.tolist() == [standing]
    assert found.minimum_period.tolist() == [-1]
    np.testing.assert_array_equal([found.minimum[0], found.average[0]], [NAN, NAN])


def test_a_period_in_which_nothing_is_due_needs_no_cash_flow():
    found = project.dscr([NAN, 140.0], [0.0, 100.0])

    assert found.minimum.tolist() == [1.4]
    assert found.standing.tolist() == [RatioStatus.COMPUTED]


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1, 1e6)), min_size=1, max_size=8), st.floats(1e-3, 1e3))
def test_the_lowest_is_never_above_the_mean_and_neither_depends_on_the_currency(rows, factor):
    cash, service = np.array(rows).T
    found, scaled = project.dscr(cash, service), project.dscr(cash * factor, service * factor)
    spread = 1e-9 * (1 + np.abs(found.periods.values).max())

    assert found.minimum[0] == found.periods.values.min()
    assert found.minimum[0] <= found.average[0] + spread
    assert found.average[0] == pytest.approx(found.periods.values.mean(), rel=1e-9, abs=spread)
    assert scaled.average[0] == pytest.approx(found.average[0], rel=1e-9, abs=spread)


# --- level debt service --------------------------------------------------------------------------------------------------


def test_without_interest_the_debt_is_paid_in_equal_parts():
    found = project.level_debt_service([400.0, 400.0, 400.0, NAN, 400.0], [0.0, NAN, 0.08, 0.08, 0.0], [5, 5, 1, 5, NAN])

    np.testing.assert_allclose(found, [80.0, NAN, 432.0, NAN, NAN], rtol=1e-14)


def test_one_figure_stands_for_all_customers():
    assert project.level_debt_service(400, [0.0, 0.08], 5).tolist() == pytest.approx([80.0, 100.182582], abs=1e-6)
    assert project.level_debt_service([400, 800], 0.0, 5).tolist() == [80.0, 160.0]


@given(st.floats(1, 1e9), st.floats(1e-6, 0.5), st.integers(1, 60))
def test_level_service_pays_the_debt_off_to_nothing(debt, rate, periods):
    service, left = project.level_debt_service(debt, rate, periods)[0], debt
    for _period in range(periods):
        left = left * (1 + rate) - service

    assert left == pytest.approx(0, abs=1e-9 * debt * (1 + rate) ** periods)


@pytest.mark.parametrize(
    ("compute", "field"),
    [
        (lambda: project.present_value([1.0], -0.01, 1), "rate"),
        (lambda: project.present_value([1.0], 0.01, -1), "life"),
        (lambda: project.present_value([math.inf], 0.01, 1), "cash"),
        (lambda: project.llcr([1.0], 0.01, -1, 1), "debt"),
        (lambda: project.dscr([1.0], [-1.0]), "debt_service"),
        (lambda: project.dscr([math.inf], [1.0]), "cfads"),
        (lambda: project.dscr([1.0], [1.0], -1), "life"),
        (lambda: project.level_debt_service(-1, 0.1, 1), "debt"),
        (lambda: project.level_debt_service(1, -0.1, 1), "rate"),
        (lambda: project.level_debt_service(1, 0.1, 0), "periods"),
    ],
)
def test_what_cannot_be_is_refused_by_name(compute, field):
    with pytest.raises(Impossible) as refused:
        compute()

    assert refused.value.field == field
