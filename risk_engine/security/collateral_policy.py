"""The policy of collateral by kind: haircuts, the age of valuations, and secured losses given default."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(ge=0, le=1)]
CollateralType = Literal["cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other"]
# a kind's place is its code in the columns
KINDS: tuple[CollateralType, ...] = get_args(CollateralType)


class CollateralKind(Part):
    """The terms of one kind: ``haircut`` on its value, ``lgd`` of the secured part, never below ``floor``.

    ``valid_days``: an older valuation is stale and costs ``stale_haircut`` more, at 1 everything; None: needs no valuation.
    ``needs``: what must be on record for the item to count as it stands.
    ``longest_days``: a still older one counts as missing, and the item secures nothing; None: no age is too old.
    """

    haircut: Share
    lgd: Share
    floor: Share
    valid_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    stale_haircut: Share = 0.0
    needs: tuple[Literal["insured", "registered"], ...] = ()
    longest_days: Annotated[int, Field(ge=1, le=3660)] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.floor > self.lgd:
            raise ValueError("floor must not be above lgd")
        if self.stale_haircut > 0 and self.valid_days is None:
            raise ValueError("stale_haircut needs valid_days")
        if self.longest_days is not None and (self.valid_days is None or self.longest_days < self.valid_days):
            raise ValueError("longest_days needs valid_days, and must not be below it")
        return self


class Collateral(Part):
    """The kinds of collateral, the haircut for a currency mismatch, and the floor of the unsecured LGD.

    ``unknown_haircut``: the further haircut of an item if a record that its kind needs is missing.
    """

    kind: dict[CollateralType, CollateralKind]
    currency_haircut: Share
    unsecured_floor: Share
    unknown_haircut: Share = 0.0

    @cached_property
    def haircuts(self) -> NDArray[np.float64]:
        return self._figures("haircut")

    @cached_property
    def stale_haircuts(self) -> NDArray[np.float64]:
        return self._figures("stale_haircut")

    @cached_property
    def valid_days(self) -> NDArray[np.float64]:
        """Return the days by kind's code; infinite where a kind needs no valuation."""
        return self._days("valid_days")

    @cached_property
    def longest_days(self) -> NDArray[np.float64]:
        """Return the longest age by kind's code; infinite where none is too old."""
        return self._days("longest_days")

    def needing(self, record: Literal["insured", "registered"]) -> NDArray[np.bool_]:
        """Flag the kinds, by code, that need this record."""
        return np.array([record in self.kind[name].needs for name in KINDS])

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Return the kinds' codes, the one with the smallest LGD first."""
        return tuple(sorted(range(len(KINDS)), key=lambda code: (self.kind[KINDS[code]].lgd, self.kind[KINDS[code]].floor, code)))

    def _days(self, name: str) -> NDArray[np.float64]:
        days = [getattr(self.kind[kind], name) for kind in KINDS]
        return np.array([np.inf if one is None else one for one in days], dtype=np.float64)

    def _figures(self, name: str) -> NDArray[np.float64]:
        return np.array([getattr(self.kind[kind], name) for kind in KINDS], dtype=np.float64)

    @model_validator(mode="after")
    def _every_kind_has_its_place(self) -> Self:
        if missing := [name for name in KINDS if name not in self.kind]:
            raise ValueError(f"no figures for {', '.join(missing)}")
        if max(one.floor for one in self.kind.values()) > self.unsecured_floor:
            raise ValueError("unsecured_floor must not be below the floor of a kind")
        return self
