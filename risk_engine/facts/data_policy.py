"""The policy of data quality: limits for stale, contradictory and implausible facts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=1, le=3660)]
Share = Annotated[float, Field(ge=0, le=1)]
Attribute = Literal["group", "sector", "country", "department", "manager", "currency", "kind"]


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] >= bounds[1]:
        raise ValueError("expected the lowest value first and the highest second, as in [0.0, 5.0]")
    return bounds


class Data(Part):
    """The limits beyond which facts are reported as missing, stale, contradictory or implausible, and the longest ages of facts."""

    required: tuple[Attribute, ...]
    rating_days: Days
    statement_days: Days
    facility_days: Days
    projection_days: Days
    look_back_days: Days
    balance_tolerance: Share
    source_tolerance: Share
    schedule_tolerance: Share
    arrears_days: Annotated[int, Field(ge=0, le=366)]
    unit_slip: Annotated[float, Field(gt=1)]
    rates: Annotated[tuple[float, float], AfterValidator(_ordered)]
    least_share: Share
    plausible: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")],
        Annotated[tuple[float, float], AfterValidator(_ordered)],
    ]
