"""The policy of collateral: haircuts, how old a valuation may be, and losses given default of what is secured, by kind."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Share = Annotated[float, Field(ge=0, le=1)]
CollateralType = Literal["cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other"]
# a kind's place here is its code in the columns
KINDS: tuple[CollateralType, ...] = get_args(CollateralType)


class CollateralKind(Part):
    """What one kind is worth: ``haircut`` off its value, ``lgd`` of what it secures, never less than ``floor``.

    ``valid_days``: a valuation that is older is stale and costs ``stale_haircut`` more, at 1 all; None: needs no valuation.
    """

    haircut: Share
    lgd: Share
    floor: Share
    valid_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    stale_haircut: Share = 0.0

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.floor > self.lgd:
            raise ValueError("floor must not be above lgd")
        if self.stale_haircut > 0 and self.valid_days is None:
            raise ValueError("stale_haircut needs valid_days")
        return self


class Collateral(Part):
    """Every kind, the haircut where its currency is not the facility's, and the floor of the LGD of what is not secured."""

    kind: dict[CollateralType, CollateralKind]
    currency_haircut: Share
    unsecured_floor: Share

    @cached_property
    def haircuts(self) -> NDArray[np.float64]:
        return self._figures("haircut")

    @cached_property
    def stale_haircuts(self) -> NDArray[np.float64]:
        return self._figures("stale_haircut")

    @cached_property
    def valid_days(self) -> NDArray[np.float64]:
        """The days by kind's code; infinite where a kind needs no valuation."""
        days = [self.kind[name].valid_days for name in KINDS]
        return np.array([np.inf if one is None else one for one in days], dtype=np.float64)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The kinds' codes, the one that leaves the smallest loss first."""
        return tuple(sorted(range(len(KINDS)), key=lambda code: (self.kind[KINDS[code]].lgd, self.kind[KINDS[code]].floor, code)))

    def _figures(self, name: str) -> NDArray[np.float64]:
        return np.array([getattr(self.kind[kind], name) for kind in KINDS], dtype=np.float64)

    @model_validator(mode="after")
    def _every_kind_has_its_place(self) -> Self:
        if missing := [name for name in KINDS if name not in self.kind]:
            raise ValueError(f"no figures for {', '.join(missing)}")
        if max(one.floor for one in self.kind.values()) > self.unsecured_floor:
            raise ValueError("unsecured_floor must not be below the floor of a kind")
        return self
