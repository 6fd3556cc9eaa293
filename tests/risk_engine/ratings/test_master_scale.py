"""Master scales: letters to PDs and back, borders of intervals, notches, and letters that stand on no scale."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.categorical import Coded
from risk_engine.checks import Impossible
from risk_engine.policy.scoring_policy import MasterScale
from risk_engine.ratings import master_scale
from tests.risk_engine.refused import facts_of

NAN = math.nan
# S&P global corporates 1981-2016, one-year default percent by notch; below B- one figure
PERCENT = {
    "AAA": 0, "AA+": 0, "AA": 0.02, "AA-": 0.03, "A+": 0.05, "A": 0.06, "A-": 0.07, "BBB+": 0.12, "BBB": 0.17, "BBB-": 0.26,
    "BB+": 0.36, "BB": 0.58, "BB-": 1.05, "B+": 2.15, "B": 3.89, "B-": 7.49,
    "CCC+": 26.78, "CCC": 26.78, "CCC-": 26.78, "CC": 26.78, "C": 26.78, "SD": 100, "D": 100,
}  # fmt: skip


def table(pd: dict[str, float], *agencies: str, scale="global") -> MasterScale:
    return MasterScale(agencies=agencies or ("S&P",), scale=scale, pd=pd)


SP = table({letter: percent / 100 for letter, percent in PERCENT.items()})
LADDER = master_scale.ladder(SP)
HOUSE = master_scale.ladder(table({"1": 0.001, "2": 0.004, "3": 0.016, "4": 0.064}, "internal", scale="internal"))


def at(*letters: str | None) -> np.ndarray:
    return master_scale.places(LADDER, Coded.of(letters))


def fits(scale, pd, floor=0.0005) -> list[tuple[str | None, str | None]]:
    found = master_scale.fitting(scale, pd, floor=floor)
    letters = (*scale.letters, None)
    return [(letters[best], letters[worst]) for best, worst in zip(found.best, found.worst, strict=True)]


@pytest.mark.parametrize(("letter", "percent"), PERCENT.items())
def test_each_letter_has_its_published_pd(letter, percent):
    assert master_scale.pd_at(LADDER, at(letter)).tolist() == [pytest.approx(percent / 100, rel=1e-15)]


def test_a_letter_on_no_scale_is_not_computable():
    np.testing.assert_array_equal(master_scale.pd_at(LADDER, at("Baa1", None, "BB", "NR")), [NAN, NAN, 0.0058, NAN])

    assert at("Baa1", None, "BB", "NR").tolist() == [-1, -1, 11, -1]


def test_a_letter_may_be_typed_in_small_with_blanks_or_a_real_minus():
    assert at(" bbb− ", "BBB-", "bbb-").tolist() == [9, 9, 9]


# --- from a PD to a letter -----------------------------------------------------------------------------------------------


def test_the_border_of_two_grades_is_their_geometric_mean_and_belongs_to_the_worse():
    # sqrt(.001 · .004) = .002, sqrt(.004 · .016) = .008, sqrt(.016 · .064) = .032
    pd = [0.0019999, 0.0020001, 0.0079999, 0.0080001, 0.0319999, 0.0320001]

    assert [best for best, _worst in fits(HOUSE, pd)] == ["1", "2", "2", "3", "3", "4"]
    assert fits(HOUSE, [math.sqrt(0.001 * 0.004)]) == [("2", "2")]


def test_beyond_the_ends_the_end_fits_and_only_certainty_is_default():
    assert fits(HOUSE, [0.0, 0.00001, 0.5, 0.999999]) == [("1", "1"), ("1", "1"), ("4", "4"), ("4", "4")]
    assert fits(HOUSE, [1.0]) == [(None, None)]
    assert fits(LADDER, [0.999, 1.0]) == [("CCC+", "C"), ("SD", "D")]


def test_a_missing_pd_fits_no_letter():
    assert fits(LADDER, [NAN, 0.0058]) == [(None, None), ("BB", "BB")]


@pytest.mark.parametrize("letter", [letter for letter, percent in PERCENT.items() if 5 < percent * 100 < 1000])
def test_a_letters_own_pd_fits_the_letter(letter):
    assert fits(LADDER, [PERCENT[letter] / 100]) == [(letter, letter)]


def test_a_floored_pd_does_not_tell_the_letters_below_the_floor_apart():
    assert fits(LADDER, [0.0, 0.0002, 0.0005]) == [("AAA", "A+")] * 3
    # the floor's border with A is sqrt(.0005 · .0006)
    assert fits(LADDER, [0.000547, 0.000548]) == [("AAA", "A+"), ("A", "A")]


def test_a_lower_floor_tells_more_letters_apart():
    # sqrt(.0001 · .0002) = .00014142
    assert fits(LADDER, [0.0, 0.000141, 0.000142], floor=0.0001) == [("AAA", "AA+"), ("AAA", "AA+"), ("AA", "AA")]


def test_letters_of_one_published_figure_are_one_bucket():
    # B- to CCC: sqrt(.0749 · .2678) = .14163
    assert fits(LADDER, [0.1416, 0.1417, 0.2678]) == [("B-", "B-"), ("CCC+", "C"), ("CCC+", "C")]


@pytest.mark.parametrize("floor", [0.0, -0.1, 1.0, NAN])
def test_a_floor_must_lie_between_0_and_1(floor):
    with pytest.raises(Impossible) as refused:
        master_scale.fitting(LADDER, [0.01], floor=floor)

    assert refused.value.field == "floor"
    assert refused.value.accepted == "above 0 and below 1"


@pytest.mark.parametrize("pd", [1.3, -0.1])
def test_a_pd_that_cannot_be_is_refused(pd):
    with pytest.raises(Impossible) as refused:
        master_scale.fitting(LADDER, [0.01, pd], floor=0.0005)

    assert (refused.value.field, refused.value.place) == ("pd", 1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_higher_pd_never_fits_a_better_letter_and_one_alone_fits_as_among_many(pds):
    found = master_scale.fitting(LADDER, sorted(pds), floor=0.0005)

    assert (np.diff(found.best) >= 0).all()
    assert (found.best <= found.worst).all()
    for place, pd in enumerate(sorted(pds)):
        assert master_scale.fitting(LADDER, pd, floor=0.0005).best[0] == found.best[place]


@given(st.floats(1e-4, 0.999))
def test_the_letter_that_fits_is_the_one_nearest_by_ratio(pd):
    best = fits(LADDER, [pd])[0][0]
    alive = [(abs(math.log(max(pd, 0.0005) / max(percent / 100, 0.0005))), letter) for letter, percent in PERCENT.items() if percent < 100]

    assert {letter: ratio for ratio, letter in alive}[best] == pytest.approx(min(alive)[0], abs=1e-9)


# --- notches -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "fall"),
    [
        ("BBB", "BBB", 0), ("BBB", "BB+", 2), ("BB+", "BBB", -2), ("AAA", "AA+", 1), ("AA+", "AA", 1), ("AAA", "B-", 15),
        ("B-", "CCC+", 1), ("B-", "C", 1), ("CCC+", "C", 0), ("C", "SD", 1), ("SD", "D", 0), ("AAA", "D", 17),
    ],
)  # fmt: skip
def test_notches_are_counted_along_the_ladder_and_a_bucket_is_one(before, after, fall):
    assert master_scale.notches(LADDER, at(before), at(after)).tolist() == [fall]


def test_from_or_to_a_letter_on_no_scale_is_no_distance():
    fall = master_scale.notches(LADDER, at("BBB", "?", "BBB", None), at("?", "BBB", "BB", None))

    np.testing.assert_array_equal(fall, [NAN, NAN, 3, NAN])


def test_down_and_up_again_is_no_fall():
    every = at(*PERCENT)

    np.testing.assert_array_equal(master_scale.notches(LADDER, every, every[::-1]), -master_scale.notches(LADDER, every[::-1], every))


# --- tables --------------------------------------------------------------------------------------------------------------


def test_each_agency_and_scale_has_its_own_ladder():
    domestic = table({"AA": 0.004, "AA-": 0.012}, "CCXI", scale="domestic")
    both = table({"AA": 0.0002}, "S&P", "Fitch")
    found = master_scale.ladders([both, domestic])

    assert list(found) == [("s&p", "global"), ("fitch", "global"), ("ccxi", "domestic")]
    aa = Coded.of(["AA"])
    assert [master_scale.pd_at(one, master_scale.places(one, aa))[0] for one in found.values()] == [0.0002, 0.0002, 0.004]


def test_two_tables_for_one_agency_and_scale_are_refused():
    with pytest.raises(Impossible) as refused:
        master_scale.ladders([table({"AA": 0.01}, "S&P"), table({"AA": 0.02}, "Fitch", "s&P")])

    assert facts_of(refused.value) == {
        "field": "master_scale",
        "value": ("s&p", "global"),
        "accepted": "one table for each agency and scale",
    }


def test_a_worse_letter_with_a_lower_pd_is_refused():
    with pytest.raises(Impossible) as refused:
        master_scale.ladder(table({"A": 0.01, "B": 0.02, "C": 0.015}))

    assert facts_of(refused.value) == {"field": "pd", "value": 0.015, "accepted": "0.02 or more", "place": 2}


def test_a_letter_that_stands_in_a_table_twice_is_refused():
    with pytest.raises(Impossible) as refused:
        master_scale.ladder(table({"Baa1": 0.01, "Baa2": 0.02, "BAA1 ": 0.03}))

    assert facts_of(refused.value) == {"field": "letter", "value": "BAA1", "accepted": "each letter once", "place": 2}


def test_letters_with_capitals_of_their_own_are_found():
    moodys = master_scale.ladder(table({"Aa1": 0.001, "Baa1": 0.002}, "Moody's"))

    assert master_scale.places(moodys, Coded.of(["Baa1", "aa1"])).tolist() == [1, 0]


def test_a_scale_of_one_letter_is_a_scale():
    lone = master_scale.ladder(table({"pass": 0.01}))

    assert fits(lone, [0.0, 0.5]) == [("PASS", "PASS"), ("PASS", "PASS")]
    assert lone.notch.tolist() == [0.0]
