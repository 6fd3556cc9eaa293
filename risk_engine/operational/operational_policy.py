"""The policy of operational risk: points of each kind of incident, their decay, and the grade that they require."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from risk_engine.policy.scoring_policy import GradeName
from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=1, le=7300)]
Points = Annotated[float, Field(gt=0, le=1000)]
Factor = Annotated[float, Field(gt=0, le=10)]
Severity = Annotated[int, Field(ge=1, le=5)]

# the kind of an unknown word
OTHER = "other"


class Incident(Part):
    """One kind of incident.

    ``points`` at severity 3. ``half_life_days``: the days after which half of them are left; ``expires_days``: all of them until
    then, and none after; one of the two is given. ``ages_while_open``: an event ages from its day, a defect from the day on which it
    was resolved. ``floor``: the grade required while it is open, from severity ``floor_from`` on.
    """

    points: Points
    half_life_days: Days | None = None
    expires_days: Days | None = None
    ages_while_open: bool = False
    floor: GradeName | None = None
    floor_from: Severity = 1

    @model_validator(mode="after")
    def _ages_in_one_way(self) -> Self:
        if (self.half_life_days is None) == (self.expires_days is None):
            raise ValueError("either half_life_days or expires_days")
        return self


class Operational(Part):
    """Incidents by kind, among them "other", with the factors of severity and the bounds of grades.

    ``cap``: the highest score. ``bounds``: the scores at which the grade becomes medium, high, critical.
    """

    incident: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,59}$")], Incident], Field(min_length=1)]
    severity: Annotated[tuple[Factor, ...], Field(min_length=5, max_length=5)]
    cap: Points
    bounds: tuple[Points, Points, Points]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the names of the kinds; an incident's code is its place among them."""
        return tuple(self.incident)

    @model_validator(mode="after")
    def _other_is_known(self) -> Self:
        if OTHER not in self.incident:
            raise ValueError(f"a kind called {OTHER} is needed, for incidents of no other kind")
        return self

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(after < before for before, after in zip(self.severity, self.severity[1:], strict=False)):
            raise ValueError("severity must not fall from one to the next")
        medium, high, critical = self.bounds
        if not medium < high < critical <= self.cap:
            raise ValueError("bounds must rise, as medium < high < critical, and not above cap")
        return self
