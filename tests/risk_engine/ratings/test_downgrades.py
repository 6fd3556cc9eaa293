"""Sharp downgrades: external letters that fall by notches within months."""

from __future__ import annotations

import pytest

from risk_engine.classification.categories import Reason
from risk_engine.scoring.scoring import score
from tests.risk_engine import books
from tests.risk_engine.scoring.test_scoring import POLICY

NEWEST = [(0, "S&P", "global", "BB", "2026-06-30")]


def judged(former, now=NEWEST, lent=({},), count=1):
    """The scores of customers with these letters before and now; each former one is numbered from 101."""
    before = books.ratings(former)
    before = type(before)(before.owner, before.ids + 100, before.agencies, before.scales, before.letters, before.as_of)
    lent = books.facilities([(owner, terms) for owner in range(count) for terms in lent])
    return score(POLICY, books.book(count, ratings=books.ratings(now), former=before, facilities=lent))


def sharp(found, place=0):
    """The numbers of both letters of a sharp downgrade; none without one."""
    pair = tuple(int(found.sources[name][place]) for name in ("rating_before", "rating_after"))
    assert bool(int(found.figures["category_reasons"][place]) & Reason.DOWNGRADED) is (pair != (0, 0))
    return pair


@pytest.mark.parametrize(("letter", "pair"), [("BBB", (101, 1)), ("BBB-", (0, 0)), ("AAA", (101, 1)), ("B", (0, 0)), ("NR", (0, 0))])
def test_a_fall_by_three_notches_is_sharp_and_a_smaller_one_or_a_rise_is_not(letter, pair):
    assert sharp(judged([(0, "S&P", "global", letter)])) == pair


def test_a_sharp_downgrade_is_substandard_and_no_default_before_somebody_judges_it():
    found = judged([(0, "S&P", "global", "A")])

    assert (found.figures["category"][0], found.figures["stage"][0], found.figures["default_reasons"][0]) == (3, 1, 0)
    assert found.figures["pd"][0] < 1.0


def test_letters_are_compared_within_one_agency_and_scale():
    for former in ((0, "Moody's", "global", "A"), (0, "S&P", "domestic", "A"), (0, "Fitch", "global", "AAA")):
        assert sharp(judged([former])) == (0, 0)


def test_the_banks_own_letter_is_no_external_one():
    assert sharp(judged([(0, "internal", "internal", "A")], [(0, "internal", "internal", "B")])) == (0, 0)


def test_the_deepest_fall_of_several_agencies_counts():
    now = [(0, "Fitch", "global", "BB"), (0, "S&P", "global", "B")]
    former = [(0, "S&P", "global", "BB"), (0, "Fitch", "global", "AA"), (0, "Fitch", "global", "A")]

    assert sharp(judged(former, now)) == (102, 1)


def test_a_fall_is_each_customers_own():
    found = judged([(1, "S&P", "global", "A")], [(0, "S&P", "global", "B"), (1, "S&P", "global", "BB")], count=3)

    assert [sharp(found, place) for place in range(3)] == [(0, 0), (101, 2), (0, 0)]


def test_a_letter_that_no_other_follows_is_no_fall():
    assert sharp(judged([(0, "S&P", "global", "A")], [])) == (0, 0)
    assert sharp(judged([])) == (0, 0)
