"""The state machine of an indicator: the standard's own walks, and laws that hold for any indicator and any readings."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.indicators.monitoring import Colour, colours, threshold_crossed
from risk_engine.policy.policy import Kri

NAN = math.nan
LETTERS = {"-": Colour.NONE, "g": Colour.GREEN, "a": Colour.AMBER, "r": Colour.RED}


def indicator(direction: str = "high", amber=0.75, red=0.90, **more) -> Kri:
    return Kri(name="K", indicator="k", direction=direction, amber=amber, red=red, frequency="monthly", **more)


def walk(kri: Kri, *readings: float) -> str:
    """The colours after each reading, one letter each."""
    letters = {colour: letter for letter, colour in LETTERS.items()}
    return "".join(letters[Colour(colour)] for colour in colours(kri, np.array([readings], dtype=float))[0])


def test_high_is_bad_as_the_standard_walks_it():
    kri = indicator("high", 0.75, 0.90, dead_band=0.05, up_for=1, down_for=2)

    walked = walk(kri, 0.60, 0.76, 0.74, 0.71, 0.69, 0.69, 0.91, 0.88, 0.86, 0.84, 0.84, 0.72, 0.68, 0.68)

    assert walked == "gaaaagrrrraaag"


def test_low_is_bad_as_the_standard_walks_it():
    kri = indicator("low", 1.20, 1.05, dead_band=0.05, up_for=2, down_for=2)

    walked = walk(kri, 1.40, 1.19, 1.22, 1.18, 1.17, 1.04, 1.03, 1.08, 1.11, 1.12, 1.24, 1.26, 1.27)

    assert walked == "ggggaarrraaag"


@pytest.mark.parametrize(
    ("readings", "walked"),
    [
        ((1.0, 0.9, 0.7), "gar"),
        ((1.0, 1.1, 1.3), "gar"),
        # from one bad side straight to the other: it never was good
        ((0.9, 1.1, 1.0), "aag"),
        ((0.7, 1.1), "ra"),
    ],
)
def test_a_two_sided_indicator_takes_the_worse_of_its_sides(readings, walked):
    kri = indicator("both", (0.9, 1.1), (0.7, 1.3))

    assert walk(kri, *readings) == walked


def test_a_reading_on_a_threshold_has_crossed_it():
    assert walk(indicator("high", 0.75, 0.90), 0.75, 0.90) == "ar"
    assert walk(indicator("low", 1.20, 1.05), 1.20, 1.05) == "ar"


def test_green_turns_red_at_once_where_the_run_for_red_is_complete():
    kri = indicator("high", 0.75, 0.90, up_for=2)

    assert walk(kri, 0.5, 0.95, 0.95) == "ggr"


def test_a_mixed_run_rises_to_the_level_that_all_of_it_reached():
    kri = indicator("high", 0.75, 0.90, up_for=2)

    assert walk(kri, 0.5, 0.80, 0.95, 0.95) == "ggar"


def test_a_fall_goes_straight_to_the_lowest_level_that_has_been_cleared_long_enough():
    kri = indicator("high", 0.75, 0.90, dead_band=0.05, down_for=2)

    assert walk(kri, 0.95, 0.60, 0.60) == "rrg"


def test_without_a_dead_band_the_good_side_of_a_threshold_is_enough():
    assert walk(indicator("high", 0.75, 0.90), 0.75, 0.75, 0.7499) == "aag"


def test_the_dead_band_is_reckoned_in_decimals_as_people_do():
    # in binary, 0.30 - 0.02 is a little less than 0.28
    assert walk(indicator("high", 0.30, 0.50, dead_band=0.02), 0.31, 0.28) == "ag"
    assert walk(indicator("low", 0.30, 0.10, dead_band=0.02), 0.29, 0.32) == "ag"


def test_a_missing_reading_neither_confirms_nor_breaks_a_run():
    kri = indicator("high", 0.75, 0.90, up_for=2, down_for=2)

    assert walk(kri, 0.5, 0.8, NAN, 0.8, NAN, 0.5, NAN, 0.5) == "gggaaaag"


def test_no_reading_yet_is_no_colour():
    assert walk(indicator(), NAN, NAN, 0.5) == "--g"


def test_the_first_reading_may_be_out_of_bounds():
    assert walk(indicator(up_for=1), 0.99) == "r"


@pytest.mark.parametrize(
    ("kri", "value", "colour", "threshold"),
    [
        (indicator("high", 0.75, 0.90), 0.5, Colour.GREEN, None),
        (indicator("high", 0.75, 0.90), 0.8, Colour.AMBER, 0.75),
        # held red by the dead-band: the threshold of the level that holds
        (indicator("high", 0.75, 0.90, dead_band=0.05), 0.88, Colour.RED, 0.90),
        (indicator("low", 1.20, 1.05), 1.0, Colour.RED, 1.05),
        (indicator("both", (0.9, 1.1), (0.7, 1.3)), 0.85, Colour.AMBER, 0.9),
        (indicator("both", (0.9, 1.1), (0.7, 1.3)), 1.4, Colour.RED, 1.3),
        (indicator(), 0.8, Colour.NONE, None),
    ],
)
def test_the_threshold_that_explains_a_colour_is_named(kri, value, colour, threshold):
    assert threshold_crossed(kri, value, colour) == threshold


# --- laws ------------------------------------------------------------------------------------------------------------

# eighths are exact in binary, so that readings meet thresholds exactly
eighths = st.integers(-40, 40).map(lambda n: n / 8)
readings = st.lists(st.one_of(eighths, st.just(NAN)), min_size=1, max_size=16)


@st.composite
def indicators(draw, directions=("high", "low", "both")) -> Kri:
    direction = draw(st.sampled_from(directions))
    steps = sorted(draw(st.lists(st.integers(-30, 30), min_size=4, max_size=4, unique=True)))
    first, second, third, fourth = (step / 8 for step in steps)
    thresholds = {"high": (third, fourth), "low": (second, first), "both": ((second, third), (first, fourth))}[direction]
    persistence = {name: draw(st.integers(1, 3)) for name in ("up_for", "down_for")}
    return indicator(direction, *thresholds, dead_band=draw(st.integers(0, 8)) / 8, **persistence)


@given(indicators(), st.lists(readings, min_size=1, max_size=6))
def test_all_customers_at_once_are_each_customer_alone(kri, rows):
    width = max(map(len, rows))
    padded = np.array([[NAN] * (width - len(row)) + row for row in rows])

    together = colours(kri, padded)

    assert [list(states[-len(row) :]) for states, row in zip(together, rows, strict=True)] == [
        list(colours(kri, np.array([row]))[0]) for row in rows
    ]


@given(indicators(("high", "low")), readings)
def test_low_is_bad_is_the_mirror_image_of_high_is_bad(kri, row):
    mirrored = kri.model_copy(update={"direction": "low" if kri.direction == "high" else "high", "amber": -kri.amber, "red": -kri.red})
    mirrored = Kri.model_validate(mirrored.model_dump())

    assert np.array_equal(colours(kri, np.array([row])), colours(mirrored, -np.array([row])))


@given(indicators(), readings)
def test_nothing_is_green_before_its_first_reading_and_nothing_uncoloured_after_it(kri, row):
    states = colours(kri, np.array([row]))[0]

    seen = np.logical_or.accumulate(~np.isnan(row))
    assert np.array_equal(states != Colour.NONE, seen)


@given(indicators(), readings)
def test_missing_readings_change_no_colour(kri, row):
    whole, present = np.array([row]), ~np.isnan(row)

    assert list(colours(kri, whole)[0][present]) == list(colours(kri, whole[:, present])[0])


@given(indicators(("high",)), readings, st.integers(0, 15))
def test_a_worse_reading_never_makes_a_better_colour(kri, row, place):
    worse = list(row)
    worse[place % len(row)] += 1.0

    assert (colours(kri, np.array([worse])) >= colours(kri, np.array([row]))).all()


@given(indicators(), readings)
def test_a_two_sided_indicator_is_never_better_than_either_side(kri, row):
    if kri.direction != "both":
        return
    (amber_low, amber_high), (red_low, red_high) = kri.amber, kri.red
    both = colours(kri, np.array([row]))
    for direction, amber, red in (("low", amber_low, red_low), ("high", amber_high, red_high)):
        one = Kri.model_validate(kri.model_dump() | {"direction": direction, "amber": amber, "red": red})

        assert (both >= colours(one, np.array([row]))).all()


@given(indicators(), readings, readings)
def test_no_reading_is_graded_by_what_comes_after_it(kri, row, later):
    longer = colours(kri, np.array([[*row, *later]]))[:, : len(row)]

    assert np.array_equal(longer, colours(kri, np.array([row])))


@given(indicators(), readings)
def test_a_colour_out_of_bounds_always_has_its_threshold(kri, row):
    for value, colour in zip(row, colours(kri, np.array([row]))[0], strict=True):
        named = threshold_crossed(kri, value, Colour(colour))
        thresholds = {number for side in kri.sides for number in side[1:]}

        assert (named in thresholds) == (colour > Colour.GREEN)


@given(indicators())
def test_no_customers_have_no_colours(kri):
    assert colours(kri, np.empty((0, 3))).shape == (0, 3)


def test_a_reading_after_a_stale_one_begins_its_run_anew():
    patient = Kri(name="x", indicator="x", direction="high", amber=0.75, red=0.9, up_for=2, frequency="monthly", grace=15)
    readings = np.array([[0.5, 0.8, 0.8], [0.5, 0.8, 0.8]])
    days = np.array([[0.0, 30.0, 60.0], [0.0, 30.0, 400.0]])

    assert colours(patient, readings, days)[:, -1].tolist() == [Colour.AMBER, Colour.GREEN]
