"""Slots of jobs: claimed by one, lapsed and taken over, finished by whoever holds them."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.database import Database
from storage.delivery import jobs
from storage.sight import EVERYTHING
from tests.conftest import MONDAY
from tests.processes import at_once, wait_until

LEASE = timedelta(minutes=5)
SLOTS = [f"2026-11-{day:02}" for day in range(1, 21)]


def claim(database: Database, owner: str, slot: str = "2026-11-23", at: datetime = MONDAY) -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return jobs.claim(tx, "digest", slot, owner=owner, now=at, lease=LEASE)


def finish(database: Database, owner: str, slot: str = "2026-11-23", at: datetime = MONDAY) -> bool:
    with database.begin(EVERYTHING, write=True) as tx:
        return jobs.finish(tx, "digest", slot, owner=owner, state=jobs.DONE, at=at)


def unfinished(database: Database, at: datetime) -> list[str]:
    with database.begin(EVERYTHING) as tx:
        return jobs.unfinished(tx, "digest", now=at)


def test_a_slot_is_claimed_by_the_first_and_finished_by_its_owner_alone(database: Database):
    claims = [claim(database, owner) for owner in ("a", "b", "a")]
    ends = [finish(database, owner) for owner in ("b", "a", "a")]

    assert claims == [True, False, False]
    assert ends == [False, True, False]


def test_a_slot_whose_owner_died_passes_to_another_once_its_lease_has_lapsed(database: Database):
    claim(database, "dead")
    within, lapsed = MONDAY + LEASE - timedelta(seconds=1), MONDAY + LEASE + timedelta(seconds=1)

    assert (claim(database, "b", at=within), unfinished(database, within)) == (False, [])
    assert unfinished(database, lapsed) == ["2026-11-23"]
    assert [claim(database, owner, at=lapsed) for owner in ("b", "c")] == [True, False]
    assert (finish(database, "dead"), finish(database, "b")) == (False, True)


def test_what_is_done_is_never_claimed_again_however_long_ago(database: Database):
    claim(database, "a")
    finish(database, "a")
    later = MONDAY + timedelta(days=400)

    assert (claim(database, "b", at=later), unfinished(database, later)) == (False, [])


def test_a_slot_that_has_used_up_its_attempts_is_not_offered_any_more(database: Database):
    at = MONDAY
    offered = []
    for _attempt in range(5):
        claim(database, "a", at=at)
        at += LEASE + timedelta(seconds=1)
        offered.append(unfinished(database, at) != [])
        if not offered[-1]:
            break

    assert offered == [True, True, False]
    with database.begin(EVERYTHING) as tx:
        assert [job for job, _slot in jobs.given_up(tx, now=at)] == ["digest"]


def test_the_newest_slot_and_the_last_run_are_of_the_job_that_is_asked_for(database: Database):
    for slot, at in (("2026-11-20", MONDAY - timedelta(days=3)), ("2026-11-23", MONDAY)):
        claim(database, "a", slot, at)
    finish(database, "a", "2026-11-20", MONDAY)

    with database.begin(EVERYTHING) as tx:
        assert jobs.newest_slot(tx, "digest") == "2026-11-23"
        assert jobs.last_done(tx, "digest") == MONDAY - timedelta(days=3)
        assert (jobs.newest_slot(tx, "other"), jobs.last_done(tx, "other")) == (None, None)


def claim_all(instant: float, url: str, owner: str) -> list[str]:
    database = Database(url)
    wait_until(instant)
    won = [slot for slot in SLOTS if claim(database, owner, slot)]
    database.close()
    return won


def test_processes_that_claim_the_same_slots_at_the_same_instant_share_them_out(database: Database, database_url: str):
    won = at_once(claim_all, [(database_url, owner) for owner in "abc"])

    assert sorted(slot for each in won for slot in each) == SLOTS
