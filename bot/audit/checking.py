"""Automatic verification of the trail in a thread of its own: new entries after a start and nightly, everything weekly."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.audit.heads import HeadKeeper
from bot.clock import Clock
from bot.metrics import VERIFIED_AT, VERIFIED_ENTRIES, VERIFIED_OK
from bot.policy_in_force import PolicyBook
from bot.timekeeping.job_scheduler import safely
from commands.audit.verification import self_verification
from commands.audit.verification.self_verification import Outcome
from commands.kit.i18n import Text
from commands.kit.schedule import instant
from storage.audit.anchoring.anchors import Anchor
from storage.audit.chain import Keys
from storage.audit.reconciliation import reconciling
from storage.database import Database
from storage.delivery import jobs
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

JOB, LEASE = "audit.verify", timedelta(minutes=15)
WHOLE_EVERY = timedelta(days=7)
# seconds between two portions of a thousand entries, which let other threads answer people
BREATH = 0.005


class _Stopped(Exception):
    """The process is ending; the verification so far does not count."""


@dataclass
class Checker:
    """The verifier of this process; of several that share a database, one reports the nightly result."""

    database: Database
    keys: Keys
    policies: PolicyBook
    heads: HeadKeeper
    clock: Clock
    wake: Callable[[], None]
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    outcome: Outcome | None = None
    # the faults, as last recorded
    _recorded: tuple[Any, Any] | None = None
    _begun_at: datetime | None = None
    _thread: threading.Thread | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def tick(self) -> None:
        """Begin a verification if one is due; return at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        now, night, before = self.clock.now(), self._night(), self._begun_at
        # a clock that was ahead does not delay the next
        if before is None or before > now or before < night <= now:
            self._begun_at = now
            self._thread = threading.Thread(target=safely(lambda: self._attempt(before)), name="verification", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End a running verification."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def troubles(self) -> list[Text]:
        """Return the faults found by the last verification."""
        return [] if self.outcome is None or self.outcome.holds else [self_verification.told(self.outcome)]

    def _attempt(self, before: datetime | None) -> None:
        try:
            self.verify(nightly=before is not None)
        except BaseException:  # it is raised again; also a stop must leave the verification due
            # the database may be busy or full: the next tick retries
            self._begun_at = before
            raise

    def verify(self, *, nightly: bool) -> None:
        """Verify new entries, or everything if due; record the outcome at night, and whenever there is a fault."""
        kept, at = self.heads.kept, self.clock.now()
        whole = kept is None or kept.verified is None or kept.whole_at is None or not timedelta(0) <= at - kept.whole_at < WHOLE_EVERY
        try:
            with self.database.begin(EVERYTHING) as tx:
                outcome = self_verification.look(
                    tx, self.keys, None if whole or kept is None else kept.verified, at=at, breathe=self._breathe
                )
        except _Stopped:
            return
        self.outcome = outcome
        VERIFIED_OK.set(outcome.holds)
        VERIFIED_AT.set(at.timestamp())
        VERIFIED_ENTRIES.set(outcome.count)
        if outcome.whole and outcome.count:
            self.heads.verified(Anchor(outcome.count, outcome.hash), whole_at=at if whole else None)
        found = None if outcome.holds else (outcome.broken, outcome.register)
        if found is not None and found != self._recorded:
            log.critical("%s", self_verification.told(outcome))
            self._record(outcome)
        elif nightly and self._claimed():
            self._record(outcome)
        # only once it is on record: a failed record is repeated by the next attempt
        self._recorded = found
        if outcome.whole and outcome.uncovered:
            self._cover()

    def _night(self) -> datetime:
        rules, now = self.policies.now.audit, self.clock.now()
        return instant(now.astimezone(rules.zone).date(), rules.anchor_at, rules.zone)

    def _claimed(self) -> bool:
        """Return True if this process reports the nightly result."""
        slot = self._night().date().isoformat()
        with self.database.begin(EVERYTHING, write=True) as tx:
            if not jobs.claim(tx, JOB, slot, owner=self.owner, now=self.clock.now(), lease=LEASE):
                return False
            return jobs.finish(tx, JOB, slot, owner=self.owner, state=jobs.DONE, at=self.clock.now())

    def _cover(self) -> None:
        """After an upgrade, record once the statements of rows from before events stated them."""
        try:
            # writers do not wait for the comparison
            with self.database.begin(EVERYTHING) as tx:
                found = reconciling.uncovered(tx, self._breathe)
        except _Stopped:
            return
        if found is None:
            return
        with self.database.begin(EVERYTHING, write=True) as tx:
            covered = reconciling.cover(tx, found, at=self.clock.now())
        if covered:
            log.info("the register is covered by the trail from now on", extra={"rows": found.count})

    def _record(self, outcome: Outcome) -> None:
        policy = self.policies.now
        with self.database.begin(EVERYTHING, write=True) as tx:
            self_verification.record_outcome(tx, policy, outcome)
        self.wake()

    def _breathe(self, _done: int) -> None:
        if self._stop.wait(BREATH):
            raise _Stopped
