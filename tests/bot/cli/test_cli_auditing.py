"""python -m bot audit: exit codes and sentences, from the key in the environment to the anchor in the file."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from pathlib import Path

import pytest

from storage.audit.chain import Key
from storage.audit.sealing import seal_all
from storage.database import Database
from storage.sight import EVERYTHING
from tests.bot.cli.test_cli import CUSTOMERS
from tests.bot.conftest import Typed, written
from tests.storage.trail import run, sealing_on, unguarded

SECRET = "a-key-that-nobody-guesses-in-a-life"


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
    with database.begin(EVERYTHING, write=True) as tx:
        for statement in statements:
            run(unguarded(tx), statement)
    database.close()


def test_a_trail_is_anchored_in_the_file_and_proved_against_it(typed: Typed, anchored: str):
    typed("audit", "anchor")
    lines = Path("riskbot-anchors.txt").read_text().splitlines()
    code, said, complained = typed("audit", "verify", "--anchor", anchored, "--anchors", "riskbot-anchors.txt")

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 1:[0-9a-f]{64} [0-9a-f]{16} [0-9a-f]{16}", lines[0])
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
    assert said.startswith("The audit trail is broken at seq 1: event 1 about import 1 differs from what was sealed")


def test_a_rebuilt_trail_does_not_meet_its_anchor(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    tamper("DELETE FROM seal", "UPDATE event SET actor = 'mallory' WHERE id = 1")
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")
    with closing(Database("sqlite:///riskbot.db")) as database:
        seal_all(database, Key.of(None), guard=sealing_on)
    code, said, _complained = typed("audit", "verify", "--anchor", anchored)

    assert code == 1
    assert said.startswith("This is not the audit trail that was anchored.\n")
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


@pytest.mark.parametrize("secret", ["a", "x" * 31])
def test_a_key_that_can_be_guessed_begins_no_trail(typed: Typed, monkeypatch: pytest.MonkeyPatch, secret: str):
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", secret)
    typed("import", "customers", written("c.csv", CUSTOMERS))
    code, said, complained = typed("audit", "anchor")

    assert (code, said) == (1, "")
    assert complained.startswith(
        f"RISKBOT_AUDIT_KEY is too short: found {len(secret)} bytes; expected at least 32. To make one, type: python"
    )
    assert typed("audit", "verify")[1].startswith("The audit trail is empty.")


def test_a_trail_that_such_a_key_has_sealed_goes_on_and_is_not_begun_anew_by_another(typed: Typed, monkeypatch: pytest.MonkeyPatch):
    typed("import", "customers", written("c.csv", CUSTOMERS))
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "short")
    database = Database("sqlite:///riskbot.db")
    seal_all(database, Key.of("short"), guard=sealing_on)
    database.close()

    assert typed("audit", "anchor")[0] == 0
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "other")
    assert "is too short" in typed("audit", "anchor")[2]


def test_without_the_key_of_the_trail_nothing_is_anchored(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")
    code, said, complained = typed("audit", "anchor")

    assert (code, said) == (1, "")
    assert "it was sealed with a key, and RISKBOT_AUDIT_KEY is not set." in complained


@pytest.mark.parametrize("all_of_it", [True, False], ids=["all seals", "the last one"])
def test_what_was_cut_is_not_sealed_again_until_a_person_accepts_it(
    typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch, all_of_it: bool
):
    typed("audit", "anchor")
    tamper(f"DELETE FROM seal WHERE seq > {0 if all_of_it else 1}", "UPDATE event SET actor = 'mallory' WHERE id = 2")
    refused = typed("audit", "anchor")
    with monkeypatch.context() as keyless:
        keyless.delenv("RISKBOT_AUDIT_KEY")
        without = typed("audit", "reseal", "--reason", "the disk failed on Sunday")
    mumbled = typed("audit", "reseal", "--reason", "because")
    accepted = typed("audit", "reseal", "--reason", "the disk failed on Sunday")
    nothing = typed("audit", "reseal", "--reason", "the disk failed on Sunday")

    assert (refused[0], refused[1]) == (1, "")
    assert "The audit trail is not being sealed: " in refused[2]
    assert (without[0], "only someone who holds the key" in without[2]) == (1, True)
    assert (mumbled[0], "too short" in mumbled[2]) == (1, True)
    assert accepted[0] == 0
    assert re.search("Before: 2:[0-9a-f]{64}\\nFound: [01]:[0-9a-f]*\\n\\d entries were resealed.\\nNow: ", accepted[1])
    assert (nothing[0], "there is nothing to accept" in nothing[2]) == (1, True)
    assert typed("audit", "anchor")[0] == 0
    assert "audit.resealed" in exported(typed)


def exported(typed: Typed) -> str:
    """The whole trail as text."""
    assert typed("audit", "export", "all.json", "--force")[0] == 0
    return Path("all.json").read_text()


def test_a_trail_is_moved_to_another_key_and_anchored_on_both_sides(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch):
    new = "another key, since the first was seen by somebody"
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", new)
    without = typed("audit", "rekey")
    monkeypatch.setenv("RISKBOT_AUDIT_OLD_KEYS", SECRET)
    code, said, _complained = typed("audit", "rekey")
    again = typed("audit", "rekey")
    lines = [line.split() for line in Path("riskbot-anchors.txt").read_text().splitlines()]

    assert (without[0], "give it in RISKBOT_AUDIT_OLD_KEYS" in without[2]) == (1, True)
    assert code == 0
    assert [line[2] for line in lines[-2:]] == [Key.of(SECRET).id, Key.of(new).id]
    assert said.splitlines()[1].startswith("Last anchor under the old key: ")
    assert (again[0], "The trail is already sealed with this key" in again[2]) == (1, True)
    assert typed("audit", "verify", "--anchors", "riskbot-anchors.txt")[0] == 0


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_trail_is_not_moved_to_no_key_or_to_a_short_one(typed: Typed, anchored: str, monkeypatch: pytest.MonkeyPatch, secret: str):
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", secret)
    monkeypatch.setenv("RISKBOT_AUDIT_OLD_KEYS", SECRET)
    code, _said, complained = typed("audit", "rekey")

    assert code == 1
    assert "secrets.token_hex(32)" in complained


def test_a_trail_without_a_key_is_moved_to_one(typed: Typed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")
    typed("import", "customers", written("c.csv", CUSTOMERS))
    typed("audit", "anchor")
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", SECRET)

    assert typed("audit", "rekey")[0] == 0
    assert typed("audit", "verify", "--anchors", "riskbot-anchors.txt")[0] == 0


def test_an_erasure_that_somebody_wrote_themselves_is_named_as_forged(typed: Typed, anchored: str):
    columns, at = "kind, subject, actor, at, payload, salt, digest", "2026-11-23T09:00:00.000000Z"
    payload = '{"count": 1, "events": [[1, 1]], "reason": "asked to be forgotten"}'
    digest = hashlib.sha256(f"s\n{payload}".encode()).hexdigest()
    tamper(
        "UPDATE event SET payload = NULL, salt = '' WHERE id = 1",
        f"INSERT INTO event ({columns}) VALUES ('audit.erased', 'ACME', 'dpo', '{at}', '{payload}', 's', '{digest}')",
    )
    typed("audit", "anchor")
    code, said, _complained = typed("audit", "verify")

    assert code == 1
    assert said.startswith(
        "The audit trail is broken at seq 1: the payload of event 1 about import 1 is gone, and the erasure that names it"
    )
    assert "is forged: no command has signed it with the key." in said


def test_an_erasure_asks_first_and_nothing_is_erased_without_a_yes(typed: Typed, anchored: str):
    words = ("audit", "erase", "--customer", "ACME", "--reason", "asked to be forgotten")
    nothing = typed(*words)
    columns = "kind, subject, actor, at, payload, salt, digest"
    tamper(f"INSERT INTO event ({columns}) VALUES ('score.changed', 'ACME', 'a', '2026-11-23T09:00:00.000000Z', '{{}}', 's', 'd')")
    asked, done = typed(*words), typed(*words, "--yes")

    assert nothing[:2] == (0, "The trail has no payload about ACME: there is nothing to erase.\n")
    assert (asked[0], asked[2]) == (1, "Erasing needs a confirmation, and there is no terminal to ask at: use --yes to go ahead.\n")
    assert done[0] == 0
    assert "1 payload was erased, as recorded." in done[1]


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
