"""The policy of the register: when risks are assessed anew, the tolerance of approvals, and the tests of controls."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.local_time import Weekdays, Zone
from risk_engine.policy_part import Part

Days = Annotated[int, Field(ge=1, le=3660)]


class Tolerance(Part):
    """The changes after which an approved response goes back: worse grades, a larger exposure as a share, higher levels of the risk."""

    grades: Annotated[int, Field(ge=0, le=3)]
    exposure: Annotated[float, Field(ge=0, le=10)]
    levels: Annotated[int, Field(ge=0, le=4)]


class Controls(Part):
    """The days from one test of a control to the next, and the days after which an overdue test no longer counts."""

    test_days: Days
    grace_days: Annotated[int, Field(ge=0, le=366)]


class RegisterRules(Part):
    """The rules of the register.

    ``reassess_days`` are by level, negligible first; ``at`` is the time of the daily round, and ``remind_days`` are the days after its
    due date on which the owner of a response is reminded.
    """

    at: time
    timezone: Zone
    weekdays: Weekdays
    remind_days: tuple[Annotated[int, Field(ge=1, le=366)], ...]
    reassess_days: Annotated[tuple[Days, ...], Field(min_length=5, max_length=5)]
    tolerance: Tolerance
    controls: Controls

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
