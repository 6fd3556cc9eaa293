"""/risk list over customers, risks, responses, breaches and approvals, on both databases."""

from __future__ import annotations

import re

import pytest

from commands.customers.book import LISTS
from commands.kit.i18n import Reader, reading
from commands.kit.registry import registry
from commands.kit.wording.column_words import column
from risk_engine.people.roles import Reach
from storage.customers import customer_list
from storage.database import Database
from storage.sight import EVERYTHING, Sight
from tests.commands.conftest import Book, lend, text_of
from tests.commands.scoring.test_scoring import quote, run
from tests.conftest import MONDAY
from tests.databases import Fill

COMMAND = registry().commands["list"]


def work(database: Database) -> None:
    book = lend(database)
    book.observe("NORD,dscr,2026-09-30,1.00", "JIAN,dscr,2026-09-30,1.17")
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask('log NORD market L2 S2 X2 "new tender" kind=opportunity', user="U0OMAR")
    book.ask('log JIAN operational L5 S5 X3 "the dam" owner=<@U0MEI>')
    book.ask('respond R-1 reduce "assign the receivables" due=2026-11-25')
    book.ask('respond R-3 avoid "stop the works" due=2027-03-31', user="U0OMAR")


@pytest.fixture
def stock(request: pytest.FixtureRequest, stock: Fill) -> Fill:
    return work if "busy" in request.fixturenames else stock


@pytest.fixture
def busy(book: Book) -> Book:
    """A book in which something has happened."""
    return book


def lines(book: Book, line: str, **more: object) -> list[str]:
    """The first words of a list's lines, below its headings."""
    table = text_of(book.ask(line, **more).blocks[1:2])
    return [next(word for word in row.split() if word[0].isalpha()) for row in table.splitlines()[2:] if row.split()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list risks", ["R-3", "R-1", "R-2"]),
        ("list risks owner=me", ["R-1"]),
        ("list risks owner=<@U0MEI|mei>", ["R-3"]),
        ("list risks kind=opportunity", ["R-2"]),
        ("list risks category=credit", ["R-1"]),
        ("list risks sector=energy", ["R-2"]),
        ("list risks department=projects", ["R-2"]),
        ("list risks sort=newest", ["R-3", "R-2", "R-1"]),
        ("list risks sort=exposure", ["R-1", "R-2", "R-3"]),
        ("list responses", ["T-1", "T-2"]),
        ("list responses due=week", ["T-1"]),
        ("list responses sort=worst", ["T-2", "T-1"]),
        ("list approvals", ["A-1", "A-2"]),
        ("list approvals owner=me", ["A-1"]),
        ("list RISKS state=all", ["R-3", "R-1", "R-2"]),
    ],
)
def test_a_list_is_narrowed_and_put_in_order(busy, line, expected):
    assert lines(busy, line) == expected


def test_breaches_are_listed_with_how_far_they_are_beyond_their_threshold(busy):
    reply = busy.ask("list breaches")
    screen = text_of(reply.blocks)

    assert reply.text.startswith("2 breaches: B-")
    assert "🔴 B-" in screen
    assert "▼0.05×" in screen
    assert len(lines(busy, "list breaches colour=amber")) == 1


def test_a_customer_in_the_list_has_its_grade(busy):
    before = text_of(busy.ask("list").blocks)
    run(busy)
    after = text_of(busy.ask("list").blocks)

    assert "critical" not in before
    assert re.search(r"江河重工 .* JIAN +🔶 amber +●●●● critical \(little known\)", after)


DEFAULTS = "customer,event,as_of\nACME,default,2026-11-01\nNOVA,default,2026-11-02\n"


def in_default(book: Book) -> None:
    book.load("outcomes", DEFAULTS)
    run(book)


def test_the_customers_in_default_are_listed_by_the_present_scores(book):
    in_default(book)

    assert book.ask("list default=yes").text == "2 customers in default: Acme Steel, Nova Power"
    assert book.ask("list default=yes sector=Metals").text == "1 customer in default · sector Metals: Acme Steel"
    assert book.ask("list default=no").text.startswith("3 customers not in default: ")
    assert book.ask("list stage=3").text == "1 customer · stage 3: Acme Steel"
    assert "Nova Power" in book.ask("list grade=critical").text
    assert book.ask("list default=yes sector=Retail").text == "No customer matches: sector Retail · in default."
    assert "expected one or more of 1, 2, 3" in book.refusal("list stage=4")
    assert book.refusal("list risks default=yes").startswith("`default=` does not filter the list of risks")


def test_before_anybody_is_scored_a_list_by_default_says_so(book):
    assert book.ask("list default=yes").text.startswith("No customer has been scored yet.")


def test_only_visible_customers_are_counted_as_in_default(book):
    in_default(book)
    with book.database.begin(Sight(Reach.DEPARTMENT, frozenset({"corporate"}))) as tx:
        total, found = customer_list.book(tx, customer_list.Filters(default=True), limit=9)

    assert (total, [line.customer.id for line in found]) == (1, ["ACME"])


