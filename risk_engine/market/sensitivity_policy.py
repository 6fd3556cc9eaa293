"""The policy of sensitivity: the market moves that are applied to every customer."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part


class Move(Part):
    """One move of the market: interest rates in basis points, the home currency's fall and the commodity's price as shares.

    ``home_currency`` 0.2: a unit of it buys 20 % less of any other. ``commodity`` −0.3: the price falls by 30 %.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)]
    rate_bp: Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)] = 0.0
    home_currency: Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)] = 0.0
    commodity: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] = 0.0


class Sensitivity(Part):
    """The moves, each with its own name, and the cover whose break-even is computed."""

    move: Annotated[tuple[Move, ...], Field(min_length=1)]
    break_even_dscr: Annotated[float, Field(gt=0, le=10)]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [one.name for one in self.move]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two moves are called {', '.join(sorted(doubled))}")
        return self

    @model_validator(mode="after")
    def _something_moves(self) -> Self:
        if still := [one.name for one in self.move if not (one.rate_bp or one.home_currency or one.commodity)]:
            raise ValueError(f"nothing moves in {', '.join(still)}")
        return self
