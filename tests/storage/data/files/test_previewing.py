"""Previews: what a file seems to be, the guessed mapping, and what looks odd."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from storage.data.files import FileRefused, parse_mapping, preview, written
from tests.storage.staging import TODAY

GERMAN = (
    "Kreditbestand per 31.12.2025\n\nKontonummer;Kundennr.;Art;Währung;Limit (TEUR);Inanspruchnahme;Beginn;Zins;Bemerkung;Verzugstage\n"
    "F1;C1;term_loan;EUR;1.250,50;900,25;15.01.24;4,5%;x;3\nF2;C3;revolver;RMB;1.000,00;-;31.12.23;-;y;0\n"
)
CHINESE = "客户编号,客户名称,所属行业,信用等级\nC9,北港重工,机械,A\n"


@pytest.fixture
def seen(tmp_path):
    """Preview a text in an encoding."""

    def see(text, encoding="utf-8", kind=None, name="book.csv"):
        (tmp_path / name).write_bytes(text.encode(encoding))
        return preview(tmp_path / name, kind, today=TODAY)

    return see


def test_a_german_list_is_understood_with_its_notation(seen):
    found = seen(GERMAN, "windows-1252")

    assert (found.kind, found.guess.encoding, found.guess.delimiter, found.guess.header_row) == ("facilities", "windows-1252", ";", 3)
    assert dict(zip(found.headings, found.rows[0], strict=True)) == {
        "id": "F1", "customer": "C1", "kind": "term_loan", "currency": "EUR", "limit": "1250500", "outstanding": "900.25",
        "start": "2024-01-15", "rate": "0.045", "days_past_due": "3",
    }  # fmt: skip
    assert found.unused == ("Bemerkung",)
    assert [(each.row, each.column) for each in found.refusals] == [(5, "Währung"), (5, "Inanspruchnahme")]


def test_chinese_headings_are_understood_in_their_encoding(seen):
    found = seen(CHINESE, "gb18030")

    assert (found.kind, found.guess.encoding) == ("customers", "gb18030")
    assert found.rows == (("C9", "北港重工", "机械", "A"),)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Client ID,Company Name,Industry", "customers"),
        ("Loan ID,Borrower,Product Type,Ccy,Commitment,Outstanding Balance,Maturity Date", "facilities"),
        ("Kunde,Bilanzstichtag,Bilanzsumme,Umsatzerlöse,Jahresüberschuss", "statements"),
        ("客户号,指标名称,数据日期,指标值", "observations"),
        ("Borrower,Credit Rating,Reporting Date,Rating Agency", "ratings"),
        # one column under a name that nobody knows does not make incidents of it
        ("id,customer,kind,currency,granted_sum,drawn,days_past_due,overdue,as_of", "facilities"),
        ("customer,kind,as_of,severity", "incidents"),
        ("customer,kind,date,mood,colour", "incidents"),
        ("customer,mood", None),
        ("shoe,size", None),
    ],
)
def test_the_kind_is_guessed_from_the_headings(seen, header, kind):
    assert seen(f"{header}\n").guess.kind == kind


def test_the_guessed_mapping_is_one_that_import_takes(seen):
    found = seen(GERMAN, "windows-1252")

    assert parse_mapping(written(found.mapping).encode()) == found.mapping


def test_what_can_be_read_in_two_ways_is_asked_not_guessed(seen):
    head = "id,customer,kind,currency,limit,outstanding,start\n"
    grouped, dated = seen(f"{head}F1,C1,bond,EUR,900.000,1.000,\n"), seen(f"{head}F1,C1,bond,EUR,900,1,01/02/2024\n")

    assert isinstance(grouped.trouble, FileRefused)
    assert grouped.trouble.code == "grouped"
    assert dated.guess.ambiguous == ("%d/%m/%Y", "%m/%d/%Y")
    assert dated.refused == 1


def test_the_sheet_with_known_headings_is_chosen_among_several(tmp_path):
    book = Workbook()
    book.active.append(["Deckblatt"])
    book.create_sheet("Kunden").append(["Kundennummer", "Firma"])
    book["Kunden"].append([42, "Acme"])
    book["Kunden"]["A2"].number_format = "0000"
    book.save(tmp_path / "book.xlsx")

    found = preview(tmp_path / "book.xlsx", today=TODAY)

    assert (found.kind, found.mapping.file.sheet, found.rows) == ("customers", "Kunden", (("0042", "Acme"),))


def test_a_file_that_is_no_table_has_no_preview(seen):
    with pytest.raises(FileRefused) as refusal:
        seen("<html>", name="book.xls")

    assert refusal.value.facts["format"] == "HTML"
