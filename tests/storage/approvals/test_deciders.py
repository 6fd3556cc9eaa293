"""Fifty people in two processes decide the same thing at the same instant: one does, and the others hear of it."""

from __future__ import annotations

from storage.database import Database
from tests.chaos import deciders


def test_of_fifty_deciders_one_wins_and_the_others_hear_who(database: Database, database_url: str):
    rounds = deciders.play(database_url, 6)

    assert deciders.faults(rounds) == []
    assert len({said for heard in rounds for said in heard}) > 3, "the winners differ from round to round"


def test_a_round_with_two_winners_or_two_stories_would_be_seen():
    two, torn = deciders.Counter({"decided": 2, "already approved by U1": 48}), deciders.Counter({"decided": 1, "a": 20, "b": 29})

    assert len(deciders.faults([two, torn, deciders.Counter({"decided": 1, "already approved by U1": 49})])) == 2
