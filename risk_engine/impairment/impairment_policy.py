"""The policy of impairment: the criteria of IFRS 9 stages, the scenarios and their weights, and lives of claims."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=0, le=3650)]
Share = Annotated[float, Field(ge=0, le=1)]
Multiplier = Annotated[float, Field(ge=0, le=20)]
Years = Annotated[float, Field(gt=0, le=60)]


class Staging(Part):
    """The criteria of a significant increase in credit risk (stage 2) and of credit impairment (stage 3).

    ``more_than_days`` and ``impaired_from_days`` are the backstops. ``notches``: a fall by this many since origination.
    A PD that has grown ``pd_ratio``-fold counts if it has also grown by ``pd_ratio_from``; growth by ``pd_increase`` counts on its
    own. ``low_credit_risk``: up to this PD neither notches nor PDs count; if omitted, there is no such exemption.
    ``contagion``: when more than this share of a debtor's exposure is impaired, so is the rest of it.
    """

    more_than_days: Days
    impaired_from_days: Days
    notches: Annotated[int, Field(ge=1, le=20)]
    pd_ratio: Annotated[float, Field(gt=1, le=100)]
    pd_ratio_from: Share
    pd_increase: Annotated[float, Field(gt=0, le=1)]
    low_credit_risk: Share | None = None
    contagion: Share

    @model_validator(mode="after")
    def _impaired_comes_later(self) -> Self:
        if self.more_than_days >= self.impaired_from_days:
            raise ValueError("impaired_from_days must be above more_than_days")
        return self


class Scenario(Part):
    """An economic scenario: its probability, and its multipliers of PDs, year by year (the last repeats), and of LGDs."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    weight: Annotated[float, Field(gt=0, le=1)]
    pd: Annotated[tuple[Multiplier, ...], Field(min_length=1, max_length=60)] = (1.0,)
    lgd: Multiplier = 1.0


class Impairment(Part):
    """The measurement of expected credit losses.

    ``shortest_years``: the shortest life, for a claim past its maturity. ``behavioural_years``: the life of facilities without a
    maturity, by kind; without either a claim is not computable.
    ``point_in_time`` multiplies conditional PDs and ``point_in_time_lgd`` LGDs in all scenarios; 1.0 is neutral.
    ``plans``: the repayment plan of each kind; without a plan the loss of a performing claim is not computable.
    """

    staging: Staging
    shortest_years: Years
    behavioural_years: dict[str, Years]
    plans: dict[str, Literal["bullet", "straight_line", "annuity"]]
    point_in_time: Multiplier = 1.0
    point_in_time_lgd: Multiplier = 1.0
    scenario: Annotated[tuple[Scenario, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _weights_are_whole(self) -> Self:
        names = [one.name for one in self.scenario]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two scenarios are called {', '.join(sorted(doubled))}")
        whole = math.fsum(one.weight for one in self.scenario)
        if not math.isclose(whole, 1.0, rel_tol=0, abs_tol=1e-9):
            raise ValueError(f"the scenarios' weights must add up to 1, not {whole}")
        return self
