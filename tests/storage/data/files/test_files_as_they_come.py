"""Files as other programs write them: each is read right, or refused with a sentence that says what it seems to be."""

from __future__ import annotations

import zipfile

import pytest
from openpyxl import Workbook

from storage.data.files import FileRefused, MapRefused
from tests.storage.staging import refused, rows, staged

LOAN = "id,customer,kind,currency,limit,outstanding"


@pytest.fixture
def brought(tmp_path):
    """Stage bytes, a text or the rows of a sheet, with a mapping; closed at the end."""
    open_files = []

    def bring(kind, content, toml=""):
        path = tmp_path / ("book.xlsx" if isinstance(content, Workbook) else "book.csv")
        if isinstance(content, Workbook):
            content.save(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        open_files.append(staged(kind, path, toml))
        return open_files[-1]

    yield bring
    for each in open_files:
        each.discard()


def why(brought, kind, content, toml=""):
    with pytest.raises(FileRefused) as refusal:
        brought(kind, content, toml)
    return refusal.value.code, refusal.value.facts


def customers(encoding, name="Müller Söhne", toml=""):
    return f"id,name\nE-1,{name}\n".encode(encoding), f'[file]\nencoding = "{toml}"\n[customers]\n' if toml else ""


@pytest.mark.parametrize("declared", ["gb18030", "windows-1252", "utf-16", "big5", "latin-1"])
@pytest.mark.parametrize("name", ["Müller Söhne", "北港重工有限公司"])
def test_utf_8_refuses_another_declared_encoding_by_name(brought, declared, name):
    code, facts = why(brought, "customers", *customers("utf-8", name, declared))

    assert (code, facts["seems"]) == ("other_encoding", "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("declared", ["", "gb18030", "windows-1252", "utf-8"])
def test_a_byte_order_mark_wins_over_the_mapping(brought, encoding, declared):
    assert rows(brought("customers", *customers(encoding, toml=declared)), "customer_id", "name") == [("E-1", "Müller Söhne")]


@pytest.mark.parametrize(
    ("encoding", "name", "declared", "seems"),
    [
        ("gb18030", "北港重工有限公司", "windows-1252", "gb18030"),
        ("windows-1252", "Müller Söhne", "gb18030", "windows-1252"),
        ("windows-1251", "Северная сталь", "windows-1252", "windows-1251"),
        ("big5", "北港重工有限公司", "gb18030", "big5"),
        ("utf-16-le", "Müller", "windows-1252", "utf-16"),
        ("utf-16-be", "Müller", "", "utf-16"),
    ],
)
def test_bytes_that_contradict_the_mapping_are_named(brought, encoding, name, declared, seems):
    code, facts = why(brought, "customers", *customers(encoding, name, declared))

    assert (code, facts["seems"]) == ("other_encoding", seems)


@pytest.mark.parametrize(
    ("encoding", "name", "seems"),
    [
        ("gb18030", "北港重工有限公司", "gb18030"),
        ("windows-1252", "Müller", "windows-1252"),
        ("cp850", "Müller", "cp850"),
        ("windows-1250", "Łódź", "windows-1250"),
    ],
)
def test_a_file_that_is_not_utf_8_is_told_what_it_seems_to_be(brought, encoding, name, seems):
    code, facts = why(brought, "customers", *customers(encoding, name))

    assert (code, facts["line"], facts["seems"]) == ("not_encoded", 2, seems)
    assert name in facts["text"]


@pytest.mark.parametrize("encoding", ["gb18030", "windows-1252", "windows-1250", "cp850"])
def test_an_encoding_that_the_mapping_names_and_the_bytes_bear_is_read(brought, encoding):
    name = "北港重工有限公司" if encoding == "gb18030" else "Müller Söhne"

    assert rows(brought("customers", *customers(encoding, name, encoding)), "name") == [(name,)]


@pytest.mark.parametrize("sign", [";", "\t", "|", "^", "；"])
@pytest.mark.parametrize("toml", ["", "[file]\n"])
def test_the_delimiter_is_seen_in_the_header(brought, sign, toml):
    text = f"id{sign}name{sign}sector\nC1{sign}Acme, Inc. & Sons{sign}Steel\n"

    assert rows(brought("customers", text, toml), "name", "sector") == [("Acme, Inc. & Sons", "Steel")]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_a_line_that_names_the_delimiter_is_no_row(brought, line):
    assert refused(brought("customers", f"{line}\nid;name\nC1;\n")) == [(2, "name", "", "required")]


def test_a_mapping_of_another_delimiter_is_refused_by_the_one_in_use(brought):
    assert why(brought, "customers", "id;name\nC1;Acme\n", '[file]\ndelimiter = ","\n') == (
        "other_delimiter",
        {"declared": ",", "seems": ";"},
    )
    assert why(brought, "customers", "id    name\nC1    Acme\n")[0] == "aligned"


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"<html><table>", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "XML"),
        (b'[{"id": 1}]', "JSON"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"BM\x8a\x7b\0\0\0\0\0\0", "BMP"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
        (b"\0\0\0\x18ftypheic", "MP4 or HEIC"),
        (b"%PDF-1.7\n", "PDF"),
    ],
)
def test_a_file_of_another_format_is_named(tmp_path, content, format):
    (tmp_path / "book.xls").write_bytes(content)

    with pytest.raises(FileRefused) as refusal:
        staged("customers", tmp_path / "book.xls")

    assert (refusal.value.code, refusal.value.facts["format"]) == ("other_format", format)


