"""Slack's events about channels: what they change is seen at once, in the next message and in /risk status."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.workspace import happenings
from tests.conftest import eventually
from tests.stories.desk import Desk, acknowledge, ask, words
from tests.stories.test_alerts import observed

ROOM = "risk-alerts"


@pytest.fixture(autouse=True)
def undone(desk: Desk) -> Iterator[None]:
    """Everything as it was, for the next test."""
    yield
    desk.workspace.happens(happenings.ends_sharing, ROOM)
    desk.workspace.happens(happenings.leaves, ROOM, "U0GUS")


def status(desk: Desk) -> str:
    return words(ask(desk.person("ana"), "/risk status"))


def test_an_alert_names_nobody_once_another_organisation_reads_and_the_status_says_what_to_do(desk: Desk):
    omar = desk.person("omar")
    observed(desk, "ACME", "current_ratio", 0.69)
    alert = omar.wait_message(ROOM, "Acme Steel")

    desk.workspace.happens(happenings.shares, ROOM)
    named = eventually(lambda: "Other organisations can read #risk-alerts" in (said := status(desk)) and said)
    observed(desk, "NOVA", "current_ratio", 0.61)
    masked = omar.wait_message(ROOM, "NOVA", after=alert["ts"])
    acknowledge(desk.person("mei"), alert, ROOM)
    rewritten = omar.wait_message(ROOM, lambda seen: seen["ts"] == alert["ts"] and "Acknowledged" in words(seen))
    desk.workspace.happens(happenings.ends_sharing, ROOM)
    eventually(lambda: "Everything is in order" in status(desk))

    assert "Messages about customers appear there without names, figures and texts." in named
    assert "Stop sharing the channel, or name another one in the policy." in named
    assert "Nova Power" not in str(masked)
    assert "0.61" not in str(masked)
    assert "Acme Steel" not in str(rewritten)


def test_a_guest_who_comes_into_a_channel_is_named_and_one_who_goes_is_forgotten(desk: Desk):
    desk.workspace.happens(happenings.joins, ROOM, "U0GUS")
    named = eventually(lambda: "1 guest can read #risk-alerts: gus." in (said := status(desk)) and said)
    desk.workspace.happens(happenings.leaves, ROOM, "U0GUS")
    eventually(lambda: "Everything is in order" in status(desk))

    assert "Remove them from the channel" in named


def test_a_member_who_becomes_a_guest_is_one_in_every_channel_at_once(desk: Desk):
    desk.workspace.happens(happenings.changes, "U0EVA", guest=True)
    as_guest = eventually(lambda: "1 guest can read #risk-alerts: eva." in (said := status(desk)) and said)
    desk.workspace.happens(happenings.changes, "U0EVA", guest=False)
    as_member = eventually(lambda: "Everything is in order" in (said := status(desk)) and said)

    assert "Remove them from the channel" in as_guest
    assert "guest" not in as_member


def test_a_channel_that_is_archived_is_named(desk: Desk):
    room = desk.workspace.core.workspace.named("risk-signals")
    assert room is not None
    desk.application.channels.look(room.id)
    desk.workspace.happens(happenings.archives, "risk-signals")
    eventually(lambda: "#risk-signals is archived: its messages wait." in status(desk))
    room.archived = False
    desk.application.check_channels()

    assert "Everything is in order" in status(desk)
