"""Slots of jobs: the row is the claim, so that each slot runs once despite replicas, restarts and clock changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from storage.database import Tx
from storage.rows import insert_once
from storage.schema import JobRunRow

RUNNING, DONE = "running", "done"
# the attempts for a slot that failed or whose runner died
ATTEMPTS = 3


def newest_slot(tx: Tx, job: str) -> str | None:
    """Return the latest claimed slot."""
    return tx.connection.execute(
        select(JobRunRow.slot).where(JobRunRow.job == job).order_by(JobRunRow.slot.desc()).limit(1)
    ).scalar_one_or_none()


def newest_slots(tx: Tx, names: Collection[str]) -> dict[str, str]:
    """Return the latest claimed slot of each of these jobs."""
    query = select(JobRunRow.job, func.max(JobRunRow.slot)).where(JobRunRow.job.in_(list(names))).group_by(JobRunRow.job)
    return dict(tx.connection.execute(query).all())


def last_done(tx: Tx, job: str) -> datetime | None:
    """Return the start of the job's last successful run."""
    query = select(JobRunRow.started_at).where(JobRunRow.job == job, JobRunRow.state == DONE).order_by(JobRunRow.started_at.desc()).limit(1)
    return tx.connection.execute(query).scalar_one_or_none()


def unfinished(tx: Tx, job: str, *, now: datetime) -> list[str]:
    """Return slots whose runner died or failed, and that may be retried."""
    return [slot for _job, slot in all_unfinished(tx, [job], now=now)]


def all_unfinished(tx: Tx, names: Collection[str], *, now: datetime) -> list[tuple[str, str]]:
    """Return (job, slot) of these jobs whose runner died or failed, and that may be retried."""
    lapsed = (JobRunRow.state != DONE, JobRunRow.lease_until < now, JobRunRow.attempt < ATTEMPTS)
    query = select(JobRunRow.job, JobRunRow.slot).where(JobRunRow.job.in_(list(names)), *lapsed)
    return [(job, slot) for job, slot in tx.connection.execute(query.order_by(JobRunRow.slot, JobRunRow.job))]


def given_up(tx: Tx, *, now: datetime) -> list[tuple[str, str]]:
    """Return (job, slot) of runs that used all attempts without success."""
    lost = (JobRunRow.state != DONE, JobRunRow.lease_until < now, JobRunRow.attempt >= ATTEMPTS)
    return [(job, slot) for job, slot in tx.connection.execute(select(JobRunRow.job, JobRunRow.slot).where(*lost).order_by(JobRunRow.slot))]


def claim(tx: Tx, job: str, slot: str, *, owner: str, now: datetime, lease: timedelta) -> bool:
    """Claim a slot: a new one by inserting it, an abandoned one by its lapsed lease."""
    row = {"job": job, "slot": slot, "state": RUNNING, "owner": owner, "lease_until": now + lease, "started_at": now, "attempt": 1}
    if insert_once(tx, JobRunRow, row):
        return True
    lapsed = (JobRunRow.job == job, JobRunRow.slot == slot, JobRunRow.state != DONE, JobRunRow.lease_until < now)
    again = {"state": RUNNING, "owner": owner, "lease_until": now + lease, "started_at": now, "attempt": JobRunRow.attempt + 1}
    return tx.connection.execute(update(JobRunRow).where(*lapsed).values(**again)).rowcount == 1


def release(tx: Tx, job: str, slot: str, *, owner: str, at: datetime) -> None:
    """Return a slot without counting the attempt, as the database was in trouble or busy: the next tick retries it."""
    mine = (JobRunRow.job == job, JobRunRow.slot == slot, JobRunRow.owner == owner, JobRunRow.state == RUNNING, JobRunRow.attempt > 0)
    tx.connection.execute(update(JobRunRow).where(*mine).values(attempt=JobRunRow.attempt - 1, lease_until=at))


def finish(tx: Tx, job: str, slot: str, *, owner: str, state: str, at: datetime, note: str | None = None) -> bool:
    """Close a slot, unless it has passed to another owner; in the transaction of the job's effect."""
    mine = (JobRunRow.job == job, JobRunRow.slot == slot, JobRunRow.owner == owner, JobRunRow.state == RUNNING)
    return tx.connection.execute(update(JobRunRow).where(*mine).values(state=state, finished_at=at, note=note)).rowcount == 1


def forget_done(tx: Tx, job: str, *, before: str) -> None:
    """Delete finished earlier slots of a job of which only the last slot matters."""
    tx.connection.execute(delete(JobRunRow).where(JobRunRow.job == job, JobRunRow.slot < before, JobRunRow.state == DONE))
