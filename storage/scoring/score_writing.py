"""Writing of scores as versions: only changes are written, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, func, insert, select, update

from risk_engine.facts.facts import Dates
from risk_engine.scoring import default_rows
from risk_engine.scoring.scoring import MODEL, Scores
from storage import figure_blobs, rows
from storage.classification import defaults
from storage.customers import book_totals
from storage.database import Tx
from storage.queries.among import among
from storage.queries.columns import dates, day, fetched
from storage.schema import ScoreRunRow, ScoreVersionRow
from storage.scoring import packed_drivers
from storage.scoring.fingerprints import fingerprints
from storage.types import MONEY_SCALE, Instant

# scoring runs queue on PostgreSQL, as they do for SQLite's write lock
LOCK = 7_236_118_457
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a run: time and date of its facts, digest of its policy, and author."""

    facts_at: datetime
    as_of: date
    policy: str
    by: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The result of a run: new scores, changed scores, and customers whose grade moved, with both grades."""

    run_id: int | None
    scored: int
    new: int
    changed: int
    customers: NDArray[np.object_]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    # the places of the new and changed ones among the scored customers
    written: NDArray[np.int64]
    # whether a run with newer facts has come first, so that nothing was written
    outrun: bool = False


def keep(tx: Tx, scores: Scores, origin: Origin, *, at: datetime) -> Kept:
    """Write the scores that differ from the current ones, known since ``at``; a run without changes leaves no trace.

    Of a score that stays, the date of next change is brought up to date.
    A run with older facts than the last one writes nothing.
    """
    if tx.dialect == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    marks = fingerprints(scores)
    last = tx.connection.execute(select(func.max(ScoreRunRow.at))).scalar_one()
    current = _current(tx, scores)
    differs = (current.ids < 0) | (current.marks != marks)
    outrun = last is not None and last > origin.facts_at
    if outrun:
        differs[:] = False
    places = np.flatnonzero(differs)
    fresh = current.ids[places] < 0
    moved = places[~fresh & (current.grades[places] != scores.grades[places])]
    run = None
    if len(places):
        with book_totals.moved_by_scores(tx, scores.customers[places].tolist()):
            run = _write(tx, scores, marks, current.ids, places, origin, at)
    if not outrun:
        others = (current.ids >= 0) & (current.next_changes != scores.next_change.astype(np.int64))
        _move_dates(tx, current.ids, scores.next_change, others & ~differs)
    return Kept(
        run_id=run,
        scored=len(marks),
        new=int(fresh.sum()),
        changed=len(places) - int(fresh.sum()),
        customers=scores.customers[moved],
        before=current.grades[moved],
        after=scores.grades[moved].astype(np.int64),
        written=places,
        outrun=outrun,
    )


@dataclass(frozen=True, slots=True)
class _Current:
    """The current version of each scored customer; ids are -1 without one. Dates are days since 1970."""

    ids: NDArray[np.int64]
    marks: NDArray[np.int64]
    grades: NDArray[np.int64]
    next_changes: NDArray[np.int64]


def _current(tx: Tx, scores: Scores) -> _Current:
    table = ScoreVersionRow
    query = select(table.customer_id, table.id, table.fingerprint, table.grade, day(tx, table.next_change))
    query = query.where(table.superseded_at.is_(None), among(tx, table.customer_id, scores.customers.tolist()))
    customers, *columns, next_changes = fetched(tx, query)
    columns.append(dates(next_changes).astype(np.int64))
    found = [np.full(len(scores.customers), -1, dtype=np.int64) for _column in columns]
    if len(customers) and len(scores.customers):
        all_of_them, wanted = scores.customers.astype(str), customers.astype(str)
        place = np.minimum(np.searchsorted(all_of_them, wanted), len(all_of_them) - 1)
        there = all_of_them[place] == wanted
        for target, column in zip(found, columns, strict=True):
            target[place[there]] = column[there].astype(np.int64)
    return _Current(*found)


def _write(
    tx: Tx, scores: Scores, marks: NDArray[np.int64], current: NDArray[np.int64], places: NDArray[np.int64], origin: Origin, at: datetime
) -> int:
    run = {"at": origin.facts_at, "as_of": origin.as_of, "model": MODEL, "policy": origin.policy, "by": origin.by}
    counts = {"scored": len(marks), "changed": len(places)}
    names = {"figures": figure_blobs.names(scores.figures), "sources": figure_blobs.names(scores.sources)}
    names["drivers"] = packed_drivers.names(scores.drivers)
    run_id = int(tx.connection.execute(insert(ScoreRunRow).values(**run, **counts, **names).returning(ScoreRunRow.id)).scalar_one())
    rows.written(tx, ScoreRunRow, run_id)
    rows.loaded(tx, ScoreVersionRow, run_id, above=rows.last_id(tx, ScoreVersionRow))
    replaced = current[places]
    for ids in _chunked(replaced[replaced >= 0].tolist()):
        tx.connection.execute(update(ScoreVersionRow).where(ScoreVersionRow.id.in_(ids)).values(superseded_at=at))
    _insert(tx, ScoreVersionRow, _versions(tx, scores, marks, places, run_id, at))
    written_anew = np.zeros(len(scores), dtype=bool)
    written_anew[places] = True
    judged = default_rows.among(scores.defaults, written_anew)
    defaults.write(tx, judged, scores.customers, run_id=run_id, as_of=origin.as_of, at=at)
    return run_id


def _versions(
    tx: Tx, scores: Scores, marks: NDArray[np.int64], places: NDArray[np.int64], run_id: int, at: datetime
) -> dict[str, Sequence[Any]]:
    count, figures = len(places), scores.figures
    missing = scores.missing[places].texts()
    missing[missing == ""] = None
    return {
        "run_id": [run_id] * count,
        "customer_id": scores.customers[places].tolist(),
        "grade": scores.grades[places].tolist(),
        "model_grade": scores.model_grades[places].tolist(),
        "override_id": _numbered(scores.sources["override"][places]),
        **{name: _or_none(figures[name][places]) for name in ("points", "confidence", "pd", "lgd")},
        **{name: _whole(figures[name][places]) for name in ("stage", "category")},
        **{name: _stored(figures[name][places]) for name in ("ead", "expected_loss", "ecl", "rwa")},
        "currency": [scores.currency] * count,
        "rating_id": _numbered(scores.sources["rating"][places]),
        "missing": missing.tolist(),
        "figures": figure_blobs.pack([column[places] for column in figures.values()], np.float64),
        "sources": figure_blobs.pack([column[places] for column in scores.sources.values()], np.int64),
        "fingerprint": marks[places].tolist(),
        "known_at": [Instant().process_bind_param(at, tx.connection.dialect)] * count,
        "drivers": packed_drivers.pack(scores.drivers, places),
        "driver_words": packed_drivers.words(scores.drivers, places),
        "days_past_due": _or_none(_late(scores)[places]),
        "next_change": _dated(tx, scores.next_change[places]),
    }


def _dated(tx: Tx, days: Dates) -> list[Any]:
    """Return dates as the driver takes them."""
    found = (days.astype(str) if tx.dialect == "sqlite" else days).astype(object)
    found[np.isnat(days)] = None
    return found.tolist()  # type: ignore[no-any-return]


def _move_dates(tx: Tx, ids: NDArray[np.int64], days: Dates, which: NDArray[np.bool_]) -> None:
    """Bring the dates of next change of these versions up to date."""
    if which.any():
        moved = update(ScoreVersionRow).where(ScoreVersionRow.id == bindparam("version")).values(next_change=bindparam("day"))
        pairs = zip(ids[which].tolist(), days[which].astype(object).tolist(), strict=True)
        tx.connection.execute(moved, [{"version": id, "day": day} for id, day in pairs])


def _late(scores: Scores) -> NDArray[np.float64]:
    """Return the days past due of those whose grade asks for them, by which the book is ranked."""
    late = next(driver for driver in scores.drivers if driver.name == "days_past_due")
    return np.where(late.grades > 0, late.values, np.nan)


def _numbered(numbers: NDArray[np.int64]) -> list[int | None]:
    return [number or None for number in numbers.tolist()]


def _whole(values: NDArray[np.float64]) -> list[int | None]:
    return [None if np.isnan(value) else int(value) for value in values.tolist()]


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    cells = values.astype(object)
    cells[np.isnan(values)] = None
    return cells.tolist()  # type: ignore[no-any-return]


def _stored(amounts: NDArray[np.float64]) -> list[int | None]:
    """Return amounts of whole hundredths as stored integers."""
    whole = np.isnan(amounts)
    cells = (np.rint(np.where(whole, 0.0, amounts) * 100).astype(np.int64) * (MONEY_SCALE // 100)).astype(object)
    cells[whole] = None
    return cells.tolist()  # type: ignore[no-any-return]


def _insert(tx: Tx, table: Any, columns: dict[str, Sequence[Any]]) -> None:
    """Insert rows by the driver's fastest method; their values already have the columns' form."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = list(zip(*columns.values(), strict=True))
    if tx.dialect == "postgresql":
        driver: Any = tx.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    elif values:
        tx.connection.exec_driver_sql(f"INSERT INTO {table.__tablename__} ({names}) VALUES (?{', ?' * (len(columns) - 1)})", values)


def _chunked(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
