"""The policy of calibration: the line from the scorecard's points to the log-odds of default, with its evidence."""

from __future__ import annotations

import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from risk_engine.policy_part import WHOLE, Part


class Calibration(Part):
    """The line ln(PD / (1 − PD)) = ``intercept`` + ``slope`` · points, for customers without a usable letter.

    ``n`` customers of the team's own with ``bad`` defaults gave it on ``date``; 0 for a line that is not calibrated on the team's data.
    ``source`` says how it was made.
    """

    model_config = ConfigDict(json_schema_extra={WHOLE: True})

    # steeper lines leave no difference between two neighbouring points, and a PD of 1 would be a default
    slope: Annotated[float, Field(ge=-2, lt=0)]
    intercept: Annotated[float, Field(ge=-20, le=10)]
    n: Annotated[int, Field(ge=0)]
    bad: Annotated[int, Field(ge=0)]
    date: datetime.date
    source: Annotated[str, Field(min_length=1, max_length=200)]

    @property
    def own(self) -> bool:
        """Return True for a line that was fitted to the team's own outcomes."""
        return self.n > 0

    @model_validator(mode="after")
    def _some_of_them_went_bad(self) -> Self:
        if self.own and not 0 < self.bad < self.n:
            raise ValueError("bad must lie between 0 and n: a line needs customers who went bad, and some who did not")
        if not self.own and self.bad:
            raise ValueError("bad must be 0 where n is 0")
        return self
