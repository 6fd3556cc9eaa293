"""People as Slack knows them, for at most ten minutes; and who the policy's user groups are."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from slack_sdk import WebClient

from bot.clock import Clock
from bot.slack import impatient
from commands.kit.blocks import USER
from commands.kit.contract import Person
from commands.kit.i18n import Reader, supported_locale
from risk_engine.policy import Policy

log = logging.getLogger(__name__)
_BY_SCRIPT = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
KEEP = 600.0
# after Slack did not say who somebody is
KEEP_FAILURE = 5.0


@cache
def _zones() -> frozenset[str]:
    """Every time zone; listing them reads a folder tree."""
    return frozenset(available_timezones())


class People:
    """Looks people up once, and again after ten minutes or when Slack says that they changed."""

    def __init__(
        self, client: WebClient, clock: Clock, administrators: Collection[str] = (), *, masked: Callable[[], bool] = lambda: False
    ) -> None:
        # whether people in Slack see customers by id and colour alone
        self._masked = masked
        self._client = impatient(client)
        self._administrators = frozenset(administrators)
        self._clock = clock
        self._users: dict[str, tuple[float, Mapping[str, Any] | None]] = {}
        self._groups: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    def user(self, id: str) -> Mapping[str, Any] | None:
        """Slack's user object; None if Slack would not say."""
        with self._lock:
            kept = self._users.get(id)
        if kept and self._clock.monotonic() - kept[0] < (KEEP if kept[1] else KEEP_FAILURE):
            return kept[1]
        user: Mapping[str, Any] | None = None
        try:
            user = self._client.users_info(user=id, include_locale=True)["user"]
        except Exception as error:  # whatever keeps Slack from answering, the person is not let in
            log.warning("users.info failed", extra={"user": id, "error": type(error).__name__})
        with self._lock:
            self._users[id] = (self._clock.monotonic(), user)
        return user

    def forget(self, id: str) -> None:
        """Ask again at the next request."""
        with self._lock:
            self._users.pop(id, None)

    def person(self, id: str) -> Person:
        """Somebody with their language, time zone and what they see of customers; plain defaults if Slack does not say."""
        found = self._known(id)
        return replace(found, reader=replace(found.reader, masked=self._masked()))

    def _known(self, id: str) -> Person:
        user = self.user(id) or {}
        profile = user.get("profile") or {}
        name = profile.get("display_name") or user.get("real_name") or user.get("name") or id
        zone = user.get("tz") if user.get("tz") in _zones() else None
        called = [str(one) for one in (user.get("real_name"), profile.get("real_name"), user.get("name")) if one]
        # 林美 Lin Mei goes by either half: files write one of them
        called += [half.strip() for one in called for half in _BY_SCRIPT.findall(one)]
        return Person(id, str(name), Reader(supported_locale(user.get("locale")), str(zone or "UTC")), tuple(called))

    def name_of(self, id: str) -> str:
        """Somebody's name by their Slack id; whatever is no id stays as it is."""
        return self._known(id).name if USER.fullmatch(id) else id

    def with_groups(self, policy: Policy) -> Policy:
        """The policy with the people of its user groups: its approvers, and those who play a role; and the administrators by setting."""
        known: dict[str, Any] = {}
        if any(id.startswith("S") for id in policy.people.approvers):
            named = [one for id in policy.people.approvers for one in (self._members(id) if id.startswith("S") else (id,))]
            known["people"] = policy.people.model_copy(update={"approvers": tuple(named)})
        if policy.roles.groups or self._administrators:
            members = {group: self._members(group) for group in policy.roles.groups}
            known["roles"] = policy.roles.known_as(members=members, administrators=self._administrators)
        return policy.model_copy(update=known) if known else policy

    def _members(self, group: str) -> tuple[str, ...]:
        """A group's members; empty, or as long as Slack does not say, the group itself, which is nobody."""
        kept = self._groups.get(group)
        if kept and self._clock.monotonic() - kept[0] < KEEP:
            return kept[1]
        try:
            members = tuple(self._client.usergroups_users_list(usergroup=group)["users"]) or (group,)
        except Exception as error:  # an unknown group must not make everybody an approver
            log.warning("usergroups.users.list failed", extra={"group": group, "error": type(error).__name__})
            members = kept[1] if kept else (group,)
        self._groups[group] = (self._clock.monotonic(), members)
        return members