@pytest.mark.parametrize(("inside", "format"), [("letter.txt", "ZIP"), ("word/document.xml", "Word"), ("ppt/slides.xml", "PowerPoint")])
def test_an_archive_that_is_no_workbook_is_named(tmp_path, inside, format):
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr(inside, "text")

    with pytest.raises(FileRefused) as refusal:
        staged("customers", tmp_path / "book.zip")

    assert (refusal.value.code, refusal.value.facts["format"]) == ("other_format", format)


def test_a_table_whose_first_column_begins_like_a_picture_is_read(tmp_path):
    (tmp_path / "book.csv").write_text("BM,id,name\nx,C1,Acme\n")

    with staged("customers", tmp_path / "book.csv") as found:
        assert found.facts == 1


GERMAN = '[facilities.numbers]\ndecimal = ","\nthousands = "."\n'


@pytest.mark.parametrize(
    ("amounts", "toml"),
    [
        (["900.000", "1.000"], ""),
        (["900.000", "750"], ""),
        (["1.250.000", "0"], ""),
        (["900,000", "12"], GERMAN),
        (["900,000"], '[facilities.numbers]\ndecimal = ","\n'),
    ],
)
def test_amounts_that_may_be_grouped_thousands_are_asked_about(brought, amounts, toml):
    text = "".join(f'F{n},C1,bond,EUR,"{amount}",5\n' for n, amount in enumerate(amounts))

    code, facts = why(brought, "facilities", f"{LOAN}\n{text}", toml)

    assert (code, facts["column"], facts["values"][0]) == ("grouped", "limit", amounts[0])


@pytest.mark.parametrize(
    ("amounts", "toml", "limit"),
    [
        (["900.000", "750.5"], "", 900_0000),
        (["900.000", "0.125"], "", 900_0000),
        (["900.000", "1500"], "", 900_0000),
        (["900.000", "1500.000"], "", 900_0000),
        (["900.000"], '[facilities.numbers]\ndecimal = "."\nthousands = ""\n', 900_0000),
        (["900.000"], GERMAN, 900_000_0000),
        (["900.000,00"], GERMAN, 900_000_0000),
    ],
)
def test_a_cell_or_the_mapping_settles_what_a_point_means(brought, amounts, toml, limit):
    text = "".join(f'F{n},C1,bond,EUR,"{amount}",5\n' for n, amount in enumerate(amounts))

    assert rows(brought("facilities", f"{LOAN}\n{text}", toml), "limit")[0] == (limit,)


