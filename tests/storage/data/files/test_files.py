"""Staging: a file is read whole, and every refusal says row, column, value and what would be accepted."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.data.files import FileRefused, MapRefused, parse_mapping, stage, write_rejects

TODAY = date(2026, 3, 31)


@pytest.fixture
def staged(tmp_path):
    """Stage a text and close it at the end."""
    open_files = []

    def stage_text(kind, text, toml="", **options):
        path = tmp_path / "book.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = stage(kind, path, parse_mapping(toml.encode()) if toml else None, today=TODAY, **options)
        open_files.append(found)
        return found

    yield stage_text
    for each in open_files:
        each.discard()


def rows(staged, *columns):
    return [fact[2:] for chunk in staged.chunks({column: f'"{column}"' for column in columns}) for fact in chunk]


def refused(staged):
    return [(each.row, each.column, each.value, each.accepted.code) for each in staged.refusals()]


def test_columns_are_found_by_name_in_any_order_behind_a_byte_order_mark(staged):
    found = staged("customers", "\ufeffname,id,shoe size\r\nAcme,C1,44\r\n")

    assert rows(found, "customer_id", "name") == [("C1", "Acme")]
    assert found.plan.unknown == ("shoe size",)


def test_an_unknown_column_is_refused_when_asked_to_be_strict(staged):
    with pytest.raises(FileRefused) as refusal:
        staged("customers", "id,name,shoe size\nC1,Acme,44\n", strict=True)

    assert (refusal.value.code, refusal.value.facts) == ("unknown_columns", {"columns": ["shoe size"]})


def test_every_bad_cell_of_a_row_is_listed_and_the_row_is_not_staged(staged):
    found = staged("observations", "customer,indicator,as_of,value\nC1,ds/cr,2026-02-30,1_0\nC1,dscr,2025-12-31,1.1\n")

    assert refused(found) == [(2, "indicator", "ds/cr", "indicator"), (2, "as_of", "2026-02-30", "date"), (2, "value", "1_0", "number")]
    assert (found.refused_rows, found.facts, found.rows) == (1, 1, 2)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(staged):
    found = staged("customers", 'id,name\nC1,"Acme"\n\n,Nameless\n')

    assert refused(found) == [(4, "id", "", "required")]


def test_a_ragged_row_is_refused_with_what_the_header_has(staged):
    found = staged("customers", "id,name\nC1\nC2,Acme,surplus\n")

    assert refused(found) == [(2, "", "1", "cells"), (3, "", "3", "cells")]


def test_identical_rows_merge_and_are_counted(staged):
    found = staged("ratings", "customer,rating,as_of\nC1,A,2025-12-31\nC1, A ,2025-12-31\nC1,B,2024-12-31\n")

    assert (found.facts, found.merged, found.refused_rows) == (2, 1, 0)


def test_contradictory_rows_are_all_refused_each_naming_the_others(staged):
    found = staged("ratings", "customer,rating,as_of\nC1,A,2025-12-31\nC1,B,2025-12-31\nC1,A,2025-12-31\nC2,A,2025-12-31\n")

    assert [(each.row, each.column, each.value, each.accepted.facts) for each in found.refusals()] == [
        (2, "rating", "A", {"rows": [3], "values": ["B"]}),
        (3, "rating", "B", {"rows": [2, 4], "values": ["A", "A"]}),
        (4, "rating", "A", {"rows": [3], "values": ["B"]}),
    ]
    assert rows(found, "customer_id") == [("C2",)]


def test_a_contradiction_in_money_is_shown_as_money(staged):
    head = "id,customer,kind,currency,limit,outstanding\n"
    found = staged("facilities", f"{head}F1,C1,revolver,EUR,100.50,5\nF1,C1,revolver,EUR,100,5.0\n")

    assert refused(found) == [(2, "limit", "100.5", "same"), (3, "limit", "100", "same")]


def test_a_facility_cannot_end_before_it_starts(staged):
    found = staged("facilities", "id,customer,kind,currency,limit,outstanding,start,maturity\nF1,C1,bond,EUR,1,1,2026-01-01,2025-01-01\n")

    assert refused(found) == [(2, "maturity", "2025-01-01", "not_before")]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("mortgage,EUR,1,1,,", "kind", "choice"),
        ("bond,eur,1,1,,", "currency", "currency"),
        ("bond,EUR,1.00001,1,,", "limit", "money"),
        ("bond,EUR,1,,,", "outstanding", "required"),
        ("bond,EUR,1,1,45,", "lgd", "range"),
        ("bond,EUR,1,1,,junior", "seniority", "choice"),
    ],
)
def test_facilities_are_held_to_their_lists(staged, cells, column, code):
    found = staged("facilities", f"id,customer,kind,currency,limit,outstanding,lgd,seniority\nF1,C1,{cells}\n")

    assert [(each[1], each[3]) for each in refused(found)] == [(column, code)]


def test_the_banks_own_letters_stand_on_its_own_scale_and_others_on_the_global_one(staged):
    found = staged("ratings", "customer,rating,as_of,agency\nC1,A,2025-12-31,\nC1,A,2025-12-31,Examplars\n")

    assert rows(found, "agency", "scale") == [("internal", "internal"), ("Examplars", "global")]


WIDE = """
[file]
delimiter = ";"
[observations]
columns = { customer = "Kunde", as_of = "Stichtag" }
constants = { source = "market" }
dates = { formats = ["%d.%m.%Y"] }
numbers = { decimal = ",", in_percent = ["Quote"] }
melt = { Deckung = "dscr", Quote = "debt_ratio" }
[customers]
columns = { id = "Kunde", name = "Firma" }
"""


def test_wide_columns_melt_into_observations_and_columns_of_other_sections_are_known(staged):
    found = staged("observations", "Kunde;Firma;Stichtag;Deckung;Quote\nC1;Acme;31.12.2025;1,25;80\n", WIDE)

    assert rows(found, "customer_id", "indicator", "as_of", "source", "value") == [
        ("C1", "dscr", "2025-12-31", "market", 1.25),
        ("C1", "debt_ratio", "2025-12-31", "market", 0.8),
    ]
    assert found.plan.unknown == ()


def test_a_refusal_of_a_melted_value_names_the_wide_column_and_refuses_the_row(staged):
    found = staged(
        "observations", "Kunde;Firma;Stichtag;Deckung;Quote\nC1;;31.12.2025;1.25;80\nC2;;31.12.2025;1;80\nC2;;31.12.2025;1;81\n", WIDE
    )

    assert refused(found) == [(2, "Deckung", "1.25", "number"), (3, "Quote", "0.8", "same"), (4, "Quote", "0.81", "same")]
    assert found.facts == 0


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ("[customers.columns]\nid = 'Nr'\n", "customers.columns.id"),
        ("[customers.constants]\ncurrency = 'euro'\n", "customers.constants.currency"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_refused_by_key(staged, toml, key):
    with pytest.raises(MapRefused) as refusal:
        staged("customers", "id,name\nC1,Acme\n", toml)

    assert [problem.key for problem in refusal.value.problems] == [key]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"id,name\nC1,Soci\xe9t\xe9\n", "not_encoded"),
        ("id,name\nC1,Acme\n".encode("utf-16-le"), "other_encoding"),
        (b"id,name\nC1,A\0B\n", "nul"),
        (b'id,name\nC1,"Acme\n', "not_csv"),
        (b"id,name\nC1," + b"x" * 200_000 + b"\n", "not_csv"),
        (b"id,name\nC1," + b"x" * 2_000_000 + b"\n", "long_line"),
        (b"id,name,id\nC1,Acme,C2\n", "repeated_columns"),
        (b"id\nC1\n", "missing_columns"),
        (b"PK\x03\x04rest", "contradicted"),
        (b"\x1f\x8b rest", "other_format"),
        (b"\xd0\xcf\x11\xe0rest", "old_workbook"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused_whole(staged, content, code):
    with pytest.raises(FileRefused) as refusal:
        staged("customers", content)

    assert refusal.value.code == code


@pytest.mark.parametrize(("name", "code"), [("", "directory"), ("nowhere.csv", "missing")])
def test_what_is_no_file_is_refused(tmp_path, name, code):
    with pytest.raises(FileRefused) as refusal:
        stage("customers", tmp_path / name, None, today=TODAY)

    assert refusal.value.code == code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.one_of(st.binary(max_size=60), st.text(alphabet='",\r\n\x00ab=é\ud7ff\u202e', max_size=60).map(str.encode)),
    st.sampled_from(["utf-8", "utf-16", "windows-1252", "gb18030"]),
    st.booleans(),
)
def test_whatever_bytes_a_file_holds_it_is_staged_or_refused(staged, content, encoding, headed):
    codes = {
        "empty",
        "not_encoded",
        "other_encoding",
        "other_delimiter",
        "aligned",
        "old_workbook",
        "nul",
        "not_csv",
        "missing_columns",
        "repeated_columns",
        "other_format",
        "contradicted",
    }
    try:
        found = staged(
            "customers", "id,name\n".encode(encoding) + content if headed else content, f"[file]\nencoding = '{encoding}'\n[customers]\n"
        )
        outcome = "staged" if found.rows >= found.facts else "more facts than rows"
    except FileRefused as refusal:
        outcome = refusal.code

    assert outcome in {"staged", *codes}


def test_a_header_without_rows_is_an_empty_table(staged):
    assert staged("customers", "id,name\n").rows == 0


def test_progress_is_told_every_byte(staged):
    seen = []

    staged("customers", "id,name\nC1,Acme\n", progress=seen.append)

    assert sum(seen) == 16


def test_the_rejects_hold_the_row_and_its_reason_and_no_formula(staged, tmp_path):
    found = staged("customers", "id,name\n,=1+1\nC1,Acme\n")

    write_rejects(found, tmp_path / "bad.csv", None, lambda accepted: accepted.code)

    assert list(csv.reader((tmp_path / "bad.csv").read_text(encoding="utf-8").splitlines())) == [
        ["refused_row", "refused_column", "refused_value", "accepted", "id", "name"],
        ["2", "id", "", "required", "", "'=1+1"],
    ]


def test_the_rejects_never_overwrite_the_file(staged, tmp_path):
    found = staged("customers", "id,name\n,Acme\n")

    with pytest.raises(FileRefused) as refusal:
        write_rejects(found, tmp_path / "book.csv", None, lambda accepted: accepted.code)

    assert refusal.value.code == "rejects_are_the_file"


def test_closing_removes_the_staging_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "private"))
    (tmp_path / "private").mkdir()
    (tmp_path / "book.csv").write_text("id,name\nC1,Acme\n")

    with stage("customers", tmp_path / "book.csv", None, today=TODAY):
        during = len(list((tmp_path / "private").iterdir()))

    assert (during, list((tmp_path / "private").iterdir())) == (1, [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["dscr", "npl"]), st.sampled_from("123"), st.sampled_from(["", "x"])), max_size=12
    )
)
def test_a_fact_is_staged_once_exactly_if_nothing_in_the_file_contradicts_it(staged, facts):
    text = "".join(f"{customer},{indicator},2025-12-31,{value},{note}\n" for customer, indicator, value, note in facts)
    found = staged("observations", f"customer,indicator,as_of,value,note\n{text}")
    said = defaultdict(list)
    for customer, indicator, *content in facts:
        said[customer, indicator].append(content)
    agreed = {key for key, contents in said.items() if all(content == contents[0] for content in contents)}

    assert sorted(rows(found, "customer_id", "indicator")) == sorted(agreed)
    assert found.merged == sum(len(said[key]) - 1 for key in agreed)
    assert found.refused_rows == sum(len(contents) for key, contents in said.items() if key not in agreed)
