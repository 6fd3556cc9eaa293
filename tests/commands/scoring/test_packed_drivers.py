"""Drivers as one value and back, and the rows in which early runs kept them."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.grading import Grade
from risk_engine.scoring.drivers import Driver
from storage.database import Database
from storage.row_digests import cells
from storage.row_digests.stating import Group
from storage.schema import ScoreDriverRow, ScoreRunRow, ScoreVersionRow
from storage.scoring import packed_drivers, ranking, score_drivers, scores
from storage.scoring.packed_drivers import Reason
from storage.scoring.ranking import By
from storage.sight import EVERYTHING
from tests.commands.conftest import Book
from tests.commands.scoring.test_scoring import run
from tests.conftest import MONDAY

EVERYBODY = np.arange(3)
WORDS = st.none() | st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=5)
GRADES = st.lists(st.integers(0, 4), min_size=3, max_size=3)
FIGURES = st.lists(st.floats(allow_infinity=False), min_size=3, max_size=3)
DAYS = st.lists(st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)), min_size=3, max_size=3)


@st.composite
def drivers(draw: st.DrawFn) -> list[Driver]:
    made = []
    for number, form in enumerate(draw(st.lists(st.sampled_from(["", "B-", "*"]), min_size=1, max_size=5))):
        subjects = draw(st.lists(WORDS if form == "*" else st.integers(0, 2**40), min_size=3, max_size=3))
        references = np.array(subjects, dtype=object if form == "*" else np.int64)
        days = np.array(draw(DAYS), dtype="datetime64[D]")
        letter = form.rstrip("*")
        made.append(Driver(f"driver {number}", np.array(draw(GRADES), np.int8), np.array(draw(FIGURES)), days, references, letter))
    return made


@given(drivers())
def test_drivers_come_back_exactly_without_those_that_ask_for_nothing(made: list[Driver]):
    names = packed_drivers.names(made)
    packed, told = packed_drivers.pack(made, EVERYBODY), packed_drivers.words(made, EVERYBODY)

    for place in EVERYBODY:
        value = {driver.name: float(driver.values[place]) for driver in made}
        assert packed_drivers.unpacked(names, packed[place], told[place]) == [
            Reason(
                driver.name,
                Grade(int(driver.grades[place])),
                None if value[driver.name] != value[driver.name] else value[driver.name],
                driver.as_of[place].item(),
                driver.reference(place),
            )
            for driver in made
            if driver.grades[place]
        ]


def test_nobody_without_a_subject_by_words_gets_a_text():
    days = np.array(["NaT"] * 3, dtype="datetime64[D]")
    late = Driver("days_past_due", np.array([1, 0, 2], np.int8), np.zeros(3), days, np.array(["F-1", "F-2", None], dtype=object))
    kind = Driver("incident", np.array([0, 1, 0], np.int8), np.zeros(3), days, np.array([None, "fraud", None], dtype=object))

    assert packed_drivers.words([late, kind], EVERYBODY) == ["F-1\n", "\nfraud", None]


def test_the_digest_of_a_row_does_not_know_columns_that_it_does_not_fill():
    first, later, wider = Group(1, 1), Group(1, 1, added=2), Group(1, 1, added=2)
    first.take([(1, 7, "a", None), (2, 7, None, None)])
    later.take([(1, 7, "a", None, None, None), (2, 7, None, None, None, None)])
    wider.take([(1, 7, "a", None, None, None), (2, 7, None, None, None, "new")])

    assert later.said() == first.said()
    assert wider.said()["digest"] != first.said()["digest"]
    assert first.said()["digest"] == hashlib.sha256(cells.lines([(1, 7, "a", None), (2, 7, None, None)])).hexdigest()


def early(database: Database, customer: str) -> int:
    """Make a customer's score one of an early run, whose drivers are rows; return its number."""
    with database.begin(EVERYTHING, write=True) as tx:
        (score,) = scores.of(tx, [customer]).values()
        for driver in score_drivers.of(tx, [score.id])[score.id]:
            said = {
                "driver": driver.name,
                "grade": driver.grade,
                "value": driver.value,
                "as_of": driver.as_of,
                "reference": driver.reference,
            }
            tx.connection.execute(sa.insert(ScoreDriverRow).values(score_id=score.id, **said))
        tx.connection.execute(sa.update(ScoreRunRow).values(drivers=None))
        tx.connection.execute(sa.update(ScoreVersionRow).values(drivers=None, driver_words=None, days_past_due=None))
    return score.id


def test_an_early_run_is_read_as_a_present_one(book: Book):
    run(book)
    with book.database.begin(EVERYTHING) as tx:
        score = scores.of(tx, ["JIAN"])["JIAN"]
        before = score_drivers.of(tx, [score.id]), ranking.top(tx, By.OVERDUE, {}, limit=9, at=None, then=MONDAY)
    number = early(book.database, "JIAN")

    with book.database.begin(EVERYTHING) as tx:
        after = score_drivers.of(tx, [number]), ranking.top(tx, By.OVERDUE, {}, limit=9, at=None, then=MONDAY)
    assert before[0][number]
    assert after == before
