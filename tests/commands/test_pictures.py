"""Pictures: a chart is a PNG in which shapes, not only colours, tell where a reading stands."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from commands.indicators import IndicatorState, Value
from commands.pictures.chart import HEIGHT, SIGN, ZONE, Panel, Threshold, chart
from commands.pictures.indicators import picture
from risk_engine.indicators.monitoring import Colour
from risk_engine.policy.policy import Policy
from storage.customers.customers import Customer

FIRST = date(2026, 1, 31)
WHO = Customer("VK", "Vltava <Kov>", None, "Metals", "CZ", None, None, None, None)
LOW_IS_BAD = (Threshold(1.2, Colour.AMBER, above=False), Threshold(1.05, Colour.RED, above=False))


def panel(values: list[float], colours: list[Colour], thresholds: tuple[Threshold, ...] = LOW_IS_BAD) -> Panel:
    days = [FIRST + timedelta(days=91 * place) for place in range(len(values))]
    return Panel("1", days, values, colours, thresholds, "{:.2f}".format, str)


def drawn(*panels: Panel) -> Image.Image:
    return Image.open(io.BytesIO(chart(panels))).convert("RGB")


def paint(image: Image.Image, colour: str) -> int:
    """How many points of the picture have exactly this colour."""
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return sum(count for count, found in image.getcolors(1 << 24) or [] if found == wanted)


def test_a_reading_in_the_red_is_a_red_square_in_a_red_zone():
    image = drawn(panel([1.5, 0.9], [Colour.GREEN, Colour.RED]))

    assert paint(image, SIGN[Colour.RED]) > 100
    assert paint(image, ZONE[Colour.RED]) > 1000


def test_a_healthy_history_shows_nothing_red_but_the_threshold():
    sick, healthy = drawn(panel([1.5, 0.9], [Colour.GREEN, Colour.RED])), drawn(panel([1.5, 1.6], [Colour.GREEN, Colour.GREEN]))

    assert paint(healthy, SIGN[Colour.RED]) < paint(sick, SIGN[Colour.RED])


def test_where_high_is_bad_the_zone_lies_above():
    high = (Threshold(1.2, Colour.AMBER, above=True), Threshold(1.5, Colour.RED, above=True))
    image = drawn(panel([0.9, 1.6], [Colour.GREEN, Colour.RED], high))
    reds = [y for y in range(image.height) if image.getpixel((120, y)) == (0xFD, 0xE7, 0xE5)]

    assert reds
    assert max(reds) < image.height / 2


def test_panels_stand_two_in_a_row():
    one = panel([1.5], [Colour.GREEN])

    assert drawn(one, one, one).height > drawn(one, one).height == drawn(one).height
    assert drawn(one).height > HEIGHT


def test_a_single_reading_and_a_flat_history_can_be_drawn():
    assert drawn(panel([0.0], [Colour.GREEN], ()), panel([2.0, 2.0, 2.0], [Colour.GREEN] * 3, ()))


@pytest.mark.parametrize("panels", [[], [panel([], [])]])
def test_a_chart_of_nothing_is_refused(panels: list[Panel]):
    with pytest.raises(ValueError, match="at least one"):
        chart(panels)


def state(policy: Policy, indicator: str, *values: float) -> IndicatorState:
    kri = next(one for one in policy.kri if one.indicator == indicator)
    told = [Value(value, FIRST + timedelta(days=90 * place), "customer", FIRST) for place, value in enumerate(values)]
    colours = [Colour.GREEN, *[Colour.RED] * (len(values) - 1)]
    return IndicatorState(kri, colours[-1], told[-1], None, None, False, told, colours)


def test_the_words_of_a_chart_say_where_each_indicator_stands(policy: Policy):
    made = picture(WHO, [state(policy, "dscr", 1.4, 0.9), state(policy, "debt_ratio", 0.4, 0.5)])

    assert "Debt service cover 0.90; Debt ratio 50%" in made.alt
    assert made.png.startswith(b"\x89PNG")
