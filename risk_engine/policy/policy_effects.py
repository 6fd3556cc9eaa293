"""Effects of a policy change on people's rights and reach, as JSON values for the card and the trail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from risk_engine.people.roles import Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_keys import Path

Effect = Mapping[str, Any]
# default roles of people without an assignment: until roles are assigned, and afterwards
EVERYBODY = ("before", "others")


def effects(path: Path, before: Policy, after: Policy) -> list[Effect]:
    """Return the rights and reach that a key's new value gives or takes; empty for keys without such effects.

    Each effect has its ``kind``, and the people concerned as ``role``, ``everybody`` (``before`` or ``others``), ``group`` or ``person``.
    """
    known = _OF.get(path[0])
    return list(known(path, before, after)) if known else []


def _of_roles(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    if path[1] in EVERYBODY:
        yield {
            "kind": "plays",
            "everybody": path[1],
            **_played(before, after, getattr(before.roles, path[1]), getattr(after.roles, path[1])),
        }
    elif path[1] == "groups":
        was, now = (policy.roles.groups.get(path[2]) for policy in (before, after))
        yield {"kind": "plays", "group": path[2], **_played(before, after, [was] if was else [], [now] if now else [])}
    else:
        yield from _of_one_role(Role(path[1]), before, after)


def _of_one_role(role: Role, before: Policy, after: Policy) -> Iterator[Effect]:
    was, now = before.roles.rules(role), after.roles.rules(role)
    if was.rights != now.rights:
        yield {
            "kind": "rights",
            "role": role.value,
            "gains": _in_order(now.rights - was.rights),
            "loses": _in_order(was.rights - now.rights),
        }
    if Right.READ in now.rights and (was.reach != now.reach or Right.READ not in was.rights):
        yield {"kind": "reach", "role": role.value, "reach": now.reach.value}


def _played(before: Policy, after: Policy, was: Collection[Role], now: Collection[Role]) -> dict[str, Any]:
    gained = after.roles.rights(now) - before.roles.rights(was)
    lost = before.roles.rights(was) - after.roles.rights(now)
    reads = Right.READ in after.roles.rights(now)
    said = {"roles": [role.value for role in Role if role in now], "gains": _in_order(gained), "loses": _in_order(lost)}
    return said | ({"reach": after.roles.reach(now).value} if reads else {})


def _in_order(rights: Collection[Right]) -> list[str]:
    return [right.value for right in Right if right in rights and right not in (Right.OPEN, Right.VOICE)]


def _of_people(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    if path[1] == "accounts":
        yield {"kind": "account", "person": path[2], "same_as": after.people.accounts.get(path[2])}
    elif path[1] == "known_as":
        yield {"kind": "known_as", "person": path[2], "names": list(after.people.known_as.get(path[2], ()))}


def _of_approvals(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    if path[1] in ("authority", "committees"):
        yield {"kind": "decides"}


def _of_retention(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    if path[1] == "audit_days":
        yield {"kind": "erased", "days": after.retention.audit_days, "before": before.retention.audit_days}


def _of_channels(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    yield {"kind": "sent", "route": path[1], "channel": str(getattr(after.channels, path[1]))}


def _of_privacy(path: Path, before: Policy, after: Policy) -> Iterator[Effect]:
    if path[1] in ("masked", "masked_exports"):
        hides = after.privacy.masked if path[1] == "masked" else not after.privacy.masked_exports
        yield {"kind": "masked" if hides else "shown", "what": path[1]}
    elif path[1] == "channels":
        level = after.privacy.channels.get(path[2], after.privacy.unlisted)
        yield {"kind": "carries", "channel": path[2], "level": level.value}
    elif path[1] == "unlisted":
        yield {"kind": "carries", "level": after.privacy.unlisted.value}


_OF = {
    "roles": _of_roles,
    "people": _of_people,
    "approvals": _of_approvals,
    "retention": _of_retention,
    "channels": _of_channels,
    "privacy": _of_privacy,
}
