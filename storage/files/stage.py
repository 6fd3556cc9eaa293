"""Read a whole file into staging, before anything else is touched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from storage.files.cells import Formats
from storage.files.kinds import KINDS, KindName
from storage.files.mapping import FileFormat, Mapping
from storage.files.plan import Plan, Staged, make_plan
from storage.files.reader import Progress, Table
from storage.files.refusals import BadCell, FileRefused
from storage.files.staging import StagedFile

_CHUNK = 5_000


def stage(
    kind: KindName, path: Path, mapping: Mapping | None = None, *, today: date, strict: bool = False, progress: Progress | None = None
) -> StagedFile:
    """Validate every row of a file into staging; the caller closes what it gets.

    Args:
        today: the latest day that an observation or a rating may bear.
        strict: refuse a file with columns that nobody knows.
        progress: is told how many more bytes were read.

    Raises:
        FileRefused: the file as a whole cannot be read.
        MapRefused: the mapping does not fit the file.
    """
    with Table(path, mapping.file if mapping else FileFormat(), progress) as table:
        plan = make_plan(KINDS[kind], table.header, mapping, Formats(today))
        if strict and plan.unknown:
            raise FileRefused("unknown_columns", columns=list(plan.unknown))
        staged = StagedFile(plan, path)
        try:
            _fill(staged, plan, table)
            staged.sha256 = table.sha256
            staged.settle()
        except BaseException:
            staged.discard()
            raise
        return staged


def _fill(staged: StagedFile, plan: Plan, table: Table) -> None:
    batch: list[Staged] = []
    for row, cells in table.rows():
        staged.rows += 1
        try:
            batch += plan.read(row, cells)
        except BadCell:
            staged.refuse(plan.explain(row, cells))
        if len(batch) >= _CHUNK:
            staged.add(batch)
            batch = []
    staged.add(batch)
