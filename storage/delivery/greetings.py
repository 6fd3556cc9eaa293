"""Greetings: people who have been welcomed."""

from __future__ import annotations

from datetime import datetime

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import GreetingRow


def first_time(tx: Tx, person: str, *, at: datetime) -> bool:
    """Record a greeting; return True only the first time."""
    return insert_once(tx, GreetingRow, {"person": person, "at": at})
