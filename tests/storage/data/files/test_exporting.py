"""What goes out comes in again unchanged: every kind in every format, whatever its text looks like."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from storage.data import exporting, facts
from storage.data.files import EXPORTED, stage
from storage.data.files.formats.defusing import defused, restored
from storage.data.files.formats.writers import WRITERS, write_csv, write_sheet
from storage.sight import EVERYTHING

MONDAY = datetime(2026, 3, 30, 9, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
HOSTILE = ['=HYPERLINK("http://evil")', "@x", "＝1", "'=1", "''@x", "'quoted'", "-1", "+49 30 1", "#1 Ltd", "100 %", "😀 a,b;c", "_x0041_"]
BOOK = {
    "customers": "id,name,group,aliases,currency,since,commodity_share,watch_list,group_parent\n"
    "C1,=cmd|' /C calc'!A0,@G,a|b,EUR,2020-02-29,0.3,yes,no\n"
    + "".join(f'H{n},"{defused(name).replace(chr(34), chr(34) * 2)}",,,,,,,\n' for n, name in enumerate(HOSTILE)),
    "facilities": "id,customer,kind,currency,limit,outstanding,maturity,rate,lgd,collateral,days_past_due,forborne,restructured,phase,eir\n"
    "F1,C1,bond,EUR,123456789012345.6789,0.1,2030-01-01,0.0425,0.45,,0,no,1,,0.051\n"
    "F2,C1,project_loan,CNY,1,1,,,,0.0001,,,,construction,\n",
    "statements": "customer,period_end,unit,audited,opinion,total_assets,net_income\n"
    "C1,2025-12-31,万,yes,-clean,1234.56789,-0.0001\nC1,2024-12-31,,no,,,\n",
    "observations": "customer,indicator,as_of,value,note\nC1,dscr,2025-12-31,0.1234567890123456789,=1\nC1,npl,2025-12-31,,\nC1,dscr,2024-12-31,1e-7,\n",  # noqa: E501
    "ratings": "customer,rating,as_of,agency\nC1,BB+,2025-12-31,\nC1,-A,2025-12-31,Examplars\n",
    "rates": "currency,base,as_of,rate\nUSD,CNY,2026-03-27,7.123456789012345\n",
    "outcomes": "customer,event,as_of,note\nC1,default,2025-12-31,=1+1\n",
    "instalments": "facility,due,principal,interest\nF1,2030-06-30,0.0001,0\n",
    "payments": "facility,paid,amount,booked,reference\nF1,2026-03-02,5,,=1\nF1,2026-03-02,6,2026-03-03,\n",
    "collateral": "id,customer,kind,currency,value,valued,lien,facility,insured\n"
    "=M,C1,cash,EUR,5,2026-01-01,2,F1,no\nM2,C1,other,EUR,0,,,,\n",
    "guarantees": "id,guarantor,customer,facility,currency,amount,until\nG1,H1,C1,,,,\nG2,H1,C1,F2,CNY,5.5,2031-01-01\n",
    "projections": "customer,projected,period_end,cfads,debt_service,months\nC1,2026-01-15,2031-12-31,-5.25,,6\n",
    "account_months": "account,month,customer,currency,opening,lowest,mean,closing,inflow,outflow,overdraft_days,returned,gaps,until\n"
    "=A,2026-03-01,C1,CZK,,-5.5,-0.0001,3,0,123456789012345.6789,31,,2,2026-03-30\n",
    "incidents": "customer,kind,as_of,severity,facility,note\nC1,fraud,2026-01-15,,,=1\nC1,fraud,2026-01-15,5,F1,\n",
}


def bring(database, path, kind, at=MONDAY):
    """Import a file at a moment; what changed."""
    with stage(kind, path, None, today=at.date()) as staged:
        assert list(staged.refusals()) == []
        with database.begin(EVERYTHING, write=True) as tx:
            facts.refuse_strangers(tx, staged)
            return facts.load(tx, staged, at=at)


def fill(database):
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in BOOK.items():
            path = Path(folder) / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            bring(database, path, kind)


@pytest.fixture
def stock(request, stock):
    return fill if "book" in request.fixturenames else stock


@pytest.fixture
def book(database):
    """Every kind of fact, with what looks like formulas."""


@pytest.fixture
def load(database, tmp_path):
    """Import a text or a file at a moment; what changed."""

    def load(kind, source, at=MONDAY):
        path = source
        if isinstance(source, str):
            path = tmp_path / "in.csv"
            path.write_text(source, encoding="utf-8")
        return bring(database, path, kind, at)

    return load


@pytest.fixture
def export(database, tmp_path):
    """Export a kind to a file."""

    def write(kind, ending=".csv", at=None):
        path = tmp_path / f"out{ending}"
        with database.begin(EVERYTHING) as tx, path.open("wb") as out:
            names = [field.name for field in exporting.fields_of(kind)]
            WRITERS[ending](out, names, exporting.types_of(kind), exporting.facts_of(tx, kind, at=at))
        return path

    return write


def lines(path):
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.parametrize("ending", list(WRITERS))
@pytest.mark.parametrize("kind", EXPORTED)
def test_importing_an_export_changes_nothing(load, book, export, kind, ending):
    again = load(kind, export(kind, ending), TUESDAY)

    assert (again.import_id, again.added, again.changed) == (None, 0, 0)
    assert again.unchanged > 0


@pytest.mark.parametrize("ending", list(WRITERS))
def test_an_export_brings_every_text_into_another_database_as_it_was(database, load, export, ending):
    load("customers", BOOK["customers"])
    path = export("customers", ending)

    with stage("customers", path, None, today=MONDAY.date()) as found:
        names = {row[2] for chunk in found.chunks({"name": "name"}) for row in chunk}
    assert names == {"=cmd|' /C calc'!A0", *HOSTILE}


def test_what_looks_like_a_formula_is_text_in_a_spreadsheet(book, load, export):
    sheet = load_workbook(export("customers", ".xlsx")).active
    cells = {str(cell.value): cell for (cell,) in sheet.iter_rows(min_row=2, min_col=2, max_col=2)}

    assert {cell.data_type for cell in cells.values()} == {"s"}
    assert all(cells[text].quotePrefix for text in HOSTILE if text[0] in "=@＝+-")


def test_what_looks_like_a_formula_is_inert_in_csv(book, export):
    assert {line[1][0] for line in lines(export("customers"))} & set("=@+|%＝") == set()


def test_the_columns_are_those_of_the_import(book, export):
    heads = {kind: lines(export(kind))[0] for kind in EXPORTED}

    assert heads["outcomes"] == ["customer", "event", "as_of", "note"]
    assert heads["statements"][:4] == ["customer", "period_end", "currency", "unit"]
    assert not {"rating", "rating_date"} & set(heads["customers"])


def test_amounts_are_whole_units_without_noise(book, export):
    head, second, first = lines(export("statements"))

    assert dict(zip(head, first, strict=True)) | {"unit": "1", "total_assets": "12345678.9", "net_income": "-1", "audited": "yes"} == dict(
        zip(head, first, strict=True)
    )
    assert (second[head.index("total_assets")], second[head.index("audited")]) == ("", "no")


def test_the_banks_own_letters_go_out_as_ratings(load, export):
    load("customers", "id,name,rating,rating_date\nC1,Acme,BB+,2025-12-31\n")

    assert lines(export("ratings"))[1:] == [["C1", "BB+", "2025-12-31", "internal", "internal", ""]]


def test_an_export_as_of_a_day_is_what_was_known_then(load, export):
    load("customers", "id,name,sector\nC1,Acme,Steel\n")
    load("customers", "id,name,sector\nC1,Acme,Ports\nC2,Bolt,Ports\n", TUESDAY)

    assert [line[3] for line in lines(export("customers", at=MONDAY + timedelta(hours=1)))[1:]] == ["Steel"]
    assert [line[3] for line in lines(export("customers"))[1:]] == ["Ports", "Ports"]


def test_an_empty_book_is_a_header(export):
    assert lines(export("rates")) == [["currency", "base", "as_of", "rate", "source"]]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8))
def test_defusing_is_undone_whatever_the_text(text):
    assert restored(defused(text)) == text


@given(st.text("'=@+-1 ＝", max_size=8))
def test_defusing_is_undone_however_many_apostrophes_there_are(text):
    assert restored(defused(text)) == text


@pytest.mark.parametrize("writer", [write_csv, write_sheet])
def test_a_writer_leaves_the_file_open(writer):
    out = io.BytesIO()

    writer(out, ["id"], [str], iter([[("C1",)]]))

    assert out.getvalue()
