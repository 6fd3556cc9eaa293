"""The policy of validation: the bounds below which a score is doubted, and the number of cases that figures need."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(gt=0, lt=1)]


class Power(Part):
    """Discrimination: below ``amber`` and ``red`` the AUC is doubted; with fewer cases it is not conclusive.

    ``confidence`` is the coverage of the AUC's interval, ``points`` the number of points of a curve.
    """

    amber: Annotated[float, Field(gt=0.5, lt=1)]
    red: Annotated[float, Field(ge=0.5, lt=1)]
    bads: Annotated[int, Field(ge=2)]
    goods: Annotated[int, Field(ge=2)]
    confidence: Share
    points: Annotated[int, Field(ge=2, le=1000)]

    @model_validator(mode="after")
    def _red_is_worse(self) -> Self:
        if not self.red < self.amber:
            raise ValueError("red must be below amber: a lower AUC is worse")
        return self


class Backtest(Part):
    """Back-test of a PD: a p-value below ``amber`` or ``red`` rejects it; at least ``expected`` defaults are needed."""

    amber: Share
    red: Share
    expected: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _red_is_worse(self) -> Self:
        if not self.red < self.amber:
            raise ValueError("red must be below amber: a lower p-value rejects more surely")
        return self


class Stability(Part):
    """Population stability: the index from which it is ``amber`` and ``red``; a cell below ``floor`` counts as the floor."""

    amber: Annotated[float, Field(gt=0)]
    red: Annotated[float, Field(gt=0)]
    floor: Annotated[float, Field(gt=0, le=0.01)]

    @model_validator(mode="after")
    def _red_is_worse(self) -> Self:
        if not self.amber < self.red:
            raise ValueError("red must be above amber: a larger index is a larger shift")
        return self


class Calibrating(Part):
    """Calibration of points: the fewest bad customers from which a line may be fitted."""

    bads: Annotated[int, Field(ge=10)]


class Scaling(Part):
    """Scorecard points: the points at given odds of goods to one bad, and the points that double the odds."""

    points: Annotated[float, Field(ge=0)]
    odds: Annotated[float, Field(gt=0)]
    doubling: Annotated[float, Field(gt=0)]


class Validation(Part):
    """The parameters of validation; ``tell_apart`` is the p-value below which two scores' AUCs differ."""

    horizon_months: Annotated[int, Field(ge=1, le=120)]
    power: Power
    backtest: Backtest
    stability: Stability
    calibration: Calibrating = Calibrating(bads=30)
    scaling: Scaling
    tell_apart: Share
