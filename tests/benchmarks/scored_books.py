"""``python -m bot score`` on whole books in a database: reading, computing, writing, and the command as a whole."""

from __future__ import annotations

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bot.scoring.scoring import today
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.scoring import scoring
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import Scores
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from storage.sight import EVERYTHING
from tests.benchmarks.naive_scoring import Floats, figures
from tests.benchmarks.report import Failed, Finding, Table, last_line, ratio
from tests.benchmarks.sizes import Sizes

KINDS: tuple[str, ...] = ("customers", "facilities", "ratings")
# letters of the season, as old ones do not count
LETTERED = datetime.now(UTC).date() - timedelta(days=90)
# so many customers get another letter after the second run
CHANGED = 100
LETTERS = ("AA", "A", "BBB", "BB", "B", "CCC")
HEADERS = (
    *("customers", "read", "engine", "write", "`bot score`", "floor", "ratio", "nothing changed", f"{CHANGED} changed", "a new day"),
    *("`bot score`, s by the clock", "peak, MB"),
)
NOTE = f"""\
A book on SQLite with one rating and two facilities per customer, no gaps, one currency, and one customer in fifty in arrears.
Seconds of the processor, as other work on the machine changes them least; the command's are those of the whole process, including
its start. *Read*, *engine* and *write* are the parts of a first scoring, whose losses are checked against the plain formulas. The
floor is the driver alone fetching the rows that are read, the engine, and the driver alone inserting the rows that are written, in
this run. Then the command runs again: at once, after another letter for {CHANGED} customers of all parts of the book, and as if the
last run had been the day before."""


def run(sizes: Sizes, folder: Path) -> Finding:
    """Score every book."""
    policy = policies.read(None)
    return Finding(NOTE, [Table(HEADERS, [_row(policy, count, folder / "scoring" / str(count)) for count in sizes.books])])


def _row(policy: Policy, count: int, folder: Path) -> list[str]:
    book = _book(count, folder)
    with closing(Database(f"sqlite:///{book}")) as database:
        spent = _spent(database, policy)
    command = folder / "command.db"
    floor = _fetching(command) + spent.engine
    first = _command(command)
    floor += _inserting(command, folder / "plain.db")
    again = _command(command)
    _change(folder, count)
    changed = _command(command)
    _set_back(command)
    next_day = _command(command)
    seconds = (spent.read, spent.engine, spent.write, first.processor, floor)
    later = (again.processor, changed.processor, next_day.processor)
    cells = [*(f"{one:.2f}" for one in seconds), ratio(first.processor, floor), *(f"{one:.2f}" for one in later)]
    return [f"{count:,}", *cells, f"{first.seconds:.1f}", f"{first.peak:.0f}"]


@dataclass(slots=True)
class _Spent:
    """Processor seconds of the parts of a scoring."""

    read: float = 0.0
    engine: float = 0.0
    write: float = 0.0


def _spent(database: Database, policy: Policy) -> _Spent:
    """Score a book in parts, as the command does."""
    now, spent = datetime.now(UTC), _Spent()
    as_of = today(policy, now)
    with database.begin(EVERYTHING) as tx:
        parts = list(scoring.everybody(tx).parts())
    for part in parts:
        began = time.process_time()
        with database.begin(EVERYTHING) as tx:
            facts = scoring.look(tx, policy, as_of=as_of, book=part)
        read = time.process_time()
        scores = scoring.compute(policy, facts, part)
        computed = time.process_time()
        _agree(scores, figures(policy, facts))
        checked = time.process_time()
        with database.begin(EVERYTHING, write=True) as tx:
            scoring.keep(tx, policy, scores, facts_at=now, as_of=as_of, by="bench", at=now)
        spent.read += read - began
        spent.engine += computed - read
        spent.write += time.process_time() - checked
    return spent


def _set_back(book: Path) -> None:
    """Make the last scoring one of the day before."""
    with closing(sqlite3.connect(book)) as connection:
        connection.execute("UPDATE score_state SET as_of = date(as_of, '-1 day')")
        connection.commit()


