"""Scores as a file: grade, stage, category and default with their reasons, a row for each customer in a fixed order."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pyarrow.parquet as parquet
import pytest

from commands.data.exporting import run_export
from tests.commands.conftest import lend
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
LEDGER = """id,customer,kind,currency,limit,outstanding,days_past_due,overdue,as_of
N-1,NOVA,term_loan,EUR,100000,80000,104,41200,2026-11-20
D-1,NORD,term_loan,EUR,100000,80000,40,300,2026-11-20
"""


def exported(book, folder, ending=".csv", **more):
    path = folder / f"scores{ending}"
    report = run_export(book.database, "scores", path, now=TUESDAY, force=True, by="test", **more)
    return path, report


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["customer"]: row for row in csv.DictReader(lines)}


def scored(database):
    book = lend(database)
    book.load("facilities", LEDGER)
    run(book)


@pytest.fixture
def stock():
    return scored


def test_each_row_says_stage_category_and_default_with_their_reasons(book, tmp_path):
    path, report = exported(book, tmp_path)
    found = rows(path)
    nova, nord = found["NOVA"], found["NORD"]

    assert list(found) == ["ACME", "JIAN", "NORD", "NOVA", "SMITH"]
    assert report.lines()[0].startswith("Wrote 5 scores to ")
    assert (nova["name"], nova["grade"], nova["stage"], nova["category"]) == ("Nova Power", "critical", "3", "substandard")
    assert (nova["default_since"], nova["default_reasons"], nova["default_ends"]) == ("2026-11-06", "material arrears", "")
    assert (nova["stage_reasons"], nova["category_reasons"]) == (
        "material arrears",
        "overdue, more than 90 days past due, credit-impaired",
    )
    assert (nova["days_past_due"], nova["overdue_amount"], nova["pd"], nova["pd_origin"]) == ("104.0", "41200.0", "1.0", "default")
    assert (nord["stage"], nord["stage_reasons"], nord["default_since"]) == ("2", "more than 30 days past due", "")
    assert (nord["category"], nord["category_reasons"], nord["currency"], nord["as_of"]) == (
        "special_mention",
        "overdue",
        "EUR",
        "2026-11-23",
    )


def test_the_same_scores_make_the_same_file(book, tmp_path):
    first = exported(book, tmp_path)[0].read_bytes()

    assert exported(book, tmp_path)[0].read_bytes() == first


def test_a_past_day_has_the_scores_that_were_known_then(book, tmp_path):
    book.load("facilities", LEDGER.replace(",104,41200,", ",0,0,").replace(",40,300,", ",0,0,"), at=TUESDAY)
    run(book, TUESDAY)

    assert rows(exported(book, tmp_path)[0])["NORD"]["stage"] == "1"
    assert rows(exported(book, tmp_path, as_of=MONDAY.date())[0])["NORD"]["stage"] == "2"
    assert rows(exported(book, tmp_path, as_of=MONDAY.date() - timedelta(days=1))[0]) == {}


def test_a_table_of_exact_types_has_days_and_amounts(book, tmp_path):
    table = parquet.read_table(exported(book, tmp_path, ".parquet")[0]).to_pylist()
    nova = next(row for row in table if row["customer"] == "NOVA")

    assert (nova["default_since"], nova["stage"], nova["lgd"], str(nova["expected_loss"])) == (date(2026, 11, 6), 3, 0.45, "39600.0000")
