"""Events: facts that the engine returns and storage records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """An event about ``subject`` at ``at``, caused by ``actor``; ``facts`` are JSON values."""

    kind: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Any]
