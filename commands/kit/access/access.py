"""Access to the product: full members only; guests, strangers and foreign teams are refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from commands.kit.i18n import Text, _


class Outside(StrEnum):
    """The reason for refusing somebody access."""

    UNKNOWN = "unknown to Slack"
    STRANGER = "another workspace"
    LEFT = "deactivated"
    APP = "another app"
    GUEST = "guest"


_WORDS = {
    Outside.UNKNOWN: _("I could not check with Slack who you are, so nothing was done. Please try again in a minute."),
    Outside.STRANGER: _("I only answer members of the workspace in which I am installed."),
    Outside.LEFT: _("This account is deactivated."),
    Outside.APP: _("I do not take requests from other apps."),
    Outside.GUEST: _(
        "Customer risk is open to full members of this workspace only; guests cannot see or change it. Please ask a colleague."
    ),
}


def outside(user: Mapping[str, Any] | None, *, team: str | None, home_team: str) -> Outside | None:
    """Return the reason for refusing this Slack user; None if they are welcome.

    Args:
        user: Slack's ``user`` object; None if it is unavailable.
        team: the team of the request.
        home_team: the team of the installation.
    """
    if user is None:
        return Outside.UNKNOWN
    if (team is not None and team != home_team) or user.get("team_id") not in (None, home_team) or user.get("is_stranger"):
        return Outside.STRANGER
    if user.get("deleted"):
        return Outside.LEFT
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return Outside.APP
    return Outside.GUEST if user.get("is_restricted") or user.get("is_ultra_restricted") else None


def refuse(user: Mapping[str, Any] | None, *, team: str | None, home_team: str) -> Text | None:
    """Return the reason for refusing this Slack user, in words; None if they are welcome."""
    why = outside(user, team=team, home_team=home_team)
    return None if why is None else in_words(why)


def in_words(why: Outside) -> Text:
    """Return the message to somebody who is refused."""
    return _WORDS[why]


def refuse_as_owner(user: Mapping[str, Any] | None, name: str, *, home_team: str) -> Text | None:
    """Return the reason why this Slack user cannot be an owner, in words; None if they can, as owners need access."""
    if user is None:
        return _("Slack does not tell me who {name} is. Please name a full member of this workspace, as @name.").format(name=name)
    if refuse(user, team=None, home_team=home_team) is not None:
        sentence = _("{name} is not a full member of this workspace and could not see what they own. Please name someone else.")
        return sentence.format(name=name)
    return None
