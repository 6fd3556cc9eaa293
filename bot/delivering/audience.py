"""Readers of a channel, according to Slack: full members only, or also guests and other organisations."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.slack.call_outcomes import too_many_calls
from bot.slack.people import People
from commands.delivery.audience_words import Readers, Why
from commands.kit.access.access import Outside, outside

log = logging.getLogger(__name__)

# seconds for which a new description serves the rest of a request, and for which it serves while
# Slack limits calls
KEEP, SPARE = 1.0, 60.0
# seconds for which a list of members, and an event, count
KEEP_MEMBERS = 600.0
# larger channels are not checked member by member
MOST = 5000
_SHARED = ("is_ext_shared", "is_org_shared", "is_shared", "is_global_shared")
_INVITED = ("is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")
_TEAMS = ("shared_team_ids", "connected_team_ids", "internal_team_ids")
# errors for a channel that the bot cannot see at this moment
UNSEEN = {"channel_not_found", "not_in_channel"}


# events that may change a channel's readers or name
MEMBER_NEWS = ("member_joined_channel", "member_left_channel")
# events that outdate the list of names, as joins and leaves of the bot do
NAMING_NEWS = (
    *("channel_archive", "channel_unarchive", "channel_rename", "channel_deleted", "channel_left"),
    *("group_archive", "group_unarchive", "group_rename", "group_deleted", "group_left"),
)
CHANNEL_NEWS = ("channel_shared", "channel_unshared", *MEMBER_NEWS, *NAMING_NEWS)
# events after which the bot cannot see a channel any more
GONE = {"channel_deleted", "channel_left", "group_deleted", "group_left"}


@dataclass(frozen=True, slots=True)
class _Members:
    """The members of a channel, with the time and Slack's count."""

    ids: frozenset[str]
    at: float
    count: object


