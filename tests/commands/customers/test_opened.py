"""Every printed id opens with /risk show, filters are in the book's spelling, and a wrong value names the nearest."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.commands.conftest import Book, buttons_of, lend, text_of
from tests.databases import Fill


def busy(database: Database) -> None:
    book = lend(database)
    book.observe("NORD,dscr,2026-09-30,1.00")
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables" due=2026-12-25')
    book.ask('delegate <@U0EVA|eva> until=2026-12-20 "on holiday"', user="U0OMAR")
    book.ask('policy responses.default_days 60 "the quarterly review has moved"')


@pytest.fixture
def stock() -> Fill:
    return busy


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("R-1", "lost its main buyer"),
        ("r–1", "lost its main buyer"),
        ("T-1", "assign the receivables"),
        ("Ｔ－１", "assign the receivables"),
        ("t1", "assign the receivables"),
        ("A-1", "assign the receivables"),
        ("B-1", "Nordwind Energie"),
        ("P-1", "responses.default_days"),
        ("F1", "Acme Steel (ACME)"),
        ("f3", "USD 300 k drawn of USD 300 k"),
        ("customer:ACME", "Acme Steel"),
        ("ＡＣＭＥ", "Acme Steel"),
    ],
)
def test_every_printed_id_opens_with_show_and_alone(one_book: Book, typed: str, said: str):
    for line in (f"show {typed}", typed) if any(letter.isdigit() for letter in typed) else (f"show {typed}",):
        reply = one_book.ask(line, user="U0OMAR")

        assert said in reply.text + text_of(reply.blocks)


def test_a_facility_is_named_in_words_and_leads_back_to_its_customer(one_book: Book):
    header = "id,customer,kind,currency,limit,outstanding,collateral,collateral_kind"
    one_book.load("facilities", f"{header}\nLC-7,ACME,letter_of_credit,EUR,300000,200000,100000,real_estate\n")
    screen, table = one_book.ask("show LC-7"), one_book.ask("show ACME view=facilities")
    (back,) = screen.actions

    assert "letter of credit" in text_of(screen.blocks)
    assert "real estate" in text_of(screen.blocks)
    assert "letter of credit" in text_of(table.blocks)
    assert (back["text"]["text"], back["value"]) == ("◀ Acme Steel", "ACME")
    assert "Acme Steel" in one_book.press("customer.show", "U0ANA", customer=back["value"]).text


def test_a_delegation_opens_for_its_two_people(one_book: Book):
    assert "on holiday" in text_of(one_book.ask("show D-1", user="U0EVA").blocks)
    assert "on holiday" in text_of(one_book.ask("D-1", user="U0OMAR").blocks)


def test_an_open_breach_has_its_buttons_where_it_is_opened(one_book: Book):
    assert set(buttons_of(one_book.ask("show B-1").blocks)) == {"breach.ack", "breach.respond"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("R-99", "There is no R-99."),
        ("T-99", "There is no T-99."),
        ("A-99", "There is no A-99."),
        ("B-99", "There is no B-99."),
        ("D-99", "There is no D-99."),
        ("O-99", "There is no O-99."),
        ("J-99", "There is no J-99."),
    ],
)
def test_an_id_without_a_thing_is_refused_with_the_way_to_find_it(one_book: Book, typed: str, said: str):
    refused = one_book.refusal(f"show {typed}")

    assert refused.startswith(said)
    assert "`/risk " in refused


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list country=Germany", "2 customers · country DE"),
        ("list 国家=德国", "2 customers · country DE"),
        ("list country=germany sector=METALS", "1 customer · sector Metals · country DE"),
        ("list Germany", "2 customers · country DE"),
        ("list sector=能源", "2 customers · sector Energy"),
        ("top industry=power", "No customer has been scored yet."),
        ("list country=uk", "1 customer · country GB"),
        ("list sector=ｅｎｅｒｇｙ", "2 customers · sector Energy"),
        ("list department=corporate", "2 customers · department Corporate"),
        ("list risks country=Germany", "`country=` does not filter the list of"),
        ("list risks sector=metals", "1 risk · sector Metals"),
        ("list risks owner=<@U0ANA|ana>", "1 risk · owner Ana"),
    ],
)
def test_a_filter_means_the_books_own_value(one_book: Book, line: str, said: str):
    if said.startswith("`"):
        assert one_book.refusal(line).startswith(said)
    else:
        assert one_book.ask(line, name_of={"U0ANA": "Ana"}.get).text.startswith(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list sector=Enrgy", "No customer with sector Enrgy. Did you mean sector Energy?"),
        ("list sector=machin", "No customer with sector machin. Did you mean sector Machinery?"),
        ("list country=Germny", "No customer with country Germny. Did you mean country DE?"),
        ("list department=Corprate", "No customer with department Corprate. Did you mean department Corporate?"),
        ("list sector=Mining", "No customer with sector Mining. Available for sector: Energy, Machinery, Metals, Retail."),
        ("list sector=Metals country=GB", "No customer with sector Metals · country GB."),
        (
            "list risks sector=Retial",
            "No risk in the register matches. `/risk log` records one. (sector Retial) Did you mean sector Retail?",
        ),
    ],
)
def test_a_value_that_no_customer_has_names_the_nearest(one_book: Book, line: str, said: str):
    assert one_book.ask(line).text == said
