"""The bot verifies its trail by itself: what is new after a start and every night, all of it once a week, and it says what it found."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.audit.checking import Checker
from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.clock import Clock
from bot.metrics import VERIFIED_ENTRIES, VERIFIED_OK
from bot.policy_in_force import PolicyBook
from commands.audit.verification import self_verification
from playground.person import PATIENCE
from storage.audit.anchoring.guarding import TrailVerified
from storage.audit.chain import Keys
from storage.audit.findings import Fault
from storage.database import Busy
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.happened import happened
from tests.storage.trail import KEY, OTHER, run, unguarded, write

KEYS = Keys(KEY)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Hand(Clock):
    """A clock that is set by hand."""

    at = NOON

    def now(self):
        return self.at


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def checker(database, policy, clock, tmp_path):
    """A checker of a trail of five entries."""
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 5)
    return checks(database, policy, clock, tmp_path)


def checks(database, policy, clock, folder, keys=KEYS):
    heads = HeadKeeper(database, keys, lambda: str(folder / "anchors.txt"), clock)
    sealer = Sealer(database, keys, heads)
    sealer.begin()
    sealer.tick()
    sealer.close()
    return Checker(database, keys, PolicyBook(database, policy), heads, clock, lambda: None)


def waited(checker):
    """One tick, and the verification that it has begun."""
    before = checker.outcome
    checker.tick()
    if checker._thread is not None:
        checker._thread.join(PATIENCE)
    return checker.outcome is not before


def told(database):
    with database.begin(EVERYTHING) as tx:
        return happened(tx, TrailVerified)


def test_after_a_start_all_of_it_is_verified_and_at_night_what_is_new(checker, clock, database, policy, tmp_path):
    first = waited(checker), checker.outcome.since, checker.outcome.count
    again = waited(checker)
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 2, first=50)
    sealer = Sealer(database, KEYS, checker.heads)
    sealer.tick()
    clock.at = NOON + timedelta(days=1)
    night = waited(checker), checker.outcome.since, checker.outcome.count

    assert (first, again, night) == ((True, 0, 5), False, (True, 5, 7))
    assert [(each.facts["outcome"], each.facts["count"], each.facts["since"]) for each in told(database)] == [("whole", 7, 5)]
    assert VERIFIED_OK._value.get() == 1
    assert VERIFIED_ENTRIES._value.get() == 7


def test_once_a_week_all_of_it_is_verified_and_a_restart_knows_how_far_it_was(checker, clock, database, policy, tmp_path):
    waited(checker)
    restarted = checks(database, policy, clock, tmp_path)
    waited(restarted)
    clock.at = NOON + timedelta(days=8)
    waited(checker)

    assert restarted.outcome.since == 5
    assert checker.outcome.since == 0


def test_a_clock_that_was_ahead_does_not_put_off_the_next_verification(checker, clock):
    clock.at = NOON + timedelta(days=1500)
    waited(checker)
    clock.at = NOON
    again = waited(checker)

    assert again
    assert checker.outcome.since == 0, "all of it, as nobody knows when it last was"


def test_what_cannot_be_recorded_now_is_recorded_by_the_next_attempt(checker, database):
    records = checker._record

    def busy(_outcome):
        checker._record = records
        raise Busy("the disk is full")

    checker._record = busy
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'U0MALLORY' WHERE id = 2")
    waited(checker)
    nothing, troubles = told(database), checker.troubles()
    waited(checker)

    assert (nothing, len(troubles)) == ([], 1)
    assert len(told(database)) == 1


def test_of_two_processes_one_tells_of_the_night(checker, clock, database, policy, tmp_path):
    (tmp_path / "there").mkdir()
    other = checks(database, policy, clock, tmp_path / "there")
    waited(checker), waited(other)
    clock.at = NOON + timedelta(days=1)
    waited(checker), waited(other)

    assert len(told(database)) == 1


def test_what_was_changed_is_loud_once_and_stands_in_the_troubles(checker, clock, database, caplog):
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'U0MALLORY' WHERE id = 3")
    with caplog.at_level(logging.CRITICAL):
        waited(checker)
        clock.at = NOON + timedelta(days=1)
        waited(checker)
    (trouble,) = checker.troubles()

    assert str(trouble).startswith("The audit trail is broken at seq 3: event 3 about R-3 differs from what was sealed")
    assert caplog.text.count("broken at seq 3") == 1
    assert [each.facts["broken"]["fault"] for each in told(database)] == [Fault.ROW] * 2
    assert VERIFIED_OK._value.get() == 0


def test_where_what_was_verified_is_not_there_any_more_the_first_broken_link_is_named(checker, clock, database):
    waited(checker)
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'U0MALLORY' WHERE id = 2")
        run(tx, "UPDATE seal SET hash = 'f' WHERE seq = 5")
    clock.at = NOON + timedelta(days=1)
    waited(checker)

    assert checker.outcome.broken.seq == 2


def test_without_the_older_key_it_is_said_that_not_all_could_be_checked(checker, database, policy, clock):
    heads = HeadKeeper(database, Keys(OTHER), lambda: "", clock)
    blind = Checker(database, Keys(OTHER), PolicyBook(database, policy), heads, clock, lambda: None)
    waited(blind)

    assert [str(trouble) for trouble in blind.troubles()] == ["The audit trail could not be checked to its end: a key is missing."]


def test_a_row_that_is_not_as_the_trail_says_is_found_too(checker, database, policy):
    columns = "id, roles, departments, holds, given_by, given_at, version"
    values = """'U0MALLORY', '["administrator"]', '[]', true, 'U0ANA', at, 1"""
    with database.begin(EVERYTHING, write=True) as tx:
        run(tx, f"INSERT INTO member ({columns}) SELECT {values} FROM event LIMIT 1")
    waited(checker)

    assert [str(trouble) for trouble in checker.troubles()] == ["The register does not match the trail: 1 difference."]
    assert told(database)[0].facts["outcome"] == "register"


def test_a_stop_does_not_wait_for_a_long_verification(checker):
    checker.close()

    assert not waited(checker)


def test_the_audit_channel_reads_one_line_and_a_failure_is_loud(checker, database, policy):
    waited(checker)
    with database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "DELETE FROM event WHERE id = 4")
        outcome = self_verification.look(tx, KEYS, None, at=NOON, breathe=lambda done: None)
        fine, broken = ({**each.event().facts, "at": NOON.isoformat()} for each in (checker.outcome, outcome))

        assert self_verification.render(fine, policy, tx).text == "✅ The audit trail is whole: 5 entries. All entries were verified."
        missing = "🚨 The audit trail is broken at seq 4: event 4, which it seals, is missing"
        assert self_verification.render(broken, policy, tx).text.startswith(missing)


def test_a_running_bot_says_in_its_status_that_the_trail_was_verified(bot):
    eventually(lambda: bot.trail.checker.outcome)
    ((label, say),) = bot.trail.standing()

    assert str(label) == "Audit trail"
    assert say().startswith("whole: ")
