"""The first role is given in a form, holds at the next press, and is undone; whoever has none is told whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import eventually
from tests.stories.desk import Desk, ask, buttons, newest, open_desk, press, words


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A bot whose first administrator is Eva."""
    with open_desk(admins=("U0EVA",)) as opened:
        yield opened


def test_roles_are_given_in_a_form_and_hold_at_once(desk: Desk):
    eva, omar, ana = (desk.person(name) for name in ("eva", "omar", "ana"))
    risk = ask(ana, '/risk log ACME credit L4 S3 X2 "lost its main buyer"')["text"].split()[0]
    last = newest(ana, "risk-approvals")
    ask(ana, f'/risk respond {risk} reduce "assign the receivables"')
    request = ana.wait_message("risk-approvals", "assign the receivables", after=last)
    before = ask(eva, "/risk people")

    assert "No role has been assigned" in words(before)
    assert eva.press(before, "form.new:people")["ok"]
    form = eva.wait_modal(wanted="Roles")
    heard = newest(eva, "general")
    assert eva.submit(form, {"person": "U0OMAR", "roles": ["viewer", "risk_manager"], "reason": "runs the desk"})["ok"]
    asked = eva.wait_message("general", "Nothing has been changed yet", after=heard)
    assert "people without a role see nothing" in words(asked)
    given = press(eva, asked, "people.first")
    told = omar.wait_message("dm", "changed your roles: viewer, risk manager (before: no role)")

    assert "from now on, people without a role see nothing" in words(given)
    assert "“runs the desk”" in words(told)
    assert "to see customers; your role" in words(ask(ana, "/risk list"))
    assert "You need the role approver to decide approvals" in words(press(omar, request, "approval.approve", "risk-approvals"))
    assert "pending" in words(ask(omar, "/risk approvals"))

    undone = press(eva, given, "people.undo")
    assert "No roles are assigned any more" in words(undone)
    assert "Acme Steel" in words(ask(ana, "/risk list"))


def test_whoever_has_no_role_finds_their_way(desk: Desk):
    eva, ana = desk.person("eva"), desk.person("ana")
    given = press(eva, ask(eva, "/risk people <@U0OMAR|omar> auditor"), "people.first")
    ana.open_home()
    home = eventually(lambda: [view for view in [ana.wait_home()] if "You cannot see customers yet" in words(view)])[0]
    helped = ask(ana, "/risk help")

    assert "please ask" in words(home)
    assert set(buttons(home)) == {"home.ask:people", "home.ask:help"}
    assert "/risk list" not in words(helped)
    assert "Your roles: no role." in words(helped)
    assert "is not a full member of this workspace" in words(ask(eva, "/risk people <@U0GUS|gus> viewer"))
    assert "viewer (before: no role)" in words(ask(eva, "/risk people <@U0ANA|ana> viewer"))
    assert "Acme Steel" in words(ask(ana, "/risk list"))
    press(eva, given, "people.undo")
