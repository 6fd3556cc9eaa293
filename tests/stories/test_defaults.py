"""A judgement about default over the wire: proposed, approved by somebody else, counted by the bot, and its end asked for."""

from __future__ import annotations

import pytest

from storage.scoring import scores
from storage.sight import EVERYTHING
from tests.conftest import eventually
from tests.stories.desk import Desk, Json, ask, buttons, newest, press, words

ROOM = "risk-approvals"


def staged(desk: Desk, stage: int) -> None:
    """Wait until the bot has scored Acme Steel with this stage."""

    def has() -> bool:
        with desk.database.begin(EVERYTHING) as tx:
            found = scores.of(tx, ["ACME"]).get("ACME")
            return found is not None and found.stage == stage

    eventually(has)


@pytest.fixture(scope="module")
def scored(desk: Desk) -> Desk:
    """A desk whose bot finds Acme Steel performing by itself."""
    desk.load("facilities", "id,customer,kind,currency,limit,outstanding,days_past_due\nF1,ACME,term_loan,EUR,5000000,4200000,0\n")
    staged(desk, 1)
    return desk


@pytest.fixture(scope="module")
def approved(scored: Desk) -> Json:
    """Ana's judgement, which she cannot decide herself and Omar has approved; the request as it was."""
    ana, omar = scored.person("ana"), scored.person("omar")
    last = newest(omar, ROOM)
    said = ask(ana, '/risk default ACME unlikely "the parent has withdrawn its support"')
    request = omar.wait_message(ROOM, "requests approval of J-1", after=last)
    refused = press(ana, request, "approval.approve", ROOM)
    press(omar, request, "approval.approve", ROOM)

    assert said["text"].startswith("J-1 is proposed: Acme Steel, unlikely to pay since")
    assert "You requested" in refused["text"]
    return request


def test_the_request_shows_the_state_the_reason_and_the_consequence(approved: Json):
    read = words(approved)

    for part in (
        "J-1 · unlikely to pay since",
        "the parent has withdrawn its support",
        "stage 1",
        "category substandard or worse",
        "Four eyes",
    ):
        assert part in read
    assert buttons(approved) == ["approval.approve", "approval.condition", "approval.reject", "approval.return"]


def test_soon_after_the_approval_the_customer_is_in_default(scored: Desk, approved: Json):
    staged(scored, 3)
    answer = ask(scored.person("eva"), "/risk default ACME")

    for part in ("judged unlikely to pay", "in force", "the parent has withdrawn its support", "substandard"):
        assert part in words(answer)


def test_a_form_opens_for_what_was_left_out_and_says_what_is_in_force(scored: Desk, approved: Json):
    eva = scored.person("eva")

    eva.send("general", "/risk default ACME end")
    form = eva.wait_modal(wanted="Judge a default")
    eva.close(form)

    assert "J-1 unlikely to pay since" in words(form)


@pytest.mark.long
def test_the_end_needs_an_approval_too_and_the_probation_follows(scored: Desk, approved: Json):
    eva, omar = scored.person("eva"), scored.person("omar")
    last = newest(omar, ROOM)

    ask(eva, '/risk default ACME end "the parent supports it again"')
    request = omar.wait_message(ROOM, "requests approval of J-2", after=last)
    before = words(ask(eva, "/risk default ACME"))
    press(omar, request, "approval.approve", ROOM)
    eventually(lambda: "on probation" in words(ask(eva, "/risk default ACME")))
    after = words(ask(eva, "/risk default ACME"))

    assert "end of J-1 · pending approval" in before
    assert "unlikely to pay since" in after
    assert "ended" in after
    assert "on probation" in after
