"""import: one file of facts, and the indicators that it affects."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from bot.cli.common import Parser, base_policy, me, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.settings import Settings
from commands.data.after_load import follow_up
from commands.data.importing import run_import, run_preview
from commands.data.preview_report import preview_lines
from risk_engine.policy.policy import Policy
from storage.data.files import KIND_NAMES
from storage.database import Database


def add_import(importing: Parser) -> None:
    kinds = f"{', '.join(KIND_NAMES[:-1])} or {KIND_NAMES[-1]}"
    importing.add_argument("kind", choices=KIND_NAMES, metavar="KIND", help=kinds)
    importing.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or Parquet")
    importing.add_argument(
        "--map",
        type=Path,
        metavar="MAP.toml",
        help="a mapping of the file's columns, constants, words, units, dates and numbers (docs/import.md)",
    )
    importing.add_argument(
        "--preview", action="store_true", help="show what the file seems to be and how it would be read, and propose a mapping"
    )
    importing.add_argument("--dry-run", action="store_true", help="validate and count, but change nothing")
    importing.add_argument("--skip-bad", action="store_true", help="load the valid rows even if others are refused")
    importing.add_argument("--strict", action="store_true", help="refuse a file with unknown columns")
    importing.add_argument("--rejects", type=Path, metavar="PATH", help="the file for refused rows (default: NAME.rejects.csv)")
    importing.set_defaults(run=import_)


def import_(parsed: argparse.Namespace, env: Settings) -> int:
    """Import one file and evaluate the affected indicators, or show a preview of it, which needs no database."""
    if parsed.preview:
        found = run_preview(parsed.file, parsed.kind, at=Clock().now(), mapping_path=parsed.map)
        print("\n".join(preview_lines(found, base_policy(env))))
        return 0
    with closing(open_database(env)) as database:
        load(
            database,
            policy_of(env, database),
            parsed.kind,
            parsed.file,
            map=parsed.map,
            dry_run=parsed.dry_run,
            skip_bad=parsed.skip_bad,
            strict=parsed.strict,
            rejects=parsed.rejects,
        )
    return 0


def load(
    database: Database,
    policy: Policy,
    kind: str,
    file: Path,
    *,
    map: Path | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    strict: bool = False,
    rejects: Path | None = None,
) -> None:
    """Import a file and print the report.

    Raises:
        ImportRefused: nothing was loaded.
    """
    report = run_import(
        database,
        kind,
        file,
        at=Clock().now(),
        mapping_path=map,
        dry_run=dry_run,
        skip_bad=skip_bad,
        strict=strict,
        rejects=rejects,
        clock=Clock().now,
        after_load=follow_up(policy, file=file.name, by=me()),
        policy=policy,
    )
    print("\n".join(report.lines()))
