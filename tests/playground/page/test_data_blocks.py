"""Slack's tables and charts in a real browser: sorted by value, filtered, paged; every kind of chart is drawn and its labels stay apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from slack_sdk import WebClient

from playground.hosting import Playground
from tests.playground.page.window import IN_A_BROWSER, Window, expect

pytestmark = IN_A_BROWSER

AMOUNTS = {"Aster Steel": 9_100_000, "Brook Ports": 10_000_000, "Cedar Rail": 850_000, "Dune Solar": 120_000_000}
MONTHS = [f"{month} 2026" for month in ("January", "February", "March", "April", "May", "June", "July", "August", "September")]


def raw(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def amount(value: int) -> dict[str, Any]:
    return {"type": "raw_number", "value": value, "text": f"EUR {value / 1e6:g} m"}


TABLE = {
    "type": "data_table",
    "caption": "Exposure",
    "page_size": 3,
    "rows": [[raw("Customer"), raw("Exposure")], *([raw(name), amount(value)] for name, value in AMOUNTS.items())],
}


def chart(kind: str) -> dict[str, Any]:
    series = [
        {"name": name, "data": [{"label": one, "value": at + up} for at, one in enumerate(MONTHS)]} for name, up in (("A", 1), ("B", 3))
    ]
    plot = {"series": series, "axis_config": {"categories": MONTHS, "y_label": "EUR m"}}
    pie = {"segments": [{"label": "low", "value": 3}, {"label": "high", "value": 1}]}
    return {"type": "data_visualization", "title": f"A {kind}", "chart": {"type": kind, **(pie if kind == "pie" else plot)}}


def posted(pg: Playground, window: Window, *blocks: dict[str, Any]) -> Any:
    WebClient(pg.bot_token, base_url=f"{pg.url}/api/").chat_postMessage(channel="C0GENERAL", text="figures", blocks=list(blocks))
    window.idle()
    return window.get("messages").get_by_test_id("message").last


def names(table: Any) -> list[str]:
    return table.locator("tbody th").all_inner_texts()


def test_a_table_sorts_by_value_and_not_by_letters_filters_and_turns_its_pages(pg: Playground, window: Window) -> None:
    message = posted(pg, window, TABLE)
    table = message.get_by_test_id("data-table")
    expect(table.locator("tbody th")).to_have_text(["Aster Steel", "Brook Ports", "Cedar Rail"])

    table.get_by_role("button", name="Exposure").click()
    expect(table.locator("tbody th")).to_have_text(["Cedar Rail", "Aster Steel", "Brook Ports"])
    message.get_by_test_id("data-next").click()
    expect(table.locator("tbody th")).to_have_text(["Dune Solar"])
    message.get_by_test_id("data-filter").fill("steel")

    expect(table.locator("tbody th")).to_have_text(["Aster Steel"])


@pytest.mark.parametrize("kind", ["line", "bar", "area", "pie"])
def test_a_chart_is_drawn_with_a_legend_and_no_label_touches_another(pg: Playground, window: Window, kind: str) -> None:
    drawn = posted(pg, window, chart(kind)).get_by_test_id("chart")
    expect(drawn).to_contain_text(f"A {kind}")
    boxes = [one.bounding_box() for one in drawn.locator("[data-axis=x]").all()]

    assert drawn.locator("svg path, svg rect, svg circle").count() >= 2
    assert drawn.locator(".chart-legend li").count() == 2
    assert (len(boxes) > 1) is (kind != "pie")
    assert all(one["x"] + one["width"] + 4 <= other["x"] for one, other in pairwise(boxes))
    assert all(float(size) >= 12 for size in drawn.evaluate(LETTERS))


# how high the letters are on the screen, in pixels
LETTERS = """figure => [...figure.querySelectorAll('svg text')].map(text => {
  const svg = text.ownerSVGElement;
  return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
})"""
