"""The policy of concentration: the granularity adjustment's parameters, and the limits on large exposures of one regime."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(gt=0, le=1)]
CounterpartyType = Literal["non_bank", "bank", "gsib"]
Base = Literal["tier1", "net_capital"]


class Granularity(Part):
    """The granularity adjustment: the variability of the economy and of losses given default, and the confidence level.

    ``precision``: ξ of the gamma law of the systematic factor; ``lgd_volatility``: γ in VLGD² = γ · ELGD · (1-ELGD).
    """

    confidence: Annotated[float, Field(gt=0.5, lt=1)]
    precision: Annotated[float, Field(gt=0, le=10)]
    lgd_volatility: Annotated[float, Field(ge=0, le=1)]


class Limit(Part):
    """A ceiling as a share of the bank's own capital: on one customer or on a connected group, on loans or on all exposure."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kinds: Annotated[tuple[CounterpartyType, ...], Field(min_length=1)]
    level: Literal["customer", "group"]
    amount: Literal["loans", "exposure"]
    base: Base
    share: Share


class LargeExposures(Part):
    """The limits of one regime, and the share of capital from which an exposure is large and reported.

    ``reported_on_bound``: whether an exposure of exactly that share is large.
    """

    reported_base: Base
    reported_from: Share
    reported_on_bound: bool
    limit: Annotated[tuple[Limit, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_unique_and_limits_above_reporting(self) -> Self:
        names = [limit.name for limit in self.limit]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two limits are called {', '.join(sorted(doubled))}")
        if any(limit.share <= self.reported_from for limit in self.limit):
            raise ValueError("a limit must lie above the share from which an exposure is reported")
        return self


class ConcentrationRules(Part):
    """The measurement of concentration and its limits."""

    granularity: Granularity
    large_exposures: LargeExposures
