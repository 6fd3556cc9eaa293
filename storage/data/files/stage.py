"""Staging of a whole file before anything else is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from storage.data.files.cells import Formats
from storage.data.files.formats.limits import check_shape
from storage.data.files.formats.opening import open_table
from storage.data.files.formats.table import Notation, Progress, Table
from storage.data.files.kinds import KINDS
from storage.data.files.mapping.doubts import Doubt
from storage.data.files.mapping.mapping import FileFormat, Mapping
from storage.data.files.mapping.plan import Plan, Staged
from storage.data.files.mapping.planning import make_plan
from storage.data.files.refusals import Accepted, BadCell, FileRefused, Refusal
from storage.data.files.staged_movements import StagedMovements
from storage.data.files.staging import StagedFile

_CHUNK = 5_000


def stage(
    kind: str,
    path: Path,
    mapping: Mapping | None = None,
    *,
    today: date,
    strict: bool = False,
    progress: Progress | None = None,
    most: int | None = None,
) -> StagedFile:
    """Validate every row of a file into staging; the caller closes the result.

    Args:
        today: the latest date of an observation or a rating.
        strict: refuse a file with unknown columns.
        progress: called with the number of further bytes read.
        most: stop after so many rows, for a preview.

    Raises:
        FileRefused: the file as a whole cannot be read.
        MapRefused: the mapping does not fit the file.
    """
    with opened(kind, path, mapping, progress) as table:
        plan = make_plan(KINDS[kind], table.header, mapping, Formats(today, binary=table.binary))
        if strict and plan.unknown:
            raise FileRefused("unknown_columns", columns=list(plan.unknown))
        table.identifiers = plan.identifiers
        staged = StagedMovements(plan, path) if plan.kind.kept_as else StagedFile(plan, path)
        try:
            staged.check_space(table.promised)
            _fill(staged, plan, table, most)
            staged.sha256 = table.sha256
            staged.settle()
        except BaseException:  # also when stopped: no staged rows stay behind; raised again
            staged.discard()
            raise
        return staged


def opened(kind: str, path: Path, mapping: Mapping | None, progress: Progress | None = None) -> Table:
    """Open a file in the mapping's format for this kind; typed figures and dates follow the mapping's notation.

    Raises:
        FileRefused: the file as a whole cannot be read.
    """
    section = mapping.section(kind) if mapping else None
    notation = Notation(section.numbers.decimal, *section.dates.formats[:1]) if section else Notation()
    return open_table(path, mapping.file if mapping else FileFormat(), notation=notation, prefer=kind, progress=progress)


def _fill(staged: StagedFile, plan: Plan, table: Table, most: int | None) -> None:
    batch: list[Staged] = []
    doubts = list(plan.doubts)
    for row, cells in islice(table.rows(), most):
        if doubts:
            doubts = [doubt for doubt in doubts if not _settled(doubt, cells, table)]
        staged.rows += 1
        if staged.rows % _CHUNK == 0:
            check_shape(staged.rows, len(table.header))
        if table.faults and (faults := _faults(row, plan, table)):
            named = {fault.column for fault in faults}
            staged.refuse_row(cells, faults + [refusal for refusal in plan.explain(row, cells) if refusal.column not in named])
            continue
        try:
            facts = plan.read(row, cells)
            staged.passed += not facts
            batch += facts
        except BadCell:
            staged.refuse_row(cells, plan.explain(row, cells))
        if len(batch) >= _CHUNK:
            staged.add(batch)
            batch = []
    staged.add(batch)
    if question := next((refusal for doubt in doubts if (refusal := doubt.refusal())), None):
        raise question


def _settled(doubt: Doubt, cells: Sequence[str], table: Table) -> bool:
    """Return True if a row settles a doubt; a typed figure says nothing about the text."""
    return doubt.place < len(cells) and bool(cells[doubt.place]) and table.is_text(doubt.place) and doubt.settled_by(cells[doubt.place])


def _faults(row: int, plan: Plan, table: Table) -> list[Refusal]:
    """Return the cells without a value in columns that are read."""
    return [
        Refusal(row, table.header[fault.place], fault.shown, Accepted(fault.code)) for fault in table.faults if fault.place in plan.places
    ]
