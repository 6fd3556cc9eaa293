"""python -m bot score: what it prints, what it leaves alone, and its exit codes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.data.importing import run_import
from risk_engine.scoring.scoring import MODEL
from storage.database import Database
from tests.bot.conftest import Typed, brought, written
from tests.databases import migrated

FILES = {
    "customers": "id,name,rating\nACME,Acme Steel,BB\nNOVA,Nova Power,\n",
    "facilities": "id,customer,kind,currency,limit,outstanding,lgd,days_past_due\nF1,ACME,term_loan,EUR,1000,1000,0.45,0\n",
}


@pytest.fixture
def loaded(typed: Typed) -> Typed:
    return brought(typed, FILES)


def test_the_book_is_scored_and_a_second_time_nothing_is_written(loaded: Typed):
    first, second = loaded("score"), loaded("score")

    assert (first[0], second[0]) == (0, 0)
    assert "Scored 2 customers as of" in first[1]
    assert "2 new, 0 changed, 0 of them in grade." in first[1]
    assert "1 customer has no expected loss, because:\n  no facilities: 1\n  no rating: 1\n" in first[1]
    assert "nothing was written" in second[1]


def test_everybody_is_scored_again_where_that_is_asked_for(loaded: Typed):
    loaded("score")

    assert "No customer's data has changed" in loaded("score")[1]
    assert "Scored 2 customers as of" in loaded("score", "--all")[1]
    code, _said, complained = loaded("score", "--all", "--as-of", "2020-01-31")
    assert code == 2
    assert "--all stores scores as of today" in complained


def test_one_customer_is_explained_down_to_file_and_row(loaded: Typed):
    code, said, _complained = loaded("score", "--customer", "acme", "--explain")

    assert code == 0
    groups = {words[0]: words[1:] for line in said.splitlines() if (words := line.split())}
    assert "Acme Steel (ACME): ●○○○ low: PD 0.58%, internal rating BB" in said
    assert [groups[name] for name in ("PD", "LGD", "EAD", "EL")] == [["0.58%", "by", "rating"], ["45%"], ["EUR", "1", "k"], ["EUR", "2.61"]]
    assert "· LGD" in said
    assert "facilities.csv" in said
    assert f"model {MODEL}" in said
    assert "If nothing is reported, the score may change on " in said


def test_without_explain_the_files_are_not_listed(loaded: Typed):
    said = loaded("score", "--customer", "acme")[1]

    for title in ("Scorecard", "Drivers", "Credit", "Capital", "Missing"):
        assert f"\n{title}\n" in said
    assert "\nFacts\n" not in said


def test_a_past_day_is_printed_and_not_stored(loaded: Typed):
    code, said, _complained = loaded("score", "--as-of", "2020-01-31")

    assert (code, said) == (0, "The book is empty: there are no customers to score.\n")
    assert "2 new" in loaded("score")[1]


def test_one_customers_score_of_a_past_day_is_printed_as_it_was_known_then_and_not_stored(typed: Typed):
    now = datetime.now(UTC)
    database = Database(migrated("sqlite:///riskbot.db"))
    for kind, text in FILES.items():
        run_import(database, kind, Path(written(f"{kind}.csv", text)), at=now - timedelta(days=3))
    run_import(database, "facilities", Path(written("late.csv", FILES["facilities"].replace(",0\n", ",200\n"))), at=now)
    database.close()
    code, said, _complained = typed("score", "--as-of", (now - timedelta(days=2)).date().isoformat(), "--customer", "acme", "--explain")

    assert code == 0
    assert re.match(
        ("As of \\d+ \\w+ \\d+, from the data known at the end of that day; not stored.\\nAcme Steel \\(ACME\\): ●○○○ low: PD 0.58%"), said
    )
    assert "facilities.csv" in said
    assert "late.csv" not in said
    assert "2 new" in typed("score")[1]


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("--as-of 2199-01-31", 1, "--as-of 2199-01-31 is not in the past: expected a day before"),
        ("--as-of yesterday", 2, "argument --as-of: 'yesterday' is not a date: expected year-month-day, such as 2026-12-31"),
        ("--explain", 2, "--explain needs --customer ID"),
        ("--as-of 2199-01-31 --customer ACME", 1, "--as-of 2199-01-31 is not in the past: expected a day before"),
        ("--as-of 2020-01-31 --customer ACME", 1, "--customer: Acme Steel was not in the book on 31 Jan 2020."),
        ("--as-of 2020-01-31 --customer qqqqqq", 1, "No customer matches “qqqqqq”"),
        ("--customer qqqqqq", 1, "No customer matches “qqqqqq”"),
    ],
)
def test_what_is_not_accepted_is_said(loaded: Typed, line: str, code: int, complaint: str):
    found, _said, complained = loaded("score", *line.split())

    assert found == code
    assert complaint in complained


def test_an_empty_book_is_no_mistake(typed: Typed):
    assert typed("score")[:2] == (0, "The book is empty: there are no customers to score.\n")
