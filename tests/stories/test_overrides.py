"""A person's grade in place of the model's, over the wire: asked for, approved by somebody else, counted by the bot, given back."""

from __future__ import annotations

import pytest

from risk_engine.grading import Grade
from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.stories.desk import Desk, Json, ask, buttons, labels, newest, press, words

ROOM = "risk-approvals"


def graded(desk: Desk, grade: Grade) -> None:
    """Wait until the bot has scored Acme Steel with this grade."""

    def has() -> bool:
        with desk.database.begin(EVERYTHING) as tx:
            found = scores.of(tx, ["ACME"]).get("ACME")
            return found is not None and found.grade is grade

    eventually(has)


@pytest.fixture(scope="module")
def scored(desk: Desk) -> Desk:
    """A desk whose bot has found Acme Steel medium by itself."""
    desk.load("ratings", "customer,rating,as_of,agency\nACME,B,2026-01-31,S&P\n")
    graded(desk, Grade.MEDIUM)
    return desk


@pytest.fixture(scope="module")
def approved(scored: Desk) -> Json:
    """Ana's proposal, which she cannot decide herself and Omar has approved; the request as it was."""
    ana, omar = scored.person("ana"), scored.person("omar")
    last = newest(omar, ROOM)
    said = ask(ana, '/risk override ACME high "its bank has cancelled the revolver" until=2027-03-31')
    request = omar.wait_message(ROOM, "requests approval of O-1", after=last)
    refused = press(ana, request, "approval.approve", ROOM)
    press(omar, request, "approval.approve", ROOM)

    assert said["text"].startswith("O-1 is proposed: Acme Steel ●●●○ high until")
    assert "You requested" in refused["text"]
    return request


@pytest.fixture(scope="module")
def counted(scored: Desk, approved: Json) -> Desk:
    """The desk once the bot has scored anew, as nobody has asked it to."""
    graded(scored, Grade.HIGH)
    return scored


def test_the_request_shows_both_grades_and_the_reason(approved: Json):
    read = words(approved)

    for part in ("O-1 · ●●○○ medium → ●●●○ high", "its bank has cancelled the revolver", "Four eyes"):
        assert part in read
    assert buttons(approved) == ["approval.approve", "approval.condition", "approval.reject", "approval.return"]


def test_soon_after_the_approval_the_persons_grade_counts_beside_the_models(counted: Desk):
    answer = ask(counted.person("eva"), "/risk show ACME")

    assert "Acme Steel · ●●●○ high" in words(answer)
    assert "by O-1 until" in words(answer)
    assert "the model says ●●○○ medium" in words(answer)
    assert {"Score", "Share to channel"} <= set(labels(answer))


def test_the_button_shows_the_whole_card_and_leads_back(counted: Desk):
    eva = counted.person("eva")
    answer = ask(eva, "/risk show ACME")
    rows = [block for block in answer["blocks"] if block["type"] == "actions"]
    block, button = next((row, one) for row in rows for one in row["elements"] if one["text"]["text"] == "Score")
    eva.press(answer, button["action_id"], block["block_id"], button["value"])
    card = eva.wait_message("general", lambda seen: "◀ Back" in labels(seen))

    for part in ("Points", "PD", "ratings:2", "Not known"):
        assert part in words(card)


def test_a_form_opens_for_what_was_left_out_and_says_what_the_model_says(counted: Desk):
    eva = counted.person("eva")

    eva.send("general", "/risk override ACME")
    form = eva.wait_modal(wanted="Override a grade")
    eva.close(form)

    assert "the model says ●●○○ medium" in words(form)
    assert "O-1 makes it ●●●○ high" in words(form)


@pytest.mark.long
def test_the_end_is_told_and_the_model_counts_again(counted: Desk):
    eva, omar = counted.person("eva"), counted.person("omar")
    last = newest(omar, ROOM)

    said = ask(eva, '/risk override ACME model "the revolver is open again"')
    told = omar.wait_message(ROOM, "has ended O-1", after=last)
    direct = counted.person("ana").wait_message("dm", "has ended O-1")
    graded(counted, Grade.MEDIUM)

    assert "the model's grade applies to Acme Steel again" in said["text"]
    assert "the revolver is open again" in words(told)
    assert "<@U0EVA> has ended O-1" in direct["text"]
    assert "by O-1" not in words(ask(eva, "/risk show ACME"))
