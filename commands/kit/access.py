"""Who may talk to the product: full members of the house; guests, strangers and foreign teams are told no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commands.kit.i18n import Text, _


def refuse(user: Mapping[str, Any] | None, *, team: str | None, home_team: str) -> Text | None:
    """Why this Slack user is refused, in words; None if welcome.

    Args:
        user: Slack's ``user`` object; None if it could not be had.
        team: the team that the request came from.
        home_team: the team that the product is installed in.
    """
    if user is None:
        return _("I could not check with Slack who you are, so nothing was done. Please try again in a minute.")
    if team is not None and team != home_team:
        return _("I only answer members of the workspace that I am installed in.")
    if user.get("team_id") not in (None, home_team) or user.get("is_stranger"):
        return _("I only answer members of the workspace that I am installed in.")
    if user.get("deleted"):
        return _("This account is deactivated.")
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return _("I do not take requests from other apps.")
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return _("Customer risk is for full members of this workspace; guests cannot see or change it. Please ask a colleague.")
    return None


def refuse_as_owner(user: Mapping[str, Any] | None, name: str, *, home_team: str) -> Text | None:
    """Why nobody can make this Slack user an owner, in words: whom I do not answer could not see what they own; None if they may be."""
    if user is None:
        return _("Slack does not tell me who {name} is. Please name a full member of this workspace, as @name.").format(name=name)
    if refuse(user, team=None, home_team=home_team) is not None:
        sentence = _("{name} is not a full member of this workspace, and could not see what they own. Please name somebody else.")
        return sentence.format(name=name)
    return None
