"""The policy of concentration refuses what contradicts itself."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from risk_engine.portfolio.concentration_policy import ConcentrationRules

LIMIT = {"name": "group", "kinds": ["non_bank"], "level": "group", "amount": "exposure", "base": "tier1", "share": 0.20}
LARGE = {"reported_base": "tier1", "reported_from": 0.025, "reported_on_bound": False, "limit": [LIMIT]}
GRANULARITY = {"confidence": 0.999, "precision": 0.25, "lgd_volatility": 0.25}


def rules(large=LARGE, granularity=GRANULARITY):
    return ConcentrationRules.model_validate({"granularity": granularity, "large_exposures": large})


def test_the_numbers_are_kept():
    found = rules()

    assert found.large_exposures.limit[0].share == 0.20
    assert found.granularity.precision == 0.25


@pytest.mark.parametrize(
    ("large", "why"),
    [
        (LARGE | {"limit": []}, "at least 1 item"),
        (LARGE | {"limit": [LIMIT, LIMIT]}, "two limits are called group"),
        (LARGE | {"reported_from": 0.20}, "above the share from which"),
        (LARGE | {"limit": [LIMIT | {"share": 0.02}]}, "above the share from which"),
        (LARGE | {"limit": [LIMIT | {"share": 1.01}]}, "less than or equal to 1"),
        (LARGE | {"reported_from": 0.0}, "greater than 0"),
        (LARGE | {"limit": [LIMIT | {"kinds": []}]}, "at least 1 item"),
        (LARGE | {"limit": [LIMIT | {"kinds": ["shop"]}]}, "'non_bank', 'bank' or 'gsib'"),
    ],
)
def test_a_contradiction_among_limits_is_refused(large, why):
    with pytest.raises(ValidationError, match=why):
        rules(large=large)


@pytest.mark.parametrize(
    "changed",
    [{"confidence": 1.0}, {"confidence": 0.5}, {"precision": 0.0}, {"precision": 10.1}, {"lgd_volatility": -0.1}, {"lgd_volatility": 1.1}],
)
def test_an_impossible_parameter_of_the_adjustment_is_refused(changed):
    with pytest.raises(ValidationError):
        rules(granularity=GRANULARITY | changed)


@pytest.mark.parametrize("changed", [{"precision": 10.0}, {"lgd_volatility": 0.0}, {"lgd_volatility": 1.0}])
def test_a_parameter_on_its_bound_is_accepted(changed):
    assert rules(granularity=GRANULARITY | changed)
