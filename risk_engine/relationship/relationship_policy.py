"""The policy of the relationship: what a customer's return, risk and health are worth, and what to do in each case."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part

PlayName = Literal["grow", "fix_service", "reprice_or_secure", "reduce_or_exit"]
# from the play for the best customers to that for the worst; the places are the codes of ``relationship.Play``, from 1 on
PLAYS: tuple[PlayName, ...] = ("grow", "fix_service", "reprice_or_secure", "reduce_or_exit")
Two = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
Row = Annotated[tuple[PlayName, ...], Field(min_length=3, max_length=3)]
Grid = Annotated[tuple[Row, ...], Field(min_length=3, max_length=3)]


class Plane(Part):
    """Return × risk × health → playbook.

    ``raroc`` and ``el`` are the two bounds of three bands each, a figure on a bound has reached it: low, middling and high
    returns; low, middling and high risk (expected loss a year as a share of the exposure, or stages 1, 2, 3). ``health``:
    from which health on a relationship is in good health. The grids: a row a band of returns, a column a band of risk.
    """

    raroc: Two
    el: Two
    health: Annotated[float, Field(gt=0, le=1)]
    good_health: Grid
    poor_health: Grid

    @cached_property
    def codes(self) -> NDArray[np.int8]:
        """The code of the play by health (0 poor, 1 good), return and risk."""
        grids = (self.poor_health, self.good_health)
        return np.array([[[PLAYS.index(play) + 1 for play in row] for row in grid] for grid in grids], dtype=np.int8)

    @model_validator(mode="after")
    def _bounds_and_grids_are_in_order(self) -> Self:
        if self.raroc[0] >= self.raroc[1]:
            raise ValueError("the bounds of raroc must rise")
        if not 0 < self.el[0] < self.el[1]:
            raise ValueError("the bounds of el must rise from above 0")
        if (np.diff(self.codes, axis=2) < 0).any():
            raise ValueError("more risk must not ask for a friendlier play")
        if (np.diff(self.codes, axis=1) > 0).any():
            raise ValueError("a higher return must not ask for a harsher play")
        return self


class Satisfaction(Part):
    """How many answers a figure of satisfaction needs before it says anything."""

    least_answers: Annotated[int, Field(ge=1, le=1000)]


class RelationshipRules(Part):
    """How a relationship is judged."""

    plane: Plane
    satisfaction: Satisfaction
