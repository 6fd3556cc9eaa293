"""The policy of financial condition: the zones of Altman's scores."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from risk_engine.policy_part import Part

Bound = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]


class Zones(Part):
    """Scores below ``distress`` mean distress, above ``safe`` safe; on the bounds and between them grey."""

    distress: Bound
    safe: Bound

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.distress >= self.safe:
            raise ValueError("distress must lie below safe")
        return self


class Financial(Part):
    """The zones of each of Altman's models; ``price_index`` of Ohlson's size term, 1968 = 100."""

    z: Zones
    z_prime: Zones
    z_double_prime: Zones
    z_double_prime_em: Zones
    price_index: Annotated[float, Field(gt=0)]
