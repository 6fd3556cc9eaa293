"""The policy of capital refuses what contradicts itself."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from risk_engine.capital.capital_policy import CapitalRules
from tests.risk_engine import regimes
from tests.risk_engine.regimes import BASEL_III, WEIGHTS, irb, standardised

CASH = {"kind": "cash", "lgd": 0.0, "haircut": 0.0}
LAND = {"kind": "real_estate", "lgd": 0.2, "haircut": 0.4}
SIZE, MATURITY, LGD, SLOTS = BASEL_III["size"], BASEL_III["maturity"], BASEL_III["lgd"], WEIGHTS["slotting"]


def test_two_regimes_fit():
    assert regimes.rules() == CapitalRules(irb=irb(BASEL_III), standardised=standardised())
    assert irb().pd_floor.corporate == 0.0003


@pytest.mark.parametrize(
    "accepted",
    [
        {"maturity": {"shortest": 1.0, "longest": 1.0, "foundation": 1.0}},
        {"lgd": {"senior": 0.45, "senior_financial": 0.40, "subordinated": 0.45, "collateral": [LAND | {"lgd": 0.45}]}},
        {"lgd": LGD | {"collateral": [CASH, LAND | {"lgd": 0.0}]}},
        {"size": SIZE | {"reduction": 0.0}},
        {"scaling": 1.06},
        {"financial_multiplier": 1.0},
    ],
)
def test_what_lies_on_a_bound_is_accepted(accepted):
    assert irb(BASEL_III, **accepted)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"size": SIZE | {"lowest": 50.0}}, "highest must be above lowest"),
        ({"size": SIZE | {"lowest": 0.0}}, "greater than 0"),
        ({"size": SIZE | {"reduction": 0.12}}, "less than 0.12"),
        ({"maturity": MATURITY | {"foundation": 0.9}}, "between shortest and longest"),
        ({"maturity": MATURITY | {"foundation": 5.1}}, "between shortest and longest"),
        ({"lgd": LGD | {"subordinated": 0.44}}, "must not be below senior"),
        ({"lgd": LGD | {"senior": 0.76}}, "must not be below senior"),
        ({"lgd": LGD | {"collateral": [CASH, CASH]}}, "two kinds of collateral are called cash"),
        ({"lgd": LGD | {"collateral": [LAND, CASH]}}, "lowest lgd first"),
        ({"lgd": LGD | {"collateral": [CASH, LAND | {"lgd": 0.41}]}}, "none above that of a senior"),
        ({"lgd": LGD | {"collateral": [CASH | {"haircut": 1.0}]}}, "less than 1"),
        ({"lgd": LGD | {"senior": 1.1}}, "less than or equal to 1"),
        ({"confidence": 1.0}, "less than 1"),
        ({"confidence": 0.5}, "greater than 0.5"),
        ({"financial_multiplier": 0.9}, "greater than or equal to 1"),
        ({"scaling": 0.9}, "greater than or equal to 1"),
        ({"unheard_of": 1}, "Extra inputs"),
    ],
)
def test_a_contradiction_is_refused(changed, why):
    with pytest.raises(ValidationError, match=why):
        irb(BASEL_III, **changed)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"investment_grade": 1.01}, "must not weigh more than corporate"),
        ({"project_in_operation": 1.31}, "project_before_operation"),
        ({"sme": -0.1}, "greater than or equal to 0"),
        ({"investment_grade_pd": 1.1}, "less than or equal to 1"),
        ({"micro": 12.6}, "less than or equal to 12.5"),
        ({"slotting": SLOTS | {"strong": 0.91}}, "weaker category"),
        ({"slotting": SLOTS | {"good": 1.16}}, "weaker category"),
        ({"slotting": SLOTS | {"satisfactory": 2.6}}, "weaker category"),
    ],
)
def test_a_weight_out_of_order_is_refused(changed, why):
    with pytest.raises(ValidationError, match=why):
        standardised(**changed)


@pytest.mark.parametrize(
    "accepted",
    [
        {"investment_grade": 1.0},
        {"project_in_operation": 1.3},
        {"slotting": {"strong": 1.0, "good": 1.0, "satisfactory": 1.0, "weak": 1.0, "default": 12.5}},
    ],
)
def test_equal_weights_are_in_order(accepted):
    assert standardised(**accepted)
