"""Nobody else reads what we write, nothing is written through a link or over another's file, and nothing outlives a kill."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.audit import audit_exporting
from commands.data.exporting import ExportRefused, run_export
from commands.data.importing import ImportRefused, run_import
from playground.person import PATIENCE
from storage import private
from storage.audit.anchoring import anchors
from storage.audit.anchoring.anchors import Anchor, Anchored
from storage.audit.extract import Wanted
from storage.data.files.staging import FOLDERS
from storage.database import Database
from storage.migrations import migrate
from tests.conftest import MONDAY

GOOD = "id,name\nC1,Acme\n"
BAD = "id,name\nC1,\nC2,Bolt\n"


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=["umask 000", "umask 022", "umask 777"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int):
    tmp_path.chmod(0o755)
    (tmp_path / "bad.csv").touch(0o600)
    (tmp_path / "bad.csv").chmod(0o600)
    (tmp_path / "bad.csv").write_text(BAD, "utf-8")
    database = Database(f"sqlite:///{tmp_path / 'riskbot.db'}")
    migrate.upgrade(database)
    bring(database, tmp_path / "bad.csv", rejects=tmp_path / "bad.rejects.csv", skip_bad=True)
    for ending in ("csv", "xlsx", "parquet"):
        run_export(database, "customers", tmp_path / f"out.{ending}", now=MONDAY)
    for ending in ("csv", "xlsx", "json"):
        audit_exporting.run_export(database, tmp_path / f"trail.{ending}", Wanted(), by="grace", now=MONDAY, progress=False)
    anchors.append(tmp_path / "anchors.txt", [Anchored(Anchor(1, "a" * 64), "plain", MONDAY)])
    with private.folder("riskbot-test-") as folder:
        private.make(folder / "staging.sqlite")
        modes = {path.name: mode(path) for path in (*tmp_path.iterdir(), folder / "staging.sqlite")}
        assert mode(folder) == 0o700
    database.close()

    assert {"riskbot.db", "riskbot.db-wal", "riskbot.db-shm", "bad.rejects.csv", "out.xlsx", "trail.json", "anchors.txt"} <= set(modes)
    assert set(modes.values()) == {0o600}


def test_files_that_were_open_to_others_are_closed_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    first = Database(f"sqlite:///{tmp_path / 'riskbot.db'}")
    migrate.upgrade(first)
    files = [tmp_path / name for name in ("riskbot.db", "riskbot.db-wal", "riskbot.db-shm")]
    for file in files:
        file.chmod(0o664)
    second = Database(f"sqlite:///{tmp_path / 'riskbot.db'}")
    second.check()
    said = caplog.text
    first.close()
    second.close()

    assert all(f"{file} could be read by others (mode 664)" in said for file in files)
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


# --- rejects and exports --------------------------------------------------------------------------------------------------


def bring(database: Database, file: Path, **how: object) -> None:
    run_import(database, "customers", file, at=datetime.now(UTC), progress=False, **how)  # type: ignore[arg-type]


def refused(database: Database, folder: Path, rejects: Path) -> str:
    (folder / "bad.csv").write_text(BAD, "utf-8")
    with pytest.raises(ImportRefused) as told:
        bring(database, folder / "bad.csv", rejects=rejects, skip_bad=True)
    return str(told.value)


@pytest.mark.parametrize("text", ["", "id,name\n", "my letter to the bank", "refused_row,", "\n"])
def test_rejects_never_overwrite_what_no_import_has_written(sqlite: Database, tmp_path: Path, text: str):
    (tmp_path / "letter.csv").write_text(text, "utf-8")

    assert "exists and is not a rejects file" in refused(sqlite, tmp_path, tmp_path / "letter.csv")
    assert (tmp_path / "letter.csv").read_text("utf-8") == text


def test_rejects_replace_earlier_rejects_also_those_that_a_spreadsheet_has_saved(sqlite: Database, tmp_path: Path):
    (tmp_path / "bad.csv").write_text(BAD, "utf-8")
    (tmp_path / "old.csv").write_text("refused_row,refused_column,refused_value,accepted,id\n", "utf-8-sig")
    bring(sqlite, tmp_path / "bad.csv", rejects=tmp_path / "old.csv", skip_bad=True)
    bring(sqlite, tmp_path / "bad.csv", rejects=tmp_path / "old.csv", skip_bad=True)

    assert len((tmp_path / "old.csv").read_text("utf-8").splitlines()) == 2


def places(folder: Path) -> dict[str, tuple[Path, str]]:
    """What may stand where a file is to be written, and what is said of it."""
    (folder / "kept").write_text("refused_row,refused_column,refused_value,accepted\n", "utf-8")
    (folder / "link.csv").symlink_to(folder / "kept")
    (folder / "dangling.csv").symlink_to(folder / "nowhere")
    (folder / "device.csv").symlink_to("/dev/null")
    (folder / "folder.csv").mkdir()
    os.mkfifo(folder / "pipe.csv")
    return {
        "a link to a file": (folder / "link.csv", "is a link"),
        "a link to nowhere": (folder / "dangling.csv", "is a link"),
        "a link to a device": (folder / "device.csv", "is a link"),
        "a folder": (folder / "folder.csv", "is a folder"),
        "a pipe": (folder / "pipe.csv", "is no ordinary file"),
        "a folder that is not there": (folder / "no" / "such.csv", "No such file or directory"),
        "a file in a file": (folder / "kept" / "such.csv", "Not a directory"),
    }


KINDS = (
    *("a link to a file", "a link to nowhere", "a link to a device", "a folder", "a pipe"),
    *("a folder that is not there", "a file in a file"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_through_links_or_to_what_is_no_file(sqlite: Database, tmp_path: Path, kind: str):
    where = tmp_path / "where"
    where.mkdir()
    path, said = places(where)[kind]
    before = sorted(where.iterdir())

    assert said in refused(sqlite, tmp_path, path)
    with pytest.raises(ExportRefused, match=said):
        run_export(sqlite, "customers", path, now=MONDAY, force=True)
    with pytest.raises(ExportRefused, match=said):
        audit_exporting.run_export(sqlite, path, Wanted(), by="grace", now=MONDAY, force=True, progress=False)
    assert sorted(where.iterdir()) == before
    assert (where / "kept").read_text("utf-8").startswith("refused_row")


def test_a_device_is_not_written_to(sqlite: Database, tmp_path: Path):
    assert "is no ordinary file" in refused(sqlite, tmp_path, Path("/dev/null"))


def test_what_appears_while_an_export_is_written_stays(tmp_path: Path):
    def write() -> None:
        with private.whole_file(tmp_path / "out.csv", may_replace=lambda _path: False) as out:
            out.write(b"ours")
            (tmp_path / "out.csv").write_text("theirs", "utf-8")

    with pytest.raises(private.CannotWrite, match="exists"):
        write()

    assert (tmp_path / "out.csv").read_text("utf-8") == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("kind", ["a link to a file", "a folder", "a pipe"])
def test_the_anchor_file_is_a_file(tmp_path: Path, kind: str):
    path, _said = places(tmp_path)[kind]

    with pytest.raises(OSError, match=r"link|directory|ordinary|device"):
        private.append(path, "a line\n")
    assert "a line" not in (tmp_path / "kept").read_text("utf-8")


# --- what a killed process leaves ------------------------------------------------------------------------------------------

DIES = """
import os, signal, sys
from pathlib import Path
from storage import private
prefix, where = sys.argv[1], Path(sys.argv[2])
with private.folder(prefix) as folder, private.whole_file(where / "out.csv", may_replace=bool) as out:
    (folder / "staging.sqlite").write_text("customers")
    out.write(b"customers")
    out.flush()
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def another_begins(where: Path) -> None:
    with private.folder(FOLDERS), private.whole_file(where / "more.csv", may_replace=bool):
        pass


