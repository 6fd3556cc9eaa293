"""Exports to a file, complete or not at all: facts, which can be imported again without changes, and scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from commands.data.file_words import cannot_write
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.progress import bar
from commands.scoring import score_rows
from risk_engine.audit.events import AnswerExported
from storage import events, private
from storage.data import exporting
from storage.data.files import EXPORTED
from storage.data.files.formats.writers import SHEET_ROWS, WRITERS
from storage.database import Database, Tx
from storage.private import CannotWrite
from storage.sight import EVERYTHING

# a day begins in Kiribati 14 hours before UTC
_EARLIEST_ZONE = timedelta(hours=14)


class ExportRefused(Exception):
    """A refusal before anything was written; the text gives the reason."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class _Exported:
    """The content of an export: columns with their types, the number of rows, and the rows as known at a moment."""

    names: Sequence[str]
    types: Sequence[type]
    count: Callable[[Tx, datetime | None], int]
    rows: Callable[[Tx, datetime | None], Iterator[Sequence[tuple[Any, ...]]]]


# not a kind of facts: what follows from them cannot be imported
SCORES = "scores"
KINDS = (*EXPORTED, SCORES)
_SCORES = _Exported(tuple(score_rows.COLUMNS), tuple(score_rows.COLUMNS.values()), score_rows.count, score_rows.rows)


def _facts(kind: str) -> _Exported:
    return _Exported(
        [field.name for field in exporting.fields_of(kind)],
        exporting.types_of(kind),
        lambda tx, at: exporting.count(tx, kind, at=at),
        lambda tx, at: exporting.facts_of(tx, kind, at=at),
    )


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The result of an export."""

    kind: str
    file: Path
    facts: int
    seconds: float
    as_of: date | None

    def lines(self) -> list[str]:
        """The report in the reader's language."""
        seconds = f"{self.seconds:.1f}"
        if self.kind == SCORES:
            told = ngettext("Wrote {n} score to {file} in {seconds} s.", "Wrote {n} scores to {file} in {seconds} s.", self.facts)
        else:
            told = ngettext("Wrote {n} fact to {file} in {seconds} s.", "Wrote {n} facts to {file} in {seconds} s.", self.facts)
        lines = [str(told.format(file=self.file, seconds=seconds))]
        return lines if self.as_of is None else [*lines, str(_("As known at the end of {day} (UTC).").format(day=self.as_of.isoformat()))]


def run_export(
    database: Database,
    kind: str,
    path: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    force: bool = False,
    progress: bool | None = None,
    by: str = "command line",
) -> ExportReport:
    """Write every fact of a kind, or every score, as known now, or at the end of a day, and record it in the trail.

    Args:
        path: its ending selects the format; an existing file is replaced only with ``force``, and only by a complete one.
        by: the user at the terminal.

    Raises:
        ExportRefused: the file exists, its ending is unknown, the day is in the future, or the file cannot be written.
    """
    started = time.monotonic()
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportRefused(
            _("{file} does not say in which format; expected a name that ends in {endings}.").format(
                file=path.name, endings=listed(WRITERS)
            )
        )
    if as_of is not None and as_of > (now + _EARLIEST_ZONE).date():
        raise ExportRefused(_("{day} is in the future; expected today or earlier.").format(day=as_of.isoformat()))
    at = None if as_of is None else datetime(as_of.year, as_of.month, as_of.day, 23, 59, 59, 999_999, UTC)
    of = _SCORES if kind == SCORES else _facts(kind)
    stamp = f"Exported from Riskbot by {by} at {now.isoformat(timespec='seconds')}: {kind}"
    with whole_file(path, force) as out:
        with database.begin(EVERYTHING) as tx:
            facts = of.count(tx, at)
            if writer is WRITERS[".xlsx"] and facts > SHEET_ROWS:
                raise ExportRefused(
                    _("{facts} facts do not fit into a sheet of {rows} rows; export them as .csv or .parquet.").format(
                        facts=facts, rows=SHEET_ROWS
                    )
                )
            with bar(progress, _("Writing"), facts, "") as written:
                writer(out, of.names, of.types, _counted(of.rows(tx, at), written), stamp)
        # before the file takes its name, so that no file exists without its entry in the trail
        told = AnswerExported(
            subject=f"export {kind}",
            actor=by,
            at=now,
            command=f"export {kind}",
            arguments={"file": path.name},
            rows=facts,
            as_of=at or now,
            via="terminal",
        )
        with database.begin(EVERYTHING, write=True) as tx:
            events.record(tx, told)
    return ExportReport(kind, path, facts, time.monotonic() - started, as_of)


def _counted(chunks: Iterator[Sequence[tuple[Any, ...]]], written: Callable[[int], object]) -> Iterator[Sequence[tuple[Any, ...]]]:
    for rows in chunks:
        yield rows
        written(len(rows))


@contextmanager
def whole_file(path: Path, force: bool) -> Iterator[IO[bytes]]:
    """Yield a private file that takes its name when it is complete.

    Raises:
        ExportRefused: a file is there and ``force`` is not given, something else than a file is there, or it cannot be written.
    """
    try:
        with private.whole_file(path, may_replace=lambda _path: force) as out:
            yield out
    except CannotWrite as error:
        raise ExportRefused(cannot_write(error)) from None
