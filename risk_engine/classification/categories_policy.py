"""The policy of the five categories: days past due, shares of loss and of debts, and the conditions of a cure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=0, le=3660)]
Months = Annotated[int, Field(ge=0, le=120)]
Share = Annotated[float, Field(ge=0, le=1)]
Input = Literal["days_past_due", "stage", "ecl", "book", "downgrade", "elsewhere"]


class Cure(Part):
    """The conditions under which a non-performing claim performs again; both counts must be reached."""

    instalments: Annotated[int, Field(ge=1, le=60)]
    months: Months
    restructured_months: Months

    @model_validator(mode="after")
    def _restructured_last_longer(self) -> Self:
        if self.restructured_months < self.months:
            raise ValueError("restructured_months must not be fewer than months")
        return self


class Categories(Part):
    """The thresholds of special mention, substandard, doubtful and loss.

    Days, ``elsewhere`` (share of the debtor's debts at all banks that are over 90 days) and ``contagion`` (share of its
    claims here that are non-performing) must be exceeded; shares of ECL and notches must be reached. ``needed``: inputs
    without which a claim has no category.
    """

    technical_days: Days
    substandard_days: Days
    doubtful_days: Days
    loss_days: Days
    doubtful_ecl: Share
    loss_ecl: Share
    downgrade_notches: Annotated[int, Field(ge=1, le=30)]
    elsewhere: Share
    contagion: Share
    needed: tuple[Input, ...]
    cure: Cure

    @model_validator(mode="after")
    def _bounds_rise(self) -> Self:
        if not self.technical_days < self.substandard_days < self.doubtful_days < self.loss_days:
            raise ValueError("days must rise, as technical < substandard < doubtful < loss")
        if not 0 < self.doubtful_ecl < self.loss_ecl:
            raise ValueError("shares of ECL must rise from above 0, as doubtful_ecl < loss_ecl")
        return self
