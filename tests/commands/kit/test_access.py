"""Who is let in, and who is told why not."""

from __future__ import annotations

import pytest

from commands.kit.access.access import refuse

HOME = "T0HOME"
ANA = {"id": "U0ANA", "team_id": HOME, "deleted": False, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False}


def answer(team: str | None = HOME, **user) -> str:
    return str(refuse({**ANA, **user}, team=team, home_team=HOME) or "welcome")


def test_a_full_member_is_welcome():
    assert answer() == "welcome"


def test_a_member_is_welcome_where_slack_names_no_team():
    assert answer(team=None) == answer(team_id=None) == "welcome"


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({"is_restricted": True}, "guests cannot see or change it"),
        ({"is_ultra_restricted": True}, "guests cannot see or change it"),
        ({"is_stranger": True}, "only answer members of the workspace"),
        ({"team_id": "T0OTHER"}, "only answer members of the workspace"),
        ({"team": "T0OTHER"}, "only answer members of the workspace"),
        ({"deleted": True}, "This account is deactivated."),
        ({"is_bot": True}, "other apps"),
        ({"is_workflow_bot": True}, "other apps"),
    ],
)
def test_everybody_else_is_told_why_not(who, said):
    assert said in answer(**who)


def test_somebody_whom_slack_does_not_know_is_not_let_in():
    assert "could not check" in str(refuse(None, team=HOME, home_team=HOME))


def test_a_deactivated_guest_of_another_team_is_refused_too():
    assert answer(deleted=True, is_restricted=True, team_id="T0OTHER") != "welcome"
