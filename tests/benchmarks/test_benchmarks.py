"""The benchmarks run, at sizes that say nothing about speed; and what they write is written whole or not at all.

Those marked ``bench`` start processes and servers of their own: ``make bench`` plays them before it measures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from risk_engine.scoring.scoring import score
from storage.policy import policies
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import (
    answering,
    contestants,
    full_set,
    importing,
    memory,
    naive_full_set,
    questions,
    report,
    scored_books,
    synthetic_book,
)
from tests.benchmarks.contestants import BARE, FLOOR, OURS, Contestant
from tests.benchmarks.report import Failed, Finding, Table
from tests.benchmarks.sizes import TINY
from tests.benchmarks.starting import LADEN

FINDING = Finding("A note.", [Table(["app", "ms"], [["echo", "1.0"], ["ours | theirs", "2.0"]])])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample book's database in it."""
    folder = tmp_path_factory.mktemp("bench")
    contestants.sample_book(folder)
    return folder


@pytest.mark.bench
def test_every_app_is_asked_over_both_transports_and_answers(book: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answering, "CONTESTANTS", (BARE, FLOOR, OURS))

    acks, answers, pace = answering.run(TINY, book).tables

    assert [row[:2] for row in acks.rows] == [["Socket Mode", "1"], ["Socket Mode", "4"], ["HTTP", "1"], ["HTTP", "4"]]
    assert len(answers.rows) == 4
    assert [row[-1] for row in pace.rows] == ["none"] * 4


@pytest.mark.bench
def test_an_import_is_compared_with_a_plain_insert_on_both_databases(tmp_path: Path):
    (table,) = importing.run(TINY, tmp_path).tables

    assert [row[0] for row in table.rows] == ["SQLite"] * 3 + ["PostgreSQL"] * 3
    assert {row[1] for row in table.rows} == {"500"}
    assert all(float(row[-1]) > 0 for row in table.rows)


@pytest.mark.bench
def test_a_scoring_gives_the_figures_of_the_plain_formulas(tmp_path: Path):
    (table,) = scored_books.run(TINY, tmp_path).tables

    assert [row[0] for row in table.rows] == ["30"]
    assert all(float(cell.replace(",", "")) >= 0 for cell in table.rows[0])


def test_every_question_is_asked_to_every_book(tmp_path: Path):
    (table,) = questions.run(TINY, tmp_path).tables

    assert [row[1] for row in table.rows] == [f"`/risk {question}`" for question in questions.QUESTIONS]
    assert all(float(row[2]) > 0 for row in table.rows)


def test_the_full_set_is_that_of_the_plain_formulas(tmp_path: Path):
    (table,) = full_set.run(TINY, tmp_path).tables

    assert [row[0] for row in table.rows] == ["300"]
    assert all(float(cell.replace(",", "")) >= 0 for cell in table.rows[0])


@pytest.mark.parametrize("name", ["roa", "ecl", "rwa", "grade"])
def test_a_figure_that_is_not_that_of_the_plain_formulas_is_named(name):
    policy = policies.read(None)
    facts = synthetic_book.book(policy, 50)
    plain = naive_full_set.full_set(policy, facts)

    with pytest.raises(Failed, match=rf"the engine's {name} is .* for C00000\d\d and [2-4]\d others"):
        full_set.agree(policy, facts, score(policy, facts), plain | {name: np.full(50, 7.0)})


@pytest.mark.bench
def test_memory_is_looked_at_before_and_after(book: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "CONTESTANTS", (FLOOR, LADEN))

    (table,) = memory.run(TINY, book).tables

    assert [row[0] for row in table.rows] == [FLOOR.name, LADEN.name]
    assert float(table.rows[1][1]) > float(table.rows[0][1]) > 0


def test_an_app_that_does_not_start_is_named_with_its_last_words(tmp_path: Path):
    broken = Contestant("a broken app", ("-c", "raise SystemExit('no token')"))

    said = "a broken app ended with exit code 1: no token"
    with pytest.raises(Failed, match=said), contestants.running(broken, "socket", tmp_path / "broken"):
        pass


def test_tables_are_laid_into_their_places_and_the_rest_is_left(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("Before.\n<!-- one -->\nold\n<!-- end one -->\nBetween.\n<!-- two -->\nkept\n<!-- end two -->\n")

    report.check_document(["one", "two"], page)
    report.write({"one": FINDING}, "Measured today.", page)
    text = page.read_text()

    assert "old" not in text
    assert text.startswith("Before.\n<!-- one -->\nMeasured today.\n\nA note.\n\n| app")
    assert text.endswith("<!-- end one -->\nBetween.\n<!-- two -->\nkept\n<!-- end two -->\n")


def test_a_page_without_a_place_is_refused_before_anything_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "benchmarks.md").write_text("Nothing here.")
    monkeypatch.chdir(tmp_path)

    code = benchmarks.main(["memory", "--write"])

    assert code == 1
    assert "has no place for “memory”" in capsys.readouterr().err


def test_a_page_of_the_project_has_a_place_for_every_measure():
    report.check_document(list(benchmarks.MEASURES), Path(__file__).parents[2] / report.DOCUMENT)


def test_a_word_that_is_no_measure_is_a_usage_error():
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main(["speed"])
