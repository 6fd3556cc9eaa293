"""App Home: what waits for me stands there, and nothing that waits for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from commands.home.home import View, home
from commands.kit.access.authority import authority_of
from commands.kit.contract import Blocks, Person, Request
from playground.block_kit.limits import check_message
from risk_engine.people.membership import Member
from risk_engine.people.roles import Role
from storage.delivery import visits
from storage.people import people
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, buttons_of, text_of
from tests.conftest import ENGLISH, LET_IN, MONDAY


def at_home(book: Book, user: str = "U0ANA", name: str = "Ana", *called: str, **more: object) -> Blocks:
    """What somebody sees there."""
    request = Request(Person(user, name, ENGLISH, called), more.pop("at", MONDAY), more.pop("policy", book.policy), "test", **LET_IN)
    with book.database.begin(EVERYTHING) as tx:
        body = home(replace(request, authority=authority_of(tx, user, request.policy)), tx)
    assert len(body) <= 100
    check_message({"text": "home", "blocks": body[:50]}, {})
    return body


def test_an_empty_desk_is_friendly_and_shows_the_book_in_four_numbers(book):
    screen = text_of(at_home(book))

    assert "Nothing awaits your action." in screen
    assert "Customers  5" in screen
    assert "Open risks  0" in screen
    assert "Red breaches  0" in screen
    assert "Pending approvals  0" in screen


def test_an_approval_stands_where_it_may_be_decided_and_not_with_its_maker(book):
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables"')

    ana, omar = at_home(book), at_home(book, "U0OMAR")

    assert "1 approval to decide" in text_of(omar)
    assert {"approval.approve", "approval.reject", "approval.return"} <= set(buttons_of(omar))
    assert "approval.approve" not in buttons_of(ana)
    assert "1 open risk is yours" in text_of(ana)


def test_whoever_is_no_approver_sees_no_approval(book):
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables"')
    others = book.policy.model_copy(update={"people": book.policy.people.model_copy(update={"approvers": ("U0EVA",)})})

    assert "approval.approve" not in buttons_of(at_home(book, "U0OMAR", policy=others))


def test_my_responses_stand_there_when_they_are_due_within_a_week(book):
    book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    book.ask('respond R-1 reduce "assign the receivables" due=2026-12-10')

    assert "overdue or due this week" not in text_of(at_home(book))
    assert "due 10 Dec 2026" in text_of(at_home(book, at=MONDAY + timedelta(days=12)))
    assert "2 days late" in text_of(at_home(book, at=MONDAY + timedelta(days=19)))


@pytest.mark.parametrize("person", [("U0MEI", "mei"), ("U0XX", "Lin Mei"), ("U0XX", "mei", "Lin Mei")])
def test_a_breach_waits_for_its_owner_by_id_or_by_any_name_and_for_nobody_else(book, person):
    book.load("customers", "id,name,manager\nLIN,Linden Works,Lin Mei\n")
    book.observe("ACME,dscr,2026-09-30,1.00", "LIN,dscr,2026-09-30,1.00")

    mine, omars = text_of(at_home(book, *person)), text_of(at_home(book, "U0OMAR", "Omar"))

    assert "1 breach to acknowledge" in mine
    assert ("Acme Steel" in mine) != ("Linden Works" in mine)
    assert "to acknowledge" not in omars


def test_a_breach_that_is_nobodys_waits_for_everybody(book):
    book.observe("NOVA,dscr,2026-09-30,1.00")

    screen = text_of(at_home(book, "U0OMAR", "Omar"))

    assert "Nova Power" in screen
    assert "nobody named" in screen


def test_what_moved_at_my_customers_is_told_since_my_last_visit(book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        visits.visited(tx, "U0MEI", at=MONDAY - timedelta(hours=3))
    book.observe("ACME,dscr,2026-09-30,1.00", "NOVA,dscr,2026-09-30,1.00")
    with book.database.begin(EVERYTHING, write=True) as tx:
        visits.visited(tx, "U0MEI", at=MONDAY + timedelta(hours=2))

    first = text_of(at_home(book, "U0MEI", at=MONDAY + timedelta(hours=2)))
    with book.database.begin(EVERYTHING, write=True) as tx:
        visits.visited(tx, "U0MEI", at=MONDAY + timedelta(hours=5))
    second = text_of(at_home(book, "U0MEI", at=MONDAY + timedelta(hours=5)))

    assert "1 change at your customers since 23 Nov 2026 06:00" in first
    assert "Acme Steel  Debt service cover is out of bounds (B-1)" in first
    assert "movement" not in second


def test_more_than_five_are_counted_and_one_button_shows_them_all(book):
    for number in range(7):
        book.ask(f'log ACME credit L4 S3 X2 "trouble number {number}"')

    body = at_home(book)
    everything = book.press("home.ask", "U0ANA", view="risks")

    assert "7 open risks are yours" in text_of(body)
    assert text_of(body).count("trouble number") == 5
    assert buttons_of(body)["home.ask:risks"] == "risks"
    assert everything.text.startswith("7 risks")


@pytest.mark.parametrize("view", list(View))
def test_every_button_of_home_answers(book, view):
    assert book.press("home.ask", "U0ANA", view=view.value).text


def test_whoever_may_not_read_sees_their_roles_and_whom_to_ask_and_no_figure(book):
    with book.database.begin(EVERYTHING, write=True) as tx:
        people.save(tx, Member("U0EVA", frozenset({Role.ADMINISTRATOR}), given_by="U0EVA", given_at=MONDAY))
    seen = at_home(book, "U0OMAR")

    assert "You cannot see customers yet" in text_of(seen)
    assert "please ask <@U0EVA>" in text_of(seen)
    assert "The book" not in text_of(seen)
    assert set(buttons_of(seen)) == {"home.ask:people", "home.ask:help"}


def test_home_offers_what_a_role_may_do(book):
    book.observe("NOVA,dscr,2026-09-30,1.00")
    with book.database.begin(EVERYTHING, write=True) as tx:
        people.save(tx, Member("U0OMAR", frozenset({Role.VIEWER}), given_by="U0EVA", given_at=MONDAY))
    seen = at_home(book, "U0OMAR")

    assert "1 breach to acknowledge" in text_of(seen)
    assert {"breach.ack", "breach.respond", "form.new:log"}.isdisjoint(buttons_of(seen))
    assert "form.new:show" in buttons_of(seen)
