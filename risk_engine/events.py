"""A fact about something that happened; the engine returns it, storage records it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to ``subject`` at ``at``, by ``actor``; ``facts`` are JSON values."""

    kind: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Any]
