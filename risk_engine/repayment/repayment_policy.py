"""The policy of repayment: the horizon, the bounds of thin cover, and the criterion of refinancing dependence."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part


class Repayment(Part):
    """The parameters of the repayment test.

    ``months``: the horizon. ``cover``: the cover ratio below which the cash flow is thin (amber), and below which it is not enough
    (red). ``bullet_share``: the share of final maturities in the amount due from which a customer may depend on refinancing.
    """

    months: Annotated[int, Field(ge=1, le=60)]
    cover: tuple[Annotated[float, Field(gt=0, le=10)], Annotated[float, Field(gt=0, le=10)]]
    bullet_share: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _red_is_worse_than_amber(self) -> Self:
        if self.cover[0] <= self.cover[1]:
            raise ValueError("cover: red must lie below amber")
        return self
