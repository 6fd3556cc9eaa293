"""Provisioning: scenario-weighted losses, losses of impaired claims, and the loss that each stage requires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from risk_engine import checks
from risk_engine.checks import Impossible
from risk_engine.credit import Floats
from risk_engine.impairment.impairment import Claims, Losses, checked, losses, off_balance
from risk_engine.impairment.impairment_policy import Impairment, Scenario
from risk_engine.impairment.staging import Stage, Stages
from risk_engine.measure import Measure, divided, table

MEASURES = table(
    (
        Measure("ecl_coverage", "ratio", ("ecl", "carrying_amount"), divided, "low", "loss allowance / gross carrying amount"),
        Measure("ecl_impaired", "amount", ("lgd", "ead"), np.multiply, "low", "IFRS 9 5.5.3, B5.5.33"),
    )
)


def point_in_time(policy: Impairment) -> tuple[Scenario, ...]:
    """Return the scenarios with the policy's scalars, which move PDs and LGDs through the cycle to the point in time.

    Source: IFRS 9 5.5.17 (c), B5.5.49-B5.5.54 (current conditions and forecasts of economic conditions).
    """
    of_pd, of_lgd = policy.point_in_time, policy.point_in_time_lgd
    return tuple(one.model_copy(update={"pd": tuple(of_pd * each for each in one.pd), "lgd": of_lgd * one.lgd}) for one in policy.scenario)


def is_neutral(policy: Impairment) -> bool:
    """Return True if scenarios and scalars change nothing: the packaged view of the economy, until the team's economists set theirs."""
    return all({*one.pd, one.lgd} == {1.0} for one in point_in_time(policy))


def shifted(curves: Floats, scenario: Scenario) -> Floats:
    """Return the conditional PDs times the scenario's multipliers by year, the last one repeating; none above 1."""
    years = np.minimum(np.arange(curves.shape[1]), len(scenario.pd) - 1)
    stressed: Floats = np.minimum(curves * np.array(scenario.pd)[years], 1.0)
    return stressed


def expected(scenarios: tuple[Scenario, ...], curves: Floats, claims: Claims, own: Mapping[str, Floats] | None = None) -> Losses:
    """Return the losses weighted over all scenarios; the weights add up to 1.

    Args:
        own: curves by scenario name, instead of the multiplied ones.

    Raises:
        Impossible: see :func:`losses`; or curves for an unknown scenario.

    Source: IFRS 9 5.5.17 (a), B5.5.41-B5.5.42 (an unbiased, probability-weighted amount).
    """
    given = own or {}
    if unknown := set(given) - {one.name for one in scenarios}:
        raise Impossible(field="scenario", value=sorted(unknown)[0], accepted=", ".join(one.name for one in scenarios))
    twelve, lifetime = np.zeros(len(claims)), np.zeros(len(claims))
    for one in scenarios:
        stressed = replace(claims, lgd=np.minimum(claims.lgd * one.lgd, 1.0))
        found = losses(given[one.name] if one.name in given else shifted(curves, one), stressed)
        twelve += one.weight * found.twelve_months
        lifetime += one.weight * found.lifetime
    return Losses(twelve, lifetime)


def impaired(scenarios: tuple[Scenario, ...], claims: Claims, best_estimate: Floats) -> Floats:
    """Return an impaired claim's loss: the best estimate if there is one, else LGD · EAD over the scenarios.

    Args:
        best_estimate: an amount; NaN without an estimate.

    Raises:
        Impossible: an estimate below 0; see also :func:`checked`.
    """
    claims, estimates = checked(claims), checks.not_negative("best_estimate", best_estimate)
    lgd = np.zeros(len(claims))
    for one in scenarios:
        lgd += one.weight * np.minimum(claims.lgd * one.lgd, 1.0)
    modelled = lgd * (claims.drawn + off_balance(claims.undrawn, claims.ccf))
    return np.where(np.isnan(estimates), modelled, estimates)


def by_stage(stages: Stages, found: Losses, third: Floats) -> Floats:
    """Return the loss of each claim's stage: twelve months', a lifetime's, or the impaired claim's; NaN without a stage.

    Source: IFRS 9 5.5.3, 5.5.5.
    """
    return np.select(
        [stages == Stage.ONE, stages == Stage.TWO, stages == Stage.THREE], [found.twelve_months, found.lifetime, third], default=np.nan
    )
