"""Effects of a policy change in words: for the card, the form and the trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from commands.kit import blocks
from commands.kit.access.authority import roles_are_given
from commands.kit.i18n import Marked, Text, _, listed, ngettext, noted
from commands.kit.wording import role_words
from commands.kit.wording.role_words import SEVERAL
from commands.kit.wording.words import label
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_effects import Effect
from storage.database import Tx
from storage.people import people

_SEES: dict[Reach, Text] = {
    Reach.ALL: _("all customers"),
    Reach.DEPARTMENT: _("the customers of their departments and those whose relationship manager they are"),
    Reach.OWN: _("the customers whose relationship manager they are"),
}


def counted(effects: Sequence[Effect], policy: Policy, members: int | None, tx: Tx) -> list[dict[str, Any]]:
    """Return the effects with the number of people concerned, where it is known.

    Args:
        members: the number of full members of the workspace; None if Slack does not give it.
    """
    return [{**effect, "people": _how_many(effect, policy, members, tx)} for effect in effects]


def _how_many(effect: Effect, policy: Policy, members: int | None, tx: Tx) -> int | None:
    if "role" in effect:
        return len(_playing(Role(effect["role"]), policy, tx))
    if "group" in effect:
        return len(policy.roles.players_of(effect["group"])) or None
    if "everybody" not in effect or members is None:
        return None
    if effect["everybody"] == "before" or not roles_are_given(tx, policy):
        return members
    return max(0, members - len({one for role in Role for one in _playing(role, policy, tx)}))


def _playing(role: Role, policy: Policy, tx: Tx) -> set[str]:
    return {*people.holders(tx, role), *policy.roles.players(role)}


def in_words(effects: Sequence[Effect]) -> list[Text]:
    """Return the effects as sentences."""
    return [sentence for effect in effects for sentence in _WORDS.get(effect["kind"], _nothing)(effect)]


def _nothing(effect: Effect) -> list[Text]:
    return []


def _whom(effect: Effect) -> str:
    """Return ``Analysts (7 people)``; ``Everybody without a role (12 members)``."""
    count = effect.get("people")
    if "everybody" in effect:
        who = _("everybody without a role") if effect["everybody"] == "others" else _("everybody, until roles are given")
        size = None if count is None else ngettext("{whom} ({n} member)", "{whom} ({n} members)", count)
    else:
        who = SEVERAL[Role(effect["role"])] if "role" in effect else _("members of the user group {group}").format(group=effect["group"])
        size = None if count is None else ngettext("{whom} ({n} person)", "{whom} ({n} people)", count)
    text = str(who if size is None else size.format(whom=who))
    return text[:1].upper() + text[1:]


def _rights(named: Collection[str]) -> str:
    """Return ``give roles (administer), export``: the words for rights, with the policy's spelling."""
    found = [(right.value, str(role_words.RIGHTS[right])) for right in Right if right.value in named and right in role_words.RIGHTS]
    return listed(meaning if meaning.startswith(word) else noted(meaning, word) for word, meaning in found)


def _of_rights(effect: Effect) -> list[Text]:
    lines: list[Text] = []
    if effect.get("gains"):
        lines.append(_("{whom} could then {rights}.").format(whom=_whom(effect), rights=_rights(effect["gains"])))
    if effect.get("loses"):
        lines.append(_("{whom} could no longer {rights}.").format(whom=_whom(effect), rights=_rights(effect["loses"])))
    return lines


def _of_reach(effect: Effect) -> list[Text]:
    return (
        [_("{whom} would see {customers}.").format(whom=_whom(effect), customers=_SEES[Reach(effect["reach"])])]
        if effect.get("reach")
        else []
    )


def _of_playing(effect: Effect) -> list[Text]:
    roles = role_words.roles([Role(role) for role in effect["roles"]])
    lines = [_("{whom} would then be: {roles}.").format(whom=_whom(effect), roles=roles), *_of_rights(effect), *_of_reach(effect)]
    if "group" in effect:
        lines.append(_("Membership of the group is managed in Slack."))
    return lines


def _of_account(effect: Effect) -> list[Text]:
    sentence = _("The account {one} would count as a second account of {other}: together they have one vote.")
    return [sentence.format(one=_person(effect["person"]), other=_person(effect["same_as"]))]


def _of_names(effect: Effect) -> list[Text]:
    sentence = _("{person} would see as their own the customers whose manager is called {names}.")
    return [sentence.format(person=_person(effect["person"]), names=listed(map(blocks.clean, effect["names"])) or "–")]


def _person(id: str) -> Marked:
    return Marked(blocks.mention(id))


def _of_deciding(effect: Effect) -> list[Text]:
    return [_("Different or fewer people could decide requests from then on: compare the two values.")]


def _of_erasing(effect: Effect) -> list[Text]:
    sentence = _("The contents of the audit trail would be erased after {days} days instead of {before}; erasure cannot be undone.")
    return [sentence.format(days=effect["days"], before=effect["before"])]


def _of_sending(effect: Effect) -> list[Text]:
    sentence = _("Messages of the route “{route}” would go to {channel}, and everybody in that channel would read them.")
    return [sentence.format(route=effect["route"], channel=blocks.clean(effect["channel"]) or "–")]


def _of_carrying(effect: Effect) -> list[Text]:
    level = label(effect["level"])
    if "channel" not in effect:
        return [_("Channels not named in the policy could carry {level} content.").format(level=level)]
    return [_("The channel {channel} could carry {level} content.").format(channel=blocks.clean(effect["channel"]), level=level)]


_WORDS: Mapping[str, Callable[[Effect], list[Text]]] = {
    "rights": _of_rights,
    "reach": _of_reach,
    "plays": _of_playing,
    "account": _of_account,
    "known_as": _of_names,
    "decides": _of_deciding,
    "erased": _of_erasing,
    "sent": _of_sending,
    "carries": _of_carrying,
    "shown": lambda effect: [_("Customers' names and figures would appear where they are masked today.")],
    "masked": lambda effect: [_("Customers' names and figures would be masked.")],
}
