"""The only module that imports APScheduler: it ticks, and rows in the database decide which jobs run."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import Clock
from bot.policy_in_force import PolicyBook
from commands.kit.contract import Job
from commands.kit.registry import registry
from commands.kit.schedule import due
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database
from storage.delivery import answers, forgetting, inbox, jobs
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
# so many notices are deleted in one transaction
AT_ONCE = 500


@dataclass
class Ticker:
    """A runner of due jobs; any number of tickers may share a database."""

    database: Database
    policies: PolicyBook
    clock: Clock
    wake: Callable[[], None]
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    jobs: Sequence[Job] = field(default_factory=lambda: [*registry().jobs.values()])
    # the monotonic second of the last completed look
    looked_at: float | None = None

    def tick(self) -> int:
        """Run every job with a due, unclaimed slot; return the number run."""
        policy = self.policies.now
        ran = sum(self._run(job, name, slot, policy) for job, name, slot in self._due(policy))
        self.looked_at = self.clock.monotonic()
        return ran

    def _due(self, policy: Policy) -> list[tuple[Job, str, str]]:
        """Return (job, name, slot) of unfinished slots, then of due ones, in one query for all jobs."""
        now = self.clock.now()
        with self.database.begin(EVERYTHING) as tx:
            schedules = {name: (job, daily) for job in self.jobs for name, daily in job.slots(policy, tx).items()}
            newest = jobs.newest_slots(tx, schedules)
            lapsed = jobs.all_unfinished(tx, schedules, now=now)
        dates = {name: due(daily, now, newest=_date(newest.get(name))) for name, (_job, daily) in schedules.items()}
        found = [*lapsed, *((name, day.isoformat()) for name, day in dates.items() if day)]
        return [(schedules[name][0], name, slot) for name, slot in found]

    def _run(self, job: Job, name: str, slot: str, policy: Policy) -> bool:
        now = self.clock.now()
        try:
            with self.database.begin(EVERYTHING, write=True) as tx:
                if not jobs.claim(tx, name, slot, owner=self.owner, now=now, lease=LEASE):
                    return False
            with self.database.begin(EVERYTHING, write=True) as tx:
                job.run(name, date.fromisoformat(slot), now, policy, tx)
                # effect and mark are one transaction: without the mark, because another took over, there is no effect
                if not jobs.finish(tx, name, slot, owner=self.owner, state=jobs.DONE, at=self.clock.now()):
                    raise Busy(f"{name} {slot} has passed to another process")
        except Busy:
            self._give_back(name, slot)
            return False
        except Exception:  # the slot's lease lapses, and it is retried
            log.exception("a job failed", extra={"job": name, "slot": slot})
            return False
        log.info("a job ran", extra={"job": name, "slot": slot})
        self.wake()
        return True

    def _give_back(self, name: str, slot: str) -> None:
        """Uncount an attempt that the database's trouble ended; if even that fails, the lease lapses."""
        with suppress(Busy), self.database.begin(EVERYTHING, write=True) as tx:
            jobs.release(tx, name, slot, owner=self.owner, at=self.clock.now())

    def tidy(self) -> None:
        """Delete records beyond the policy's retention."""
        rules, now = self.policies.now.retention, self.clock.now()
        with self.database.begin(EVERYTHING, write=True) as tx:
            answers.forget_expired(tx, now=now)
            inbox.forget_finished(tx, before=now - timedelta(days=rules.answers))
        self._forget_notices(now - timedelta(days=rules.notices))

    def _forget_notices(self, before: datetime) -> None:
        """Delete outdated notices, so few in a transaction that nobody waits long for the write lock."""
        forgotten = AT_ONCE
        while forgotten == AT_ONCE:
            with self.database.begin(EVERYTHING) as tx:
                found = forgetting.outdated(tx, before=before, limit=AT_ONCE)
            forgotten = len(found)
            if found:
                with self.database.begin(EVERYTHING, write=True) as tx:
                    forgetting.forget(tx, found)


def _date(slot: str | None) -> date | None:
    return date.fromisoformat(slot) if slot else None


def start(every: list[tuple[Callable[[], object], float]]) -> BackgroundScheduler:
    """Call each function periodically, with one run of it at a time."""
    scheduler = BackgroundScheduler(timezone="UTC")
    for function, seconds in every:
        scheduler.add_job(safely(function), "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None)
    scheduler.start()
    return scheduler


def safely(function: Callable[[], object]) -> Callable[[], None]:
    """Return the function with failures logged, so that its ticking continues."""

    def call() -> None:
        try:
            function()
        except Busy:
            log.info("the database was busy; the next tick tries again")
        except Exception:  # failures are logged, and ticking continues
            log.exception("a tick failed")

    return call
