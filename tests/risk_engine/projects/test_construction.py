"""Construction: the figures of a project that is being built, the bounds of each finding, and the switch at completion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from risk_engine.checks import Impossible
from risk_engine.days import ONE_DAY
from risk_engine.projects import construction
from risk_engine.projects import construction_figures as figures
from risk_engine.projects.construction import Calendar, Finding, Phase
from risk_engine.projects.project_policy import Construction

NAN, NAT = math.nan, "NaT"
POLICY = Construction(drawn_ahead=(0.05, 0.10), overrun=(0.05, 0.15), delay_days=(30, 90), dsra_months=(6, 3))
DAY = np.datetime64("2026-06-30")

# 1,000 to build, 300 of it equity, which is spent, and 700 of it lent, half of which is drawn and spent; half is built
ON_TRACK = {
    "progress": 0.5,
    "drawn": 350.0,
    "loan": 700.0,
    "spent": 650.0,
    "cost_to_complete": 350.0,
    "budget": 1000.0,
    "equity": 300.0,
    "equity_paid": 300.0,
    "dsra": 50.0,
    "debt_service": 100.0,
}
PLANNED = {"planned": "2027-06-30", "forecast": NAT, "long_stop": "2027-12-31", "completed": NAT, "guaranteed_until": "2028-06-30"}


def calendar(*rows) -> Calendar:
    rows = [PLANNED | row for row in rows or ({},)]
    return Calendar(**{name: np.array([row[name] for row in rows], dtype="datetime64[D]") for name in PLANNED})


def columns(*rows) -> dict[str, np.ndarray]:
    return {name: np.array([(ON_TRACK | row)[name] for row in rows]) for name in ON_TRACK}


def watched(*, equity_first=True, dates=None, day=DAY, **facts) -> construction.Watched:
    return construction.watch(POLICY, columns(facts), np.array([equity_first]), calendar(dates or {}), day)


def found(**facts) -> tuple[Finding, Finding]:
    one = watched(**facts)
    assert (one.amber.dtype, one.red.dtype, one.phases.dtype) == (np.int32, np.int32, np.int8)
    return Finding(int(one.amber[0])), Finding(int(one.red[0]))


# --- figures -------------------------------------------------------------------------------------------------------------


def of(compute, *values) -> float:
    return round(float(compute(*(np.array([value], dtype=np.float64) for value in values))[0]), 9)


def test_the_figures_of_a_project_by_hand():
    assert of(figures.drawn_ahead, 420, 700, 0.5) == 0.1
    assert of(figures.cost_overrun, 600, 550, 1000) == 0.15
    assert of(figures.cost_overrun, 400, 500, 1000) == -0.1
    # 500 to pay, 350 of the loan and 100 of the equity still to come
    assert of(figures.funding_gap, 500, 700, 350, 300, 200) == 50
    # more drawn or paid than was committed pays for nothing else
    assert of(figures.funding_gap, 500, 700, 800, 300, 400) == 500
    assert of(figures.equity_first_behind, 300, 250, 1) == 50
    assert of(figures.equity_first_behind, 300, 350, 1) == 0
    assert of(figures.equity_first_behind, 300, 0, 0) == 0
    assert of(figures.pro_rata_behind, 300, 100, 350, 700) == 50
    assert of(figures.pro_rata_behind, 300, 200, 350, 700) == 0
    assert of(figures.dsra_months, 50, 100) == 6


@pytest.mark.parametrize("name", list(figures.MEASURES))
def test_a_figure_needs_all_that_it_is_made_of(name):
    measure = figures.MEASURES[name]

    assert not np.isnan(measure.of(columns({}))).any()
    for one in measure.inputs:
        lacking = columns({one: NAN})
        assert np.isnan(measure.of(lacking)).all(), one
        assert measure.lacks(lacking, 0) == (one,)


def test_equity_that_nobody_knows_of_is_not_behind_nothing():
    assert math.isnan(of(figures.equity_first_behind, NAN, 0, 0))
    assert math.isnan(of(figures.equity_first_behind, 300, NAN, 0))


def test_the_figures_are_named_with_their_units():
    assert {name: one.unit for name, one in figures.MEASURES.items()} == {
        "drawn_ahead": "percent",
        "cost_overrun": "percent",
        "funding_gap": "amount",
        "equity_first_behind": "amount",
        "pro_rata_behind": "amount",
        "dsra_months": "number",
    }
    assert [one.name for one in figures.MEASURES.values() if one.better == "high"] == ["dsra_months"]
    assert {one.better for one in figures.MEASURES.values()} == {"low", "high"}
    assert sorted(figures.AMOUNTS + figures.SHARES) == sorted(ON_TRACK)


# --- phases and dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("completed", "phase"),
    [(NAT, Phase.CONSTRUCTION), ("2026-07-01", Phase.CONSTRUCTION), ("2026-06-30", Phase.OPERATION), ("2025-01-01", Phase.OPERATION)],
)
def test_the_phase_switches_on_the_day_of_completion(completed, phase):
    assert construction.phases(calendar({"completed": completed}), DAY).tolist() == [phase]


def test_what_has_no_dates_is_in_no_phase():
    bare = {"planned": NAT, "forecast": NAT, "completed": NAT}

    assert construction.phases(calendar(bare), DAY).tolist() == [Phase.NONE]
    assert construction.phases(calendar(bare | {"forecast": "2027-01-01"}), DAY).tolist() == [Phase.CONSTRUCTION]
    assert construction.phases(calendar(bare | {"planned": "2027-01-01"}), DAY).tolist() == [Phase.CONSTRUCTION]
    assert construction.phases(calendar(bare | {"completed": "2027-01-01"}), DAY).tolist() == [Phase.CONSTRUCTION]
    # nothing is asked of it
    assert found(dates=bare, progress=0.0, drawn=700.0, dsra=0.0) == (Finding(0), Finding(0))


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, "2027-06-30"),
        ({"forecast": "2027-08-01"}, "2027-08-01"),
        ({"forecast": "2026-01-01"}, "2026-06-30"),
        ({"planned": "2026-01-01"}, "2026-06-30"),
        ({"completed": "2026-01-01"}, "2026-01-01"),
        ({"completed": "2026-06-30"}, "2026-06-30"),
        ({"completed": "2027-01-01"}, "2027-06-30"),
        ({"planned": NAT}, "NaT"),
    ],
)
def test_what_has_not_come_by_today_comes_today_at_the_earliest(dates, expected):
    assert construction.expected_completion(calendar(dates), DAY).astype(str).tolist() == [expected]


# --- findings ------------------------------------------------------------------------------------------------------------


def test_a_project_on_track_has_no_findings():
    assert found() == (Finding(0), Finding(0))
    assert watched().phases.tolist() == [Phase.CONSTRUCTION]
    assert watched().figures["delay_days"].tolist() == [0.0]


@pytest.mark.parametrize(
    ("facts", "amber", "red"),
    [
        ({"drawn": 384.0}, Finding(0), Finding(0)),
        ({"drawn": 385.0}, Finding.DRAWN_AHEAD, Finding(0)),
        ({"drawn": 419.0}, Finding.DRAWN_AHEAD, Finding(0)),
        ({"drawn": 420.0}, Finding(0), Finding.DRAWN_AHEAD),
        ({"spent": 1049.0}, Finding(0), Finding(0)),
        ({"spent": 1050.0}, Finding.OVERRUN, Finding(0)),
        ({"spent": 1149.0}, Finding.OVERRUN, Finding(0)),
        ({"spent": 1150.0}, Finding(0), Finding.OVERRUN),
    ],
)
def test_drawdown_and_cost_have_reached_a_bound_that_they_stand_on(facts, amber, red):
    # all is spent, so that there is no gap in the funding
    assert found(**({"spent": 1000.0, "cost_to_complete": 0.0} | facts)) == (amber, red)


@pytest.mark.parametrize(
    ("forecast", "amber", "red"),
    [
        ("2027-07-29", Finding(0), Finding(0)),
        ("2027-07-30", Finding.DELAYED, Finding(0)),
        ("2027-09-27", Finding.DELAYED, Finding(0)),
        ("2027-09-28", Finding(0), Finding.DELAYED),
        ("2027-12-31", Finding(0), Finding.DELAYED),
        ("2028-01-01", Finding(0), Finding.DELAYED | Finding.PAST_LONG_STOP),
        ("2028-06-30", Finding(0), Finding.DELAYED | Finding.PAST_LONG_STOP),
        ("2028-07-01", Finding(0), Finding.DELAYED | Finding.PAST_LONG_STOP | Finding.GUARANTEE_LAPSES),
    ],
)
def test_completion_slips_past_the_plan_the_long_stop_and_the_guarantee(forecast, amber, red):
    assert found(dates={"forecast": forecast}) == (amber, red)


def test_who_has_no_long_stop_and_no_guarantee_cannot_miss_them():
    late = {"forecast": "2029-01-01", "long_stop": NAT, "guaranteed_until": NAT}

    assert found(dates=late) == (Finding(0), Finding.DELAYED)


def test_money_that_is_not_there_is_a_gap_from_the_first_cent():
    # 350 of the loan is undrawn, all of the equity is paid
    assert found() == (Finding(0), Finding(0))
    assert found(cost_to_complete=350.004) == (Finding(0), Finding(0))
    assert found(cost_to_complete=350.01) == (Finding(0), Finding.FUNDING_GAP)


def test_equity_comes_first_or_in_step_as_was_agreed():
    behind = {"equity_paid": 150.0, "cost_to_complete": 0.0}

    assert found(**behind) == (Finding(0), Finding.EQUITY_BEHIND)
    assert found(**behind, equity_first=False) == (Finding(0), Finding(0))
    assert found(**(behind | {"equity_paid": 149.99}), equity_first=False) == (Finding(0), Finding.EQUITY_BEHIND)
    assert found(**(behind | {"equity_paid": 149.996}), equity_first=False) == (Finding(0), Finding(0))
    # before anything is drawn nothing is behind
    assert found(**(behind | {"drawn": 0.0, "equity_paid": 0.0})) == (Finding(0), Finding(0))


@pytest.mark.parametrize(
    ("dsra", "amber", "red"),
    [
        (50.0, Finding(0), Finding(0)),
        (49.9, Finding.RESERVE_SHORT, Finding(0)),
        (25.0, Finding.RESERVE_SHORT, Finding(0)),
        (24.9, Finding(0), Finding.RESERVE_SHORT),
        (0.0, Finding(0), Finding.RESERVE_SHORT),
        (NAN, Finding(0), Finding(0)),
    ],
)
def test_the_reserve_account_holds_six_months_of_debt_service_in_operation(dsra, amber, red):
    assert found(dsra=dsra, dates={"completed": "2026-01-01"}) == (amber, red)
    assert found(dsra=dsra) == (Finding(0), Finding(0))


def test_in_operation_nothing_of_the_building_is_asked():
    everything = {"drawn": 700.0, "progress": 0.1, "spent": 2000.0, "equity_paid": 0.0, "cost_to_complete": 900.0}
    late = {"forecast": "2029-01-01"}

    assert found(**everything, dates=late)[1] == ~Finding.RESERVE_SHORT
    assert found(**everything, dates=late | {"completed": "2026-06-30"}) == (Finding(0), Finding(0))


@pytest.mark.parametrize("name", ["progress", "drawn", "loan", "spent", "budget", "dsra", "debt_service"])
def test_what_is_missing_finds_nothing_and_is_shown_as_missing(name):
    amber, red = found(**{name: NAN})

    assert (amber, red) == (Finding(0), Finding(0))
    assert any(np.isnan(values).all() for values in watched(**{name: NAN}).figures.values())


def test_a_delay_without_a_plan_is_not_known():
    assert np.isnan(watched(dates={"planned": NAT, "forecast": "2027-01-01"}).figures["delay_days"]).all()


@pytest.mark.parametrize(("name", "value"), [("progress", 1.1), ("progress", -0.1), *((name, -1.0) for name in figures.AMOUNTS)])
def test_what_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(Impossible) as refused:
        watched(**{name: value})

    assert refused.value.field == name


# --- laws ----------------------------------------------------------------------------------------------------------------

MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100) | st.just(NAN)
ROWS = st.fixed_dictionaries({"progress": st.floats(0, 1) | st.just(NAN), **dict.fromkeys(figures.AMOUNTS, MONEY)})
DATES = st.fixed_dictionaries(
    dict.fromkeys(PLANNED, st.integers(0, 1500).map(lambda after: str(np.datetime64("2025-01-01") + after * ONE_DAY)) | st.just(NAT))
)


@given(st.lists(st.tuples(ROWS, DATES, st.booleans()), min_size=1, max_size=6))
def test_one_alone_is_the_same_as_in_a_batch_bit_for_bit(rows):
    facts, dates, first = zip(*rows, strict=True)
    batch = construction.watch(POLICY, columns(*facts), np.array(first), calendar(*dates), DAY)

    for place in range(len(rows)):
        alone = construction.watch(POLICY, columns(facts[place]), np.array([first[place]]), calendar(dates[place]), DAY)
        assert (alone.phases[0], alone.amber[0], alone.red[0]) == (batch.phases[place], batch.amber[place], batch.red[place])
        for name, values in alone.figures.items():
            assert values.tobytes() == batch.figures[name][place].tobytes()
        # nothing is amber and red at once
        assert not alone.amber[0] & alone.red[0]


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_progress_never_makes_drawdown_look_worse(one, other):
    less, more = sorted((one, other))

    def badness(progress):
        amber, red = found(progress=progress)
        return (Finding.DRAWN_AHEAD in amber) + 2 * (Finding.DRAWN_AHEAD in red)

    assert badness(more) <= badness(less)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"drawn_ahead": (0.1, 0.1)}, "drawn_ahead: red must lie above amber"),
        ({"overrun": (0.2, 0.1)}, "overrun: red must lie above amber"),
        ({"delay_days": (90, 90)}, "delay_days: red must lie above amber"),
        ({"dsra_months": (3, 3)}, "dsra_months: red must lie below amber"),
        ({"dsra_months": (3, 6)}, "dsra_months: red must lie below amber"),
        ({"overrun": (-0.1, 0.1)}, "greater than or equal to 0"),
        ({"drawn_ahead": (0.1, 1.1)}, "less than or equal to 1"),
        ({"dsra_months": (60.5, 3)}, "less than or equal to 60"),
        ({"dsra_months": (6, -0.5)}, "greater than or equal to 0"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(wrong, said):
    with pytest.raises(ValidationError, match=said):
        Construction(**(POLICY.model_dump() | wrong))


def test_a_hair_of_a_binary_fraction_reaches_a_bound_and_a_real_distance_does_not():
    # half of the loan is drawn
    assert found(progress=0.45 + 4e-13)[0] is Finding.DRAWN_AHEAD
    assert found(progress=0.45 + 6e-13)[0] is Finding(0)


def test_the_codes_are_what_storage_may_rely_on():
    assert [(one.name, one.value) for one in Phase] == [("NONE", 0), ("CONSTRUCTION", 1), ("OPERATION", 2)]
    assert [one.value for one in Finding] == [2**place for place in range(8)]
