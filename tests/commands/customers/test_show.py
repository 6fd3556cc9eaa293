"""/risk show, list and find over a small book, on both databases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from commands.kit.contract import Refused
from commands.kit.i18n import Reader, reading
from risk_engine.people.roles import Role
from tests.commands.conftest import Book, text_of
from tests.commands.scoring.test_scoring import quote, run
from tests.commands.texts import hostile
from tests.conftest import MONDAY

# --- show --------------------------------------------------------------------------------------------------------------


def test_a_customer_stands_on_one_screen(book):
    book.observe("ACME,dscr,2026-06-30,1.40", "ACME,dscr,2026-09-30,1.17")
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')

    reply = book.ask("show ACME")
    screen = text_of(reply.blocks)

    assert reply.text == "Acme Steel · EUR 4.45 m, USD 300 k · BB+ · not scored yet · 🔶 amber · 1 open risk"
    assert "Exposure  EUR 4.45 m drawn of EUR 6 m; USD 300 k drawn of USD 300 k" in screen
    assert "Rating  BB+ (S&P, 30 Sept 2026); Ba1 (Moody's, 30 Jun 2026)" in screen
    assert "Business  Metals · DE" in screen
    assert "Group  Acme Group" in screen
    assert "no sum: no usable rate for USD" in screen
    assert "Grade  not scored yet: it happens within a minute after an import" in screen
    assert "Relationship manager  U0MEI · Corporate" in screen
    assert "R-1  ●●○○ medium  lost its main buyer  credit · @U0ANA" in screen
    assert "ACME · as known 23 Nov 2026 09:00" in screen
    assert reply.shareable


def test_an_indicator_shows_its_value_the_one_before_its_state_and_where_it_is_from(book):
    book.observe("ACME,dscr,2026-06-30,1.40,customer", "ACME,dscr,2026-09-30,1.17,market")

    row = next(line for line in text_of(book.ask("show ACME view=trend").blocks).splitlines() if line.startswith("Debt service cover  "))

    assert " ".join(row.split()) == "Debt service cover 1.17× ······▇▂ ▼0.23× worse 🔶 amber 30 Sept 2026 market"


def test_the_screen_says_what_is_out_of_bounds_with_its_limit_its_change_and_what_is_to_be_done(book):
    book.observe("ACME,dscr,2026-06-30,1.40,customer", "ACME,dscr,2026-09-30,1.17,market")

    screen = text_of(book.ask("show ACME").blocks)

    assert "🔶 amber  Debt service cover 1.17× (limit 1.20×) ▼0.23× worse · B-1 to acknowledge, due in 3 days" in screen


def test_the_screen_has_forms_about_this_customer_filled_in_and_a_shared_one_has_not(book):
    book.observe("ACME,dscr,2026-09-30,1.00")
    breach = {one["action_id"].partition(":")[0]: one["value"] for one in book.ask("show ACME").actions}
    book.ask('log ACME credit L5 S4 X2 "lost its main buyer"')
    reply = book.ask("show ACME")
    risk = {one["action_id"].partition(":")[0]: one["value"] for one in reply.actions}

    assert (breach["customer.log"], breach["customer.override"]) == ("ACME", "ACME")
    assert "breach.respond" in breach
    assert risk["risk.respond"] == "1"
    assert not [block for block in reply.blocks if block["type"] == "actions"]


def test_a_viewer_has_no_buttons_that_would_only_refuse(book):
    viewers = book.policy.model_copy(update={"roles": book.policy.roles.model_copy(update={"before": (Role.VIEWER,)})})

    assert book.ask("show ACME", policy=viewers).actions == []


def test_the_screen_of_a_troubled_customer_fits_25_lines(book):
    quote(book, "USD", 0.9)
    book.observe("ACME,dscr,2026-06-30,1.40", "ACME,dscr,2026-09-30,1.00", "ACME,current_ratio,2026-09-30,0.60")
    for number in range(6):
        book.ask(f'log ACME credit L5 S4 X2 "lost its buyer number {number} of those that it had for so many a year and day"')
    run(book)

    lines = [line for block in book.ask("show ACME").blocks for line in lines_of(block)]

    assert len(lines) <= 22
    assert "+3 more" in lines


def lines_of(block) -> list[str]:
    """The lines of a block on the screen, as long as none wraps."""
    if block["type"] == "rich_text":
        return [line for each in block["elements"] for line in text_of(each).split("\n") if each["type"] != "rich_text_list"] + [
            text_of(item) for each in block["elements"] if each["type"] == "rich_text_list" for item in each["elements"]
        ]
    return text_of(block).split("\n")


def test_what_changed_in_thirty_days_is_said_with_the_expected_loss(book):
    quote(book, "USD", 0.9)
    book.load("ratings", "customer,rating,as_of,agency\nACME,A,2026-10-01,S&P\n")
    run(book)
    book.load("ratings", "customer,rating,as_of,agency\nACME,CCC,2026-11-20,S&P\n", at=MONDAY + timedelta(days=1))
    run(book, MONDAY + timedelta(days=1))

    screen = text_of(book.ask("show ACME", at=MONDAY + timedelta(days=2)).blocks)

    assert re.search(r"Changed in 30 days●●○○ medium → ●●●● critical · expected loss up EUR [\d.]+ \w+ to EUR [\d.]+ \w+", screen)


def test_facilities_stand_behind_a_button_in_their_own_and_in_the_reporting_currency(book):
    quote(book, "USD", 0.9)

    screen = text_of(book.ask("show ACME view=facilities").blocks)

    assert "Acme Steel · 3 facilities · total EUR 4.72 m" in screen
    assert re.search(r"F3 +0.27 +guarantee +USD 300 k +USD 300 k", screen)


def test_data_of_the_customer_stands_behind_a_button_with_a_way_back(book):
    reply = book.ask("show NOVA view=data")

    assert reply.text.startswith("Nova Power: ")
    assert [str(label) for label, _args in reply.pages] == ["◀ Back"]


def test_what_is_missing_is_said_and_never_zero_or_green(shelf):
    reply = shelf.ask("show NOVA")
    screen = text_of(reply.blocks)

    assert reply.text == "Nova Power · no facilities · not rated · not scored yet · ⚪ no reading · 0 open risks"
    assert "no facilities on record" in screen
    assert "Rating  none on record" in screen
    assert "no reading yet for any indicator of the policy" in screen
    assert "green" not in screen
    assert "EUR 0" not in screen


def test_an_old_reading_is_stale_and_never_green_alone(shelf):
    reply = shelf.ask("show ACME")

    assert "🟢 green · stale" in text_of(reply.blocks)
    assert "🟢 green · stale" in reply.text


def test_arrears_are_shown_beside_the_exposure(shelf):
    assert "CNY 88 m drawn of CNY 120 m · 12 days past due" in text_of(shelf.ask("show JIAN").blocks)


@pytest.mark.parametrize(
    "typed", ["ACME", "acme", "Acme Steel", "ACME STEEL", "acme stahl", "ACM", "steel", '"Acme Steel"', "Jianghe", "江河重工", "江"]
)
def test_a_customer_is_known_by_id_name_alias_and_any_unmistakable_part(shelf, typed):
    assert shelf.ask(f"show {typed}").text.startswith(("Acme Steel", "江河重工"))


def test_a_customer_that_nobody_knows_is_answered_with_the_nearest(shelf):
    said = shelf.ask("show nordwnd energy")

    assert said.text == "No customer matches “nordwnd energy”. Did you mean Nordwind Energie (NORD)?"
    assert [str(label) for label, _args in said.pages] == ["Nordwind Energie (NORD)"]


def test_a_text_that_fits_several_asks_which_with_a_button_each(book):
    book.load("customers", "id,name\nNOVA2,Nova Power\n")

    reply = book.ask("show nova power")

    assert "matches several customers" in reply.text
    assert {args.customer for _label, args in reply.pages} == {"NOVA", "NOVA2"}


def test_a_customer_like_no_other_is_refused(shelf):
    assert shelf.refusal("show qqqqqqqq") == "No customer matches “qqqqqqqq”. Search with `/risk find`, or list all with `/risk list`."


def test_an_answer_shown_again_shows_what_was_known_then(book):
    book.observe("ACME,dscr,2026-09-30,1.40")
    book.observe("ACME,dscr,2026-09-30,1.00", at=MONDAY + timedelta(hours=2))

    before = text_of(book.ask("show ACME", as_of=MONDAY + timedelta(hours=1)).blocks)
    now = text_of(book.ask("show ACME", at=MONDAY + timedelta(hours=3)).blocks)

    assert ("1.40×" in before, "1.00×" in before) == (True, False)
    assert ("1.40×" in now, "1.00×" in now) == (False, True)


def test_the_grade_comes_first_with_its_reason_and_the_other_drivers_follow(book):
    quote(book, "USD", 0.9)
    book.observe("ACME,dscr,2026-09-30,1.00")
    book.ask('log ACME credit L5 S4 X2 "lost its main buyer"')
    run(book)

    reply = book.ask("show ACME")
    screen = text_of(reply.blocks)

    assert reply.text.startswith("Acme Steel · EUR 4.45 m, USD 300 k · BB+ · ●●●● critical · 🔴 red")
    assert screen.startswith("Acme Steel · ●●●● critical")
    assert "Grade  ●●●● critical: threat R-1 is open, ●●●● critical" in screen
    assert "; also red breach B-1 is open" in screen
    assert "Figures  EL EUR 8.65 k · EAD EUR 5.34 m · PD 0.36% by rating · LGD 45%" in screen
    assert "total EUR 4.72 m (rates of 23 Nov 2026)" in screen
    assert "Missing  Ba1 (Moody's) not mapped to the master scale; days past due unknown" in screen
    assert len(reply.blocks) <= 9


def test_a_response_past_its_date_says_on_its_customer_and_its_risk_how_late_it_is(book):
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask("respond R-1 reduce assign the receivables due=2026-11-25")

    on_its_day, later = (text_of(book.ask("show ACME", at=MONDAY + timedelta(days=days)).blocks) for days in (2, 8))

    assert "late" not in on_its_day
    assert "pending approval · due 25 Nov 2026 · ▲ 6 days late · @U0ANA" in later
    assert "▲ 6 days late" in text_of(book.ask("show R-1", at=MONDAY + timedelta(days=8)).blocks)


def test_a_score_shown_again_is_that_of_then(book):
    run(book)
    book.ask('log NOVA credit L5 S5 X2 "burnt down"', at=MONDAY + timedelta(days=1))
    run(book, MONDAY + timedelta(days=2))

    then, now = (text_of(book.ask("show NOVA", at=MONDAY + timedelta(days=3), **at).blocks) for at in ({"as_of": MONDAY}, {}))

    assert then.startswith("Nova Power · ●●○○ medium")
    assert now.startswith("Nova Power · ●●●● critical")


def test_what_falls_due_within_a_year_and_what_the_group_owes_is_shown(book):
    book.load("customers", "id,name,group\nACM2,Acme Tubes,Acme Group\n")
    header = "id,customer,kind,currency,limit,outstanding,maturity\n"
    book.load("facilities", f"{header}F7,ACM2,bond,EUR,1000000,1000000,2027-03-31\nF8,ACM2,bond,EUR,5,5,2029-03-31\n")
    quote(book, "USD", 0.9)

    screen = text_of(book.ask("show ACM2 view=facilities").blocks)

    assert "Matures within a year  F7 EUR 1 m · 31 Mar 2027\n" in screen
    assert "Group  Acme Group · 2 customers · total EUR 5.72 m (rates of 23 Nov 2026)" in screen


def test_a_name_that_tries_to_be_markup_stays_a_name(shelf):
    reply = shelf.ask("show SMITH")

    assert "<" not in reply.text
    assert reply.blocks[0]["text"] == {"type": "plain_text", "text": "Smith & Sons <Ltd> *bold*", "emoji": True}


def test_a_chinese_reader_is_answered_in_chinese_habits(shelf):
    with reading(Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)):
        screen = text_of(shelf.ask("show JIAN").blocks)

    assert "CNY 8,800 万" in screen
    assert "2026年11月23日 17:00" in screen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=hostile.filter(str.strip))
def test_any_text_can_be_shown_found_and_listed(shelf, text):
    said = []
    for line in (f"show {text}", f"find {text}", f"list sector={text}"):
        try:
            said.append(shelf.ask(line).text)
        except Refused as refused:
            said.append(str(refused.sentence))

    assert all(said)


def test_a_text_with_a_null_character_is_answered_like_any_other(shelf):
    assert shelf.ask("show Acme\x00 Steel").text.startswith("Acme Steel")
    assert "Acme Steel" in shelf.ask("find ac\x00me steel").text


# --- find --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "first"), [("nordwnd", "NORD"), ("acme stal", "ACME"), ("JIANGHE", "JIAN"), ("smith & sons", "SMITH"), ("nov", "NOVA")]
)
def test_typos_are_forgiven(shelf, typed, first):
    lines = text_of(shelf.ask(f"find {typed}").blocks).splitlines()

    assert next(line for line in lines if line.split() and line.split()[0] in {"ACME", "NOVA", "NORD", "JIAN", "SMITH"}).startswith(first)


def test_a_search_without_a_hit_says_what_else_can_be_done(shelf):
    assert shelf.ask("find qqqqqqqq").text == "No customer matches “qqqqqqqq”. `/risk list` lists all customers."


# --- list --------------------------------------------------------------------------------------------------------------


def listed(reply) -> list[str]:
    """The ids of the listed customers, in order."""
    words = [line.split() for line in text_of(reply.blocks).splitlines()]
    return [word for line in words for word in line if word in {"ACME", "NOVA", "NORD", "JIAN", "SMITH"}]


def test_the_worst_breach_comes_first_and_then_the_alphabet(shelf):
    assert listed(shelf.ask("list"))[:3] == ["NORD", "JIAN", "ACME"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list sector=Energy", {"NOVA", "NORD"}),
        ("list sector=energy country=de", {"NORD"}),
        ("list ENERGY", {"NOVA", "NORD"}),
        ('list group="Acme Group"', {"ACME"}),
        ("list department=projects", {"NOVA", "NORD"}),
        ("list manager=u0mei", {"ACME", "NORD"}),
        ("list colour=red", {"NORD"}),
        ("list colour=amber", {"JIAN"}),
    ],
)
def test_the_book_is_filtered_by_whole_words_in_any_case(shelf, line, expected):
    assert set(listed(shelf.ask(line))) == expected


def test_a_filter_that_nobody_passes_names_what_is_known(shelf):
    assert (
        shelf.ask("list sector=Mining").text == "No customer with sector Mining. Available for sector: Energy, Machinery, Metals, Retail."
    )
    assert "No customer with sector" in shelf.ask("list sector=Metals colour=red").text


def test_a_long_book_is_turned_page_by_page(book):
    book.load("customers", "id,name\n" + "".join(f"X{n:02},Xylo {n:02}\n" for n in range(30)))

    first = book.ask("list")
    second = book.ask("list page=2")

    assert first.text.startswith("35 customers: Acme Steel, ")
    assert "Page 1 of 3" in text_of(first.blocks)
    assert [(str(label), args.page) for label, args in first.pages] == [("Next ▶", 2), ("Sort by exposure", 1)]
    assert [(str(label), args.page) for label, args in second.pages] == [("◀ Previous", 1), ("Next ▶", 3), ("Sort by exposure", 1)]
    assert book.ask("list page=9").text == "There is no page 9: the last one is 3."


def test_an_empty_book_says_how_it_is_filled(sqlite, policy, tmp_path):
    assert "The book is empty" in Book(sqlite, policy, tmp_path).ask("list").text