def sheet(*cells_of_rows, formats=()):
    book = Workbook()
    for cells in cells_of_rows:
        book.active.append(cells)
    for place, code in formats:
        book.active[place].number_format = code
    return book


def test_amounts_kept_as_text_in_a_workbook_are_asked_about_and_typed_ones_are_not(brought):
    head = LOAN.split(",")

    assert why(brought, "facilities", sheet(head, ["F1", "C1", "bond", "EUR", "900.000", 5]))[0] == "grouped"
    assert rows(brought("facilities", sheet(head, ["F1", "C1", "bond", "EUR", 900.125, 5])), "limit") == [(900_1250,)]


@pytest.mark.parametrize(
    ("code", "shown"),
    [("0000", "0042"), ('"K-"00000', "K-00042"), ("000\\-000", "000-042"), ("00 00", "00 42"), ("General", "42"), ("#,##0", "42")],
)
def test_an_id_is_read_as_the_spreadsheet_shows_it(brought, code, shown):
    assert rows(brought("customers", sheet(["id", "name"], [42, "Lost AG"], formats=[("A2", code)])), "customer_id") == [(shown,)]


def test_a_number_format_changes_no_figure(brought):
    book = sheet([*LOAN.split(","), "days_past_due"], ["F1", "C1", "bond", "EUR", 7, 5, 3], formats=[("G2", "0000"), ("E2", '"EUR "0')])

    assert rows(brought("facilities", book), "limit", "days_past_due") == [(7_0000, 3)]


@pytest.mark.parametrize(
    ("id", "code"),
    [(1234567890123450, "lost_digits"), (6.2220200000123e16, "lost_digits"), (4.1, "id_is_no_text"), (True, "id_is_no_text")],
)
def test_a_typed_id_that_has_lost_something_is_refused(brought, id, code):
    assert [each[3] for each in refused(brought("customers", sheet(["id", "name"], [id, "Same AG"])))] == [code]


def test_an_id_that_became_a_date_is_refused_also_where_another_file_names_it(brought):
    book = sheet(LOAN.split(","), ["F1", "C1", "bond", "EUR", 7, 5])
    book.active["B2"].value, book.active["B2"].number_format = 45000, "yyyy-mm-dd"

    assert [each[1::2] for each in refused(brought("facilities", book))] == [("customer", "id_is_a_date")]


@pytest.mark.parametrize("cell", ["6.22202000001234E+18", "6,22E+18", "1.5e+15", "1234567890123456.0"])
def test_an_id_in_the_notation_of_a_rounded_number_is_refused(brought, cell):
    assert [each[3] for each in refused(brought("customers", f'id,name\n"{cell}",Same AG\n'))] == ["lost_digits"]


def test_ids_that_all_end_in_zeros_after_fifteen_digits_are_refused_and_one_that_does_not_settles_it(brought):
    rounded, whole = "622202000001234000,A\n622202000001235000,B\n", "622202000001234567,C\n"

    assert why(brought, "customers", f"id,name\n{rounded}")[0] == "rounded_ids"
    assert brought("customers", f"id,name\n{rounded}{whole}").facts == 3


@pytest.mark.parametrize(
    ("cell", "id"), [("1001.0", "1001"), ("0042.0", "0042"), ("V1.0", "V1.0"), ('"=""0042"""', "0042"), ("1E5", "1E5")]
)
def test_ids_are_read_without_what_other_programs_add(brought, cell, id):
    assert rows(brought("customers", f"id,name\n{cell},P1\n"), "customer_id") == [(id,)]
    assert rows(brought("facilities", f"{LOAN}\nF1,{cell},bond,EUR,10,5\n"), "customer_id") == [(id,)]


