"""python -m bot calibrate: the fit, its tests, the proposal, and what is refused."""

from __future__ import annotations

import re

import pytest

from commands.kit.input import inline
from commands.kit.registry import registry
from risk_engine.policy.policy_change import readings
from tests.bot.conftest import Typed, brought

IDS = [f"C{place:03}" for place in range(200)]
# more debt, more defaults: of those with the least none, of those with the most 30 of 50
RATIO = {id: ("0.3", "0.6", "0.75", "0.97")[place // 50] for place, id in enumerate(IDS)}
BAD = [*IDS[50:53], *IDS[100:112], *IDS[150:180]]
FILES = {
    "customers": ["id,name", *(f"{id},Firm {id}" for id in IDS)],
    "observations": ["customer,indicator,as_of,value", *(f"{id},debt_ratio,2024-12-31,{RATIO[id]}" for id in IDS)],
    "outcomes": ["customer,event,as_of", *(f"{id},default,2025-12-31" for id in BAD)],
}


def lines(**changed: list[str]) -> dict[str, str]:
    return {kind: "\n".join(rows) + "\n" for kind, rows in (FILES | changed).items()}


@pytest.fixture
def loaded(typed: Typed) -> Typed:
    return brought(typed, lines())


def test_the_line_is_fitted_tested_and_proposed_and_nothing_is_changed(loaded: Typed):
    code, said, complained = loaded("calibrate", "--dated")

    assert (code, complained) == (0, "")
    assert said.startswith("200 customers with points on 31 Dec 2024; 45 of them defaulted by 31 Dec 2025")
    assert "The facts count by their own dates, with the values known today.\n" in said
    for shown in (
        "Line: ln(PD / (1 − PD)) = ",
        "Discrimination of the points: AUC 0.8",
        "Hosmer-Lemeshow over the grades: χ² ",
        "Jeffreys p",
    ):
        assert shown in said
    assert "In force: not calibrated on your data" in said
    assert "not calibrated on your data" in loaded("calibrate", "--dated")[1]


def test_the_proposal_is_a_command_whose_value_the_policy_takes(loaded: Typed):
    command = loaded("calibrate", "--dated")[1].splitlines()[-1]
    found = re.fullmatch(r'/risk policy scoring\.calibration "(?P<value>\{.*\})" "(?P<why>.*)"', command)
    assert found
    value = next(readings(found["value"]))
    args = inline.read(registry(), command.removeprefix("/risk ")).checked()

    assert (value["n"], value["bad"], value["source"]) == (200, 45, "outcomes from 2024-12-31 to 2025-12-31, facts by their dates")
    assert -0.2 < value["slope"] < -0.01
    assert (args.key, args.value, args.reason) == ("scoring.calibration", found["value"], found["why"])


def test_what_was_not_known_on_the_day_does_not_count(loaded: Typed):
    code, said, complained = loaded("calibrate")

    assert (code, said) == (1, "")
    assert complained.startswith(
        "Nobody was in the book on 31 Dec 2024: choose another --as-of, or --dated for a book that was loaded later."
    )


def test_too_few_bads_are_refused_with_the_policys_number(typed: Typed):
    few = brought(typed, lines(outcomes=["customer,event,as_of", *(f"{id},default,2025-12-31" for id in BAD[-29:])]))
    code, said, complained = few("calibrate", "--dated")

    assert (code, said) == (1, "")
    assert complained.startswith("29 customers with points went bad in the period: a calibration needs 30 (`validation.calibration.bads`).")


def test_points_that_rank_the_wrong_way_round_give_no_line(typed: Typed):
    wrong = brought(typed, lines(outcomes=["customer,event,as_of", *(f"{id},default,2025-12-31" for id in IDS[:40])]))

    assert wrong("calibrate", "--dated")[2].startswith("No line fits: in this book more points do not mean fewer defaults.")


def test_a_period_that_is_not_over_is_refused(loaded: Typed):
    assert "is too late: its outcomes are complete on" in loaded("calibrate", "--dated", "--as-of", "2026-06-30")[2]
