"""The policy of arrears: grace, payment holidays, technical past due and materiality."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=0, le=366)]


class Arrears(Part):
    """The rules for counting days past due.

    ``holiday``: in a payment holiday the counter stands still ("stand_still"), or instalments due in it become due on the day after
    it while older arrears keep counting ("move_due"). ``absolute`` (reporting currency) and ``relative``
    (share of the exposure): an overdue amount is material when it exceeds both.
    """

    grace_days: Days
    holiday: Literal["stand_still", "move_due"]
    technical_days: Days
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    relative: Annotated[float, Field(ge=0, le=1)]
    coming_days: Days
