"""Keep scores up to date: every night, everybody's once a week, and soon after facts or the register changed; in a process of its own.

Arithmetic over the whole book would hold up every other request of this process, so a child does it.
"""

from __future__ import annotations

import logging
import multiprocessing
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from bot.scoring.scoring import score
from commands.kit.schedule import Daily, due
from risk_engine.approvals.events import ApprovalDecided
from risk_engine.facts.events import ImportLoaded
from risk_engine.indicators.events import BreachClosed, BreachEased, BreachEnded, BreachOpened, BreachWorsened
from risk_engine.policy.events import PolicyChanged
from risk_engine.policy.policy import Policy
from risk_engine.register.events import RiskLogged, RiskUndone
from risk_engine.scoring.events import OverrideEnded
from storage import events
from storage.database import Database
from storage.delivery import jobs
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

NIGHTLY, FOLLOWING = "score", "score after changes"
LEASE = timedelta(minutes=15)
SUNDAY = 7
# what a score may depend on; a slot of the second job is the number of the last such event
CHANGES = (
    ImportLoaded,
    RiskLogged,
    RiskUndone,
    BreachOpened,
    BreachWorsened,
    BreachEased,
    BreachClosed,
    BreachEnded,
    ApprovalDecided,
    OverrideEnded,
    PolicyChanged,
)
# several files are often imported in a row: the last one is waited for, but not for ever
QUIET, PATIENCE = timedelta(seconds=5), timedelta(seconds=45)


@dataclass
class Rescorer:
    """Starts a scoring when one is due and unclaimed; any number of them may share a database."""

    database: Database
    policies: PolicyBook
    clock: Clock
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    _child: BaseProcess | None = None
    _slot: tuple[str, str] | None = None
    _waiting_since: datetime | None = None

    def tick(self) -> None:
        """Settle a scoring that has ended, and start the next one that is due; returns at once."""
        if self._child is not None and self._child.is_alive():
            return
        self._settle()
        for job, slot in self._due():
            if self._claim(job, slot):
                self._start(job, slot)
                return

    def close(self) -> None:
        """End a scoring that still runs: it is one transaction, and its slot is tried again."""
        if self._child is not None and self._child.is_alive():
            self._child.terminate()
            self._child.join(5)

    def _due(self) -> list[tuple[str, str]]:
        now = self.clock.now()
        with self.database.begin(EVERYTHING) as tx:
            lapsed = [(job, slot) for job in (NIGHTLY, FOLLOWING) for slot in jobs.unfinished(tx, job, now=now)]
            newest = jobs.newest_slot(tx, NIGHTLY)
            seen = jobs.newest_slot(tx, FOLLOWING)
            change = events.newest(tx, CHANGES)
        night = due(self._nightly(), now, newest=datetime.fromisoformat(newest).date() if newest else None)
        found = [*lapsed, *([(NIGHTLY, night.isoformat())] if night and change else [])]
        if change is None or _slot(change[0]) <= (seen or ""):
            self._waiting_since = None
        elif self._quiet(change[1], now):
            found.append((FOLLOWING, _slot(change[0])))
        return found

    def _nightly(self) -> Daily:
        policy = self.policies.now
        return Daily(policy.scoring.at, policy.digest.zone)

    def _quiet(self, changed: datetime, now: datetime) -> bool:
        self._waiting_since = self._waiting_since or now
        return now - changed >= QUIET or now - self._waiting_since >= PATIENCE

    def _claim(self, job: str, slot: str) -> bool:
        with self.database.begin(EVERYTHING, write=True) as tx:
            return jobs.claim(tx, job, slot, owner=self.owner, now=self.clock.now(), lease=LEASE)

    def _start(self, job: str, slot: str) -> None:
        # a fresh interpreter: a fork would inherit this process's connections and locks
        fresh = multiprocessing.get_context("spawn")
        task = (self.database.address, self.policies.now, job, slot)
        self._child = fresh.Process(target=score_in_child, args=task, name="scoring", daemon=True)
        self._slot, self._waiting_since = (job, slot), None
        self._child.start()

    def _settle(self) -> None:
        if self._child is None or self._slot is None:
            return
        (job, slot), code = self._slot, self._child.exitcode
        self._child = self._slot = None
        if code != 0:
            # the slot's lease lapses and it is tried again
            log.error("scoring failed", extra={"job": job, "slot": slot, "code": code})
            return
        with self.database.begin(EVERYTHING, write=True) as tx:
            jobs.finish(tx, job, slot, owner=self.owner, state=jobs.DONE, at=self.clock.now())
            jobs.forget_done(tx, FOLLOWING, before=slot if job == FOLLOWING else "")


def _slot(event: int) -> str:
    """Return the number of an event as text that sorts like the number."""
    return f"{event:012}"


def _everybody_is_due(job: str, slot: str) -> bool:
    """Return True for one night of the week: then the whole book is scored, without asking who is due."""
    return job == NIGHTLY and date.fromisoformat(slot).isoweekday() == SUNDAY


def score_in_child(address: str, policy: Policy, job: str, slot: str) -> None:
    """Score the book, in a process that does nothing else."""
    database = Database(address)
    try:
        score(database, policy, Clock(), by="schedule", whole=_everybody_is_due(job, slot))
    finally:
        database.close()
