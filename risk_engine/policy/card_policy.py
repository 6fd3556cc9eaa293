"""The policy of the scorecard: its figures, their weights and points, and the grade for a sum."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part, replaced

Weight = Annotated[float, Field(gt=0, le=100)]
Points = Annotated[float, Field(ge=0, le=100)]
Measure = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
FactorName = Literal["financial_condition", "rating", "repayment", "conduct", "collateral", "market", "relationship"]
# figures that follow from the PD, which may itself follow from the card's points
FROM_PD = frozenset({"expected_loss", "stage", "ecl", "rwa", "rwa_standard", "category"})
# figures that the card itself gives, by the first part of their names
_FROM_CARD = frozenset(
    {"points", "points_lowest", "points_highest", "confidence", "grade", "grade_best", "grade_worst", "little_known", "pd_origin"}
)


class Component(Part):
    """One figure of a factor: its points by band; a figure on a bound belongs to the band above it.

    ``points`` has one more entry than ``bounds`` and either never falls (high is good) or never rises (high is bad).
    """

    measure: Measure
    weight: Weight = 1.0
    bounds: Annotated[tuple[float, ...], Field(min_length=1, max_length=20)]
    points: Annotated[tuple[Points, ...], Field(min_length=2, max_length=21)]

    @cached_property
    def worths(self) -> NDArray[np.float64]:
        """Return the points by band, followed by NaN for a missing figure."""
        return np.array([*self.points, np.nan], dtype=np.float64)

    @model_validator(mode="after")
    def _is_known_before_the_card(self) -> Self:
        if self.measure in FROM_PD:
            raise ValueError(f"{self.measure} follows from the PD, which may follow from the card's points: a card cannot contain it")
        if self.measure.partition(".")[0] in _FROM_CARD:
            raise ValueError(f"{self.measure} is a result of the card: a card cannot contain it")
        return self

    @model_validator(mode="after")
    def _bands_are_in_order(self) -> Self:
        if len(self.points) != len(self.bounds) + 1:
            raise ValueError(f"{self.measure}: points needs one entry more than bounds, one for each band")
        if not np.isfinite(self.bounds).all() or not (np.diff(self.bounds) > 0).all():
            raise ValueError(f"{self.measure}: bounds must be finite and rise")
        steps = np.diff(self.points)
        if not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError(f"{self.measure}: points must not rise and fall: either high is good, or high is bad")
        return self


class Factor(Part):
    """A group of related figures; component weights apply within the factor, and the factor's weight among factors."""

    name: FactorName
    weight: Weight
    components: Annotated[tuple[Component, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _measures_are_unique(self) -> Self:
        names = [one.measure for one in self.components]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{self.name}: {', '.join(sorted(doubled))} counts twice")
        return self


class Card(Part):
    """The whole scorecard: 0 points is worst and 100 best; below each bound of ``grades`` the grade is one worse.

    A card ranks by the figures that are known. ``enough`` is the share of the weights below which the grade is marked as little known;
    ``nothing_known`` is the grade of customers of whom the card knows nothing. ``reported``: figures that nobody computes, because they
    come as observations.
    """

    factors: Annotated[tuple[Factor, ...], Field(min_length=1)]
    reported: tuple[Measure, ...] = ()
    grades: Annotated[tuple[Points, ...], Field(min_length=3, max_length=3)]
    enough: Annotated[float, Field(ge=0, le=1)]
    nothing_known: Literal["medium", "high", "critical"]

    @property
    def measures(self) -> tuple[str, ...]:
        """Return every figure of the card, once, in its order."""
        return tuple(dict.fromkeys(one.measure for factor in self.factors for one in factor.components))

    @model_validator(mode="before")
    @classmethod
    def _a_partial_card_ranks(cls, values: Any) -> Any:
        return replaced(values, "unsure", 'nothing_known = "medium": a card that knows little now ranks by what it knows and is marked')

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        names = [factor.name for factor in self.factors]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two factors are called {', '.join(sorted(doubled))}")
        low, medium, high = self.grades
        if not low > medium > high > 0:
            raise ValueError("grades must fall to above 0: the points below which a grade is medium, high, critical")
        return self
