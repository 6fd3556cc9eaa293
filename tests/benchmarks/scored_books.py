"""``python -m bot score`` on whole books in a database: reading, computing, writing, and the command as a whole."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bot.working.scoring import today
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
from tests.benchmarks.report import Failed, Finding, Table, last_line
from tests.benchmarks.sizes import Sizes

T = TypeVar("T")
KINDS: tuple[str, ...] = ("customers", "facilities", "ratings")
LETTERS = ("AA", "A", "BBB", "BB", "B", "CCC")
HEADERS = (
    *("customers", "engine, ms", "read, s", "write, s", "rows read and written a second"),
    *("`bot score`, s", "again, nothing changed, s"),
)
NOTE = """\
A book on SQLite with one rating and two facilities per customer, no gaps, one currency, scored for the first time.
The engine's losses are checked against the plain formulas; `full_set` measures its cost beside them. The engine's time is the
best of {repetitions}; the command's time is that of the whole process, including its start."""


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
        rows = len(facts) + len(facts.ratings.owner) + len(facts.facilities.owner) + _written(database)
    first, again = _command(folder / "command.db"), _command(folder / "command.db")
    cells = [f"{engine * 1000:.1f}", f"{read:.2f}", f"{write:.2f}"]
    return [f"{count:,}", *cells, f"{rows / (read + write):,.0f}", f"{first:.2f}", f"{again:.2f}"]


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


def _written(database: Database) -> int:
    with database.begin(EVERYTHING) as tx:
        return sum(
            tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in ("score_version", "score_driver")
        )


def _command(book: Path) -> float:
    began = time.perf_counter()
    env = dict(os.environ) | {"DATABASE_URL": f"sqlite:///{book}"}
    done = subprocess.run([sys.executable, "-m", "bot", "score"], env=env, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"bot score ended with exit code {done.returncode}: {last_line(done.stderr)}")
    return time.perf_counter() - began


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
            yield from ((f"C{place:07}", LETTERS[place % len(LETTERS)], "2025-06-30", "internal", "internal") for place in range(count))
        case _:
            yield "id", "customer", "kind", "currency", "limit", "outstanding", "ccf", "lgd", "seniority", "days_past_due"
            for place in range(2 * count):
                terms = (0.5, 0.25 + place % 3 / 10, "senior", place % 41)
                yield f"F{place:07}", f"C{place // 2:07}", "term_loan", "EUR", 2000, 1000 + place % 997, *terms
