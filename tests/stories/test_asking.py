"""Questions: help, one customer, finding, the book a page at a time, sharing, the digest, and the first word to the bot."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.conftest import eventually
from tests.stories.desk import Desk, ask, buttons, labels, newest, press, words

FISH = 20


@pytest.fixture(scope="module")
def fishing(desk: Desk) -> Desk:
    """More customers than a page holds."""
    desk.load("customers", "id,name,sector\n" + "".join(f"FISH{n:02},Trawler {n:02},Fishing\n" for n in range(FISH)))
    return desk


@pytest.mark.parametrize("line", ["/risk", "/risk help"])
def test_help_names_every_command_on_one_screen(desk: Desk, line: str):
    answer = ask(desk.person("ana"), line)

    assert answer["ephemeral"]
    for name in ("show", "find", "list", "log", "respond", "approvals", "breaches", "digest", "status"):
        assert f"/risk {name}" in words(answer)


def test_help_for_one_command_shows_its_arguments_and_lines_to_try(desk: Desk):
    answer = ask(desk.person("ana"), "/risk help log")

    assert "/risk log CUSTOMER CATEGORY L1…L5 S1…S5 X1…X5 TITLE" in words(answer)
    assert 'credit L4 S3 X2 "lost its main buyer"' in words(answer)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("shwo ACME", "There is no command “shwo”. Did you mean `/risk show`?"),
        ("help aprovals", "Did you mean `/risk approvals`?"),
        ("xylophone", "There is no command “xylophone”. `/risk help` lists all commands."),
        ("log ACME credit L9 S3 X2 fire", "Likelihood “9” is not accepted: expected a whole number from 1 to 5."),
        ("respond X-17 reduce something", "“X-17” is not accepted: expected an id like R-17."),
        ("list page=٣", "Page “٣” is not accepted"),
        ('find "unclosed', 'The quotation mark opened at “"unclosed” is not closed'),
        ("list colour=blue", "expected one of red, amber"),
        ("approvals everything", "Unknown option “everything”. Try mine, decided, conditions, or an id like A-3."),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_what_would_be_accepted(desk: Desk, typed: str, said: str):
    answer = ask(desk.person("ana"), f"/risk {typed}")

    assert said in answer["text"]
    assert answer["ephemeral"]


@pytest.mark.parametrize("line", ["show acme", "show Acme  Steel", "show “acme steel”", "show customer=ACME", "SHOW ACME"])
def test_a_customer_is_shown_by_id_or_name_however_it_is_typed(desk: Desk, line: str):
    answer = ask(desk.person("ana"), f"/risk {line}")

    assert answer["text"].startswith("Acme Steel · EUR 4.2 m · not rated")
    assert "EUR 4.2 m drawn of EUR 5 m" in words(answer)


def test_a_name_that_nobody_has_is_answered_with_the_nearest_which_one_press_shows(desk: Desk):
    ana = desk.person("ana")

    answer = ask(ana, "/risk show akme stel")
    ana.press(answer, buttons(answer)[0])
    chosen = ana.wait_message("general", lambda seen: seen["text"].startswith("Acme Steel ·") and seen["ts"] >= answer["ts"])

    assert "Acme Steel (ACME)" in answer["text"]
    assert "Acme Steel (ACME)" in labels(answer)
    assert chosen["text"].startswith("Acme Steel · EUR 4.2 m")


def test_find_forgives_typos_and_says_when_nobody_is_meant(desk: Desk):
    ana = desk.person("ana")

    found, nobody = ask(ana, "/risk find nordwnd enrgie"), ask(ana, "/risk find zzzzqqqq")

    assert "Nordwind Energie" in words(found)
    assert "No customer matches “zzzzqqqq”" in nobody["text"]


def test_the_book_is_listed_a_page_at_a_time_in_the_same_message(fishing: Desk):
    ana = fishing.person("ana")

    first = ask(ana, "/risk list sector=Fishing")
    ana.press(first, buttons(first)[0])
    second = ana.wait_message("general", "Page 2 of 2")
    assert [seen["ts"] for seen in ana.messages("general") if "Page 1 of 2" in words(seen)] == []
    ana.press(second, buttons(second)[0])
    back = ana.wait_message("general", "Page 1 of 2")

    assert first["text"].lower().startswith("20 customers · sector fishing")
    assert labels(first) == ["Next ▶", "Sort by exposure", "Share to channel", "Export"]
    assert "Trawler 19" in words(second)
    assert "Trawler 00" not in words(second)
    assert labels(second) == ["◀ Previous", "Sort by exposure", "Share to channel", "Export"]
    assert "Trawler 00" in words(back)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ("sector=Energy", "2 customers · sector Energy"),
        ("country=DE sector=Energy", "1 customer"),
        ("sector=Shipping", "No customer with sector Shipping. Available for sector: "),
        ("colour=red", "No customer has an open breach of that colour."),
        ("page=99", "There is no page 99: the last one is 2."),
    ],
)
def test_the_book_is_filtered_and_an_empty_answer_says_what_there_is(desk: Desk, filters: str, said: str):
    answer = ask(desk.person("ana"), f"/risk list {filters}")

    assert answer["text"].lower().startswith(said.lower())


def test_a_shared_answer_appears_once_in_the_channel_with_who_shared_it(desk: Desk):
    ana, omar = desk.person("ana"), desk.person("omar")

    answer = ask(ana, "/risk show NOVA", "deals")
    shared = press(ana, answer, "reply.share", "deals")
    posted = omar.wait_message("deals", "Nova Power")
    again = press(ana, answer, "reply.share", "deals")
    omar.send("deals", "thank you")
    omar.wait_message("deals", "thank you")

    assert shared["text"] == "It is posted in this channel."
    assert again["text"] == "This answer was shared here before."
    assert [seen["ts"] for seen in omar.messages("deals") if "Nova Power" in words(seen)] == [posted["ts"]]
    assert "Shared by" in words(posted)
    assert '"user_id": "U0ANA"' in json.dumps(posted["blocks"])
    assert buttons(posted) == []


def test_the_digest_says_on_demand_what_waits_and_what_changed(desk: Desk):
    ana = desk.person("ana")
    ask(ana, '/risk log NOVA operational L2 S2 X1 "the turbine is late"')
    answer = ask(ana, "/risk digest now")

    assert answer["text"].startswith("Risk digest: ")
    assert "the turbine is late" in words(answer)
    assert "customers 25 new" in words(answer)
    assert answer["ephemeral"]


def test_a_direct_message_is_answered_with_help_once(desk: Desk):
    ana = desk.person("ana")

    ana.send("dm", "hello?")
    ana.wait_message("dm", "/risk show")
    desk.workspace.wait_idle()

    assert len([seen for seen in ana.messages("dm") if "/risk show" in words(seen)]) == 1


def test_a_change_is_not_made_by_a_message_that_begins_like_a_question(desk: Desk):
    omar = desk.person("omar")

    omar.send("dm", "digest unsubscribe")
    answer = omar.wait_message("dm", "What you can ask")

    assert "Something went wrong" not in answer["text"]


def test_a_mention_is_answered_with_help_in_its_thread(desk: Desk):
    omar = desk.person("omar")

    asked = omar.send("general", "<@U0RISKBOT> hello")
    answer = eventually(lambda: [seen for seen in omar.messages("general", asked["ts"]) if "/risk show" in words(seen)])

    assert answer[0]["thread_ts"] == asked["ts"]


def test_the_first_opening_of_the_messages_tab_greets_and_the_second_does_not(desk: Desk):
    eva = desk.person("eva")

    eva.open_home("messages")
    eva.wait_message("dm", "/risk show")
    eva.open_home("messages")
    desk.workspace.wait_idle()
    eva.open_home()
    home = eva.wait_home("Log a risk")

    assert len(eva.messages("dm")) == 1
    assert "Red breaches" in words(home)


def test_a_chinese_reader_gets_sentences_and_dates_of_her_own(desk: Desk):
    mei, today = desk.person("mei"), datetime.now(UTC)

    shown, unknown = ask(mei, "/risk show ACME", "risk-digest"), ask(mei, "/risk shwo", "risk-digest")

    assert f"{today.year}年" in words(shown)
    assert "420 万" in words(shown)
    assert "/risk show" in unknown["text"]
    assert "I do not know" not in unknown["text"]


def test_status_says_that_everything_reaches_people(desk: Desk):
    answer = ask(desk.person("ana"), "/risk status")

    assert "Everything is in order" in answer["text"]


def test_a_word_to_the_bot_in_a_channel_where_it_was_not_asked_is_left_alone(desk: Desk):
    ana = desk.person("ana")
    before = newest(ana, "risk-signals")

    ana.send("risk-signals", "the risk of rain")
    desk.workspace.wait_idle()

    assert [seen["text"] for seen in ana.messages("risk-signals") if seen["ts"] > before] == ["the risk of rain"]


def test_an_answer_is_not_shared_where_another_organisation_reads(desk: Desk):
    ana = desk.person("ana")

    answer = ask(ana, "/risk show NOVA", "deals")
    deals = desk.workspace.core.workspace.channels["C0DEALS"]
    deals.ext_shared = True
    refused = press(ana, answer, "reply.share", "deals")
    deals.ext_shared = False

    assert "Other organisations can read this channel" in refused["text"]


def test_a_quotation_mark_that_is_not_closed_opens_the_form_with_what_was_understood(desk: Desk):
    ana = desk.person("ana")
    assert ana.send("general", '/risk log ACME credit L4 S3 X2 "lost its main buyer')["ok"]
    form = ana.wait_modal(wanted="Log a risk")
    title = next(block["element"] for block in form["blocks"] if block.get("block_id") == "title")
    assert title["initial_value"] == "lost its main buyer"
    chosen = {block["block_id"]: block["element"].get("initial_option") for block in form["blocks"] if block["type"] == "input"}
    assert chosen["category"]["value"] == "credit"
    assert chosen["likelihood"]["value"] == "4"
    ana.close(form)


def test_a_bare_name_that_resembles_a_command_is_a_customer_in_any_case(desk: Desk):
    desk.load("customers", "id,name\nLOST,Lost AG\n")

    assert ask(desk.person("ana"), "/risk lost ag")["text"].startswith("Lost AG")
    assert "Did you mean `/risk list`?" in ask(desk.person("ana"), "/risk lost sheep")["text"]
