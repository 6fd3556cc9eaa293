"""Cells: what is read, and above all what is not."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.data.files import cells, figures
from storage.data.files.cells import Formats
from storage.data.files.formats.defusing import defused
from storage.data.files.refusals import BadCell

TODAY = date(2026, 3, 31)
PLAIN = Formats(TODAY)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1.25", 1.25), ("-3", -3.0), (" +7 ", 7.0), (".5", 0.5), ("3.38E-05", 3.38e-05), ("0", 0.0), ("", None), ("  ", None)],
)
def test_a_number_is_read_as_it_is_written(cell, value):
    assert figures.number(PLAIN)(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "nan",
        "inf",
        "-Infinity",
        "1_000",
        "１２３",
        "٣٤",
        "1,5",
        "1.2.3",
        "1e999",
        "1E+100",
        "0x1F",
        "12%",
        "--1",
        "5.",
        "1 000",
        "9" * 40,
        "n/a",
    ],
)
def test_what_only_looks_like_a_number_is_refused(cell):
    with pytest.raises(BadCell):
        figures.number(PLAIN)(cell)


def test_minus_nought_is_nought():
    assert str(figures.number(PLAIN)("-0.0")) == "0.0"


@given(st.one_of(st.text(max_size=12), st.floats().map(str), st.from_regex(r"[-+0-9eE., _%]{1,14}", fullmatch=True)))
def test_every_accepted_number_is_ascii_and_finite_and_means_what_python_reads(cell):
    try:
        value = figures.number(PLAIN)(cell)
    except BadCell:
        return

    assert value is None or (cell.strip().isascii() and value == float(cell) and abs(value) <= 1e15)


@pytest.mark.parametrize(
    ("cell", "formats", "value"),
    [
        ("1.234,5", Formats(TODAY, decimal=",", thousands="."), 1234.5),
        ("1234,5", Formats(TODAY, decimal=",", thousands="."), 1234.5),
        ("1\u202f234\u202f567,25", Formats(TODAY, decimal=",", thousands=" "), 1234567.25),
        ("1'000", Formats(TODAY, thousands="'"), 1000.0),
        ("12.3 %", Formats(TODAY, percent=True), 0.123),
        ("12.3", Formats(TODAY, percent=True), 12.3),
        ("12.3", Formats(TODAY, hundredths=True), 0.123),
    ],
)
def test_the_mapping_says_how_numbers_are_written(cell, formats, value):
    assert figures.number(formats)(cell) == value


@pytest.mark.parametrize("cell", ["1.2345,5", "12.34.567", "1,234.5", ".123"])
def test_a_separator_in_the_wrong_place_is_not_guessed_at(cell):
    with pytest.raises(BadCell):
        figures.number(Formats(TODAY, decimal=",", thousands="."))(cell)


@pytest.mark.parametrize(("cell", "kept"), [("9007199254740.9931", 90071992547409931), ("0.1", 1000), ("1.50000", 15000), ("0", 0)])
def test_money_is_kept_exactly(cell, kept):
    assert figures.money(PLAIN)(cell) == kept


@pytest.mark.parametrize("cell", ["0.00001", "-1", "1e5", "900000000000001", "１", "EUR 5"])
def test_what_is_no_amount_is_refused(cell):
    with pytest.raises(BadCell):
        figures.money(PLAIN)(cell)


@given(st.decimals(min_value=0, max_value=10**14, places=4))
def test_an_amount_is_shown_as_it_was_written(amount):
    kept = figures.money(PLAIN)(f"{amount:f}")

    assert Decimal(figures.shown_money(kept)) == amount


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "30/03/2026", "2026-3-1", "20260301", "２０２６-03-01", "1899-12-31", "2026-04-01", "2026-03-01T00:00", "0000-00-00"],
)
def test_a_day_that_never_was_or_is_yet_to_come_is_refused(cell):
    with pytest.raises(BadCell):
        cells.day(PLAIN, past=True)(cell)


def test_a_maturity_may_lie_ahead_but_not_absurdly_so():
    read = cells.day(PLAIN)

    assert read("2046-12-31") == "2046-12-31"
    with pytest.raises(BadCell):
        read("2226-12-31")


def test_dates_are_tried_in_the_formats_of_the_mapping_and_in_no_other():
    read = cells.day(Formats(TODAY, dates=("%d.%m.%Y", "%m/%d/%Y")))

    assert read("31.12.2025") == read("12/31/2025") == "2025-12-31"
    with pytest.raises(BadCell):
        read("2025-12-31")


def test_text_is_composed_and_stripped():
    assert cells.text(20)("  Socie\u0301te\u0301\u00a0") == "Soci\u00e9t\u00e9"


@pytest.mark.parametrize("cell", ["a\x00b", "a\nb", "\u202egnp.exe", "a\u2066b", "a\u200bb", "\ud800", "x" * 21])
def test_text_that_hides_something_or_never_ends_is_refused(cell):
    with pytest.raises(BadCell):
        cells.text(20)(cell)


@given(st.text(max_size=30))
def test_accepted_text_is_always_composed_stripped_and_visible(cell):
    try:
        value = cells.text(20)(cell)
    except BadCell:
        return

    assert value is None or (value == unicodedata.normalize("NFC", value).strip() and not re.search("[\x00-\x1f\u202a-\u202e]", value))


def test_words_of_a_list_are_read_in_any_case():
    read = cells.one_of(("term_loan", "revolver"))

    assert read(" Term_Loan ") == "term_loan"
    with pytest.raises(BadCell) as refused:
        read("mortgage")
    assert refused.value.accepted.facts["choices"] == ["term_loan", "revolver"]


def test_aliases_are_kept_once_each_whatever_divides_them():
    assert cells.several(100)("北港; Nordhafen |北港;; ") == "北港|Nordhafen"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-x", "@sum", "|calc", "%0a", "\t=1", " =1", "\ufeff=1", "＝HYPERLINK(1)", "\u200b=1", "\r=1"]
)
def test_a_cell_that_looks_like_a_formula_is_defused(cell):
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.5", "+3", "1e-5", "Acme - Sons", "", "a=b", "1,5"])
def test_plain_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


@given(st.text(max_size=15))
def test_no_written_cell_starts_a_formula(cell):
    written = unicodedata.normalize("NFKC", defused(cell)).lstrip("\ufeff\u200b\u200c\u200d\u2060 ")

    assert not written.startswith(("=", "@", "|", "%"))
    assert not written.startswith(("+", "-")) or re.fullmatch(r"[0-9eE.,+-]+", written)
