"""Scoring a book on both databases: what is kept, what is left alone, what becomes an event, and where figures are from."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from bot.scoring.scoring import look_back, score
from commands.kit.contract import Refused
from commands.scoring.explaining import explain
from commands.scoring.scoring import Report
from risk_engine.grading import Grade
from storage.customers import customers
from storage.schema import EventRow, ImportRow, RateVersionRow, ScoreDriverRow, ScoreRunRow, ScoreVersionRow
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.commands.conftest import Book
from tests.conftest import MONDAY

DAY, TODAY = timedelta(days=1), MONDAY.date()


class At(Clock):
    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at


def run(book: Book, at=MONDAY, policy=None) -> Report:
    return score(book.database, policy or book.policy, At(at), by="test")


def quote(book: Book, currency: str, rate: float, day: date = TODAY, at=MONDAY) -> None:
    """A rate as a file of rates brings it."""
    with book.database.begin(EVERYTHING, write=True) as tx:
        row = {"kind": "rates", "file": "rates.csv", "sha256": "", "at": at} | dict.fromkeys(("rows", "added"), 1)
        row |= dict.fromkeys(("changed", "unchanged", "merged", "refused"), 0)
        load = tx.connection.execute(sa.insert(ImportRow).values(**row).returning(ImportRow.id)).scalar_one()
        told = {"currency": currency, "base": "EUR", "as_of": day, "rate": rate, "import_id": load, "file_row": 2, "known_at": at}
        tx.connection.execute(sa.insert(RateVersionRow).values(**told))


def of(book: Book, id: str, at=None) -> scores.Score:
    with book.database.begin(EVERYTHING) as tx:
        return scores.of(tx, [id], at=at)[id]


def rows(book: Book) -> tuple[int, ...]:
    """How much is stored: runs, versions, drivers, events."""
    with book.database.begin(EVERYTHING) as tx:
        tables = (ScoreRunRow, ScoreVersionRow, ScoreDriverRow, EventRow)
        return tuple(tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables)


def events(book: Book, kind: str) -> list[dict]:
    with book.database.begin(EVERYTHING) as tx:
        found = tx.connection.execute(sa.select(EventRow.payload).where(EventRow.kind == kind).order_by(EventRow.id)).scalars()
        # what an event states of the rows that it wrote is for the comparison with the register
        return [{name: value for name, value in payload.items() if name != "states"} for payload in found]


def test_everybody_is_scored_with_what_is_missing_named(book):
    run(book)

    jian, nova = of(book, "JIAN"), of(book, "NOVA")
    assert (jian.grade, jian.ead, jian.missing) == (Grade.HIGH, None, ("rate:CNY", "seniority", "interest", "maturity", "statement"))
    assert (nova.grade, nova.missing) == (Grade.MEDIUM, ("rating", "facilities", "statement"))


def test_figures_are_kept_to_the_cent_in_the_reporting_currency(book):
    quote(book, "USD", 0.9)
    run(book)

    acme = of(book, "ACME")
    # F1 4.2 m + 40 % of 0.8 m, F2 0.25 m + 40 % of 0.75 m, F3 0.3 m dollars
    assert acme.ead == Decimal("5340000.0000")
    # S&P's BB+ counts, as Moody's letters are on no scale of the packaged policy
    assert acme.pd == pytest.approx(0.0036)
    assert acme.expected_loss == Decimal("8650.8000")
    assert acme.missing == ("letter:Ba1 (Moody's)", "days_past_due", "seniority", "interest", "maturity", "statement")


def test_a_second_run_over_unchanged_data_writes_nothing(book):
    run(book)
    before = rows(book)
    report = run(book, MONDAY + DAY)

    assert rows(book) == before
    assert (report.new, report.changed) == (0, 0)
    assert "No change since the last run; nothing was written." in report.lines()


def test_a_restated_fact_makes_a_new_version_of_that_customer_alone(book):
    run(book)
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF4,JIAN,project_loan,EUR,100,100\n", at=MONDAY + DAY)
    report = run(book, MONDAY + 2 * DAY)

    assert (report.new, report.changed) == (0, 1)
    assert of(book, "JIAN").ead == Decimal(100)
    assert of(book, "JIAN", at=MONDAY + DAY).ead is None


def test_a_grade_that_moves_is_an_event_with_from_to_and_why(book):
    run(book)
    book.ask('log NOVA credit L5 S5 X2 "its only plant burnt down"', at=MONDAY + DAY)
    run(book, MONDAY + 2 * DAY)

    assert events(book, "score.changed") == [
        {"customer": "NOVA", "from": "medium", "to": "critical", "why": {"driver": "threat", "value": 4.0, "reference": "R-1"}}
    ]
    assert events(book, "scores.updated")[-1]["grades"] == 1


def test_many_grades_that_move_are_one_event(book):
    one = book.policy.model_copy(update={"scoring": book.policy.scoring.model_copy(update={"told_singly": 1})})
    run(book, policy=one)
    for id in ("NOVA", "NORD"):
        book.ask(f'log {id} credit L5 S5 X2 "burnt down"', at=MONDAY + DAY)
    run(book, MONDAY + 2 * DAY, policy=one)

    assert events(book, "score.changed") == []
    assert [(told["worse"], told["better"]) for told in events(book, "scores.changed")] == [(2, 0)]


def test_a_run_with_older_facts_than_the_last_one_writes_nothing(book):
    run(book, MONDAY + DAY)
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF9,NOVA,term_loan,EUR,100,100\n", at=MONDAY)

    late = run(book, MONDAY)
    assert (late.new, late.changed) == (0, 0)


def test_an_old_rate_is_as_good_as_none(book):
    quote(book, "CNY", 0.13, TODAY - timedelta(days=11))
    run(book)

    assert "rate:CNY" in of(book, "JIAN").missing


def test_a_rate_of_the_future_is_not_used(book):
    quote(book, "CNY", 0.13, TODAY + DAY)
    run(book)

    assert "rate:CNY" in of(book, "JIAN").missing


def test_a_past_day_is_seen_as_it_was_known_then_and_nothing_is_stored(book):
    book.ask('log NOVA credit L5 S5 X2 "burnt down"', at=MONDAY + 3 * DAY)
    before = rows(book)

    then = look_back(book.database, book.policy, At(MONDAY + 9 * DAY), TODAY + DAY)
    later = look_back(book.database, book.policy, At(MONDAY + 9 * DAY), TODAY + 4 * DAY)

    assert (max(+then.grades), max(+later.grades)) == (Grade.HIGH, Grade.CRITICAL)
    assert rows(book) == before


def test_nobody_is_known_on_a_day_before_the_first_import(book):
    report = look_back(book.database, book.policy, At(MONDAY), TODAY - 9 * DAY)

    assert report.lines() == ["The book is empty: there are no customers to score."]


def test_the_report_says_in_sentences_what_is_not_computable_and_why(book):
    lines = run(book).lines()

    assert "5 customers have no expected loss, because:" in lines
    assert "  no rating: 3" in lines
    assert "  no usable rate for USD: 1" in lines


def test_a_score_is_explained_down_to_file_and_row(book):
    quote(book, "USD", 0.9)
    run(book)
    with book.database.begin(EVERYTHING) as tx:
        said = "\n".join(explain(tx, book.policy, "ACME", sources=True))

    assert "Acme Steel (ACME): ●●○○ medium" in said
    for fact in ("BB+", "BBB-", "Ba1", "F1", "F3", "USD/EUR"):
        assert fact in said
    assert [line.split()[2] for line in said.splitlines() if line.startswith("  rating") and "✓" in line] == ["BB+"]
    assert "rates.csv" in said


def test_whoever_was_never_scored_is_told_what_to_do(book):
    with book.database.begin(EVERYTHING) as tx, pytest.raises(Refused, match="never been scored"):
        list(explain(tx, book.policy, "ACME", sources=False))


def test_an_empty_book_is_scored_without_a_trace(database, policy, tmp_path):
    book = Book(database, policy, tmp_path)

    assert run(book).lines() == ["The book is empty: there are no customers to score."]
    assert rows(book) == (0, 0, 0, 0)
    with database.begin(EVERYTHING) as tx:
        assert customers.count(tx) == 0
