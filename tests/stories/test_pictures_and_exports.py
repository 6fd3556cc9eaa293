"""A trend stands in the answer; a sheet comes as a file, to whoever asked and nobody else."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

from openpyxl import load_workbook

from tests.stories.desk import HOSTILE, Desk, ask, labels, newest, press


def readings() -> str:
    today = datetime.now(UTC).date()
    lines = [f"ACME,dscr,{today - timedelta(days=90 * back)},{1.4 - 0.1 * (3 - back)},customer" for back in (3, 2, 1, 0)]
    return "\n".join(["customer,indicator,as_of,value,source", *lines])


def test_the_trend_of_a_customer_is_one_press_away_and_back(desk: Desk):
    desk.load("observations", readings())
    ana = desk.person("ana")
    card = ask(ana, "/risk show ACME")

    rows = [block for block in card["blocks"] if block["type"] == "actions"]
    row, button = next((row, one) for row in rows for one in row["elements"] if one["text"]["text"] == "Trend")
    ana.press(card, button["action_id"], row["block_id"], button["value"])
    trend = ana.wait_message("general", "Debt service cover of Acme Steel")

    assert ("Trend" in labels(card), "◀ Back" in labels(trend)) == (True, True)


def test_an_export_comes_as_a_direct_message_with_every_row_and_no_formula(desk: Desk):
    ana = desk.person("ana")
    book = ask(ana, "/risk list")
    before = newest(ana, "dm")

    said = press(ana, book, "reply.export")
    sent = ana.wait_message("dm", after=before)

    content = desk.workspace.core.store.content(sent["files"][0]["id"])
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert "5 rows" in said["text"]
    assert re.fullmatch(r"[\w-]+-20\d\d-\d\d-\d\d\.xlsx", sent["files"][0]["name"])
    assert {"ID", "Name", "Rating", "Open risks"} <= set(rows[0])
    assert len(rows) == 6
    assert any(HOSTILE in row for row in rows)
