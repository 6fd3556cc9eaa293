"""The policy's [audit]: when the trail's end is anchored, and in which file."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from risk_engine.digest_policy import Zone
from risk_engine.policy_part import Part


class Audit(Part):
    """When the daily anchor is taken, and where it is written beside the audit channel.

    Attributes:
        anchor_file: a file to which a line a day is appended, beside where the bot was started unless it says a folder; empty: none.
        anchor_at: local time.
    """

    anchor_file: str
    anchor_at: time
    timezone: Zone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
