"""The policy of the relationship: bands of return, risk and health, and the play for each case."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part

PlayName = Literal["grow", "fix_service", "reprice_or_secure", "reduce_or_exit"]
# plays from the best customers to the worst; the places are the codes of ``relationship.Play``, from 1 on
PLAYS: tuple[PlayName, ...] = ("grow", "fix_service", "reprice_or_secure", "reduce_or_exit")
Two = Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]
Row = Annotated[tuple[PlayName, ...], Field(min_length=3, max_length=3)]
Grid = Annotated[tuple[Row, ...], Field(min_length=3, max_length=3)]


class Plane(Part):
    """The plane of return × risk × health, with a play for each cell.

    ``raroc`` and ``el`` are the two bounds of three bands each; a figure on a bound has reached it: low, medium and high returns;
    low, medium and high risk (one year's expected loss as a share of the exposure, or stages 1, 2, 3). ``health``: the lowest value
    of a healthy relationship. The grids: one row per band of returns, one column per band of risk.
    """

    raroc: Two
    el: Two
    health: Annotated[float, Field(gt=0, le=1)]
    good_health: Grid
    poor_health: Grid

    @cached_property
    def codes(self) -> NDArray[np.int8]:
        """Return the code of the play by health (0 poor, 1 good), return and risk."""
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
    """The number of answers that a satisfaction figure needs."""

    least_answers: Annotated[int, Field(ge=1, le=1000)]


class RelationshipRules(Part):
    """The rules for assessing a relationship."""

    plane: Plane
    satisfaction: Satisfaction
