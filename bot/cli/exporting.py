"""export: every fact of a kind, to a file that can be imported again, or every score."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from bot.cli.common import Parser, day, me
from bot.clock import Clock
from bot.opening import open_database
from bot.settings import Settings
from commands.data.exporting import KINDS, run_export


def add_export(exporting: Parser) -> None:
    kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
    exporting.add_argument("kind", choices=KINDS, metavar="KIND", help=kinds)
    exporting.add_argument("file", type=Path, metavar="FILE", help="a name that ends in .csv, .xlsx or .parquet")
    exporting.add_argument("--as-of", type=day, metavar="DATE", help="the facts, or scores, known at the end of that day (UTC)")
    exporting.add_argument("--force", action="store_true", help="replace the file if it exists")
    exporting.set_defaults(run=export)


def export(parsed: argparse.Namespace, env: Settings) -> int:
    """Export one kind of facts, or the scores, and print the report."""
    with closing(open_database(env)) as database:
        report = run_export(database, parsed.kind, parsed.file, now=Clock().now(), as_of=parsed.as_of, force=parsed.force, by=me())
    print("\n".join(report.lines()))
    return 0
