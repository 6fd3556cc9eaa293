"""Forbidden attempts, recorded in the trail once an hour, so that nobody can flood it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from commands.delivery import record
from risk_engine.people.events import AccessRefused
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.delivery import inbox
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# a refusal must not take longer than an answer
PATIENCE = 0.3
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A memory of recent records, so that a flood of presses never reaches the database."""

    _written: set[str] = field(default_factory=set)

    def note(self, database: Database, person: str, what: str, lacking: str, policy: Policy, *, at: datetime) -> None:
        """Record a refusal once per person, thing and hour, without waiting for a locked database."""
        key = f"refused {person} {what} {at:%Y-%m-%dT%H}"
        if key in self._written:
            return
        facts = {"person": person, "what": what, "lacking": lacking}
        try:
            with database.begin(EVERYTHING, write=True, patience=PATIENCE) as tx:
                if inbox.accept(tx, key, facts, at=at, state=inbox.DONE):
                    record(tx, AccessRefused(subject=person, actor=person, at=at, person=person, what=what, lacking=lacking), policy)
        except Busy:
            log.warning("a refusal was not written down", extra={"user": person, "what": what})
            return
        if len(self._written) >= REMEMBERED:
            self._written.clear()
        self._written.add(key)
