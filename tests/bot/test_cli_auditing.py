"""python -m bot audit: exit codes and sentences, from the key in the environment to the anchor in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.conftest import Typed, written
from tests.bot.test_cli import CUSTOMERS
from tests.storage.trail import run, unguarded

SECRET = "a-key-that-nobody-guesses"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", SECRET)
    monkeypatch.delenv("RISKBOT_AUDIT_OLD_KEYS", raising=False)


@pytest.fixture
def anchored(typed: Typed) -> str:
    """A trail of one import, anchored; the anchor."""
    typed("migrate")
    typed("import", "customers", written("c.csv", CUSTOMERS))
    code, said, _complained = typed("audit", "anchor")
    assert code == 0
    return said.split()[1]


def tamper(*statements: str) -> None:
    database = Database("sqlite:///riskbot.db")
    with database.begin(write=True) as tx:
        for statement in statements:
            run(unguarded(tx), statement)
    database.close()


def test_a_trail_is_anchored_in_the_file_and_proved_against_it(typed: Typed, anchored: str):
    typed("audit", "anchor")
    lines = Path("riskbot-anchors.txt").read_text().splitlines()
    code, said, complained = typed("audit", "verify", "--anchor", anchored, "--anchors", "riskbot-anchors.txt")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 1:[0-9a-f]{64} [0-9a-f]{16}", lines[0])
    assert len(lines) == 2
    assert (code, complained) == (0, "")
    assert said.startswith("The audit trail is whole: 2 entries.\nHead: 2:")
    assert "3 anchors hold.\n1 event is not sealed yet.\n" in said


def test_nothing_is_said_of_the_key(typed: Typed, anchored: str):
    said = "".join(map(str, [*typed("audit", "verify"), *typed("audit", "anchor")]))

    assert SECRET not in said + Path("riskbot-anchors.txt").read_text()
    assert SECRET.encode() not in Path("riskbot.db").read_bytes()


def test_a_changed_row_ends_with_one_and_the_link_by_name(typed: Typed, anchored: str):
    tamper("UPDATE event SET actor = 'mallory' WHERE id = 1")
    code, said, complained = typed("audit", "verify")

    assert (code, complained) == (1, "")
    assert said.startswith("The audit trail is broken at seq 1: event 1 about import 1 is not what was sealed")


def test_a_rebuilt_trail_does_not_meet_its_anchor(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    tamper("DELETE FROM seal", "UPDATE event SET actor = 'mallory' WHERE id = 1")
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")
    typed("audit", "anchor")
    code, said, _complained = typed("audit", "verify", "--anchor", anchored)

    assert code == 1
    assert said.startswith("The audit trail is not the one that was anchored.\n")
    assert "the trail was rebuilt" in said
    assert typed("audit", "verify")[0] == 0


@pytest.mark.parametrize("words", [("--anchor", "12"), ("--anchors", "none.txt"), ("--export", "none.json")])
def test_what_cannot_be_read_is_refused_on_stderr(typed: Typed, anchored: str, words: tuple[str, str]):
    code, said, complained = typed("audit", "verify", *words)

    assert (code, said) == (1, "")
    assert words[1] in complained


def test_an_older_key_is_taken_from_the_environment(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "another key, since the first was seen by somebody")
    without = typed("audit", "verify")[0]
    monkeypatch.setenv("RISKBOT_AUDIT_OLD_KEYS", f"one more, {SECRET}")
    code, said, _complained = typed("audit", "verify")

    assert (without, code) == (1, 0)
    assert "Sealed with an older key" in said


def test_an_export_is_verified_without_a_database(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    code, said, _complained = typed("audit", "export", "trail.json")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///nowhere/at-all.db")
    proof = typed("audit", "verify", "--export", "trail.json", "--anchor", anchored)

    assert code == 0
    assert said.splitlines()[1] == "To prove it: python -m bot audit verify --export trail.json"
    assert (proof[0], proof[1].splitlines()[0]) == (0, "The audit trail is whole: 1 entry.")


def test_an_erasure_asks_first_and_nothing_is_erased_without_a_yes(typed: Typed, anchored: str):
    words = ("audit", "erase", "--customer", "ACME", "--reason", "asked to be forgotten")
    nothing = typed(*words)
    columns = "kind, subject, actor, at, payload, salt, digest"
    tamper(f"INSERT INTO event ({columns}) VALUES ('k', 'ACME', 'a', '2026-11-23T09:00:00.000000Z', '{{}}', 's', 'd')")
    asked, done = typed(*words), typed(*words, "--yes")

    assert nothing[:2] == (0, "The trail has no payload about ACME: there is nothing to erase.\n")
    assert (asked[0], asked[2]) == (1, "Erasing asks first, and nobody is at the terminal; --yes goes ahead.\n")
    assert done[0] == 0
    assert "1 payload is erased, and that is on record." in done[1]


def test_a_database_of_another_version_is_left_alone_with_the_command_to_type(typed: Typed):
    code, said, complained = typed("audit", "verify")

    assert (code, said) == (1, "")
    assert "python -m bot migrate" in complained


def test_a_file_that_cannot_be_written_is_refused_and_the_anchor_is_on_record(typed: Typed, anchored: str):
    Path("riskbot-anchors.txt").unlink()
    Path("riskbot-anchors.txt").mkdir()
    code, said, complained = typed("audit", "anchor")

    assert code == 1
    assert " 2:" in said
    assert complained.endswith("The anchor file riskbot-anchors.txt cannot be written: Is a directory.\n")