def test_the_next_import_removes_what_a_killed_one_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(private.tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", DIES, FOLDERS, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    )
    left = Path(killed.stdout.strip())
    assert killed.returncode == -signal.SIGKILL
    assert (left / "staging.sqlite").exists()
    assert len(list(tmp_path.glob(".out.csv.*"))) == 1
    other = tmp_path / "tmp" / f"{FOLDERS}elsewhere"
    other.symlink_to(tmp_path)

    with private.folder(FOLDERS) as running, private.whole_file(tmp_path / "out.csv", may_replace=bool):
        another_begins(tmp_path)
        assert running.exists()
        assert len(list(tmp_path.glob(".out.csv.*"))) == 1

    assert not left.exists()
    assert not running.exists()
    assert tmp_path.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["more.csv", "out.csv", "tmp"]


def test_what_belongs_to_somebody_else_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(private.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(private.os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    (tmp_path / f"{FOLDERS}theirs").mkdir()
    private.sweep(FOLDERS)

    assert (tmp_path / f"{FOLDERS}theirs").exists()


SWEEPS = """
import sys
from storage import private
for _ in range(150):
    with private.folder(sys.argv[1]) as folder:
        (folder / "mine").touch()
        assert (folder / "mine").exists()
"""


def test_those_who_sweep_at_once_leave_each_other_alone(tmp_path: Path):
    together = [
        subprocess.Popen([sys.executable, "-c", SWEEPS, FOLDERS], env={**os.environ, "TMPDIR": str(tmp_path)}) for _process in range(3)
    ]

    assert [each.wait(PATIENCE) for each in together] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []
