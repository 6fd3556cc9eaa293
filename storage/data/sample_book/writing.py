"""Writing of the sample book: one file per kind, named as a sample."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from storage.data.sample_book import customers, incidents, observations, outcomes, rates, ratings
from storage.data.sample_book.accounts import statements
from storage.data.sample_book.borrowers import borrowers
from storage.data.sample_book.lending import facilities, projections, schedules, security, transactions
from storage.data.sample_book.world import World

PREFIX = "sample-"


def sample_file(folder: Path, kind: str) -> Path:
    """Return the path of a kind's file."""
    return folder / f"{PREFIX}{kind}.csv"


def write_sample_book(folder: Path, *, seed: int, today: date, known: date | None = None) -> None:
    """Write every kind of file of the sample book as CSV into a folder.

    Equal seeds and days give equal files. On a later day ids stay, newer dates are added with their events (an unpaid instalment, a
    maturity, a report); within a quarter the figures of common dates stay, later the stories move on, and differences become new
    versions.

    Args:
        today: the last day of the stories.
        known: the day of the look, at most ``today``; by default ``today``.
    """
    world = World(seed, today, known or today)
    everybody = borrowers()
    reported = {each.id: statements.statements(world, each) for each in everybody}
    lent = {each.id: facilities.facilities(world, each) for each in everybody}
    loans = [(each, lent[each.id][0], schedules.schedule(world, each, lent[each.id][0])) for each in everybody]
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]] = {
        "customers": (customers.COLUMNS, (customers.row(world, each) for each in everybody)),
        "facilities": (facilities.COLUMNS, (one.row for each in everybody for one in lent[each.id])),
        "ratings": (ratings.COLUMNS, (row for each in everybody for row in ratings.rows(world, each))),
        "statements": (statements.COLUMNS, (row for each in everybody for row in statements.rows(world, each, reported[each.id]))),
        "observations": (observations.COLUMNS, (row for each in everybody for row in observations.rows(world, each, reported[each.id]))),
        "rates": (rates.COLUMNS, rates.rows(world)),
        "outcomes": (outcomes.COLUMNS, (row for each in everybody for row in outcomes.rows(world, each))),
        "instalments": (schedules.INSTALMENTS, (row for _each, loan, due in loans for row in schedules.instalments(loan, due))),
        "payments": (schedules.PAYMENTS, (row for each, loan, due in loans for row in schedules.payments(world, each, loan, due))),
        "collateral": (security.COLLATERAL, (row for each in everybody for row in security.collateral(world, each, lent[each.id]))),
        "guarantees": (security.GUARANTEES, security.guarantees(world, everybody, lent)),
        "projections": (projections.COLUMNS, (row for each in everybody for row in projections.rows(world, each, reported[each.id]))),
        "transactions": (transactions.COLUMNS, (row for each in everybody for row in transactions.rows(world, each))),
        "incidents": (incidents.COLUMNS, (row for each in everybody for row in incidents.rows(world, each))),
    }
    for kind, (columns, rows) in files.items():
        with sample_file(folder, kind).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([columns, *rows])


def news(file: Path, earlier: Path) -> Path | None:
    """Write the lines that an earlier book lacks to a file in a folder beside it; return its path, or None without such lines.

    Of transactions it writes the whole months with such lines, as they are imported.
    """
    header, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    known = set(earlier.read_text(encoding="utf-8").splitlines(keepends=True))
    new = [line for line in lines if line not in known]
    if file.name == sample_file(file.parent, "transactions").name:
        months = {_month(line) for line in new}
        new = [line for line in lines if _month(line) in months]
    if not new:
        return None
    folder = file.parent / "news"
    folder.mkdir(exist_ok=True)
    (folder / file.name).write_text("".join([header, *new]), encoding="utf-8")
    return folder / file.name


def _month(line: str) -> tuple[str, str]:
    """Return account and month of a transaction's line."""
    account, day, *_rest = line.split(",")
    return account, day[:7]
