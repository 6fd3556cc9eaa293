"""The policy of project finance: covenant headroom, remedies of a breach, and the limits for construction."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[float, Field(ge=0, le=60)]


class Covenants(Part):
    """The rules for a covenant's test where the agreement is silent.

    ``amber_headroom``: a headroom below this share is amber. ``cure_days``: the days in which a breach can be cured.
    ``equity_cures``: the number of equity cures allowed over the loan's life. ``not_meaningful``: whether a ratio to zero or to a
    loss is a breach, or has no state; it is never compliant.
    """

    amber_headroom: Share
    cure_days: Annotated[int, Field(ge=0, le=365)]
    equity_cures: Annotated[int, Field(ge=0, le=100)]
    not_meaningful: Literal["breach", "none"]


class Construction(Part):
    """The amber and red bounds of construction; lower bounds for the reserve account.

    ``drawn_ahead``: the share of the loan by which drawdown runs ahead of progress. ``overrun``: a share of the budget.
    ``delay_days``: of expected completion after the agreed one. ``dsra_months``: debt service in the reserve account.
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
    """The policy of project finance."""

    covenants: Covenants
    construction: Construction
