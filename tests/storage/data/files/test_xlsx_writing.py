"""Tables as XLSX: what a spreadsheet would take for a formula stays text."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from storage.data.files.formats.xlsx.xlsx_writing import xlsx


def written(*rows: list[object]) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(xlsx(["A", "B"], rows))).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def test_figures_and_dates_stay_figures_and_dates():
    sheet = load_workbook(io.BytesIO(xlsx(["A", "B"], [[Decimal("12.50"), date(2026, 11, 23)], [3, None]]))).active

    assert sheet["A2"].value == 12.5
    assert sheet["B2"].is_date
    assert sheet["B3"].value is None


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "|calc", "＝1", "\t=1"])
def test_text_that_looks_like_a_formula_is_text(text: str):
    cell = load_workbook(io.BytesIO(xlsx(["A"], [[text]]))).active["A2"]

    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix


def test_a_heading_is_text_as_well():
    assert load_workbook(io.BytesIO(xlsx(["=A"], []))).active["A1"].data_type == "s"


def test_control_characters_and_endless_text_do_not_break_the_file():
    assert written(["a\x00b\x1fc", "x" * 40_000]) == [["a b c", "x" * 32_767]]


def test_letters_of_every_script_come_back():
    assert written(["青岚水务集团", "Brennavik Sjømat 🐟"]) == [["青岚水务集团", "Brennavik Sjømat 🐟"]]


def test_a_sheet_for_people_has_wide_enough_columns_and_formatted_figures():
    rows = [("A", Decimal("1234567.5"), 0.0389, date(2026, 11, 30)), ("a customer with a name that is long", None, None, None)]
    sheet = load_workbook(io.BytesIO(xlsx(["Name", "EL", "PD", "As of"], rows))).active

    assert [cell.number_format for cell in sheet[2]] == ["General", "#,##0.00", "#,##0.0000", "yyyy-mm-dd"]
    assert [cell.value for cell in sheet[2]][:3] == ["A", 1234567.5, 0.0389]
    assert sheet.column_dimensions["A"].width >= 35
