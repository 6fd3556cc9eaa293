"""A score that is not kept is the one that would have been, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands.kit.contract import Refused
from commands.scoring.explaining import explain, explain_past
from commands.scoring.scoring import compute, look
from risk_engine.scoring.scoring import MODEL
from storage.policy import policies
from storage.scoring import scores, transient_score
from storage.scoring.score_writing import Origin
from storage.sight import EVERYTHING
from tests.commands.customers.test_score_view import learn, under_the_card
from tests.commands.scoring.test_scoring import TODAY, run
from tests.conftest import MONDAY

WHO = ("ACME", "NOVA", "NORD", "JIAN", "SMITH", "STEEL")
RUN = {"id": 0, "changed": 0}


@pytest.fixture
def stock():
    return learn


@pytest.fixture
def known(book):
    return under_the_card(book)


def origin(policy, at=MONDAY, day=TODAY):
    return Origin(at, day, policies.digest(policy), "test")


def found(book, at=MONDAY, day=TODAY):
    with book.database.begin(EVERYTHING) as tx:
        return compute(book.policy, look(tx, book.policy, as_of=day, known_at=at))


def test_it_is_read_as_the_stored_one_is(known):
    known.load("guarantees", "id,guarantor,customer\nG1,NOVA,STEEL\n")
    known.load("outcomes", "customer,event,as_of\nNOVA,default,2026-10-01\n")
    known.load("facilities", "id,customer,kind,currency,limit,outstanding,days_past_due\nN1,NOVA,term_loan,EUR,5,5.25,120\n")
    run(known)
    computed = found(known)
    with known.database.begin(EVERYTHING) as tx:
        stored = {id: scores.finding(tx, score) for id, score in scores.of(tx, WHO).items()}
        unstored = {id: transient_score.finding(tx, computed, id, origin(known.policy)) for id in WHO}

    assert {*stored} == {*WHO}
    for id in WHO:
        same = replace(unstored[id].score, id=stored[id].score.id, run_id=stored[id].run.id, known_at=stored[id].score.known_at)
        assert same == stored[id].score
        assert unstored[id].detail == stored[id].detail
        assert sorted(unstored[id].drivers, key=repr) == sorted(stored[id].drivers, key=repr)
        assert [one.grade for one in unstored[id].drivers] == [one.grade for one in stored[id].drivers]
    assert any(driver.called == "Nova Power" for driver in unstored["STEEL"].drivers)


def test_it_is_explained_as_the_stored_one_is(known):
    with known.database.begin(EVERYTHING) as tx:
        stored = [*explain(tx, known.policy, "STEEL", sources=True)]
        first, *unstored, end = explain_past(tx, known.policy, "Norsk Steel", origin(known.policy), sources=True)

    assert first == "As of 23 Nov 2026, from the data known at the end of that day; not stored."
    # the stored one ends with its run, and with the day on which it may change
    assert unstored == stored[:-2]
    assert end.startswith(f"Model {MODEL}, policy ")


def test_what_became_known_later_plays_no_part(known):
    later = MONDAY + timedelta(days=2)
    known.load("ratings", "customer,rating,as_of,agency\nSTEEL,CCC,2026-11-20,S&P\n", at=later)
    with known.database.begin(EVERYTHING) as tx:
        before = transient_score.finding(tx, found(known), "STEEL", origin(known.policy))
        after = transient_score.finding(tx, found(known, later), "STEEL", origin(known.policy, later))

    assert before is not None
    assert after is not None
    assert [driver.letter for driver in before.drivers if driver.name == "pd"] == ["BB+"]
    assert [driver.letter for driver in after.drivers if driver.name == "pd"] == ["CCC"]


def test_who_came_later_is_said_to_be_no_part_of_that_days_book(known):
    known.load("customers", "id,name\nLATE,Late & Co\n", at=MONDAY + timedelta(days=2))
    with known.database.begin(EVERYTHING) as tx, pytest.raises(Refused) as refused:
        [*explain_past(tx, known.policy, "LATE", origin(known.policy), sources=False)]

    assert str(refused.value.sentence) == "Late & Co was not in the book on 23 Nov 2026."
