"""Staged rows in a private SQLite file, so that memory use stays flat and an index finds repeated rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from storage import private
from storage.data.files.cells import Cell
from storage.data.files.fields import Field
from storage.data.files.formats.limits import check_space
from storage.data.files.mapping.plan import Plan, Staged
from storage.data.files.refusals import Accepted, Refusal
from storage.names import name_key

_CHUNK = 5_000
_OTHERS = 10
# in the folder for temporary files; those of a killed process are removed at the next start or import
FOLDERS = "riskbot-import-"


@dataclass(frozen=True, slots=True)
class Extremes:
    """The lowest and the highest value of an indicator in a file."""

    indicator: str
    lowest: float
    highest: float


class StagedFile:
    """A file read completely: its facts, its refusals, its merged and ignored parts.

    A context manager that deletes the staging file at the end. ``rows`` counts the rows that are not blank, ``passed`` those of them
    that the mapping omits.
    """

    def __init__(self, plan: Plan, path: Path) -> None:
        self.plan, self.kind, self.path, self.file = plan, plan.kind, path, path.name
        self.sha256, self.rows, self.passed = "", 0, 0
        self._open = ExitStack()
        self._folder = self._open.enter_context(private.folder(FOLDERS))
        staging = self._folder / "staging.sqlite"
        private.make(staging)
        self._db = sqlite3.connect(staging, isolation_level=None)
        # a private file that is useless after a crash; it still needs a journal, to roll back a failed index
        for pragma in ("journal_mode=PERSIST", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.create_function("name_key", 1, name_key, deterministic=True)
        # no column types: SQLite keeps each value as it was read
        self._db.execute(f"CREATE TABLE fact (row INTEGER, {_quoted(plan.columns)}, twin INTEGER DEFAULT 0)")
        self._db.execute("CREATE TABLE refusal (row INTEGER, field TEXT, value TEXT, code TEXT, facts TEXT)")
        self._insert = f"INSERT INTO fact (row, {_quoted(plan.columns)}) VALUES (?{', ?' * len(plan.columns)})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove the staging file."""
        self._db.close()
        self._open.close()

    # --- filling ---------------------------------------------------------------------------------------------

    def add(self, facts: list[Staged]) -> None:
        self._many(self._insert, facts)

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Record refusals; the facts of their rows are dropped by :meth:`settle`."""
        rows = (
            (refusal.row, refusal.column, refusal.value, refusal.accepted.code, json.dumps(dict(refusal.accepted.facts)))
            for refusal in refusals
        )
        self._many("INSERT INTO refusal VALUES (?, ?, ?, ?, ?)", rows)

    def refuse_staged(self, refusals: Iterable[Refusal]) -> None:
        """Refuse rows that have been staged, and drop their facts."""
        self.refuse(refusals)
        self._drop_refused()

    def refuse_row(self, cells: Sequence[str], refusals: Iterable[Refusal]) -> None:
        """Record why a row of the file is refused, before it is staged."""
        del cells
        self.refuse(refusals)

    def check_space(self, rows: int = 0) -> None:
        """Check that the disk has space for this many rows, besides the reserve.

        Raises:
            FileRefused: it has too little.
        """
        check_space(self._folder, rows=rows, columns=len(self.plan.columns))

    def _many(self, statement: str, rows: Iterable[tuple[Cell, ...]]) -> None:
        self.check_space()
        self._db.execute("BEGIN")
        self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def settle(self) -> None:
        """Refuse contradictory rows, merge identical ones; call once, after the last row."""
        if self.kind.complete:
            self._db.execute(f"UPDATE fact SET {self.kind.complete}")
        self._drop_refused()
        key = _quoted(self.kind.key)
        try:
            self._db.execute(f"CREATE UNIQUE INDEX fact_key ON fact ({key})")
        except sqlite3.IntegrityError:
            self._db.execute(f"CREATE INDEX fact_key ON fact ({key})")
            self.refuse(self._contradictions())
            self._drop_refused()
            place = f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY rowid)"
            twins = f"SELECT id FROM (SELECT rowid AS id, {place} AS place FROM fact) WHERE place > 1"
            self._db.execute(f"UPDATE fact SET twin = 1 WHERE rowid IN ({twins})")

    def refuse_strangers(self, strangers: Iterable[tuple[Field, Iterable[str]]]) -> None:
        """Refuse every row with an id, by field, that has not been imported."""
        for field, ids in strangers:
            self._db.execute("CREATE TABLE stranger (id TEXT PRIMARY KEY)")
            self._many("INSERT INTO stranger VALUES (?)", ((id,) for id in ids))
            column = _quoted([field.target])
            rows = f"SELECT DISTINCT row, ?, {column}, ?, '{{}}' FROM fact WHERE {column} IN (SELECT id FROM stranger)"
            self._db.execute(f"INSERT INTO refusal {rows}", (self.plan.shown_as(field.target), field.refers))
            self._db.execute("DROP TABLE stranger")
        self._drop_refused()

    def _drop_refused(self) -> None:
        self._db.execute("DELETE FROM fact WHERE row IN (SELECT row FROM refusal)")

    def _contradictions(self) -> Iterator[Refusal]:
        key = self.kind.key
        contents = [column for column in self.plan.columns if column not in key]
        repeated = f"SELECT {_quoted(key)} FROM fact GROUP BY {_quoted(key)} HAVING COUNT(*) > 1"
        query = f"SELECT {_quoted((*key, 'row', *contents))} FROM fact JOIN ({repeated}) USING ({_quoted(key)}) ORDER BY {_quoted(key)}"
        for _, group in groupby(self._db.execute(query), key=itemgetter(slice(len(key)))):
            facts = list(group)
            rows = [fact[len(key) :] for fact in facts]
            for place, column in enumerate(contents, start=1):
                if len({fact[place] for fact in rows}) > 1:
                    name = self.plan.shown_as(column, dict(zip(key, facts[0], strict=False)))
                    yield from self._contradictory(column, name, [(fact[0], fact[place]) for fact in rows])

    def _contradictory(self, column: str, name: str, values: list[tuple[int, Cell]]) -> Iterator[Refusal]:
        show: Callable[[Cell], str] = next((field.show for field in self.kind.fields if field.target == column), str)
        rows_of: dict[Cell, list[int]] = {}
        for row, value in values:
            rows_of.setdefault(value, []).append(row)
        for row, value in values:
            others = _first_others(rows_of, value)
            accepted = Accepted("same", {"rows": [other for other, _ in others], "values": [_shown(other, show) for _, other in others]})
            yield Refusal(row, name, _shown(value, show), accepted)

    # --- asking ----------------------------------------------------------------------------------------------

    @property
    def facts(self) -> int:
        """Return the number of distinct facts ready to load."""
        return int(self._db.execute("SELECT COUNT(*) FROM fact WHERE twin = 0").fetchone()[0])

    @property
    def merged(self) -> int:
        """Return the number of repeated facts."""
        return int(self._db.execute("SELECT COUNT(*) FROM fact WHERE twin = 1").fetchone()[0])

    @property
    def refused_rows(self) -> int:
        return int(self._db.execute("SELECT COUNT(DISTINCT row) FROM refusal").fetchone()[0])

    def refusals(self, limit: int = -1) -> Iterator[Refusal]:
        """Yield the refusals by row, all of them or the first ``limit``."""
        query = "SELECT row, field, value, code, facts FROM refusal ORDER BY row, rowid LIMIT ?"
        for row, column, value, code, facts in self._db.execute(query, (limit,)):
            yield Refusal(row, column, value, Accepted(code, json.loads(facts)))

    def named(self, field: Field) -> Iterator[list[str]]:
        """Yield the distinct ids in a field of the facts, in chunks."""
        column = _quoted([field.target])
        cursor = self._db.execute(f"SELECT DISTINCT {column} FROM fact WHERE {column} <> '' ORDER BY {column}")
        while chunk := cursor.fetchmany(_CHUNK):
            yield [id for (id,) in chunk]

    def refuse_words(self, name: str, known: Sequence[str]) -> None:
        """Refuse every row with another word in a field than these."""
        column, marks = _quoted([name]), ", ".join("?" * len(known))
        rows = f"SELECT row, ?, {column}, 'choice', ? FROM fact WHERE {column} NOT IN ({marks})"
        self._db.execute(f"INSERT INTO refusal {rows}", (self.plan.shown_as(name), json.dumps({"choices": list(known)}), *known))
        self._drop_refused()

    def words(self, name: str) -> list[str]:
        """Return the distinct words in a field of the facts to load, sorted."""
        column = _quoted([name])
        return [word for (word,) in self._db.execute(f"SELECT DISTINCT {column} FROM fact WHERE twin = 0 ORDER BY {column}")]

    def extremes(self) -> list[Extremes]:
        """Return the lowest and the highest value to load of every indicator, sorted."""
        if "indicator" not in self.plan.columns:
            return []
        query = "SELECT indicator, MIN(value), MAX(value) FROM fact WHERE twin = 0 AND value IS NOT NULL GROUP BY 1 ORDER BY 1"
        return [Extremes(*row) for row in self._db.execute(query)]

    def indicators(self) -> list[str]:
        """Return every indicator with observations to load, sorted."""
        if "indicator" not in self.plan.columns:
            return []
        query = "SELECT DISTINCT indicator FROM fact WHERE twin = 0 ORDER BY indicator"
        return [indicator for (indicator,) in self._db.execute(query)]

    def chunks(self, columns: Mapping[str, str], where: str = "") -> Iterator[list[Staged]]:
        """Yield the facts to load as (place, row, ...), with ``columns`` as SQL expressions over a staged row, in chunks."""
        # in the file's order: most files are sorted, and fill the tables' indexes from left to right
        condition = f" AND {where}" if where else ""
        cursor = self._db.execute(f"SELECT rowid, row, {', '.join(columns.values())} FROM fact WHERE twin = 0{condition} ORDER BY rowid")
        while chunk := cursor.fetchmany(_CHUNK):
            yield chunk


def _first_others(rows_of: dict[Cell, list[int]], own: Cell) -> list[tuple[int, Cell]]:
    """Return the first few contradicting rows, with their values."""
    others: list[tuple[int, Cell]] = []
    for value, rows in rows_of.items():
        if value != own:
            others += [(row, value) for row in rows[: _OTHERS - len(others)]]
        if len(others) >= _OTHERS:
            break
    return sorted(others, key=itemgetter(0))


def _shown(value: Cell, show: Callable[[Cell], str]) -> str:
    return "" if value is None else show(value)


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
