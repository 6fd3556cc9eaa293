"""Imports of facts: the whole file is validated, refusals are listed, and the rest is loaded in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from commands.data import doubts
from commands.data.file_words import accepted_in_words, map_in_words, on_the_command_line
from commands.data.import_report import ImportReport
from commands.kit.i18n import _
from commands.kit.progress import bar
from risk_engine.policy.policy import Policy
from storage.data import facts
from storage.data.facts import Loaded
from storage.data.files import FileRefused, Mapping, MapRefused, Preview, StagedFile, preview, read_mapping, stage, write_rejects
from storage.database import Database, Tx
from storage.sight import EVERYTHING

AfterLoad = Callable[[Tx, Loaded], None]

# the number shown on the terminal; the rejects file has them all
_LISTED = 20
# a day begins in Kiribati 14 hours before UTC, and its observations are not in the future
_EARLIEST_ZONE = timedelta(hours=14)


class ImportRefused(Exception):
    """A refusal before anything was imported; the report gives the reason."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("\n".join(report.lines()))
        self.report = report


class _DryRun(Exception):
    """Roll a transaction back after a dry run."""


@dataclass(frozen=True, slots=True)
class _Wishes:
    """The options of an import."""

    dry_run: bool
    skip_bad: bool
    strict: bool
    rejects: Path
    progress: bool | None
    after_load: AfterLoad | None
    clock: Callable[[], datetime] | None
    policy: Policy | None


def run_import(
    database: Database,
    kind: str,
    path: Path,
    *,
    at: datetime,
    mapping_path: Path | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    strict: bool = False,
    rejects: Path | None = None,
    progress: bool | None = None,
    after_load: AfterLoad | None = None,
    clock: Callable[[], datetime] | None = None,
    policy: Policy | None = None,
) -> ImportReport:
    """Import a file: all of it, or with ``skip_bad`` its valid rows, or nothing.

    Args:
        rejects: the file for refused rows; by default NAME.rejects.csv in the working directory.
        progress: show bars on stderr; None means only on a terminal.
        clock: returns the time since which the facts are known, once the lock is held; without one that is ``at``.
        policy: the report mentions observations without a KRI and values that cannot be; incidents of other kinds are refused.
        after_load: called in the load's transaction, with its changes; not in a dry run.

    Raises:
        ImportRefused: nothing was loaded; its report has the sentences.
        Busy: the database was locked; nothing was loaded.
    """
    started = time.monotonic()
    wishes = _Wishes(dry_run, skip_bad, strict, rejects or Path(f"{path.stem}.rejects.csv"), progress, after_load, clock, policy)
    try:
        mapping = None if mapping_path is None else read_mapping(mapping_path)
        with bar(progress, _("Reading"), _size(path), "B") as reading:
            staged = stage(kind, path, mapping, today=earliest_day(at), strict=strict, progress=reading)
        with staged:
            return _import(database, staged, mapping, wishes, at, started)
    except FileRefused as refusal:
        problems = on_the_command_line(refusal)
    except MapRefused as refusal:
        problems = tuple(map_in_words(problem) for problem in refusal.problems)
    raise ImportRefused(ImportReport(kind, path.name, time.monotonic() - started, problems=problems))


def run_preview(path: Path, kind: str | None = None, *, at: datetime, mapping_path: Path | None = None) -> Preview:
    """Return a preview of a file, as a kind or as the likeliest one.

    Raises:
        ImportRefused: it is no table, or the mapping is wrong; its report has the sentences.
    """
    try:
        mapping = None if mapping_path is None else read_mapping(mapping_path)
        return preview(path, kind, mapping, today=earliest_day(at))
    except FileRefused as refusal:
        problems = on_the_command_line(refusal)
    except MapRefused as refusal:
        problems = tuple(map_in_words(problem) for problem in refusal.problems)
    raise ImportRefused(ImportReport(kind or "", path.name, problems=problems))


def earliest_day(at: datetime) -> date:
    """Return the latest day that has begun anywhere on earth: its facts do not lie in the future."""
    return (at + _EARLIEST_ZONE).date()


def _import(database: Database, staged: StagedFile, mapping: Mapping | None, wishes: _Wishes, at: datetime, started: float) -> ImportReport:
    with database.begin(EVERYTHING) as tx:
        facts.refuse_strangers(tx, staged, incidents=wishes.policy.operational.kinds if wishes.policy else None)
    refused = staged.refused_rows
    if refused:
        # before the load, so that nothing is loaded if the rejects cannot be written
        write_rejects(staged, wishes.rejects, mapping, lambda accepted: str(accepted_in_words(accepted)))
    if refused and not wishes.skip_bad:
        raise ImportRefused(_report(staged, None, wishes, started))
    return _report(staged, _load(database, staged, wishes, at), wishes, started)


def _load(database: Database, staged: StagedFile, wishes: _Wishes, at: datetime) -> Loaded:
    loaded: Loaded | None = None
    with bar(wishes.progress, _("Loading"), staged.facts, "") as loading:
        try:
            with database.begin(EVERYTHING, write=True) as tx:
                # known since the lock was taken, not since reading began: a digest in between must not miss it
                loaded = facts.load(tx, staged, at=wishes.clock() if wishes.clock else at, progress=loading)
                if wishes.dry_run:
                    raise _DryRun
                if wishes.after_load is not None:
                    wishes.after_load(tx, loaded)
        except _DryRun:
            pass
    assert loaded is not None, "a load that fails raises"
    return loaded


def _report(staged: StagedFile, loaded: Loaded | None, wishes: _Wishes, started: float) -> ImportReport:
    refused, policy = staged.refused_rows, wishes.policy
    watched = {kri.indicator for kri in policy.kri} if policy else None
    return ImportReport(
        kind=staged.kind.name,
        file=staged.file,
        seconds=time.monotonic() - started,
        rows=staged.rows,
        parts=loaded.parts if loaded else (),
        merged=staged.merged,
        passed=staged.passed,
        pivots=staged.plan.pivots,
        unwatched=() if watched is None else tuple(name for name in staged.indicators() if name not in watched),
        doubts=tuple(doubts.implausible(staged.extremes(), policy)) if policy else (),
        refused=refused,
        refusals=tuple(staged.refusals(_LISTED)),
        unknown_columns=staged.plan.unknown,
        rejects=wishes.rejects if refused else None,
        import_id=loaded.import_id if loaded and not wishes.dry_run else None,
        dry_run=wishes.dry_run,
        loaded=loaded is not None and not wishes.dry_run,
    )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        # the reader reports the problem
        return None
