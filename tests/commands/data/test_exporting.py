"""The export as a use case: a whole file or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from commands.data.exporting import ExportRefused, run_export
from commands.data.importing import run_import
from storage.audit import trail
from storage.audit.trail import Wanted
from storage.database import Busy, Database
from storage.sight import EVERYTHING

MONDAY = datetime(2026, 3, 30, 9, tzinfo=UTC)


@pytest.fixture
def book(sqlite, tmp_path):
    """A database with two customers."""
    (tmp_path / "in.csv").write_text("id,name\nC1,Acme\nC2,Bolt\n", encoding="utf-8")
    run_import(sqlite, "customers", tmp_path / "in.csv", at=MONDAY, progress=False)
    return sqlite


def left_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(("out", ".out")))


def test_the_report_counts_what_was_written(book, tmp_path):
    report = run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, as_of=date(2026, 3, 30))

    assert (report.facts, report.lines()[1]) == (2, "As known at the end of 2026-03-30 (UTC).")
    assert report.lines()[0].startswith(f"Wrote 2 facts to {tmp_path / 'out.csv'} in ")


def test_nothing_was_known_before_the_import(book, tmp_path):
    assert run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, as_of=date(2026, 3, 29)).facts == 0


def test_a_file_is_replaced_only_when_asked(book, tmp_path):
    (tmp_path / "out.csv").write_text("mine")

    with pytest.raises(ExportRefused, match="exists; --force replaces it"):
        run_export(book, "customers", tmp_path / "out.csv", now=MONDAY)
    kept = (tmp_path / "out.csv").read_text()
    run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, force=True)

    assert (kept, "Acme" in (tmp_path / "out.csv").read_text(encoding="utf-8")) == ("mine", True)


@pytest.mark.parametrize(
    ("name", "as_of", "sentence"),
    [
        ("out.xls", None, "expected a name that ends in .csv, .xlsx, .parquet"),
        ("out", None, "expected a name that ends in"),
        ("out.csv", date(2026, 4, 2), "2026-04-02 is in the future"),
        ("nowhere/out.csv", None, "cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_leaves_nothing(book, tmp_path, name, as_of, sentence):
    with pytest.raises(ExportRefused, match=sentence):
        run_export(book, "customers", tmp_path / name, now=MONDAY, as_of=as_of)

    assert left_in(tmp_path) == []


def test_a_folder_is_not_a_file(book, tmp_path):
    (tmp_path / "out.csv").mkdir()

    with pytest.raises(ExportRefused, match="is a folder"):
        run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, force=True)


def test_a_killed_export_leaves_no_half_file(book, tmp_path):
    script = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from commands.data.exporting import run_export
from storage.data import exporting
from storage.database import Database

def die(*_, **__):
    yield [("C1", "Acme", *[None] * 9)]
    os.kill(os.getpid(), signal.SIGKILL)

exporting.facts_of = die
run_export(Database({str(book.engine.url)!r}), "customers", Path({str(tmp_path / "out.csv")!r}), now=datetime.now(UTC))
"""

    killed = subprocess.run([sys.executable, "-c", script], check=False, env={**os.environ}, capture_output=True)

    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out.csv").exists()


def test_an_export_is_in_the_trail_with_who_made_it_and_a_refused_one_is_not(book, tmp_path):
    report = run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, by="grace")
    with pytest.raises(ExportRefused):
        run_export(book, "customers", tmp_path / "out.csv", now=MONDAY, by="grace")
    with book.begin(EVERYTHING) as tx:
        (entry,) = trail.entries(tx, Wanted(until=MONDAY, kind="answer.exported"), limit=10)

    assert (entry.event.actor, entry.event.subject) == ("grace", "export customers")
    facts = dict(entry.event.facts)
    assert (facts["rows"], facts["arguments"], facts["via"]) == (report.facts, {"file": "out.csv"}, "terminal")


def test_while_the_trail_cannot_be_written_there_is_no_file(book, tmp_path):
    hurried = Database(str(book.engine.url), busy_seconds=0.05)
    with book.begin(EVERYTHING, write=True), pytest.raises(Busy):
        run_export(hurried, "customers", tmp_path / "out.csv", now=MONDAY)
    hurried.close()

    assert left_in(tmp_path) == []


def test_a_sheet_carries_who_made_it_and_reads_back_as_it_was(book, sqlite, tmp_path):
    run_export(book, "customers", tmp_path / "out.xlsx", now=MONDAY, by="grace")
    stamp = load_workbook(tmp_path / "out.xlsx").properties.description
    again = run_import(sqlite, "customers", tmp_path / "out.xlsx", at=MONDAY, progress=False)

    assert stamp == "Exported from Riskbot by grace at 2026-03-30T09:00:00+00:00: customers"
    assert (again.added, again.changed) == (0, 0)
