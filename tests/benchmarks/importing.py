"""Observations imported, rows a second, beside a plain bulk insert of the same rows into the same table."""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from commands.data.after_load import follow_up
from commands.data.importing import run_import
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.migrations import migrate
from storage.policy import policies
from storage.schema import ObservationVersionRow
from tests import database_server
from tests.benchmarks.plain_insert import insert
from tests.benchmarks.report import Finding, Table, ratio
from tests.benchmarks.sizes import Sizes

INDICATORS = ("dscr", "interest_coverage", "current_ratio", "debt_ratio", "utilisation")
HEALTHY = (1.55, 4.8, 1.7, 0.52, 0.45)
QUARTERS = 20
LOADS = ("new", "the same file again", "half of it changed")
NOTE = """\
Observations imported per second; on SQLite the better of two runs, with a million rows a single run. An import reads the CSV file,
validates and stages it, loads it in one transaction, and updates the indicators that it touched. The floor is `executemany` of the
import's own rows, ready in memory, into an equal empty table with all indexes and keys, in one transaction of
the bare driver. The ratio is the import's time divided by the floor's."""
HEADERS = ("database", "rows", "load", "plain insert", "import", "time / floor")


def run(sizes: Sizes, folder: Path) -> Finding:
    """Import and insert on both databases, in turns."""
    policy = policies.read(None)
    with _postgres() as server:
        rows = [row for count in sizes.rows for row in _of_size(count, folder / "importing" / str(count), server, policy)]
    return Finding(NOTE, [Table(HEADERS, rows)])


def _of_size(count: int, files: Path, server: str, policy: Policy) -> Iterator[list[str]]:
    written = _write(files, count)
    times: dict[str, list[dict[str, float]]] = {"SQLite": [], "PostgreSQL": []}
    # PostgreSQL, being slow, is measured once; so is a load that is long enough to need no repetition
    for turn in range(2 if count <= 100_000 else 1):
        times["SQLite"].append(_once(f"sqlite:///{files / f'ours{turn}.db'}", f"sqlite:///{files / f'plain{turn}.db'}", files, policy))
    times["PostgreSQL"].append(_once(_fresh(server, f"ours{count}"), _fresh(server, f"plain{count}"), files, policy))
    for name, runs in times.items():
        yield from _rows(name, written, runs)


def _rows(name: str, written: int, runs: list[dict[str, float]]) -> Iterator[list[str]]:
    best = {load: min(run[load] for run in runs) for load in runs[0]}
    floor = f"{written / best['plain']:,.0f}"
    for load in LOADS:
        yield [name, f"{written:,}", load, floor, f"{written / best[load]:,.0f}", ratio(best[load], best["plain"])]


def _once(url: str, plain_url: str, files: Path, policy: Policy) -> dict[str, float]:
    """Seconds of each load and of the plain insert, in fresh databases."""
    with closing(_prepared(url, files, policy)) as database:
        seconds = {"new": _import(database, "observations", files / "observations.csv", policy)}
        with closing(_prepared(plain_url, files, policy)) as plain:
            seconds["plain"] = insert(database, plain, ObservationVersionRow.__table__)
        seconds["the same file again"] = _import(database, "observations", files / "observations.csv", policy)
        seconds["half of it changed"] = _import(database, "observations", files / "changed.csv", policy)
    return seconds


def _prepared(url: str, files: Path, policy: Policy) -> Database:
    database = Database(url)
    migrate.upgrade(database)
    _import(database, "customers", files / "customers.csv", policy)
    return database


def _import(database: Database, kind: str, file: Path, policy: Policy) -> float:
    began = time.perf_counter()
    after = follow_up(policy, file=file.name, by="bench")
    run_import(database, kind, file, at=datetime.now(UTC), progress=False, after_load=after)
    return time.perf_counter() - began


def _write(folder: Path, count: int) -> int:
    """Write a book's files; returns the rows, of which the second file changes every other."""
    folder.mkdir(parents=True)
    customers = max(1, count // (len(INDICATORS) * QUARTERS))
    ids = [f"C{number:07}" for number in range(customers)]
    _csv(folder / "customers.csv", ("id", "name"), ((id, f"Customer {id}") for id in ids))
    for name, step in (("observations.csv", 0.0), ("changed.csv", 0.01)):
        _csv(folder / name, ("customer", "indicator", "as_of", "value", "source"), _observations(ids, step))
    return customers * len(INDICATORS) * QUARTERS


def _observations(ids: list[str], step: float) -> Iterator[tuple[Any, ...]]:
    first = date(2020, 3, 31)
    days = [first + timedelta(days=91 * quarter) for quarter in range(QUARTERS)]
    for place, id in enumerate(ids):
        for indicator, value in zip(INDICATORS, HEALTHY, strict=True):
            for quarter, day in enumerate(days):
                yield id, indicator, day, f"{value + place % 7 * 0.001 + quarter % 2 * step:.4f}", "customer"


def _csv(path: Path, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


@contextmanager
def _postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, as it comes: an insert waits for the disk."""
    # a socket's path has to be short
    short = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        with database_server.package(short).get_server(str(short / "data"), cleanup_mode="delete") as server:
            yield server.get_uri()
    finally:
        shutil.rmtree(short, ignore_errors=True)


def _fresh(server: str, name: str) -> str:
    """A new, empty database on the server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")
