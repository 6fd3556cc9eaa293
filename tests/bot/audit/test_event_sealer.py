"""The running bot's part of the trail: it seals, keeps the anchor file, and says what is wrong."""

from __future__ import annotations

import logging

from bot.audit.anchoring import AnchorFile
from bot.audit.event_sealer import KEY_GONE, NO_KEY, Sealer
from bot.audit.heads import HeadKeeper
from bot.clock import Clock
from commands.audit import anchoring
from storage.audit import sealing
from storage.audit.chain import Keys
from storage.sight import EVERYTHING
from tests.conftest import MONDAY, eventually
from tests.storage.trail import KEY, OTHER, PLAIN, found, sealed, sealing_on, write


def anchor(database, policy):
    with database.begin(EVERYTHING, write=True) as tx:
        anchoring.take(tx, policy, Keys(KEY), by="anchor", at=MONDAY)
    sealing.seal_all(database, KEY, guard=sealing_on)


def sealer_of(database, keys=KEY, older=()):
    """A sealer without a head file."""
    known = Keys(keys, older)
    return Sealer(database, known, HeadKeeper(database, known, lambda: "", Clock()))


def test_a_tick_seals_what_was_written_and_the_next_one_nothing(database):
    sealer = sealer_of(database)
    with database.begin(EVERYTHING, write=True) as tx:
        write(tx, 3)

    assert [sealer.tick(), sealer.tick()] == [3, 0]
    assert sealer.troubles() == []


def test_without_a_key_the_bot_says_so_in_the_log_and_in_its_status(sqlite, caplog):
    sealer = sealer_of(sqlite, PLAIN)
    with caplog.at_level(logging.WARNING):
        sealer.begin()

    assert sealer.troubles() == [NO_KEY]
    assert "RISKBOT_AUDIT_KEY is not set" in caplog.text


def test_a_bot_that_has_lost_its_key_seals_nothing_and_says_so_once_in_the_log(sqlite, caplog):
    sealed(sqlite, 2)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=3)
    sealer = sealer_of(sqlite, PLAIN)

    assert [sealer.tick(), sealer.tick()] == [0, 0]
    assert sealer.troubles() == [KEY_GONE]
    assert caplog.text.count("it was sealed with a key, and") == 1
    assert found(sqlite).count == 2


def test_another_key_goes_on_where_the_one_before_is_given_and_the_log_says_so(sqlite, caplog):
    sealed(sqlite, 2)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=3)
    sealer = sealer_of(sqlite, OTHER, [KEY])
    with caplog.at_level(logging.WARNING):
        sealer.begin()

    assert "goes on with another key" in caplog.text
    assert sealer.tick() == 1


def test_another_key_alone_seals_nothing_and_says_what_to_do(sqlite):
    sealed(sqlite, 2)
    with sqlite.begin(EVERYTHING, write=True) as tx:
        write(tx, 1, first=3)
    sealer = sealer_of(sqlite, OTHER)
    sealer.begin()

    assert sealer.tick() == 0
    assert str(sealer.troubles()[0]).startswith(
        f"The audit trail is not being sealed: it was sealed with a key that is not set here ({KEY.id})."
    )


def test_the_anchor_file_gets_every_anchor_on_record_once(sqlite, policy, tmp_path):
    sealed(sqlite, 2)
    file = tmp_path / "anchors.txt"
    keeper, other = AnchorFile(sqlite, lambda: str(file)), AnchorFile(sqlite, lambda: str(file))
    for _day in range(2):
        anchor(sqlite, policy)
        keeper.follow()
        other.follow()
        keeper.follow()

    assert [line.split()[1].partition(":")[0] for line in file.read_text().splitlines()] == ["2", "3"]


def test_a_file_that_cannot_be_written_is_a_trouble_until_it_can_and_no_anchor_is_lost(sqlite, policy, tmp_path, caplog):
    sealed(sqlite, 2)
    file = tmp_path / "off" / "anchors.txt"
    keeper = AnchorFile(sqlite, lambda: str(file))
    anchor(sqlite, policy)
    troubles = [str(keeper.follow()), str(keeper.follow())]
    file.parent.mkdir()
    after = keeper.follow()

    assert troubles == [f"The anchor file {file} cannot be written: No such file or directory."] * 2
    assert caplog.text.count("cannot be written") == 1
    assert (after, keeper.troubles()) == (None, [])
    assert file.read_text().count("\n") == 1


def test_without_a_name_there_is_no_file_and_no_trouble(sqlite, policy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sealed(sqlite, 1)
    anchor(sqlite, policy)

    assert AnchorFile(sqlite, lambda: "").follow() is None
    assert not list(tmp_path.glob("*anchor*"))


def test_a_running_bot_seals_what_is_written_and_has_nothing_to_complain_of(bot, sqlite):
    with sqlite.begin(EVERYTHING, write=True) as tx:
        write(tx, 2)

    eventually(lambda: found(sqlite).count >= 2)

    assert found(sqlite).broken is None
    assert bot.known_troubles() == []
