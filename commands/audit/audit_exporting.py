"""Exports of the audit trail for examiners: every entry with its seal, as a table or as verifiable JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from commands.audit.verification.auditing import AuditRefused
from commands.data import whole_file
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.input.customer import PREFIX
from commands.kit.progress import bar
from risk_engine.audit.events import AnswerExported
from storage import events
from storage.audit import extract, rows
from storage.audit.anchoring.known import identity
from storage.audit.chain import Link
from storage.audit.extract import Wanted
from storage.data.files.formats.writers import SHEET_ROWS, WRITERS
from storage.database import Database
from storage.sight import EVERYTHING

JSON = ".json"
_ENDINGS = (".csv", ".xlsx", JSON)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The result of an export."""

    file: Path
    entries: int
    seconds: float

    def lines(self) -> list[str]:
        """Return the report in the reader's language, with next steps."""
        told = ngettext("Wrote {n} entry to {file} in {seconds} s.", "Wrote {n} entries to {file} in {seconds} s.", self.entries)
        lines: list[Text] = [told.format(n=f"{self.entries:,}", file=self.file, seconds=f"{self.seconds:.1f}")]
        if self.file.suffix.lower() == JSON:
            lines.append(_("To prove it: python -m bot audit verify --export {file}").format(file=self.file))
        return [str(line) for line in lines]


def run_export(
    database: Database, path: Path, wanted: Wanted, *, by: str, now: datetime, force: bool = False, progress: bool | None = None
) -> ExportReport:
    """Write the requested part of the trail, and record the export in the trail.

    Args:
        path: its ending selects the format; an existing file is replaced only with ``force``, and only by a complete one.

    Raises:
        AuditRefused: no entry matches, or the file name's ending is unknown.
        ExportRefused: the file exists, or it cannot be written.
    """
    started = time.monotonic()
    _refuse_what_cannot_be(path, wanted)
    with whole_file(path, force) as out:
        with database.begin(EVERYTHING) as tx:
            entries = extract.count(tx, wanted)
            if path.suffix.lower() == ".xlsx" and entries > SHEET_ROWS:
                raise AuditRefused(
                    _("{entries} entries do not fit into a sheet of {rows} rows; export them as .csv or .json.").format(
                        entries=entries, rows=SHEET_ROWS
                    )
                )
            with bar(progress, _("Writing"), entries, "") as written:
                portions = _counted(extract.entries(tx, wanted), written)
                if path.suffix.lower() == JSON:
                    extract.write(out, portions, wanted=wanted, head=rows.head(tx), whose=identity(tx), at=now)
                else:
                    stamp = f"Exported from Riskbot by {by} at {now.isoformat(timespec='seconds')}: audit trail"
                    WRITERS[path.suffix.lower()](out, extract.COLUMNS, (), _cells(portions), stamp)
        # before the file takes its name, so that no file exists without its entry in the trail
        told = AnswerExported(
            subject="audit export",
            actor=by,
            at=now,
            command="audit export",
            arguments={"file": path.name, **wanted.told()},
            rows=entries,
            as_of=now,
            via="terminal",
        )
        with database.begin(EVERYTHING, write=True) as tx:
            events.record(tx, told)
    return ExportReport(path, entries, time.monotonic() - started)


def subject_named(text: str | None) -> tuple[str | None, str | None]:
    """Return the subject of ``--subject``, or after ``customer:`` the customer."""
    if text and text.lower().startswith(PREFIX):
        return None, text[len(PREFIX) :]
    return text, None


def _refuse_what_cannot_be(path: Path, wanted: Wanted) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise AuditRefused(
            _("{file} does not say in which format; expected a name that ends in {endings}.").format(
                file=path.name, endings=listed(_ENDINGS)
            )
        )
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise AuditRefused(_("--since {day} is after --until: the period is empty.").format(day=wanted.since.date().isoformat()))


def _cells(portions: Iterator[Sequence[Link]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    return ([extract.cells(link) for link in portion] for portion in portions)


def _counted(portions: Iterator[Sequence[Link]], written: Callable[[int], object]) -> Iterator[Sequence[Link]]:
    for portion in portions:
        yield portion
        written(len(portion))
