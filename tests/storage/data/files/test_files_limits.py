"""A file that would fill the memory, the disk or the day is refused before it is read, by its limit and with what to do."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
import zipfile
from collections import namedtuple
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from commands.data.file_words import on_the_command_line
from storage.data.files import FileRefused, stage
from storage.data.files.formats import limits
from storage.data.files.formats.parquet import footer

TODAY = date(2026, 11, 23)


def refused(path: Path, kind: Any = "observations") -> str:
    with pytest.raises(FileRefused) as told:
        stage(kind, path, today=TODAY).discard()
    return " ".join(map(str, on_the_command_line(told.value)))


def repeated(rows: int, *, text: str = "C1") -> pa.Table:
    """The same row again and again, which takes next to nothing in a file."""
    same = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int8), [text])
    return pa.table({"customer": same, "indicator": same, "as_of": same, "value": same})


def test_twenty_million_rows_in_next_to_nothing_are_refused_at_once(tmp_path: Path):
    file = tmp_path / "bomb.parquet"
    parquet.write_table(repeated(20_000_000), file, row_group_size=20_000_000, compression="zstd")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    assert refused(file) == "The file has 20,000,000 rows; at most 10,000,000 are read at once. Split it, by year for example."
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10


def test_a_bomb_of_fewer_rows_than_the_limit_is_seen_by_its_size(tmp_path: Path):
    parquet.write_table(repeated(2_000_000), tmp_path / "bomb.parquet", compression="zstd")

    assert "as no table of different facts does" in refused(tmp_path / "bomb.parquet")


def test_too_many_columns_cells_and_groups_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    parquet.write_table(pa.table({f"c{n}": ["1"] for n in range(1_001)}), tmp_path / "wide.parquet")
    assert "has 1001 columns; at most 1000 are read" in refused(tmp_path / "wide.parquet")
    (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(100_000)) + "\n", "utf-8")
    assert "has 100000 columns; at most 1000 are read" in refused(tmp_path / "wide.csv")
    monkeypatch.setattr(limits, "MOST_CELLS", 39)
    parquet.write_table(repeated(10), tmp_path / "cells.parquet")
    assert "has 40 cells; at most 39 are read at once" in refused(tmp_path / "cells.parquet")
    monkeypatch.setattr(footer, "MOST_GROUPS", 4)
    parquet.write_table(repeated(9), tmp_path / "groups.parquet", row_group_size=2)
    assert "has 5 row groups; at most 4 are read" in refused(tmp_path / "groups.parquet")


def test_a_page_that_unpacks_to_too_much_is_refused_whatever_the_footer_says(tmp_path: Path):
    big = pa.table({"customer": ["x" * (70 << 20)], "indicator": ["a"], "as_of": ["2026-01-01"], "value": ["1"]})
    parquet.write_table(big, tmp_path / "page.parquet", compression="zstd", use_dictionary=False, write_statistics=False)

    assert (tmp_path / "page.parquet").stat().st_size < 1 << 20
    assert "has a page of 70 MB; at most 64 are unpacked at once" in refused(tmp_path / "page.parquet")


def test_a_long_text_that_stands_once_in_a_dictionary_is_not_unpacked_for_every_row(tmp_path: Path):
    parquet.write_table(repeated(500_000, text="x" * 1_000_000), tmp_path / "long.parquet", compression="zstd")
    started = time.process_time()

    assert "a text of 1,000,000 characters; at most 100,000 are read" in refused(tmp_path / "long.parquet")
    assert time.process_time() - started < 2


def test_a_footer_that_lies_about_its_rows_is_refused(tmp_path: Path):
    few, many = tmp_path / "few.parquet", tmp_path / "many.parquet"
    # the pages of many rows under the footer of few
    plain = {"use_dictionary": False, "compression": "none", "write_statistics": False}
    parquet.write_table(repeated(2).cast(_texts()), few, **plain)
    parquet.write_table(repeated(3).cast(_texts()), many, **plain)
    told = few.read_bytes()
    data = many.read_bytes()[: parquet.read_metadata(few).row_group(0).column(3).data_page_offset]
    few.write_bytes(data + told[len(data) :])

    assert "This Parquet file cannot be read" in refused(few)


def _texts() -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in ("customer", "indicator", "as_of", "value")])


def accounted_for(path: Path) -> bool | str:
    """Return True if every row of a file was read or refused, or the words in which the whole file was refused."""
    try:
        with stage("observations", path, today=TODAY) as staged:
            return staged.facts + staged.merged + staged.refused_rows == staged.rows
    except FileRefused as refused:
        return " ".join(map(str, on_the_command_line(refused)))


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_refused_or_read_and_never_a_fault(tmp_path: Path, seed: int):
    parquet.write_table(repeated(500), tmp_path / "book.parquet")
    whole = bytearray((tmp_path / "book.parquet").read_bytes())
    chance = np.random.default_rng(seed)
    for place in chance.integers(4, len(whole), 1 + seed % 8):
        whole[place] = chance.integers(256)
    (tmp_path / "book.parquet").write_bytes(whole[: len(whole) - seed % 3])

    said = accounted_for(tmp_path / "book.parquet")

    assert said is True or "Parquet" in said or said.startswith("The column")


def test_a_nested_column_an_encrypted_file_and_an_empty_end_are_refused(tmp_path: Path):
    parquet.write_table(pa.table({"customer": [[{"a": [1]}]]}), tmp_path / "nested.parquet")
    assert "The column customer is of the type list" in refused(tmp_path / "nested.parquet")
    (tmp_path / "locked.parquet").write_bytes(b"PARE" + bytes(100) + b"PARE")
    assert "encrypted Parquet" in refused(tmp_path / "locked.parquet")
    (tmp_path / "open.parquet").write_bytes(b"PAR1" + bytes(100) + b"\xff\xff\xff\x7fPAR1")
    assert "footer has 2047 MB" in refused(tmp_path / "open.parquet")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + bytes(100))
    assert "it has no end" in refused(tmp_path / "cut.parquet")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_rows_and_cells_are_counted_while_other_formats_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str):
    rows = ["customer,indicator,as_of,value", *(f"C{n},dscr,2026-01-01,1" for n in range(5_000))]
    (tmp_path / "long.csv").write_text("\n".join(rows) + "\n", "utf-8")
    if ending == "xlsx":
        from storage.data.files.formats.xlsx.xlsx_writing import xlsx

        cells = [row.split(",") for row in rows]
        (tmp_path / "long.xlsx").write_bytes(xlsx(cells[0], cells[1:]))
    monkeypatch.setattr(limits, "MOST_ROWS", 4_999)

    assert "has 5,000 rows; at most 4,999 are read at once" in refused(tmp_path / f"long.{ending}")


def test_a_file_of_too_many_bytes_is_refused_unread(tmp_path: Path):
    with (tmp_path / "huge.csv").open("wb") as out:
        out.write(b"customer,indicator,as_of,value\n")
        # a hole: it takes no room on the disk
        out.truncate(limits.MOST_BYTES + 1)

    assert "at most 4096 are read at once" in refused(tmp_path / "huge.csv")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))

    assert "as no table does" in refused(tmp_path / "bomb.xlsx")


Usage = namedtuple("Usage", "total used free")


def test_a_disk_without_room_is_named_before_and_while_a_file_is_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    chance = np.random.default_rng(1)
    ids = [f"C{n}" for n in range(100_000)]
    table = {"customer": ids, "indicator": ["dscr"] * 100_000, "as_of": ["2026-01-01"] * 100_000, "value": chance.random(100_000)}
    parquet.write_table(pa.table(table), tmp_path / "book.parquet")
    left = limits.RESERVE + (4 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1 << 40, 1 << 39, left))
    assert "260 MB are free, and 267 MB are needed" in refused(tmp_path / "book.parquet")
    # a text file does not say how many rows it has
    (tmp_path / "book.csv").write_text("customer,indicator,as_of,value\nC1,dscr,2026-01-01,1\n", "utf-8")
    stage("observations", tmp_path / "book.csv", today=TODAY).discard()
    left = limits.RESERVE - 1
    assert "Make room, or set TMPDIR" in refused(tmp_path / "book.csv")


# the most memory that it ever had, in kB, after what it says itself
COMMAND_LINE = """
import re, sys
from bot.cli import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+([0-9]+)", open("/proc/self/status").read())[1])
sys.exit(code)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory a process had")
def test_the_command_line_refuses_the_bomb_with_little_memory(tmp_path: Path):
    parquet.write_table(repeated(1), tmp_path / "one.parquet")
    parquet.write_table(repeated(20_000_000), tmp_path / "bomb.parquet", row_group_size=1_000_000)
    # the libraries that every import loads weigh differently from Python to Python
    usual, ran = imported(tmp_path, "one.parquet"), imported(tmp_path, "bomb.parquet")

    assert ran.returncode == 1
    assert "at most 10,000,000 are read at once" in ran.stderr
    assert peak(ran) - peak(usual) < 40 << 10


def imported(folder: Path, file: str) -> subprocess.CompletedProcess[str]:
    """What the command line makes of a file of observations, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", COMMAND_LINE, "import", "observations", str(folder / file)],
        check=False,
        capture_output=True,
        text=True,
        env={"DATABASE_URL": f"sqlite:///{folder / 'riskbot.db'}", "PATH": ""},
    )


def peak(ran: subprocess.CompletedProcess[str]) -> int:
    """The most memory that the process had, in KB."""
    return int(ran.stdout.splitlines()[-1])
