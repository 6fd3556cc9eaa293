"""When digests go out, in whose time, to which channels, and how far ahead they look."""

from __future__ import annotations

from datetime import time
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from risk_engine.channel_names import ChannelName
from risk_engine.policy_part import PROTECTED, Part


@cache
def _zones() -> frozenset[str]:
    """Every time zone; listing them reads a folder tree."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("expected a time zone like Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Weekdays = Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)]


class ChannelDigest(Part):
    """A channel with a digest of its own; what is left out is as in ``[digest]``."""

    at: time | None = None
    timezone: Zone | None = None
    weekdays: Weekdays | None = None
    department: str | None = None
    sector: str | None = None


class Digest(Part):
    """When the daily digest goes out, in whose time; and how many days ahead it names maturities."""

    at: time
    timezone: Zone
    weekdays: Weekdays
    maturity_days: Annotated[int, Field(ge=1, le=92)]
    channels: Annotated[dict[ChannelName, ChannelDigest], PROTECTED] = Field(default={})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
