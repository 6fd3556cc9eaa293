"""The policy of scoring: master scales, conversion factors, losses given default, and the floors of grades."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from risk_engine.currencies import Currency
from risk_engine.policy.calibration_policy import Calibration
from risk_engine.policy.card_policy import Card
from risk_engine.policy_part import Part, replaced

Share = Annotated[float, Field(ge=0, le=1)]
Bounds = Annotated[tuple[float, ...], Field(min_length=3, max_length=3)]
GradeName = Literal["low", "medium", "high", "critical"]


class MasterScale(Part):
    """The one-year PD of each letter, for these agencies on this scale."""

    agencies: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    scale: Literal["global", "domestic", "internal"]
    pd: Annotated[dict[str, Share], Field(min_length=1)]


class Lgd(Part):
    """Default LGD by seniority, for facilities without one of their own; ``unknown`` if the seniority is missing too."""

    senior: Share
    subordinated: Share
    unknown: Share


class Grades(Part):
    """The floors of a customer's grade: the figures at which a fact requires medium, high and critical.

    A figure on a bound has reached it. ``stage`` is by stage 1 to 3.
    """

    pd: Bounds
    days_past_due: Bounds
    amber_breach: GradeName
    red_breach: GradeName
    threat: Annotated[tuple[GradeName, ...], Field(min_length=5, max_length=5)]
    stage: Annotated[tuple[GradeName, ...], Field(min_length=3, max_length=3)]
    guarantor_defaulted: GradeName
    defaulted: Literal["high", "critical"]
    days_unknown: Literal["medium", "high", "critical"]

    @model_validator(mode="before")
    @classmethod
    def _the_unrated_are_ranked(cls, values: Any) -> Any:
        return replaced(values, "not_rated", 'scoring.card.nothing_known = "medium": customers without a letter are ranked by their points')

    @model_validator(mode="after")
    def _bounds_rise(self) -> Self:
        for name in ("pd", "days_past_due"):
            medium, high, critical = getattr(self, name)
            if not 0 < medium < high < critical:
                raise ValueError(f"{name} must rise from above 0, as medium < high < critical")
        return self


class Scoring(Part):
    """The parameters from rating to PD, from facility to exposure, and from expected loss and drivers to a grade."""

    currency: Currency
    rate_max_age_days: Annotated[int, Field(ge=0, le=366)]
    reading_max_age_days: Annotated[int, Field(ge=1, le=3660)]
    pd_floor: Share
    internal_first: bool
    several: Literal["worse_of_best_two", "worst"]
    at: time
    told_singly: Annotated[int, Field(ge=0, le=100)]
    ccf: dict[str, Share]
    lgd: Lgd
    grades: Grades
    card: Card
    calibration: Calibration
    master_scale: tuple[MasterScale, ...]

    @model_validator(mode="after")
    def _every_kind_has_a_factor(self) -> Self:
        if "other" not in self.ccf:
            raise ValueError('ccf needs a factor for "other", which kinds without one of their own take')
        return self
