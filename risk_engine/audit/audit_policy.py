"""The policy's [audit]: how often the end of the trail is anchored, and in which file."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.local_time import Zone
from risk_engine.policy_part import FILE, Part


class Audit(Part):
    """The schedule of anchors, and where they are written besides the audit channel.

    Attributes:
        anchor_file: a file to which each anchor is appended as a line, relative to the bot's working directory; empty: none.
        anchor_minutes: minutes between two anchors, if events were recorded.
        channel_minutes: minutes between two anchors posted to the audit channel.
        anchor_at: local time of the daily anchor, which is taken and posted in any case.
    """

    anchor_file: Annotated[str, FILE]
    anchor_minutes: Annotated[int, Field(ge=1, le=1440)]
    channel_minutes: Annotated[int, Field(ge=1, le=1440)]
    anchor_at: time
    timezone: Zone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