def test_a_joined_id_is_read_without_them_too(brought):
    toml = '[customers]\njoin = { id = "{branch}-{number}" }\n'

    assert rows(brought("customers", "branch,number,name\n7.0,1001.0,P\n", toml), "customer_id") == [("7-1001",)]
    assert rows(brought("customers", sheet(["branch", "number", "name"], [7, 42, "P"], formats=[("B2", "0000")]), toml), "customer_id") == [
        ("7-0042",)
    ]


@pytest.mark.parametrize(("cell", "flag"), [("1.0", 1), ("0.0", 0), ("WAHR", 1), ("FAUX", 0), ("T", 1)])
def test_flags_are_read_as_other_programs_write_them(brought, cell, flag):
    assert rows(brought("facilities", f"{LOAN},forborne\nF1,C1,bond,EUR,10,5,{cell}\n"), "forborne") == [(flag,)]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("RMB", "CNY"), ("CNH", "CNY"), ("eur", "EUR"), ("€", "EUR"), ("EUT", "EUR"), ("GBX", "GBP"), ("人民币", "CNY"), ("XXX", None)],
)
def test_an_unknown_currency_is_refused_with_the_likely_one(brought, cell, meant):
    (refusal,) = brought("customers", f"id,name,currency\nC1,Om AG,{cell}\n").refusals()

    assert (refusal.column, refusal.accepted.code) == ("currency", "currency")
    assert meant is None or refusal.accepted.facts["meant"] == meant


MONEY = "customer,period_end,net_income,revenue"


def test_the_mapping_names_forms_of_negatives_and_words_for_missing(brought):
    toml = '[statements.numbers]\nnegatives = ["parentheses", "trailing", "CR", "DR"]\nmissing = ["-", "n/a"]\n'
    text = "".join(
        f"C1,20{10 + n}-12-31,{cell},N/A\n" for n, cell in enumerate(["(120)", "120-", "120 CR", "120DR", "\u2212120", "-", "-120"])
    )

    found = rows(brought("statements", f"{MONEY}\n{text}", toml), "net_income", "revenue")

    assert [each[0] for each in found] == [-120_0000, -120_0000, 120_0000, -120_0000, -120_0000, None, -120_0000]
    assert {each[1] for each in found} == {None}


@pytest.mark.parametrize(
    ("cell", "hint"), [("(120)", "figure_negative"), ("120-", "figure_negative"), ("-", "figure_missing"), ("1,234.5", "figure_signs")]
)
def test_a_refused_figure_says_what_the_mapping_could_say(brought, cell, hint):
    (refusal,) = brought("statements", f'{MONEY}\nC1,2025-12-31,"{cell}",\n').refusals()

    assert refusal.accepted.facts["hint"] == hint


@pytest.mark.parametrize("sign", ["\u2212", "\u2013", "\uff0d"])
def test_a_typeset_minus_is_a_minus(brought, sign):
    assert rows(brought("statements", f"{MONEY}\nC1,2025-12-31,{sign}120.5,\n"), "net_income") == [(-120_5000,)]


def test_headers_are_found_in_any_case_and_width_and_shown_as_they_are_written(brought):
    found = brought("customers", "ID , Name,ＳＥＣＴＯＲ,Rating Date\nC1,,Steel,2025-12-31\nC2,Acme,Steel,2025-12-31\n")

    assert refused(found) == [(2, "Name", "", "required")]
    assert rows(found, "customer_id", "sector", "rating_date") == [("C2", "Steel", "2025-12-31")]
    assert found.plan.unknown == ()


def test_a_mapping_names_columns_in_any_case_too(brought):
    assert rows(brought("customers", "KUNDE ,firma\nC1,Acme\n", '[customers]\ncolumns = { id = "Kunde", name = "Firma" }\n'), "name") == [
        ("Acme",)
    ]


def test_two_columns_that_could_be_the_one_that_is_meant_are_refused(brought):
    assert why(brought, "customers", "ID,iD,name\nC1,C2,Acme\n") == ("repeated_columns", {"columns": ["ID", "iD"]})


