"""The picture of a chart, where Slack draws none: readable on a dark screen and on a phone, labels beside the lines."""

from __future__ import annotations

import io
from itertools import pairwise

from PIL import Image

from commands.kit import charts
from commands.kit.charts import Series
from commands.pictures import picture
from commands.pictures.chart import LETTER, LINES, PAPER, SIGNS, WIDTH, _apart

DAYS = ["Mar 2026", "Jun 2026", "Sep 2026"]
# how wide a phone of 390 pixels shows a picture in a message
ON_A_PHONE = 322


def drawn(*series: Series, days: list[str] = DAYS) -> Image.Image:
    block = charts.line("Debt service cover", days, series, unit="×")
    assert block is not None
    return Image.open(io.BytesIO(picture(block).png)).convert("RGB")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def paint(image: Image.Image, colour: str) -> int:
    """How many points of the picture have exactly this colour."""
    return sum(count for count, found in image.getcolors(1 << 24) or [] if found == rgb(colour))


def test_a_chart_stands_on_paper_of_its_own_so_that_a_dark_screen_does_not_swallow_it():
    image = drawn(Series("Cover", [1.5, 1.2, 0.9]))
    corners = [image.getpixel((x, y)) for x in (0, image.width - 1) for y in (0, image.height - 1)]

    assert set(corners) == {rgb(PAPER)}
    assert paint(image, PAPER) > image.width * image.height / 2


def test_its_letters_are_twelve_pixels_on_a_phone():
    assert LETTER * ON_A_PHONE / WIDTH >= 12


def test_thresholds_are_drawn_in_the_colour_of_their_sign_beside_the_readings():
    image = drawn(Series("Cover", [1.5, 1.2, 0.9]), Series("🔶 < 1.20×", [1.2] * 3), Series("🔴 < 1.05×", [1.05] * 3))

    assert min(paint(image, colour) for colour in (LINES[0], SIGNS["🔶"], SIGNS["🔴"])) > 300


def test_labels_of_lines_that_end_together_do_not_cover_each_other():
    ends = [(100.0, "1.20×", "a"), (101.0, "1.19", "b"), (229.0, "0.10", "c"), (230.0, "0.09", "d"), (5.0, "9.99", "e")]
    placed = [y for y, _text, _colour in _apart(ends, 20, 20, 230)]

    assert all(after - before >= 20 for before, after in pairwise(placed))
    assert (min(placed), max(placed)) == (20, 230)


def test_flat_negative_and_huge_series_and_chinese_dates_can_be_drawn():
    assert drawn(Series("预期损失", [0.0, 0.0]), days=["2026年3月", "2026年6月"])
    assert drawn(Series("Loss", [-5.0, 123_456_789.0]), days=["2026年3月31日", "2026年6月30日"])


def test_the_words_for_those_who_do_not_see_it_name_each_line_and_its_newest_value():
    block = charts.line("Debt service cover", DAYS, [Series("Cover", [1.5, 1.2, 0.9]), Series("🔴 < 1.05×", [1.05] * 3)])
    assert block is not None
    made = picture(block)

    assert made.alt == "Debt service cover. Sep 2026: Cover 0.9; 🔴 < 1.05× 1.05"
    assert made.png.startswith(b"\x89PNG")


def test_a_unit_that_the_typeface_lacks_is_written_with_a_letter_that_it_has():
    values, low = [1.5, 1.2, 0.9], [1.2] * 3
    latin = charts.line("Debt service cover", DAYS, [Series("Cover", values), Series("🔶 < 1.20x", low)], unit="x")
    assert latin is not None

    written = drawn(Series("Cover", values), Series("🔶 < 1.20×", low))
    assert written.tobytes() == Image.open(io.BytesIO(picture(latin).png)).convert("RGB").tobytes()
