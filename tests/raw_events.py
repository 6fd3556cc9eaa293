"""An event as another version, or a forger, may have written it: any kind with any facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RawEvent:
    """What storage records of an event, without a type that says which facts it has."""

    kind: str
    subject: str
    actor: str
    at: datetime
    facts: Mapping[str, Any]
