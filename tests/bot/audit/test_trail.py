"""Somebody who has the database file, and can start the bot again, changes the trail: nothing of it is sealed with the bot's key."""

from __future__ import annotations

import json
import shutil
import stat

import pytest

from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.clock import Clock
from commands.audit import anchoring, resealing
from commands.audit.verification.auditing import AuditRefused
from storage import events
from storage.audit import rows
from storage.audit.anchoring.guarding import Doubt, TrailResealed
from storage.audit.anchoring.known import Known, identity
from storage.audit.chain import Key, Keys
from storage.database import Database
from storage.sight import EVERYTHING
from tests.conftest import MONDAY, anchored_in, eventually
from tests.happened import happened
from tests.raw_events import RawEvent
from tests.storage.trail import KEY, OTHER, PLAIN, found, run, unguarded, write

KEYS = Keys(KEY)


class Watch(Clock):
    """A clock that is set by hand."""

    seconds = 0.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def anchors(tmp_path):
    """Where the anchor file would be, on the first machine."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here" / "anchors.txt"


def started(database, anchors, keys=KEYS, clock=None):
    """A sealer as it is after a start of the bot."""
    told = []
    sealer = Sealer(database, keys, HeadKeeper(database, keys, lambda: str(anchors), clock or Clock()), told.append)
    sealer.told = told
    sealer.begin()
    return sealer


def lived(database, anchors, count=6):
    """A trail that was sealed by a bot, which then stopped."""
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, count)
    sealer = started(database, anchors)
    sealer.tick()
    sealer.close()


def lived_without(database, anchors, first=1):
    """A trail without a key that was sealed by a bot, which then stopped."""
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 3, first=first)
    sealer = started(database, anchors, Keys(Key.of(None)))
    sealer.tick()
    sealer.close()


def happens(database, n):
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=n)


def attack(database, *statements):
    with database.begin(EVERYTHING, write=True) as tx:
        for statement in statements:
            run(unguarded(tx), statement)


EDIT = "UPDATE event SET actor = 'U0MALLORY' WHERE id = 5"
ATTACKS = {
    "the last seals dropped": (Doubt.CUT, ["DELETE FROM seal WHERE seq > 4", EDIT]),
    "the last entries dropped with theirs": (Doubt.CUT, ["DELETE FROM seal WHERE seq > 4", "DELETE FROM event WHERE id > 4"]),
    "all seals dropped": (Doubt.GONE, ["DELETE FROM seal", EDIT]),
    "everything dropped": (Doubt.GONE, ["DELETE FROM seal", "DELETE FROM event"]),
    "the last seal changed": (Doubt.REBUILT, ["UPDATE seal SET hash = 'f' WHERE seq = 6", EDIT]),
    "given another id": (Doubt.OTHER, ["UPDATE trail SET id = '0123456789abcdef'", "DELETE FROM seal", EDIT]),
}


@pytest.mark.parametrize(("doubt", "statements"), ATTACKS.values(), ids=ATTACKS.keys())
@pytest.mark.parametrize("restarted", [True, False], ids=["and the bot started again", "while it runs"])
def test_what_somebody_has_changed_is_not_sealed(database, anchors, caplog, doubt, statements, restarted):
    lived(database, anchors)
    before = started(database, anchors)
    attack(database, *statements)
    happens(database, 50)
    sealer = started(database, anchors) if restarted else before
    done = [sealer.tick() for _second in range(3)]

    assert done == [0, 0, 0]
    assert sealer.held.doubt is doubt
    assert len(sealer.troubles()) == 1
    assert caplog.text.count(str(sealer.troubles()[0])) == 1
    assert [behind.doubt for behind in sealer.told] == [doubt]


def test_without_a_head_file_the_anchors_on_record_are_enough_to_see_that_all_seals_are_gone(sqlite, anchors, policy):
    lived(sqlite, anchors)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        anchoring.take(tx, policy, KEYS, by="anchor", at=MONDAY)
    shutil.rmtree(anchors.parent)
    attack(sqlite, "DELETE FROM seal", EDIT)
    sealer = started(sqlite, anchors)

    assert sealer.tick() == 0
    assert str(sealer.troubles()[0]) == (
        "The audit trail is not being sealed: all its seals are gone; 6 were known. Restore a backup, or "
        "accept it on record: python -m bot audit reseal --reason “…”."
    )


def test_a_machine_whose_head_file_is_behind_goes_on(database, anchors, tmp_path):
    lived(database, anchors)
    other = tmp_path / "anchors.txt"
    for n in (20, 21):
        happens(database, n)
        sealer = started(database, other)
        assert sealer.tick() == 1
        sealer.close()

    assert started(database, anchors).held is None
    assert found(database).broken is None


def test_a_backup_that_somebody_has_put_in_its_place_is_noticed(sqlite, anchors, tmp_path):
    lived(sqlite, anchors)
    sqlite.close()
    shutil.copy(tmp_path / "riskbot.db", tmp_path / "old.db")
    happens(sqlite, 30)
    sealer = started(sqlite, anchors)
    sealer.tick()
    sealer.close()
    sqlite.close()
    shutil.copy(tmp_path / "old.db", tmp_path / "riskbot.db")

    assert started(sqlite, anchors).held.doubt is Doubt.CUT


def test_another_database_in_its_place_is_noticed_and_one_elsewhere_is_a_new_trail(sqlite, anchors, tmp_path, masters, stock):
    lived(sqlite, anchors)
    elsewhere = Database(masters.sqlite(stock, tmp_path / "elsewhere.db"))
    attack(elsewhere, "UPDATE trail SET id = 'fedcba9876543210'")
    happens(elsewhere, 1)

    assert started(elsewhere, anchors).tick() == 1
    elsewhere.close()
    sqlite.close()
    shutil.copy(tmp_path / "elsewhere.db", tmp_path / "riskbot.db")
    assert started(sqlite, anchors).held.doubt is Doubt.OTHER


def test_without_a_key_a_new_database_is_a_new_trail(sqlite, anchors):
    happens(sqlite, 1)
    before = started(sqlite, anchors, Keys(PLAIN))
    before.tick()
    before.close()
    attack(sqlite, "UPDATE trail SET id = '0123456789abcdef'", "DELETE FROM seal")

    assert started(sqlite, anchors, Keys(PLAIN)).tick() == 1


# --- the file -------------------------------------------------------------------------------------------------------------


def head_file(anchors):
    (file,) = anchors.parent.glob("*.head")
    return file


@pytest.mark.parametrize(
    "change",
    [
        lambda told: {**told, "known": {**told["known"], "count": 3}},
        lambda told: {**told, "mac": "0" * 64},
        lambda told: {**told, "address": "elsewhere"},
        lambda told: {**told, "known": None},
        lambda told: [],
    ],
)
def test_a_head_file_that_somebody_has_changed_is_not_believed(sqlite, anchors, change):
    lived(sqlite, anchors)
    file = head_file(anchors)
    file.write_text(json.dumps(change(json.loads(file.read_text()))))
    happens(sqlite, 9)
    sealer = started(sqlite, anchors)

    assert (sealer.tick(), sealer.held.doubt) == (0, Doubt.FILE)


def test_a_head_file_of_the_key_before_is_believed_where_that_key_is_given(sqlite, anchors):
    lived(sqlite, anchors)
    happens(sqlite, 9)

    assert started(sqlite, anchors, Keys(OTHER)).held.doubt is Doubt.KEY
    assert started(sqlite, anchors, Keys(OTHER, [KEY])).tick() == 1


def test_a_head_file_of_the_time_without_a_key_counts_for_nothing_once_the_trail_has_one(sqlite, anchors, tmp_path):
    lived_without(sqlite, anchors)
    lived_without(sqlite, tmp_path / "there.txt", first=20)
    happens(sqlite, 40)
    first = started(sqlite, anchors).tick()
    happens(sqlite, 41)

    assert first == 1
    assert started(sqlite, tmp_path / "there.txt").tick() == 1


def test_the_head_file_is_for_its_owner_alone_and_does_not_tell_the_key(sqlite, anchors):
    lived(sqlite, anchors)
    file = head_file(anchors)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY.secret.decode() not in file.read_text()
    assert [path.name for path in anchors.parent.iterdir()] == [file.name]


def test_it_is_written_every_few_seconds_and_at_the_end(sqlite, anchors):
    clock = Watch()
    sealer = started(sqlite, anchors, clock=clock)
    seen = []
    for clock.seconds in (10, 11, 12, 16):
        happens(sqlite, int(clock.seconds))
        sealer.tick()
        seen.append(json.loads(head_file(anchors).read_text())["known"]["count"])
    happens(sqlite, 20)
    sealer.tick()
    sealer.close()

    assert seen == [1, 1, 1, 4]
    assert json.loads(head_file(anchors).read_text())["known"]["count"] == 5


def test_that_it_cannot_be_written_is_said_once_until_it_can(sqlite, tmp_path, caplog):
    clock, file = Watch(), tmp_path / "not there" / "anchors.txt"
    sealer = started(sqlite, file, clock=clock)
    for clock.seconds in (10, 20):
        happens(sqlite, int(clock.seconds))
        sealer.tick()
    said = [str(trouble) for trouble in sealer.troubles()]
    file.parent.mkdir()
    clock.seconds = 30
    sealer.tick()

    assert len(said) == 1
    assert "cannot be written: No such file or directory." in said[0]
    assert caplog.text.count("cannot be written") == 1
    assert sealer.troubles() == []


# --- a person accepts it --------------------------------------------------------------------------------------------------


def accept(database, anchors, policy, reason="the disk failed on Sunday"):
    sealer = started(database, anchors)
    with database.begin(EVERYTHING, write=True) as tx:
        accepted = resealing.reseal(tx, policy, KEYS, sealer.held, reason=reason, by="ana", at=MONDAY)
    sealer.tick()
    sealer.close()
    return accepted


def test_once_a_person_has_accepted_it_every_machine_goes_on(database, anchors, tmp_path, policy, caplog):
    lived(database, anchors)
    running = started(database, tmp_path / "anchors.txt")
    running.tick()
    attack(database, "DELETE FROM seal WHERE seq > 4", EDIT)
    held = running.tick(), running.held
    accepted = accept(database, anchors, policy)
    happens(database, 60)
    with database.begin(EVERYTHING) as tx:
        (told,) = happened(tx, TrailResealed)

    assert held[1] is not None
    assert running.tick() == 1
    assert (running.held, running.troubles()) == (None, [])
    assert "is sealed again" in caplog.text
    assert started(database, anchors).held is None
    assert (told.actor, told.facts["known"].partition(":")[0], told.facts["count"], told.facts["sealed"]) == ("ana", "6", 4, 2)
    assert accepted.sealed == 2


def test_it_is_accepted_once_and_not_for_what_is_cut_later(database, anchors, policy):
    lived(database, anchors)
    attack(database, "DELETE FROM seal WHERE seq > 4")
    accept(database, anchors, policy)
    happens(database, 70)
    sealer = started(database, anchors)
    sealer.tick()
    sealer.close()
    attack(database, "DELETE FROM seal WHERE seq > 8")

    assert started(database, anchors).held.doubt is Doubt.CUT


def test_somebody_without_the_key_cannot_accept_it(database, anchors):
    lived(database, anchors)
    attack(database, "DELETE FROM seal WHERE seq > 4", EDIT)
    with database.begin(EVERYTHING, write=True) as tx:
        head = sealer_head(tx)
        for key in (OTHER, PLAIN):
            facts = Known.signed(*head, key).facts()
            run(tx, "DELETE FROM event WHERE kind = 'audit.resealed'")
            events.record(tx, resealed({**facts, "key": KEY.id}))
            events.record(tx, resealed(facts))
    sealer = started(database, anchors)

    assert (sealer.tick(), sealer.held.doubt) == (0, Doubt.CUT)


def sealer_head(tx):
    return identity(tx), 5, rows.head(tx)


def resealed(facts):
    return RawEvent("audit.resealed", "audit", "ana", MONDAY, {**facts, "reason": "the disk failed", "known": None, "sealed": 0})


def test_a_trail_that_goes_on_is_not_accepted_and_neither_is_one_without_the_key(sqlite, anchors, policy):
    lived(sqlite, anchors)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        with pytest.raises(AuditRefused, match="there is nothing to accept"):
            resealing.reseal(tx, policy, KEYS, None, reason="the disk failed on Sunday", by="ana", at=MONDAY)
        with pytest.raises(AuditRefused, match="only someone who holds the key"):
            resealing.reseal(tx, policy, Keys(PLAIN), None, reason="the disk failed on Sunday", by="ana", at=MONDAY)


# --- the whole bot --------------------------------------------------------------------------------------------------------


def test_a_running_bot_alarms_the_audit_channel_and_names_it_in_its_troubles(workspace, sqlite, launch):
    application = launch(workspace, sqlite)
    happens(sqlite, 1)
    eventually(lambda: found(sqlite).count)
    attack(sqlite, "DELETE FROM seal")
    eventually(lambda: application.trail.sealer.held)
    application.trail.tell()
    message = workspace.person("eva").wait_message("risk-audit", "🚨")

    assert "all its seals are gone" in message["text"]
    assert [str(trouble) for trouble in application.known_troubles() if "not being sealed" in str(trouble)]


def test_a_second_machine_goes_by_the_last_anchor_in_the_channel(workspace, sqlite, launch, policy, tmp_path):
    application = launch(workspace, sqlite)
    happens(sqlite, 1)
    eventually(lambda: found(sqlite).count)
    application.trail.anchor()
    workspace.person("eva").wait_message("risk-audit", "Audit anchor")
    attack(sqlite, "DELETE FROM seal", "UPDATE event SET kind = 'risk.logged' WHERE kind LIKE 'audit.%'")
    second = launch(workspace, sqlite, policy=anchored_in(tmp_path / "there", policy))

    assert second.trail.sealer.held.doubt is Doubt.GONE