def test_filters_are_captioned_in_both_languages(busy):
    late = MONDAY.replace(month=12, day=1)
    in_default(busy)

    assert busy.ask("list responses due=overdue", at=late).text.startswith("1 response · overdue: ")
    assert busy.ask("list responses due=week").text.startswith("1 response · due within a week: ")
    with reading(Reader("zh_Hans_CN", masked=False)):
        assert busy.ask("list responses due=overdue", at=late).text.startswith("1项应对措施 · 逾期：")
        assert busy.ask("list default=yes").text.startswith("2个客户已违约：")


def test_shares_differ_by_percentage_points(busy):
    busy.load("observations", "customer,indicator,as_of,value\nACME,debt_ratio,2026-09-30,0.92\n")

    assert "▲12 pp" in text_of(busy.ask("list breaches").blocks)


def test_a_response_past_its_date_says_how_late_it_is(busy):
    late = busy.ask("list responses due=overdue", at=MONDAY.replace(month=12, day=1))

    assert "▲ 6 days late" in text_of(late.blocks)


def test_a_filter_that_a_list_does_not_have_is_refused_by_name(busy):
    assert busy.refusal("list customers due=week").startswith("`due=` does not filter the list of customers; use one of: owner, sector, ")
    assert (
        busy.refusal("list risks sort=name") == "`sort=name` does not apply to the list of risks: expected worst, exposure, newest, oldest."
    )
    assert "expected one of open, closed, all" in busy.refusal("list risks state=green")


def test_amounts_are_compared_by_their_rates_and_those_without_one_come_last(busy):
    quote(busy, "CNY", 0.13)
    by_rates = lines(busy, "list risks sort=exposure")
    names = text_of(busy.ask("list sort=exposure").blocks)

    # CNY 88 m are EUR 11.4 m, more than the EUR 4.45 m; NORD owes nothing
    assert by_rates == ["R-3", "R-1", "R-2"]
    assert names.index("江河重工") < names.index("Acme Steel") < names.index("Nordwind")


def test_a_mistyped_list_is_answered_with_the_nearest(busy):
    said = busy.ask("list custmers").text

    assert said.startswith("No customer with sector custmers. Did you mean `/risk list customers`? Available for sector: Energy, ")
    assert "Did you mean" not in busy.ask("list Banking").text


def test_a_list_with_nothing_in_it_says_what_was_asked(busy):
    assert busy.ask("list risks state=closed").text == (
        "No risk in the register matches. <code>`/risk log`</code> records one. (state closed)".replace("<code>", "").replace("</code>", "")
    )
    assert busy.ask("list responses page=9").text == "There is no page 9: the last one is 1."


def test_the_gist_ends_in_how_many_more_there_are_and_only_then(busy):
    assert busy.ask("list").text == "5 customers: Nordwind Energie, 江河重工, Acme Steel and 2 more"
    assert busy.ask("list sector=Metals").text == "1 customer · sector Metals: Acme Steel"


def test_my_customers_are_those_whose_manager_i_am_by_id_or_by_name(busy):
    assert lines(busy, "list owner=me", user="U0MEI") == ["Nordwind", "Acme"]
    assert "1 customer" in busy.ask("list manager=U0MEI sector=Metals").text


def test_the_next_order_is_one_press_away_and_keeps_the_filters(busy):
    turned = {str(label): args for label, args in busy.ask("list risks state=all").pages}

    assert set(turned) == {"Sort by exposure"}
    assert turned["Sort by exposure"].model_dump(mode="json", exclude_none=True) == {
        "what": "risks",
        "state": "all",
        "sort": "exposure",
        "page": 1,
    }


@pytest.mark.parametrize("what", ["customers", "risks", "responses", "breaches", "approvals"])
def test_the_whole_list_goes_into_a_spreadsheet_with_a_cell_a_heading(busy, asks, what):
    args = COMMAND.args(what=what)
    assert COMMAND.sheet is not None

    with busy.database.begin(EVERYTHING) as tx:
        sheet = COMMAND.sheet(args, asks(), tx)

    assert sheet.name == what
    assert len(sheet.rows) >= 2
    assert {len(row) for row in sheet.rows} == {len(sheet.headings)}


def test_the_book_goes_on_after_the_breached_ones_without_gap_or_repetition(book):
    book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(28)))
    book.observe(*(f"X{n:02},dscr,2026-09-30,1.00" for n in range(10, 28)))

    shown = [text_of(book.ask(f"list page={page}").blocks[1:2]) for page in (1, 2, 3)]

    assert [len(text.splitlines()) - 2 for text in shown] == [15, 15, 3]
    assert [text.count("red") for text in shown] == [15, 3, 0]
    assert sum(text.count("🔴") for text in shown) == 18
    assert sum(text.count("Xylo") for text in shown) == 28


def test_amounts_are_in_one_unit_of_the_reporting_currency_beside_their_own(busy):
    quote(busy, "CNY", 0.125)
    quote(busy, "USD", 0.5)
    screen = text_of(busy.ask("list sort=exposure").blocks)

    assert "Exposure, EUR m" in screen
    assert re.search(r"江河重工 +11\.00 .*CNY 88 m", screen)
    # 4.2 m + 0.25 m + half of 0.3 m
    assert re.search(r"Acme Steel +4\.60 .*EUR 4\.45 m \+ USD 300 k", screen)


