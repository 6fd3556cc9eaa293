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
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bot.working.scoring import today
from commands.data.after_load import follow_up
from commands.data.importing import run_import
from commands.kit.registry import registry
from commands.scoring import scoring
from risk_engine.facts.facts import Facts
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import Scores
from storage import migrate
from storage.database import Database
from storage.policy import policies
from storage.sight import EVERYTHING
from tests.benchmarks.naive_scoring import Floats, figures
from tests.benchmarks.report import Failed, Finding, Table, last_line, ratio
from tests.benchmarks.sizes import Sizes

T = TypeVar("T")
KINDS: tuple[str, ...] = ("customers", "facilities", "ratings")
# letters of the season, as old ones do not count
LETTERED = datetime.now(UTC).date() - timedelta(days=90)
# so many customers get another letter after the second run
CHANGED = 100
LETTERS = ("AA", "A", "BBB", "BB", "B", "CCC")
HEADERS = (
    *("customers", "engine, ms", "read, s", "write, s", "rows read and written a second"),
    *("`bot score`, s", "processor, s", "floor, processor s", "ratio", "peak, MB"),
    *("again, nothing changed, s", f"after {CHANGED} changes, s"),
)
NOTE = """\
A book on SQLite with one rating and two facilities per customer, no gaps, one currency, scored for the first time.
The engine's losses are checked against the plain formulas; `full_set` measures its cost beside them. The engine's time is the
best of {repetitions}; the command's time is that of the whole process, including its start. The floor is the processor time of the
driver alone fetching the rows that are read, the engine, and the driver alone inserting the rows that are written, in this run."""


def run(sizes: Sizes, folder: Path) -> Finding:
    """Score every book."""
    # the modules that a first event asks for are no part of writing
    registry()
    policy = policies.read(None)
    rows = [_row(policy, count, folder / "scoring" / str(count), sizes.repetitions) for count in sizes.books]
    return Finding(NOTE.format(repetitions=sizes.repetitions), [Table(HEADERS, rows)])


def _row(policy: Policy, count: int, folder: Path, repetitions: int) -> list[str]:
    book = _book(count, folder)
    with closing(Database(f"sqlite:///{book}")) as database:
        read, facts = _read(database, policy)
        engine, scores = _best(repetitions, lambda: scoring.compute(policy, facts))
        _agree(scores, figures(policy, facts))
        write = _write(database, policy, scores)
        rows = len(facts) + len(facts.ratings.owner) + len(facts.facilities.owner) + count
    floor = _fetching(folder / "command.db") + engine
    first = _command(folder / "command.db")
    floor += _inserting(folder / "command.db", folder / "plain.db")
    again = _command(folder / "command.db")
    _change(folder, count)
    changed = _command(folder / "command.db")
    cells = [f"{engine * 1000:.1f}", f"{read:.2f}", f"{write:.2f}", f"{rows / (read + write):,.0f}"]
    cells += [f"{first.seconds:.2f}", f"{first.processor:.2f}", f"{floor:.2f}", ratio(first.processor, floor), f"{first.peak:.0f}"]
    return [f"{count:,}", *cells, f"{again.seconds:.2f}", f"{changed.seconds:.2f}"]


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


def _read(database: Database, policy: Policy) -> tuple[float, Facts]:
    began = time.perf_counter()
    with database.begin(EVERYTHING) as tx:
        facts = scoring.look(tx, policy, as_of=today(policy, datetime.now(UTC)))
    return time.perf_counter() - began, facts


def _best(repetitions: int, work: Callable[[], T]) -> tuple[float, T]:
    """The seconds of the quickest time, and what the work gave."""
    seconds = []
    for _repetition in range(repetitions):
        began = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - began)
    return min(seconds), result


def _agree(scores: Scores, plain: dict[str, Floats]) -> None:
    for name, column in plain.items():
        if not np.allclose(scores.figures[name], column, rtol=1e-9, atol=0.01):
            raise Failed(f"the engine's {name} is not that of the plain formulas: one of the two is wrong")


def _write(database: Database, policy: Policy, scores: Scores) -> float:
    now, began = datetime.now(UTC), time.perf_counter()
    with database.begin(EVERYTHING, write=True) as tx:
        scoring.keep(tx, policy, scores, facts_at=now, as_of=today(policy, now), by="bench", at=now)
    return time.perf_counter() - began


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
                terms = (0.5, 0.25 + place % 3 / 10, "senior", place % 41)
                yield f"F{place:07}", f"C{place // 2:07}", "term_loan", "EUR", 2000, 1000 + place % 997, *terms
