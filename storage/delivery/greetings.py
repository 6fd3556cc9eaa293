"""Who has been welcomed."""

from __future__ import annotations

from datetime import datetime

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import GreetingRow


def first_time(tx: Tx, person: str, *, at: datetime) -> bool:
    """Whether this person is greeted for the first time; the second call says no."""
    return insert_once(tx, GreetingRow, {"person": person, "at": at})
