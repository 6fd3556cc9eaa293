"""The policy of project finance: when a covenant is near, what follows a breach, and what is watched while something is built."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[float, Field(ge=0, le=60)]


class Covenants(Part):
    """How a covenant's test is read where the agreement itself is silent.

    ``amber_headroom``: a headroom below this share is amber. ``cure_days``: how long a breach can be cured.
    ``equity_cures``: how many times in the loan's life sponsors may do so with money. ``not_meaningful``: whether a ratio
    to nothing or to a loss is a breach, or has no state; compliant it never is.
    """

    amber_headroom: Share
    cure_days: Annotated[int, Field(ge=0, le=365)]
    equity_cures: Annotated[int, Field(ge=0, le=100)]
    not_meaningful: Literal["breach", "none"]


class Construction(Part):
    """From which figure on something under construction is amber, and beyond which it is red; below for the reserve account.

    ``drawn_ahead``: by which share of the loan drawdown runs before progress. ``overrun``: a share of the budget.
    ``delay_days``: of the completion expected now behind the one agreed. ``dsra_months``: debt service in the reserve account.
    """

    drawn_ahead: tuple[Share, Share]
    overrun: tuple[Share, Share]
    delay_days: tuple[Days, Days]
    dsra_months: tuple[Months, Months]

    @model_validator(mode="after")
    def _red_is_worse_than_amber(self) -> Self:
        for name in ("drawn_ahead", "overrun", "delay_days"):
            amber, red = getattr(self, name)
            if amber >= red:
                raise ValueError(f"{name}: red must lie above amber")
        if self.dsra_months[0] <= self.dsra_months[1]:
            raise ValueError("dsra_months: red must lie below amber")
        return self


class Project(Part):
    """All of project finance."""

    covenants: Covenants
    construction: Construction
