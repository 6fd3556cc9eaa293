"""App Home in a running workspace: it shows what waits, its buttons work, and it is written anew after one's own action."""

from __future__ import annotations

import json

from playground.block_kit.blocks import elements
from tests.conftest import eventually
from tests.stories.desk import Desk, Json, ask, words


def actions(home: Json) -> list[str]:
    return [element["action_id"] for block in home["blocks"] for element in elements(block)]


def test_an_approval_is_decided_at_home_and_is_gone_from_it(desk: Desk):
    ana, omar = desk.person("ana"), desk.person("omar")
    risk = ask(ana, '/risk log NOVA credit L4 S3 X2 "the turbine is late"')["text"].split()[0]
    ask(ana, f'/risk respond {risk} reduce "monthly reporting"')

    omar.open_home()
    home = omar.wait_home("1 approval to decide")
    assert omar.press(home, "approval.approve")["ok"]
    after = omar.wait_home("Nothing awaits your action")
    ana.open_home()

    assert "monthly reporting" in words(home)
    assert "approval.approve" not in actions(after)
    assert "1 open risk is yours" in words(ana.wait_home("open risk"))


def test_home_opens_the_form_of_a_risk_and_a_search_for_a_customer(desk: Desk):
    eva = desk.person("eva")
    eva.open_home()
    home = eva.wait_home("Log a risk")

    eva.press(home, "form.new:log")
    log = eva.wait_modal()
    eva.close(log)
    eva.press(home, "form.new:show")
    show = eva.wait_modal(wanted="Show a customer")
    eva.close(show)

    assert log["callback_id"] == "log"
    assert show["callback_id"] == "show"


def test_help_from_home_is_answered_in_the_messages(desk: Desk):
    omar = desk.person("omar")
    omar.open_home()

    omar.press(omar.wait_home("Help"), "home.ask:help")

    assert "/risk show" in words(omar.wait_message("dm", "/risk show"))


def test_a_question_in_a_direct_message_is_answered_there_once(desk: Desk):
    eva = desk.person("eva")

    eva.send("dm", "Show nova power")
    eva.wait_message("dm", "Nova Power · ")
    desk.workspace.wait_idle()

    assert len([seen for seen in eva.messages("dm") if seen["text"].startswith("Nova Power · ")]) == 1


def test_a_question_beside_a_mention_is_answered_to_the_asker_alone(desk: Desk):
    eva, omar = desk.person("eva"), desk.person("omar")

    eva.send("general", "<@U0RISKBOT> list sector=Energy")
    answer = eva.wait_message("general", lambda seen: seen["text"].startswith("2 customers"))

    assert answer["ephemeral"]
    assert not any(seen["text"].startswith("2 customers") for seen in omar.messages("general"))


def test_a_question_in_plain_words_is_answered_with_the_line_that_was_understood(desk: Desk):
    eva = desk.person("eva")

    eva.send("dm", "which customers do we have in the energy sector?")
    answer = eva.wait_message("dm", "2 customers")

    assert "Understood as /risk list sector=Energy" in words(answer)


def test_a_question_in_a_thread_is_answered_in_the_thread_to_the_asker_alone(desk: Desk):
    eva, omar = desk.person("eva"), desk.person("omar")
    first = omar.send("general", "Has anybody looked at Nova Power?")

    eva.send("general", "<@U0RISKBOT> Nova Power", thread_ts=first["ts"])
    answer = eventually(lambda: [seen for seen in eva.messages("general", first["ts"]) if "Nova Power · " in seen["text"]])

    assert answer[0]["ephemeral"]
    assert not any("Nova Power · " in seen["text"] for seen in omar.messages("general", first["ts"]))


def test_an_unclear_question_offers_its_readings_and_a_press_answers_one(desk: Desk):
    eva = desk.person("eva")

    eva.send("dm", "what is overdue?")
    asked = eva.wait_message("dm", "Did you mean one of these?")
    assert eva.press(asked, "reply.again:1")["ok"]

    assert eva.wait_message("dm", "No response matches", after=asked["ts"])


def test_a_change_in_plain_words_opens_its_form_filled_in(desk: Desk):
    eva = desk.person("eva")

    eva.send("dm", "please log a risk for Nova Power")
    asked = eva.wait_message("dm", "Nothing has been changed yet")
    assert eva.press(asked, "form.open:0")["ok"]
    form = eva.wait_modal(wanted="Log a risk")

    assert "/risk log NOVA" in asked["text"]
    assert "Nova Power (NOVA)" in json.dumps(form["blocks"], ensure_ascii=False)


def test_a_name_after_risk_opens_its_customer(desk: Desk):
    assert ask(desk.person("eva"), "/risk Nova Power")["text"].startswith("Nova Power · ")
    assert ask(desk.person("eva"), "/risk 谁逾期了")["text"]
    assert "There is no command “zzzz”" in ask(desk.person("eva"), "/risk zzzz")["text"]


def test_a_change_in_a_direct_message_is_answered_with_help_and_changes_nothing(desk: Desk):
    eva = desk.person("eva")

    eva.send("dm", 'log NOVA credit L4 S3 X2 "typed into the wrong box"')
    eva.wait_message("dm", "/risk log")

    assert "typed into the wrong box" not in words(ask(eva, "/risk list risks"))


def test_a_customer_is_mine_by_either_half_of_a_name_in_two_scripts(desk: Desk):
    names = desk.application.intake.executor.people.person("U0MEI").names

    assert {"U0MEI", "林美", "Lin Mei"} <= set(names)