class Audience:
    """The facts about the channels that the bot posts to."""

    def __init__(self, client: WebClient, people: People, clock: Clock) -> None:
        self._client, self._people, self._clock = client, people, clock
        # channel → the time of the request, and Slack's description
        self._described: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._members: dict[str, _Members] = {}
        # channel → the time until which an event about another organisation overrides the description
        self._shared_until: dict[str, float] = {}
        # channel → the number of events about it, and the number of times everything was forgotten
        self._changes: dict[str, int] = {}
        self._forgotten = 0
        # channel → the time of the last check of its readers
        self._looked_at: dict[str, float] = {}
        self._found: dict[str, tuple[str, Readers]] = {}
        self._lock = threading.Lock()

    def info(self, channel: str, *, keep: float = KEEP) -> Mapping[str, Any]:
        """Return Slack's description of a channel, at most ``keep`` seconds old.

        Raises:
            SlackApiError, OSError: Slack does not return it.
        """
        for _again in range(2):
            kept, changes = self._described.get(channel), self.news_of(channel)
            age = self._clock.monotonic() - kept[0] if kept else float("inf")
            if kept and age < keep:
                return kept[1]
            asked_at = self._clock.monotonic()
            try:
                told: Mapping[str, Any] = self._client.conversations_info(channel=channel, include_num_members=True)["channel"]
            except SlackApiError as error:
                if kept and age < SPARE and too_many_calls(error):
                    return kept[1]
                raise
            with self._lock:
                if self.news_of(channel) == changes:
                    self._described[channel] = (asked_at, told)
                    return told
        return told

    def unsafe(self, channel: str, *, keep: float = KEEP_MEMBERS) -> Readers | None:
        """Return a channel's readers other than full members; None if there are none.

        Raises:
            SlackApiError: the bot cannot see the channel; or Slack limits calls, and nothing recent is known.
        """
        if channel.startswith("D"):
            # Slack tells the bot nothing about direct messages, which nobody could change, so /risk status omits it
            return Readers(Why.UNKNOWN, said=channel)
        self._looked_at[channel] = self._clock.monotonic()
        name = channel
        try:
            info = self.info(channel, keep=0.0)
            name = str(info.get("name") or channel)
            found = self._of(channel, info, keep)
        except SlackApiError as error:
            if error.response.get("error") in UNSEEN:
                self._drop(channel)
                raise
            if too_many_calls(error):
                raise
            found = Readers(Why.UNKNOWN, said=str(error.response.get("error"))[:60])
        except OSError as error:
            found = Readers(Why.UNKNOWN, said=type(error).__name__)
        self._remember(channel, name, found)
        return found

    def found(self) -> dict[str, tuple[str, Readers]]:
        """Return channels known to have other readers, by id, with name and reason."""
        return dict(self._found)

    def news_of(self, channel: str) -> int:
        """Return the number of events that may have changed a channel's readers."""
        return self._changes.get(channel, 0) + self._forgotten

    def looked_at(self, *, before: float = float("inf")) -> list[str]:
        """Return channels in use that were checked before a moment, the longest ago first."""
        return [channel for channel, at in sorted(self._looked_at.copy().items(), key=lambda one: one[1]) if at < before]

    def _drop(self, channel: str) -> None:
        """Stop watching a channel that the bot cannot see; a new post to it resumes watching."""
        self._looked_at.pop(channel, None)
        self._found.pop(channel, None)

    def told(self, event: Mapping[str, Any]) -> str | None:
        """Apply an event about a channel; return the channel's id."""
        named = event.get("channel")
        channel = str(named.get("id")) if isinstance(named, Mapping) else str(named) if named else None
        if channel is None:
            return None
        kind, user = str(event.get("type")), event.get("user")
        with self._lock:
            self._changes[channel] = self._changes.get(channel, 0) + 1
            self._described.pop(channel, None)
            if kind in GONE:
                self._drop(channel)
            if kind == "channel_shared":
                self._shared_until[channel] = self._clock.monotonic() + KEEP_MEMBERS
            if kind == "channel_unshared" and not event.get("is_ext_shared"):
                self._shared_until.pop(channel, None)
            if kind in MEMBER_NEWS and isinstance(user, str):
                self._moved(channel, user, joined=kind == "member_joined_channel")
        return channel

    def forget_all(self) -> None:
        """Forget everything about every channel."""
        with self._lock:
            self._forgotten += 1
            self._described.clear()
            self._members.clear()

    def _moved(self, channel: str, user: str, *, joined: bool) -> None:
        """Apply a join or leave; the list stays valid if Slack's count agrees."""
        kept = self._members.get(channel)
        if kept and isinstance(kept.count, int) and (user in kept.ids) is not joined:
            ids = kept.ids | {user} if joined else kept.ids - {user}
            self._members[channel] = replace(kept, ids=ids, count=kept.count + (1 if joined else -1))

    def _remember(self, channel: str, name: str, found: Readers | None) -> None:
        before = self._found.get(channel)
        if found is None:
            self._found.pop(channel, None)
        else:
            self._found[channel] = (name, found)
        if (before[1] if before else None) != found:
            log.warning("the readers of a channel have changed", extra={"channel": channel, "others": found.why.value if found else "none"})

    def _of(self, channel: str, info: Mapping[str, Any], keep: float) -> Readers | None:
        if info.get("is_archived"):
            return Readers(Why.ARCHIVED)
        home, now = self._people.home_team, self._clock.monotonic()
        teams = {team for key in _TEAMS for team in info.get(key) or ()}
        if any(info.get(flag) for flag in _SHARED) or teams - {home} or self._shared_until.get(channel, 0.0) > now:
            return Readers(Why.SHARED)
        if any(info.get(flag) for flag in _INVITED):
            return Readers(Why.INVITED)
        ids = self._ids(channel, info, keep)
        return Readers(Why.CROWD) if ids is None else self._guests(ids, keep)

    def _guests(self, ids: frozenset[str], keep: float) -> Readers | None:
        guests: list[str] = []
        for id, user in self._people.users(ids, keep=keep).items():
            why = outside(user, team=None, home_team=self._people.home_team)
            if why is Outside.UNKNOWN:
                return Readers(Why.UNKNOWN, said=id)
            if why in {Outside.GUEST, Outside.STRANGER}:
                guests.append(id)
        return Readers(Why.GUESTS, tuple(self._people.name_of(id) for id in sorted(guests))) if guests else None

    def _ids(self, channel: str, info: Mapping[str, Any], keep: float) -> frozenset[str] | None:
        """Return the members' ids; None if there are too many."""
        count = info.get("num_members")
        if isinstance(count, int) and count > MOST:
            return None
        kept, changes = self._members.get(channel), self.news_of(channel)
        if kept and self._clock.monotonic() - kept.at < keep and kept.count == count:
            return kept.ids
        asked_at, ids = self._clock.monotonic(), set[str]()
        for page in self._pages(channel):
            ids.update(page)
            if len(ids) > MOST:
                return None
        with self._lock:
            if self.news_of(channel) == changes:
                self._members[channel] = _Members(frozenset(ids), asked_at, count)
        return frozenset(ids)

    def _pages(self, channel: str) -> Iterator[list[str]]:
        cursor = ""
        while True:
            page = self._client.conversations_members(channel=channel, limit=1000, cursor=cursor or None)
            yield page.get("members", [])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
