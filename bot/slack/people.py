"""People as Slack describes them, cached for ten minutes, and members of the policy's user groups."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.slack.call_outcomes import fate, too_many_calls
from bot.slack.client import Client, impatient
from commands.delivery.slack_answers import Fate
from commands.kit.access.access import Outside, outside
from commands.kit.blocks import USER
from commands.kit.contract import Person
from commands.kit.i18n import Reader, Text, _, supported_locale
from risk_engine.policy.policy import Policy
from storage.names import name_key

log = logging.getLogger(__name__)
_BY_SCRIPT = re.compile(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+")
KEEP = 600.0
# seconds before asking again after Slack gave no answer
KEEP_FAILURE = 5.0
# seconds for which an event of lost access counts before Slack is asked again
KEEP_NEWS = 60.0
# errors after which Slack may answer in a minute; others stay until somebody repairs the cause
NOT_NOW = frozenset({Fate.LATER, Fate.LIMITED, Fate.UNCERTAIN, Fate.UNHEARD})
# for more people than this the whole list is read, up to this many pages
FEW, PAGES = 200, 20


@cache
def _zones() -> frozenset[str]:
    """Return every time zone; listing them reads a folder tree."""
    return frozenset(available_timezones())


def _name(id: str, user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    return str(profile.get("display_name") or user.get("real_name") or user.get("name") or id)


def _called(user: Mapping[str, Any]) -> list[str]:
    """Return the names under which somebody may appear in files: 林美 Lin Mei also as either half."""
    profile = user.get("profile") or {}
    called = [str(one) for one in (user.get("real_name"), profile.get("real_name"), user.get("name")) if one]
    return called + [half.strip() for one in called for half in _BY_SCRIPT.findall(one)]


def _by_name(users: Collection[Mapping[str, Any]]) -> Mapping[str, str]:
    """Return ids by name, of the names that one person alone has."""
    found: dict[str, set[str]] = {}
    for user in users:
        for name in (*_called(user), _name(str(user["id"]), user)):
            found.setdefault(name_key(name), set()).add(str(user["id"]))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


class People:
    """A cache of people, refreshed after ten minutes or when Slack reports a change."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        administrators: Collection[str] = (),
        *,
        masked: Callable[[], bool],
        home_team: str | None = None,
    ) -> None:
        # whether customers appear in Slack by id and colour only
        self._masked = masked
        self._client = impatient(client)
        self._administrators = frozenset(administrators)
        self._clock = clock
        self._home_team = home_team
        self._users: dict[str, tuple[float, Mapping[str, Any] | None]] = {}
        # id → the number of changes reported by Slack: an answer requested before the last one is outdated
        self._changes: dict[str, int] = {}
        # the number of times everything was forgotten, and of reported losses of access
        self._forgotten, self.departures = 0, 0
        self._groups: dict[str, tuple[float, tuple[str, ...]]] = {}
        # the time and the result of the last count of members, and their names
        self._counted: tuple[float, int | None] = (float("-inf"), None)
        self._named: Mapping[str, str] = {}
        # people about whom Slack gave no answer last time
        self._unanswered: set[str] = set()
        self._lock = threading.Lock()

    @property
    def home_team(self) -> str:
        """Return the workspace of the installation.

        Raises:
            SlackApiError, OSError: Slack gives no answer.
        """
        if self._home_team is None:
            self._home_team = str(self._client.auth_test()["team_id"])
        return self._home_team

    def user(self, id: str, *, within: float = KEEP, strict: bool = False) -> Mapping[str, Any] | None:
        """Return Slack's user object, at most ``within`` seconds old; None if Slack gives no answer.

        Raises:
            SlackApiError: Slack limits calls, and ``strict`` is set.
        """
        for _again in range(2):
            if (kept := self._kept(id, within)) is not None:
                return kept[1]
            news, asked_at = self._news_of(id), self._clock.monotonic()
            user = self._ask(id, strict)
            with self._lock:
                if self._news_of(id) == news:
                    self._keep(id, asked_at, user)
                    return user
        # they keep changing: the next request asks again
        return user

    def users(self, ids: Collection[str], *, keep: float = KEEP) -> dict[str, Mapping[str, Any] | None]:
        """Return many users with few calls; None for those without an answer from Slack.

        Raises:
            SlackApiError: Slack limits calls.
        """
        known = {id: self._kept(id, keep) for id in ids}
        missing = [id for id, kept in known.items() if kept is None]
        if len(missing) > FEW:
            self._read_all()
            known |= {id: self._kept(id, keep) for id in missing}
            missing = [id for id in missing if known[id] is None]
        found = {id: kept[1] for id, kept in known.items() if kept is not None}
        # further people are not asked for one by one and stay unknown
        for id in missing[:FEW]:
            found[id] = self.user(id, within=keep, strict=True)
        return {id: found.get(id) for id in ids}

    def _kept(self, id: str, within: float) -> tuple[float, Mapping[str, Any] | None] | None:
        with self._lock:
            kept = self._users.get(id)
        if kept is None:
            return None
        age = self._clock.monotonic() - kept[0]
        if kept[1] is None:
            return kept if age < KEEP_FAILURE and within >= KEEP_FAILURE else None
        # lost access stays lost for this time: a failed answer from Slack does not restore it
        return kept if age < (within if self._why_out(kept[1]) is None else KEEP) else None

    def _keep(self, id: str, at: float, user: Mapping[str, Any] | None) -> None:
        """Remember an answer; a failure does not replace a recent one."""
        before = self._users.get(id)
        if user is not None or before is None or before[1] is None or at - before[0] >= KEEP:
            self._users[id] = (at, user)

    def _ask(self, id: str, strict: bool) -> Mapping[str, Any] | None:
        try:
            user: Mapping[str, Any] = self._client.users_info(user=id, include_locale=True)["user"]
        except Exception as error:  # without an answer from Slack the person has no access
            (self._unanswered.add if fate(error)[0] in NOT_NOW else self._unanswered.discard)(id)
            if strict and isinstance(error, SlackApiError) and too_many_calls(error):
                raise
            log.warning("users.info failed", extra={"user": id, "error": type(error).__name__})
            return None
        self._unanswered.discard(id)
        return user

    def unanswered(self, id: str) -> bool:
        """Return True if Slack gave no answer about somebody last time; a refusal counts as an answer."""
        return id in self._unanswered

    def _read_all(self) -> None:
        """Read the list of people, up to a few pages."""
        cursor, asked_at, before, forgotten = "", self._clock.monotonic(), dict(self._changes), self._forgotten
        user: Mapping[str, Any]
        for _page in range(PAGES):
            try:
                page = self._client.users_list(limit=1000, cursor=cursor or None, include_locale=True)
            except SlackApiError as error:
                if too_many_calls(error):
                    raise
                log.warning("users.list failed", extra={"error": str(error.response.get("error"))})
                return
            except OSError as error:
                log.warning("users.list failed", extra={"error": type(error).__name__})
                return
            with self._lock:
                for user in page.get("members", []):
                    if self._news_of(user["id"]) == (forgotten, before.get(user["id"], 0)):
                        self._keep(user["id"], asked_at, user)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def members(self) -> int | None:
        """Return the number of full members, at most ten minutes old; None if Slack gives no answer."""
        if self._clock.monotonic() - self._counted[0] < KEEP:
            return self._counted[1]
        cursor, full = "", list[Mapping[str, Any]]()
        try:
            for _page in range(PAGES):
                page = self._client.users_list(limit=1000, cursor=cursor or None)
                everybody: list[Mapping[str, Any]] = page.get("members", [])
                full += (user for user in everybody if outside(user, team=None, home_team=self.home_team) is None)
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    self._named = _by_name(full)
                    self._counted = (self._clock.monotonic(), len(full))
                    return len(full)
        except (SlackApiError, OSError) as error:
            log.warning("users.list failed", extra={"error": type(error).__name__})
        return None

    def named(self) -> Mapping[str, str]:
        """Return the ids of full members by name, as files write owners; a name that several have is left out."""
        self.members()
        return self._named

    def why_outside(self, id: str, *, within: float = KEEP) -> Outside | None:
        """Return the reason why somebody has no access; None for a full member."""
        return outside(self.user(id, within=within), team=None, home_team=self.home_team)

    def known_outside(self, id: str) -> Outside | None:
        """Return the known reason why somebody has no access, without asking Slack."""
        kept = self._kept(id, KEEP)
        return None if kept is None or kept[1] is None else self._why_out(kept[1])

    def addresses(self, ids: Collection[str]) -> dict[str, str]:
        """Return the e-mail addresses of recently described people, without asking Slack."""
        with self._lock:
            known = {id: self._users[id][1] or {} for id in ids if id in self._users}
        found = {id: (user.get("profile") or {}).get("email") for id, user in known.items()}
        return {id: str(address) for id, address in found.items() if address}

    def troubles(self) -> list[Text]:
        """Return missing data about people, and administrators from settings who have no access."""
        return [*map(self._no_administrator, sorted(self._not_let_in())), *self._without_addresses()]

    def _no_administrator(self, id: str) -> Text:
        sentence = _(
            "RISKBOT_ADMINS names {name} ({id}), whose account is not that of a full member and has no rights here: name somebody else."
        )
        return sentence.format(name=self.name_of(id), id=id)

    def _not_let_in(self) -> frozenset[str]:
        """Return administrators from settings known to be guests, strangers, apps or deactivated, without asking."""
        with self._lock:
            known = {id: self._users[id][1] for id in self._administrators if id in self._users}
        return frozenset(id for id, user in known.items() if user and self._why_out(user) is not None)

    def look_at_administrators(self) -> None:
        """Ask Slack about the administrators from settings, if the last time was ten minutes ago."""
        for id in self._administrators:
            self.user(id)

    def _without_addresses(self) -> list[Text]:
        with self._lock:
            users = [user for _at, user in self._users.values() if user]
        members = [user for user in users if self._why_out(user) is None]
        if not members or any((user.get("profile") or {}).get("email") for user in members):
            return []
        return [
            _(
                "Slack does not give me e-mail addresses, so two accounts of one person count as two people. "
                "Give the app the scope users:read.email, or list second accounts in [people.accounts]."
            )
        ]

    def changed(self, user: Mapping[str, Any]) -> bool:
        """Apply a change reported by Slack; return True if it changes somebody's access.

        Lost access takes effect at once, regained access is looked up. Most such news is about a status or a picture, and costs no call.
        """
        id = str(user["id"])
        with self._lock:
            kept = self._users.get(id)
            before, after = self._why_out((kept[1] if kept else None) or {}), self._why_out(user)
            self._changes[id] = self._changes.get(id, 0) + 1
            if after is not None:
                self.departures += before is not after
                self._users[id] = (self._clock.monotonic() - KEEP + KEEP_NEWS, {**((kept[1] if kept else None) or {}), **user})
            elif kept and kept[1] and before is None:
                self._users[id] = (kept[0], {**kept[1], **user})
            else:
                self._users.pop(id, None)
        return before is not after

    def _news_of(self, id: str) -> tuple[int, int]:
        """Return how often everything was forgotten, and how often Slack reported a change of somebody."""
        return self._forgotten, self._changes.get(id, 0)

    def _why_out(self, user: Mapping[str, Any]) -> Outside | None:
        return outside(user, team=None, home_team=self._home_team or str(user.get("team_id")))

    def forget(self, id: str) -> None:
        """Forget somebody, so that the next request asks again."""
        with self._lock:
            self._changes[id] = self._changes.get(id, 0) + 1
            self._users.pop(id, None)

    def forget_all(self) -> None:
        """Forget everybody, so that the next requests ask again."""
        with self._lock:
            self._forgotten += 1
            self._users.clear()

    def person(self, id: str) -> Person:
        """Return somebody with language, time zone and masking; defaults if Slack gives no answer."""
        user = self.user(id) or {}
        zone = user.get("tz") if user.get("tz") in _zones() else None
        called = _called(user)
        reader = Reader(supported_locale(user.get("locale")), str(zone or "UTC"), masked=self._masked())
        return Person(id, _name(id, user), reader, tuple(called))

    def name_of(self, id: str) -> str:
        """Return the name for a Slack id; other texts stay as they are."""
        return _name(id, self.user(id) or {}) if USER.fullmatch(id) else id

    def with_groups(self, policy: Policy) -> Policy:
        """Return the policy with members of its user groups, approvers and administrators from settings."""
        known: dict[str, Any] = {}
        if any(id.startswith("S") for id in policy.people.approvers):
            named = [one for id in policy.people.approvers for one in (self._members(id) if id.startswith("S") else (id,))]
            known["people"] = policy.people.model_copy(update={"approvers": tuple(named)})
        administrators = self._administrators - self._not_let_in()
        if policy.roles.groups or administrators:
            members = {group: self._members(group) for group in policy.roles.groups}
            known["roles"] = policy.roles.known_as(members=members, administrators=administrators)
        return policy.model_copy(update=known) if known else policy

    def _members(self, group: str) -> tuple[str, ...]:
        """Return a group's members; if empty or unknown, the group itself, which matches nobody."""
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
