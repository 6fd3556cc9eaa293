"""Charts: typed series become Slack's block within its limits; a missing reading is left out, never drawn as zero."""

from __future__ import annotations

import math

from commands.kit import charts
from commands.kit.charts import Series
from playground.block_kit.limits import check_message


def drawn(block: dict | None) -> tuple[list[str], list[list[float]]]:
    """What the chart shows: its categories, and each series' values. Slack must take it, by the playground's rules."""
    assert block is not None
    check_message({"text": "a", "blocks": [block]}, {}, frozenset())
    series = block["chart"]["series"]
    return block["chart"]["axis_config"]["categories"], [[point["value"] for point in one["data"]] for one in series]


def test_a_day_without_a_reading_in_one_series_is_left_out_of_all():
    series = [Series("DSCR", [1.2, None, 1.0, math.nan]), Series("Threshold", [1.1] * 4)]

    assert drawn(charts.line("Cover", ["Jan", "Feb", "Mar", "Apr"], series)) == (["Jan", "Mar"], [[1.2, 1.0], [1.1, 1.1]])


def test_the_newest_twenty_are_drawn_and_long_words_fit():
    labels = [f"a very long day number {n}" for n in range(30)]
    long = [Series("n" * 40, list(range(30)))]
    block = charts.line("t" * 80, [f"{n} {label}" for n, label in enumerate(labels)], long, unit="u" * 60)
    categories, (values,) = drawn(block)

    assert values == list(range(10, 30))
    assert categories[0].startswith("10 a very")


def test_one_reading_alone_is_no_chart():
    assert charts.line("Cover", ["Jan", "Feb"], [Series("DSCR", [1.2, None])]) is None


def test_more_series_than_slack_draws_are_left_to_the_table():
    _categories, values = drawn(charts.line("Cover", ["Jan", "Feb"], [Series(f"S{n}", [n, n]) for n in range(9)]))

    assert len(values) == 6
