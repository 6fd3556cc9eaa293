"""The policy's [audit]: how often the trail's end is anchored, and in which file."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from risk_engine.local_time import Zone
from risk_engine.policy_part import FILE, Part


class Audit(Part):
    """When anchors are taken, and where they are written beside the audit channel.

    Attributes:
        anchor_file: a file to which a line an anchor is appended, beside where the bot was started unless it says a folder; empty: none.
        anchor_minutes: between two anchors, if something has happened.
        channel_minutes: between two that the audit channel is told of.
        anchor_at: local time of the daily anchor, which is taken and told in any case.
    """

    anchor_file: Annotated[str, FILE]
    anchor_minutes: Annotated[int, Field(ge=1, le=1440)]
    channel_minutes: Annotated[int, Field(ge=1, le=1440)]
    anchor_at: time
    timezone: Zone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
