"""/risk top over a scored book, on both databases."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from commands.customers import top
from commands.customers.top import TopArgs
from commands.kit.contract import Person, Request
from commands.kit.i18n import Reader, reading
from storage.database import Database
from storage.scoring.ranking import By
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, lend, text_of
from tests.commands.scoring.test_scoring import run
from tests.conftest import ENGLISH, LET_IN, MONDAY
from tests.databases import Fill

DAY = timedelta(days=1)
FACILITIES = """id,customer,kind,currency,limit,outstanding,lgd,days_past_due
F1,ACME,term_loan,EUR,6000000,6000000,0.5,0
F2,NOVA,term_loan,EUR,3000000,3000000,0.5,45
F3,NORD,term_loan,EUR,1000000,1000000,0.5,3
"""
RATINGS = "customer,rating,as_of,agency\nACME,A,2026-09-30,internal\nNOVA,B,2026-09-30,internal\nNORD,BB,2026-09-30,internal\n"


def score(database: Database) -> None:
    book = lend(database)
    book.load("facilities", FACILITIES)
    book.load("ratings", RATINGS)
    run(book)


@pytest.fixture
def stock(request: pytest.FixtureRequest, stock: Fill) -> Fill:
    return score if "scored" in request.fixturenames else stock


@pytest.fixture
def scored(book: Book) -> Book:
    """Three borrowers with figures, two without."""
    return book


def order(reply) -> list[str]:
    """The names in the table, in order."""
    names = ("Acme Steel", "Nova Power", "Nordwind Energie", "江河重工", "Smith & Sons")
    found = [(text_of(reply.blocks).find(name), name) for name in names]
    return [name for place, name in sorted(found) if place >= 0]


def test_the_first_line_is_the_answer(scored):
    # 6 m · 0.06 % · 50 % + 3 m · 3.89 % · 50 % + 1 m · 0.58 % · 50 %
    assert scored.ask("top 1").text == "1 of 5 borrowers carry 92.5% of the known expected loss, EUR 58.4 k: Nova Power …"


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("top", ["Nova Power", "Nordwind Energie", "Acme Steel"]),
        ("top by=exposure", ["Acme Steel", "Nova Power", "Nordwind Energie"]),
        ("top by=pd", ["Nova Power", "Nordwind Energie", "Acme Steel"]),
        ("top by=overdue", ["Nova Power", "Nordwind Energie"]),
        ("top 2 by=Expected-Loss sector=energy", ["Nova Power", "Nordwind Energie"]),
        ("top country=DE", ["Nordwind Energie", "Acme Steel"]),
        ("top department=Corporate", ["Acme Steel"]),
    ],
)
def test_the_book_is_put_in_the_order_that_was_asked_for(scored, line, names):
    shown = [name for name in order(scored.ask(line)) if name not in {"江河重工", "Smith & Sons"}]

    assert shown == names


def test_grades_are_words_and_signs_and_those_without_figures_are_counted(scored):
    screen = text_of(scored.ask("top by=grade").blocks)

    assert re.search("Nova Power .*●●●○ high", screen)
    assert "2 without EL: not in the totals" in screen
    assert "as of 23 Nov 2026" in screen


def test_a_rise_since_a_week_ago_is_shown_with_its_figure(scored):
    scored.load("ratings", "customer,rating,as_of,agency\nACME,BB,2026-11-24,internal\n", at=MONDAY + DAY)
    run(scored, MONDAY + 8 * DAY)

    reply = scored.ask("top by=change", at=MONDAY + 8 * DAY)
    assert order(reply)[0] == "Acme Steel"
    assert "7-day EL change" in text_of(reply.blocks)
    assert "▲15.60" in text_of(reply.blocks)


def test_the_last_column_is_about_the_figure_that_the_book_is_ranked_by(scored):
    scored.load("facilities", FACILITIES.replace("6000000,6000000", "8000000,8000000"), at=MONDAY + DAY)
    run(scored, MONDAY + 8 * DAY)

    screen = text_of(scored.ask("top by=exposure", at=MONDAY + 8 * DAY).blocks)
    acme = next(line for line in screen.splitlines() if "Acme Steel" in line)

    assert "7-day EAD change" in screen
    assert acme.split()[-1] == "▲2.00"


def test_the_amounts_of_a_table_are_in_one_unit_that_its_headings_name(scored):
    screen = text_of(scored.ask("top").blocks)
    rows = [re.split(r" {2,}", line) for line in screen.splitlines() if "%" in line and "●" in line]
    figures = [[row[1], row[3], row[4]] for row in rows]

    assert re.search("EL, EUR k .*EAD, EUR k", screen)
    assert figures == [["58.35", "3,000.0", "3.89%"], ["2.90", "1,000.0", "0.58%"], ["1.80", "6,000.0", "0.06%"]]


def test_without_a_score_older_than_a_week_there_is_nothing_to_compare(scored):
    assert scored.ask("top by=change").text == "No score is older than seven days: there is nothing to compare with yet."


def test_an_answer_shown_again_shows_what_was_known_then(scored):
    scored.load("facilities", "id,customer,kind,currency,limit,outstanding,lgd\nF2,NOVA,term_loan,EUR,0,0,0.5\n", at=MONDAY + DAY)
    run(scored, MONDAY + 2 * DAY)

    then = scored.ask("top", at=MONDAY + 3 * DAY, as_of=MONDAY + DAY)
    assert (order(then)[0], order(scored.ask("top", at=MONDAY + 3 * DAY))[0]) == ("Nova Power", "Nordwind Energie")


def test_a_long_ranking_is_turned_page_by_page(book):
    book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(30)))
    lent = "".join(f"FX{n},X{n:02},bond,EUR,{1000 + n},{1000 + n}\n" for n in range(30))
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\n" + lent)
    run(book)

    first, second = book.ask("top 20 by=exposure"), book.ask("top 20 by=exposure page=2")

    assert [(str(label), args.page) for label, args in first.pages] == [("Next ▶", 2)]
    assert "page 2 of 2" in text_of(second.blocks)
    assert "Xylo 10" in text_of(second.blocks)
    assert book.ask("top 20 by=exposure page=3").text == "There is no page 3: the last one is 2."


def test_every_line_goes_to_the_spreadsheet_with_values(scored):
    request = Request(Person("U0ANA", "Ana", ENGLISH), MONDAY, scored.policy, "key", **LET_IN)
    with scored.database.begin(EVERYTHING) as tx:
        sheet = top.sheet(TopArgs(by=By.GRADE), request, tx)

    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
    assert rows[0]["id"] == "NOVA"
    assert (rows[0]["grade"], rows[0]["expected_loss"], rows[0]["days_past_due"]) == ("high", Decimal(58350), 45)
    assert (rows[0]["stage"], rows[0]["stage_reasons"]) == (2, "more than 30 days past due")
    assert (rows[0]["category"], rows[0]["category_reasons"], rows[0]["default_reasons"]) == ("special_mention", "overdue", None)
    assert {row["id"] for row in rows if row["expected_loss"] is None} == {"JIAN", "SMITH"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("top sector=Mining", "No scored customer with sector Mining. Available for sector: Energy, Machinery, Metals, Retail."),
        ("top sector=Retail", "1 customer matches, but its figures cannot be computed: `/risk show` lists the missing inputs."),
        ("top by=overdue sector=Metals", "No customer with sector Metals is known to be past due."),
    ],
)
def test_an_empty_answer_says_why(scored, line, said):
    assert scored.ask(line).text == said


@pytest.mark.parametrize("line", ["top 0", "top 1001", "top by=luck", "top many"])
def test_what_is_not_accepted_is_refused_with_what_would_be(scored, line):
    assert "expected" in scored.refusal(line)


def test_before_anybody_is_scored_it_says_what_to_do(book):
    assert book.ask("top").text.startswith("No customer has been scored yet. Scoring follows within a minute of an import")


def test_an_empty_book_says_how_it_is_filled(sqlite, policy, tmp_path):
    assert "The book is empty" in Book(sqlite, policy, tmp_path).ask("top").text


def test_a_name_that_tries_to_be_markup_stays_a_name(scored):
    assert "<" not in scored.ask("top by=grade").text


def test_a_chinese_reader_reads_amounts_in_her_own_units(scored):
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        screen = text_of(scored.ask("top").blocks)

    assert "EUR 万" in screen
    assert "5.84" in screen


def test_by_change_the_first_line_is_the_change_of_the_book_with_new_customers(scored):
    later = MONDAY + 8 * DAY
    scored.load("customers", "id,name\nXYLO,Xylo Works\n", at=later)
    scored.load("facilities", f"{FACILITIES.splitlines()[0]}\nX1,XYLO,term_loan,EUR,4000000,4000000,0.5,0\n", at=later)
    scored.load("ratings", "customer,rating,as_of,agency\nXYLO,BB,2026-09-30,internal\nACME,B,2026-11-20,internal\n", at=later)
    run(scored, later)

    reply = scored.ask("top by=change", at=later + DAY)

    # 6 m · (3.89 % - 0.06 %) · 50 %, and 4 m · 0.58 % · 50 % of the new one
    assert text_of(reply.blocks[0]) == "Expected loss up EUR 126 k in 7 days: Acme Steel ▲EUR 115 k, Xylo Works new with EUR 11.6 k"
    assert re.search(r"Xylo Works.* 11\.\d+ new", text_of(reply.blocks))


def test_by_arrears_the_first_line_is_the_overdue_amount_and_each_has_its_own(scored):
    scored.load(
        "facilities", f"{FACILITIES.splitlines()[0]},overdue\nF2,NOVA,term_loan,EUR,3000000,3000000,0.5,45,41000\n", at=MONDAY + DAY
    )
    run(scored, MONDAY + DAY)

    reply = scored.ask("top by=overdue", at=MONDAY + DAY)

    # of F3 and F4 the ledger gives no amount: what is drawn is the most that it can be, and counts nowhere as overdue
    said = r"EUR 41 k overdue at 3 of 5 borrowers, longest 4\d days; amount not known at 2 of them"
    assert re.fullmatch(said, text_of(reply.blocks[0]))
    assert re.search(r"Days past due  Overdue, EUR k  EL, EUR k", text_of(reply.blocks))
    assert re.search(r"Nova Power +4\d days +41\.0+ ", text_of(reply.blocks))
    assert re.search(r"Nordwind Energie +\d days +– ", text_of(reply.blocks))


def test_a_ranking_by_arrears_says_at_how_many_customers_the_amount_is_not_known(scored):
    reply = scored.ask("top by=overdue")

    assert reply.text.startswith("3 of 5 borrowers past due, longest 45 days; amount not known at 3 of them: Nova")
    assert "Days past due" in text_of(reply.blocks)
