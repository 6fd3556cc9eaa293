"""The policy of arrears: grace, what a payment holiday does, which overdue counts as technical, which as material."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=0, le=366)]


class Arrears(Part):
    """How days past due are counted.

    ``holiday``: in a payment holiday the counter stands still ("stand_still"), or what falls due in it becomes due on the
    day after it and the counter of older arrears goes on ("move_due"). ``absolute`` (reporting currency) and ``relative``
    (share of the exposure): an overdue amount is material when it exceeds both.
    """

    grace_days: Days
    holiday: Literal["stand_still", "move_due"]
    technical_days: Days
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    relative: Annotated[float, Field(ge=0, le=1)]
    coming_days: Days
