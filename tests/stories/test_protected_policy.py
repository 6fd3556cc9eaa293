"""Two ordinary people give nobody power; an administrator and a risk manager together do, and see what they give."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.workspace import happenings
from tests.stories.desk import Desk, ask, buttons, newest, open_desk, press, words

WHY = '"as was agreed in the meeting"'


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A bot whose administrator is Eva; Ana is an analyst, Omar an approver, Mei a risk manager."""
    with open_desk(admins=("U0EVA",)) as opened:
        eva = opened.person("eva")
        for person, role in (("U0ANA", "analyst"), ("U0OMAR", "approver"), ("U0MEI", "risk_manager")):
            given = ask(eva, f"/risk people <@{person}> {role}")
            if "people.first" in buttons(given):
                press(eva, given, "people.first")
        yield opened


def test_a_protected_key_takes_an_administrator_and_a_risk_manager(desk: Desk):
    ana, omar, eva, mei = (desk.person(name) for name in ("ana", "omar", "eva", "mei"))
    last = newest(ana, "risk-approvals")
    proposed = ask(ana, f'/risk policy roles.analyst.rights "[read, write, propose, administer]" {WHY}')
    request = ana.wait_message("risk-approvals", "roles.analyst.rights", after=last)
    refused = press(omar, request, "approval.approve", "risk-approvals")
    first = press(eva, request, "approval.approve", "risk-approvals")
    second = press(mei, request, "approval.approve", "risk-approvals")

    for shown in (proposed, request):
        assert "Analysts (1 person) could then assign roles (administer)." in words(shown)
    assert "It needs an administrator and a risk manager who were given these roles by name" in words(refused)
    assert "Your vote is recorded" in words(first)
    assert "A-1 已批准" in words(second)


def test_a_route_goes_to_no_channel_that_is_not_there_or_that_outsiders_read(desk: Desk):
    ana = desk.person("ana")
    desk.workspace.happens(happenings.shares, "C0DIGEST")
    nowhere = ask(ana, f"/risk policy channels.audit nowhere {WHY}")
    outside = ask(ana, f"/risk policy channels.alerts risk-digest {WHY}")
    file = ask(ana, f"/risk policy audit.anchor_file /tmp/x {WHY}")

    assert "channels.audit cannot be nowhere: There is no channel #nowhere that I can see" in words(nowhere)
    assert "channels.alerts cannot be risk-digest:" in words(outside)
    assert "cannot be set from Slack" in words(file)
    assert "P-2" not in words(ask(ana, "/risk policy"))
