"""The policy's [second_line]: what is laid before the second line each month, when, and how much of it is looked at."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.local_time import Weekdays, Zone
from risk_engine.policy_part import Part


class SecondLine(Part):
    """The list of what judgement set aside, and its sample.

    Attributes:
        at, timezone, weekdays: the list of a month goes out on the first of these days of the next one.
        sample: how many entries are drawn.
        kinds: of events that are counted and drawn from; a kind that nothing records yet is drawn from as soon as something does.
    """

    at: time
    timezone: Zone
    weekdays: Weekdays
    sample: Annotated[int, Field(ge=3, le=20)]
    kinds: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")], ...], Field(min_length=1)]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
