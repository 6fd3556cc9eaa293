"""The policy's [second_line]: the monthly list for the second line, its schedule and its sample."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.local_time import Weekdays, Zone
from risk_engine.policy_part import Part


class SecondLine(Part):
    """The monthly list of judgemental decisions, and its sample.

    Attributes:
        at, timezone, weekdays: a month's list is sent on the first of these weekdays of the next month.
        sample: the number of entries drawn.
        kinds: the kinds of events that are counted and sampled; one may be named before any such event is recorded.
    """

    at: time
    timezone: Zone
    weekdays: Weekdays
    sample: Annotated[int, Field(ge=3, le=20)]
    kinds: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")], ...], Field(min_length=1)]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
