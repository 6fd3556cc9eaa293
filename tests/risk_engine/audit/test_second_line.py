"""The second line's sample: drawn again by anybody who knows the seed, no kind forgotten, nobody their own examiner."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.second_line import AlreadyReviewed, Finding, HadAHandInIt, Sampled, draw, review

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WAITING = Sampled("2026-10", 3, "0" * 32, 17)
entries = st.dictionaries(st.integers(1, 10_000), st.sampled_from(["override.proposed", "breach.closed", "risk.logged"])).map(dict.items)


@given(entries, st.text(max_size=20), st.integers(1, 20), st.randoms(use_true_random=False))
def test_who_knows_the_seed_draws_the_same_whatever_the_order(found, seed: str, size: int, chance: random.Random):
    shuffled = list(found)
    chance.shuffle(shuffled)

    assert draw(list(found), seed, size) == draw(shuffled, seed, size)


@given(entries, st.text(max_size=20), st.integers(1, 20))
def test_as_many_are_drawn_as_asked_for_none_twice_and_of_every_kind_before_a_second_of_any(found, seed: str, size: int):
    kinds = dict(found)
    drawn = draw(list(found), seed, size)
    first = drawn[: len(set(kinds.values()))]

    assert len(drawn) == len(set(drawn)) == min(size, len(kinds))
    assert set(drawn) <= set(kinds)
    assert len({kinds[number] for number in first}) == len(first)


def test_an_examiner_draws_it_again_with_nothing_but_sha256():
    found = [(number, "breach.closed") for number in range(1, 200)]
    by_hand = sorted((number for number, _kind in found), key=lambda number: hashlib.sha256(f"2026-10:abc:{number}".encode()).hexdigest())

    assert draw(found, "2026-10:abc", 10) == by_hand[:10]


def test_another_month_draws_others():
    found = [(number, "breach.closed") for number in range(1, 200)]

    assert draw(found, "2026-10:abc", 10) != draw(found, "2026-11:abc", 10)


def test_a_review_says_who_when_and_what():
    reviewed, happened = review(WAITING, Finding.FINDING, by="U0EVA", hands={"U0ANA"}, at=AT, finding="the reason says nothing")

    assert (reviewed.verdict, reviewed.reviewed_by, reviewed.reviewed_at) == (Finding.FINDING, "U0EVA", AT)
    assert (happened.kind, happened.subject, happened.actor) == ("sample.finding", "2026-10", "U0EVA")
    assert happened.facts == {"place": 3, "entry": 17, "finding": "the reason says nothing"}


def test_nobody_reviews_what_they_had_a_hand_in():
    with pytest.raises(HadAHandInIt):
        review(WAITING, Finding.FINE, by="U0ANA", hands={"U0ANA", "U0OMAR"}, at=AT)


def test_an_entry_is_reviewed_once():
    reviewed, _happened = review(WAITING, Finding.FINE, by="U0EVA", hands=(), at=AT)

    with pytest.raises(AlreadyReviewed):
        review(reviewed, Finding.FINDING, by="U0MEI", hands=(), at=AT, finding="something else")
