"""Workbooks: cells are read by their type, and what is no table is refused before it costs anything."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from storage.data.files import FileRefused
from tests.storage.staging import refused, rows, staged

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def workbook(tmp_path):
    """Write rows into the sheets of a workbook."""

    def write(*lines, name="book.xlsx", **more):
        book = Workbook()
        book.remove(book.active)
        for title, content in {"Sheet": lines, **more}.items() if lines else more.items():
            sheet = book.create_sheet(title)
            for line in content:
                sheet.append(line)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def raw(tmp_path, workbook):
    """A workbook whose only sheet is this XML."""

    def write(xml):
        whole = workbook(["id", "name"])
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "raw.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                new.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else old.read(part))
        return tmp_path / "raw.xlsx"

    return write


def sheet(*lines):
    return f"<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"


def test_a_cell_is_read_by_its_type(workbook):
    path = workbook(
        ["id", "customer", "kind", "currency", "limit", "outstanding", "start", "maturity", "lgd", "days_past_due"],
        [1001, "C1", "bond", "EUR", 0.1, 1234.5, date(2026, 1, 1), datetime.combine(date(2027, 1, 1), time.min), 0.45, 3.0],
    )

    with staged("facilities", path) as found:
        assert refused(found) == []
        assert rows(found, "facility", "limit", "outstanding", "start", "maturity", "lgd", "days_past_due") == [
            ("1001", 1_000, 12_345_000, "2026-01-01", "2027-01-01", 0.45, 3)
        ]


def test_rows_have_the_numbers_that_the_spreadsheet_shows(workbook):
    path = workbook(["id", "name"], [], ["C1", "Acme"], [None, None], [None, "Nameless"])

    with staged("customers", path) as found:
        assert (rows(found, "customer_id"), refused(found)) == ([("C1",)], [(5, "id", "", "required")])


def test_the_noise_of_binary_arithmetic_is_not_part_of_an_amount(workbook):
    head = ["id", "customer", "kind", "currency", "limit", "outstanding"]
    path = workbook(head, ["F1", "C1", "bond", "EUR", 0.1 + 0.2, 1234.5600000000002], ["F2", "C1", "bond", "EUR", 0.12345, 1])

    with staged("facilities", path) as found:
        assert rows(found, "limit", "outstanding") == [(3_000, 12_345_600)]
        assert refused(found) == [(3, "limit", "0.12345", "money")]


def test_errors_and_formulas_that_were_never_calculated_are_refused_by_name(raw):
    cells = '<c r="A2" t="str"><f>B9</f><v>C1</v></c><c r="B2" t="e"><v>#REF!</v></c>'
    path = raw(
        sheet(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>',
            f'<row r="2">{cells}</row>',
            '<row r="3"><c r="A3" t="str"><f>B9</f><v>C2</v></c><c r="B3"><f>A3&amp;"x"</f><v></v></c></row>',
        )
    )

    with staged("customers", path) as found:
        assert refused(found) == [(2, "name", "#REF!", "spreadsheet_error"), (3, "name", '=A3&"x"', "uncalculated")]


def test_an_error_in_a_column_that_nobody_reads_does_no_harm(workbook):
    with staged("customers", workbook(["id", "name", "shoe size"], ["C1", "Acme", "#N/A"])) as found:
        assert found.facts == 1


def test_a_cell_beside_the_table_is_a_row_of_the_wrong_width(workbook):
    with staged("customers", workbook(["id", "name", None], ["C1", "Acme", None, "see Bob"])) as found:
        assert refused(found) == [(2, "", "4", "cells")]


def test_the_mapping_names_the_sheet_and_the_row_of_the_header(workbook):
    path = workbook(Notes=[["nothing"]], Book=[["Our customers"], ["as of today"], ["id", "name"], ["C1", "Acme"], [None, "X"]])

    with staged("customers", path, '[file]\nsheet = "Book"\nheader_row = 3\n[customers]\n') as found:
        assert (rows(found, "customer_id", "name"), refused(found)) == ([("C1", "Acme")], [(5, "id", "", "required")])


def test_of_several_sheets_the_one_with_the_kinds_name_is_taken(workbook):
    with staged("customers", workbook(Notes=[["nothing"]], Customers=[["id", "name"], ["C1", "Acme"]])) as found:
        assert found.facts == 1


@pytest.mark.parametrize(("toml", "code"), [("", "which_sheet"), ('[file]\nsheet = "Buch"\n[customers]\n', "no_sheet")])
def test_a_sheet_is_not_guessed(workbook, toml, code):
    path = workbook(One=[["id", "name"]], Two=[["id", "name"]])

    with pytest.raises(FileRefused) as refusal:
        staged("customers", path, toml)

    assert (refusal.value.code, refusal.value.facts["sheets"]) == (code, ["One", "Two"])


def test_typed_cells_are_read_whatever_notation_the_mapping_has_for_typed_text(workbook):
    head = ["customer", "indicator", "as_of", "value"]
    path = workbook(head, ["C1", "dscr", date(2025, 12, 31), 1.25], ["C2", "dscr", "31.12.2025", "1.234,5"])
    toml = '[observations]\ndates = { formats = ["%d.%m.%Y"] }\nnumbers = { decimal = ",", thousands = "." }\n'

    with staged("observations", path, toml) as found:
        assert rows(found, "as_of", "value") == [("2025-12-31", 1.25), ("2025-12-31", 1234.5)]


@pytest.mark.parametrize("name", ["book.csv", "book.parquet"])
def test_a_name_must_not_contradict_the_content(workbook, name):
    with pytest.raises(FileRefused) as refusal:
        staged("customers", workbook(["id", "name"], name=name))

    assert refusal.value.code == "contradicted"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(FileRefused) as refusal:
        staged("customers", tmp_path / "book.xlsx")

    assert (refusal.value.code, refusal.value.facts["format"]) == ("other_format", "ZIP")


def test_a_workbook_with_entities_is_refused(raw):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    cell = '<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>'
    path = raw(f'<!DOCTYPE z [<!ENTITY l0 "ha">{laughs}]>{sheet(cell)}')

    with pytest.raises(FileRefused) as refusal:
        staged("customers", path)

    assert refusal.value.code == "not_workbook"


BOMB = sheet("<row><c><v>1</v></c></row>" * 4_000_000)
SPARSE = sheet(
    '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>',
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
)


@pytest.mark.parametrize(("xml", "code"), [(BOMB, "bomb"), (SPARSE, "too_wide")])
def test_a_bomb_is_refused_at_once_and_small(raw, xml, code):
    path = raw(xml)
    script = f"""
import re, time
from datetime import date
from pathlib import Path
from storage.data.files import FileRefused, stage
import storage.data.files.formats.xlsx.xlsx_reading
began = time.process_time()
try:
    stage("customers", Path({str(path)!r}), None, today=date(2026, 3, 31))
except FileRefused as refusal:
    print(refusal.code, time.process_time() - began, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""

    said, seconds, megabytes = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert said == code
    assert float(seconds) < 2
    assert int(megabytes) < 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.sampled_from(['"', "<", "0", "-1", "ZZZZ9", "99999999999", "&", ""]), st.floats(0, 1), st.sampled_from([0, 1, 5]))
def test_whatever_stands_in_a_sheet_it_is_staged_or_refused(raw, piece, share, gone):
    second = '<row r="2"><c r="A2" s="1"><v>3.5</v></c><c t="b"><v>1</v></c></row>'
    whole = sheet('<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>', second)
    place = round(share * len(whole))
    try:
        with staged("customers", raw(whole[:place] + piece + whole[place + gone :])) as found:
            outcome = "staged" if found.rows >= found.facts else "more facts than rows"
    except FileRefused as refusal:
        outcome = refusal.code

    assert outcome in {"staged", "not_workbook", "missing_columns", "empty", "too_wide"}