def test_without_a_rate_the_amount_in_the_reporting_currency_is_missing_and_not_partial(busy):
    assert re.search(r"Acme Steel +– .*EUR 4\.45 m \+ USD 300 k", text_of(busy.ask("list").blocks))


def test_old_figures_name_their_day(busy):
    busy.load("ratings", "customer,rating,as_of,agency\nNOVA,BB,2023-01-31,internal\n")
    busy.load("facilities", "id,customer,kind,currency,limit,outstanding,as_of\nF9,NOVA,bond,EUR,5,5,2024-02-29\n")
    screen = text_of(busy.ask("list").blocks)

    assert "BB (old: 31 Jan 2023)" in screen
    assert "EUR 5 (old: 29 Feb 2024)" in screen
    assert "BB+ (old" not in screen


@pytest.mark.parametrize(
    ("line", "heading", "names"),
    [
        ("list exposure>4m", "1 customer · exposure above EUR 4 m", ["Acme"]),
        ("list exposure>10m", None, []),
        ("list exposure above 4 million", "1 customer · exposure above EUR 4 m", ["Acme"]),
        ("list 敞口超过400万", "1 customer · exposure above EUR 4 m", ["Acme"]),
        ("list >=EUR 4.45m", "1 customer · exposure from EUR 4.45 m", ["Acme"]),
        ("list exposure<1m", None, []),
        ("list exposure=4m-5m", "1 customer · exposure EUR 4 m to EUR 5 m", ["Acme"]),
    ],
)
def test_amounts_filter_the_customers(book, line, heading, names):
    book.load("facilities", "id,customer,kind,currency,limit,outstanding\nF1,ACME,term_loan,EUR,5000000,4450000\n")
    reply = book.ask(line)

    assert reply.text.startswith(f"{heading}: " if heading else "No customer matches: exposure ")
    assert names == (lines(book, line) if heading else [])


def test_figures_of_the_score_filter_the_customers(book):
    quote(book, "USD", 0.5)
    in_default(book)

    assert book.ask("list pd>50%").text == "2 customers · PD above 50%: Acme Steel, Nova Power"
    assert book.ask("list dpd>10").text == "1 customer · days past due above 10: 江河重工"
    assert book.ask("list el>1k").text.startswith("1 customer · expected loss above EUR 1 k: Acme")
    assert book.ask("list category=关注").text == "1 customer · special mention: 江河重工"
    assert book.ask("list category=special_mention").text == book.ask("list 关注").text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list exposure=lots", "Exposure “lots” is not accepted: expected an amount like >50m, <1bn or 10m-50m"),
        ("list pd=high", "PD “high” is not accepted: expected a percentage like >5%"),
        ("list >10m <20m", "“exposure” is given twice: “>10m” and “<20m”."),
        ("list category=worst", "Loan category “worst” is not accepted: expected one of pass, special_mention, substandard"),
        ("list exposure>1m XAU", "There is no usable rate of XAU: give the amount in EUR."),
        ("list risks exposure>1m", "`exposure=` does not filter the list of risks; use one of: "),
    ],
)
def test_a_wrong_bound_is_refused_with_what_is_accepted(book, line, said):
    assert book.refusal(line).startswith(said)


def test_a_filter_takes_several_values_and_leaves_some_out(one_book):
    book = one_book
    assert book.ask("list sector=Metals,Energy").text.startswith("3 customers · sector Metals, Energy: ")
    everybody = int(book.ask("list").text.split()[0])
    left = book.ask("list sector=!Metals").text
    assert left.startswith(f"{everybody - 1} customers · sector not Metals: ")
    assert "Acme Steel" not in left
    assert "Acme Steel" not in book.ask("top sector=!Metals").text
    assert "Acme Steel" not in book.ask("top by=change sector=!Metals").text
    assert "Did you mean Metals?" in book.refusal("list sector=Energy,Metalz")


def test_customers_are_listed_by_what_the_book_lacks(book):
    assert "without a rating" in book.ask("list without=rating").text
    book.load("ratings", "customer,as_of,agency,scale,rating\nACME,2026-09-30,internal,internal,BB\n")
    assert "Acme Steel" not in book.ask("list without=rating").text
    assert "Acme Steel" in book.ask("list without=risk").text
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    assert "Acme Steel" not in book.ask("list without=risk").text
    assert "Acme Steel" in book.ask("list without=breach").text
    assert "without a facility" in book.ask("list without=facility").text


@pytest.mark.parametrize("listing", LISTS.values(), ids=list(LISTS))
def test_the_headings_of_an_exported_list_are_in_the_readers_language(listing):
    with reading(Reader("zh_Hans_CN", masked=False)):
        left = {name for name in listing.columns if column(name).isascii()}

    assert left <= {"ead", "lgd", "rwa", "ecl"}, "initials alone are alike in both languages"
    assert column("pd_origin") == "PD origin"
