"""data: missing, stale, contradictory or implausible facts, on the screen or as a CSV file."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tabulate import tabulate

from bot.cli.common import Parser, policy_of
from bot.clock import Clock
from bot.opening import open_database
from bot.settings import Settings
from commands.data.data import HEADINGS, headline, rows
from commands.data.exporting import whole_file
from commands.kit.i18n import Reader, reading
from risk_engine.policy.policy import Policy
from storage.customers import customers
from storage.data import quality
from storage.data.files.formats.defusing import defused
from storage.data.quality import FindingKind
from storage.database import Tx
from storage.sight import EVERYTHING

SHOWN = 40
_SCREEN = ("customer", "kind", "finding", "as_of", "file", "row")


def add_data(looking: Parser) -> None:
    looking.add_argument("--customer", metavar="ID", help="only this customer")
    looking.add_argument(
        "--kind", choices=[kind.value for kind in FindingKind], metavar="KIND", help=", ".join(kind.value for kind in FindingKind)
    )
    looking.add_argument("--csv", type=Path, metavar="FILE", help="write every finding to a file")
    looking.add_argument("--force", action="store_true", help="with --csv: replace the file if it exists")
    looking.set_defaults(run=data)


def data(parsed: argparse.Namespace, env: Settings) -> int:
    """Print the findings, or write them to a file; findings are an answer, not a failure."""
    with closing(open_database(env)) as database:
        policy = policy_of(env, database)
        with database.begin(EVERYTHING) as tx, reading(Reader("en_GB", policy.digest.timezone, masked=False)):
            return _said(parsed, policy, tx)


def _said(parsed: argparse.Namespace, policy: Policy, tx: Tx) -> int:
    today = Clock().now().date()
    if parsed.customer and customers.get(tx, parsed.customer) is None:
        print(f"There is no customer {parsed.customer!r}: expected the id of a customer in the book.", file=sys.stderr)
        return 1
    kinds = [FindingKind(parsed.kind)] if parsed.kind else list(FindingKind)
    found = quality.findings(tx, policy, today=today, kinds=kinds, customer=parsed.customer)
    print(headline(tx, found, customer=parsed.customer))
    lines = rows(found, policy, tx)
    return _to_file(parsed.csv, lines, force=parsed.force) if parsed.csv else _to_screen(lines)


def _to_screen(lines: Sequence[Sequence[object]]) -> int:
    places = [HEADINGS.index(name) for name in _SCREEN]
    shown = [[line[place] for place in places] for line in lines[:SHOWN]]
    if shown:
        print("\n" + tabulate(shown, headers=_SCREEN, missingval="–", disable_numparse=True))
    if len(lines) > SHOWN:
        print(f"\n{len(lines) - SHOWN} more: --csv FILE writes all of them.")
    return 0


def _to_file(path: Path, lines: Sequence[Sequence[object]], *, force: bool) -> int:
    with whole_file(path, force) as out:
        file = io.TextIOWrapper(out, "utf-8-sig", newline="")
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
        # keep the underlying file open
        file.detach()
    print(f"{len(lines)} findings are in {path}.")
    return 0