def _change(folder: Path, count: int) -> None:
    """Give some customers a new letter, of all parts of the book."""
    file = folder / "changed.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = list(_rows("ratings", 1))[:1]
        step = max(count // CHANGED, 1)
        rows += [(f"C{place:07}", "CC", LETTERED + timedelta(days=1), "internal", "internal") for place in range(0, count, step)]
        csv.writer(stream).writerows(rows)
    with closing(Database(f"sqlite:///{folder / 'command.db'}")) as database:
        after = follow_up(policies.read(None), file=file.name, by="bench")
        run_import(database, "ratings", file, at=datetime.now(UTC), progress=False, after_load=after)


def _fetching(book: Path) -> float:
    """The processor seconds in which the driver alone fetches the rows that a scoring reads."""
    began = time.process_time()
    with closing(sqlite3.connect(book)) as connection:
        for table in ("customer_version", "facility_version", "rating_version"):
            connection.execute(f"SELECT * FROM {table} WHERE superseded_at IS NULL").fetchall()
    return time.process_time() - began


def _inserting(book: Path, plain: Path) -> float:
    """The processor seconds in which the driver alone inserts the scores into an empty table."""
    with closing(sqlite3.connect(book)) as connection:
        (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'score_version'").fetchone()
        scores = connection.execute("SELECT * FROM score_version").fetchall()
    with closing(sqlite3.connect(plain)) as connection:
        connection.execute(made)
        began = time.process_time()
        connection.executemany(f"INSERT INTO score_version VALUES ({', '.join('?' * len(scores[0]))})", scores)
        connection.commit()
        return time.process_time() - began


def _agree(scores: Scores, plain: dict[str, Floats]) -> None:
    for name, column in plain.items():
        if not np.allclose(scores.figures[name], column, rtol=1e-9, atol=0.01):
            raise Failed(f"the engine's {name} is not that of the plain formulas: one of the two is wrong")


@dataclass(frozen=True, slots=True)
class _Ended:
    """A process that has ended: its seconds, those of the processor, and its largest memory in megabytes."""

    seconds: float
    processor: float
    peak: float


def _command(book: Path) -> _Ended:
    began = time.perf_counter()
    env = dict(os.environ) | {"DATABASE_URL": f"sqlite:///{book}"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen([sys.executable, "-m", "bot", "score"], env=env, stdout=subprocess.DEVNULL, stderr=said)
        # the only way to the figures of this one child
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise Failed(f"bot score ended with exit code {process.returncode}: {last_line(said.read())}")
    return _Ended(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _book(count: int, folder: Path) -> Path:
    """A database with so many customers, and a copy of it for the command."""
    folder.mkdir(parents=True)
    book = folder / "book.db"
    with closing(Database(f"sqlite:///{book}")) as database:
        migrate.upgrade(database)
        for kind in KINDS:
            with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(_rows(kind, count))
            run_import(database, kind, folder / f"{kind}.csv", at=datetime.now(UTC), progress=False)
    shutil.copy(book, folder / "command.db")
    return book


def _rows(kind: str, count: int) -> Iterator[tuple[Any, ...]]:
    match kind:
        case "customers":
            yield "id", "name"
            yield from ((f"C{place:07}", f"Customer {place}") for place in range(count))
        case "ratings":
            yield "customer", "rating", "as_of", "agency", "scale"
            yield from ((f"C{place:07}", LETTERS[place % len(LETTERS)], LETTERED, "internal", "internal") for place in range(count))
        case _:
            yield "id", "customer", "kind", "currency", "limit", "outstanding", "ccf", "lgd", "seniority", "days_past_due"
            for place in range(2 * count):
                terms = (0.5, 0.25 + place % 3 / 10, "senior", 40 if place % 100 == 0 else 0)
                yield f"F{place:07}", f"C{place // 2:07}", "term_loan", "EUR", 2000, 1000 + place % 997, *terms
