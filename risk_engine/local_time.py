"""Time zones and days of the week, as the policy names them."""

from __future__ import annotations

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field


@cache
def _zones() -> frozenset[str]:
    """Return every time zone; listing them reads a folder tree."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("expected a time zone like Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Weekdays = Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)]