def test_escapes_of_a_workbook_are_decoded(brought):
    assert rows(brought("customers", sheet(["id", "name"], ["JP-3", "Line_x000D_"], ["JP-4", "A_x0026_B_x005F_x"])), "name") == [
        ("Line",),
        ("A&B_x",),
    ]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Line_x000D_", "escaped"),
        ("M&uuml;ller &amp; Co", "escaped"),
        ("M\\u00fcller", "escaped"),
        ("MÃ¼ller", "decoded_twice"),
        ("M\ufffdller", "lost_letters"),
        ("#REF!", "spreadsheet_error"),
        ("########", "spreadsheet_error"),
        ("NaN", "nothing"),
        ("NULL", "nothing"),
    ],
)
def test_damaged_text_is_refused_with_what_it_seems_to_be(brought, cell, code):
    assert refused(brought("customers", f"id,name\nC1,{cell}\n")) == [(2, "name", cell, code)]


@pytest.mark.parametrize("cell", ["AT&T; Co", "Müller & Söhne", "Nullmeier", "#1 Ltd", "São João", "Ångström Âncora", "C:\\new"])
def test_unusual_names_are_no_damage(brought, cell):
    assert rows(brought("customers", f"id,name\nC1,{cell}\n"), "name") == [(cell,)]


def dated(cell, formats, more=""):
    return f'{LOAN},start\nF1,C1,bond,EUR,10,5,"{cell}"\n', f"[facilities.dates]\nformats = {formats}\n{more}"


@pytest.mark.parametrize(
    ("cell", "shape", "day"),
    [
        ("15.01.24", "%d.%m.%y", "2024-01-15"),
        ("15. Dez 2024", "%d. %b %Y", "2024-12-15"),
        ("15. Dezember 2024", "%d. %b %Y", "2024-12-15"),
        ("15-DEC-24", "%d-%b-%y", "2024-12-15"),
        ("5 févr. 2024", "%d %b %Y", "2024-02-05"),
        ("5 mrt 2024", "%d %b %Y", "2024-03-05"),
        ("5 Mrz. 2024", "%d %b. %Y", "2024-03-05"),
        ("15 grudnia 2024", "%d %B %Y", "2024-12-15"),
        ("2024年十二月5日", "%Y年%b%d日", "2024-12-05"),
        ("29.02.00", "%d.%m.%y", "2000-02-29"),
    ],
)
def test_dates_have_two_digit_years_and_names_of_months(brought, cell, shape, day):
    assert rows(brought("facilities", *dated(cell, [shape])), "start") == [(day,)]


def test_the_pivot_is_the_last_year_of_two_digits(brought):
    assert rows(brought("facilities", *dated("15.01.49", ["%d.%m.%y"])), "start") == [("2049-01-15",)]
    assert rows(brought("facilities", *dated("15.01.49", ["%d.%m.%y"], "pivot = 2048\n")), "start") == [("1949-01-15",)]


def test_a_month_that_means_another_elsewhere_needs_the_language(brought):
    assert refused(brought("facilities", *dated("3 lis 2024", ["%d %b %Y"])))[0][3] == "date"
    assert rows(brought("facilities", *dated("3 lis 2024", ["%d %b %Y"], 'language = "pl"\n')), "start") == [("2024-11-03",)]
    with pytest.raises(MapRefused):
        brought("facilities", *dated("3 lis 2024", ["%d %b %Y"], 'language = "klingon"\n'))


def test_a_date_that_two_formats_read_differently_is_refused(brought):
    formats = ["%d/%m/%Y", "%m/%d/%Y"]

    assert refused(brought("facilities", *dated("01/02/2024", formats)))[0][3] == "date_ambiguous"
    assert rows(brought("facilities", *dated("13/02/2024", formats)), "start") == [("2024-02-13",)]
