"""The policy of digests: times, time zones, channels, and how far ahead they look."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.channel_names import ChannelName
from risk_engine.local_time import Weekdays, Zone
from risk_engine.policy_part import PROTECTED, Part


class ChannelDigest(Part):
    """A channel with a digest of its own; omitted keys are as in ``[digest]``."""

    at: time | None = None
    timezone: Zone | None = None
    weekdays: Weekdays | None = None
    department: str | None = None
    sector: str | None = None


class Digest(Part):
    """The time and days of the daily digest, and the number of days ahead for which it lists maturities."""

    at: time
    timezone: Zone
    weekdays: Weekdays
    maturity_days: Annotated[int, Field(ge=1, le=92)]
    channels: Annotated[dict[ChannelName, ChannelDigest], PROTECTED] = Field(default={})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
