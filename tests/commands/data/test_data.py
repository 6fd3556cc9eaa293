"""/risk data: what is wrong with the data, in words."""

from __future__ import annotations

from commands.kit.i18n import Reader, reading
from commands.kit.registry import registry
from storage.sight import EVERYTHING
from tests.commands.conftest import text_of

COMMAND = registry().commands["data"]


def test_the_first_line_counts_findings_and_borrowers_by_kind(book):
    book.observe("ACME,dscr,2026-09-30,99", "NORD,dscr,2025-09-30,1.40")

    reply = book.ask("data")

    assert reply.text.split(":")[0].endswith("for 5 of 5 borrowers")
    assert "missing" in reply.text
    assert "1 stale" in reply.text
    assert reply.shareable


def test_what_concerns_everybody_comes_first_and_then_whoever_owes_most(book):
    table = text_of(book.ask("data").blocks[1:2]).splitlines()[2:]

    assert [line.split()[0] for line in table[:4]] == ["the", "the", "the", "Acme"]
    assert "no rate of CNY" in "\n".join(table[:3])


def test_one_customer_one_kind_or_one_sector_can_be_asked_for(book):
    book.observe("ACME,dscr,2026-09-30,99", "NORD,dscr,2025-09-30,1.40")

    implausible = book.ask("data Acme Steel kind=implausible")
    stale = text_of(book.ask("data kind=stale").blocks)

    assert implausible.text == "Acme Steel: 1 implausible"
    assert "Debt service cover 99.00× exceeds 50.00×" in text_of(implausible.blocks)
    assert "Debt service cover 1.40× out of date" in stale
    assert "30 Sept 2025" in stale
    assert "observations-1.csv, 3" in text_of(book.ask("data NORD kind=stale").blocks)
    assert "for 1 of 1 borrowers" in book.ask("data sector=metals").text


def test_nothing_to_look_into_is_said(book):
    assert book.ask("data kind=contradictory").text == "No findings for 5 borrowers."
    assert book.ask("data ACME kind=stale").text == "Acme Steel: nothing is missing, stale, contradictory or implausible."


def test_a_contradiction_names_both_figures_with_their_currency(book):
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF9,NOVA,term_loan,EUR,1000000,1200000\n")

    assert "F9: EUR 1.2 m drawn of EUR 1 m" in text_of(book.ask("data NOVA kind=contradictory").blocks)


def test_every_finding_goes_into_the_spreadsheet(book, asks):
    assert COMMAND.sheet is not None

    with book.database.begin(EVERYTHING) as tx:
        sheet = COMMAND.sheet(COMMAND.args(), asks(), tx)

    assert len(sheet.rows) > 20
    assert {len(row) for row in sheet.rows} == {len(sheet.headings)}


def test_a_page_that_is_not_there_and_a_kind_that_is_not_one_are_refused(book):
    assert book.ask("data page=99").text == "There is no page 99: the last one is 3."
    assert "expected one of missing, stale, contradictory, implausible" in book.refusal("data kind=wrong")


def test_pages_and_orders_are_buttons(book):
    labels = [str(label) for label, _args in book.ask("data").pages]

    assert labels == ["Next ▶", "Oldest first"]


def test_a_chinese_reader_gets_a_table_all_the_same(shelf):
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        assert "江河重工" in text_of(shelf.ask("data JIAN").blocks) + shelf.ask("data JIAN").text
