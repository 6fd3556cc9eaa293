"""The policy of default: its level, the events that are evidence of it, and the conditions of a cure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=1, le=3660)]
Months = Annotated[int, Field(ge=0, le=120)]
Share = Annotated[float, Field(ge=0, le=1)]
Event = Literal["bankruptcy", "evasion", "non_accrual", "provision", "sale_at_loss", "distressed_restructuring"]


class Probation(Part):
    """The time without any reason or arrears before a default ends; after a distressed restructuring the longer one."""

    months: Months
    restructured_months: Months

    @model_validator(mode="after")
    def _restructured_last_longer(self) -> Self:
        if self.restructured_months < self.months:
            raise ValueError("restructured_months must not be fewer than months")
        return self


class DefaultPolicy(Part):
    """The one definition of default.

    ``level``: a default covers all claims on the debtor, or each claim by itself. ``from_days``: consecutive days of material arrears
    from which a debtor is in default. ``restructuring_loss``: the share of present value above which a restructuring is distressed.
    ``downgrade_months``: the time within which the notches of a sharp external downgrade count, which proposes a judgement.
    ``rebuttal_longest_days``: then a rebuttal of the presumption of 90 days needs a new look.
    ``incidents``: the kinds of operational incidents that are evidence, and of which reason.
    """

    level: Literal["debtor", "claim"]
    from_days: Days
    restructuring_loss: Share
    observation_months: Months
    payments_days: Days
    downgrade_months: Annotated[int, Field(ge=1, le=60)]
    rebuttal_longest_days: Annotated[int, Field(ge=1, le=366)]
    incidents: dict[str, Event]
    probation: Probation
