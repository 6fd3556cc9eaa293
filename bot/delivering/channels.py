"""Destinations of notices in Slack: routes and names become channel ids, people their direct messages."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.delivering.audience import KEEP_MEMBERS, MEMBER_NEWS, NAMING_NEWS, UNSEEN, Audience
from bot.policy_in_force import PolicyBook
from bot.slack.people import People
from commands.delivery import audience_words, secrecy_words
from commands.delivery.audience_words import Readers, Why
from commands.kit.i18n import Text, _
from risk_engine.audit.secrecy import Secrecy, carries, least, masked
from risk_engine.policy.policy import Policy

log = logging.getLogger(__name__)

KEEP = 300.0
RETRY = 20.0
# channels checked again in one go
AT_ONCE = 10
# routes in use
IN_USE = ("alerts", "approvals", "digest", "audit", "fallback")


class Unreachable(Exception):
    """The channel does not exist, or the bot is not a member.

    Attributes:
        held: whether the policy holds the message.
        closed: whether the recipient is gone, unless that is reversed within minutes.
    """

    def __init__(self, sentence: Text, *, held: bool = False, closed: bool = False) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.held, self.closed = held, closed


class Channels:
    """Channel ids by name, requested from Slack at most every few minutes."""

    def __init__(self, client: WebClient, policies: PolicyBook, people: People, clock: Clock, *, me: str | None = None) -> None:
        self._client, self._policies, self.people, self._clock = client, policies, people, clock
        self.audience = Audience(client, people, clock)
        self._names: dict[str, Mapping[str, Any]] = {}
        self._asked_at = float("-inf")
        self._direct: dict[str, str] = {}
        # the bot's own id; if unknown, Slack is asked when it is needed
        self._me = me
        self._lock = threading.Lock()

    def name_of(self, audience: str) -> str:
        """Return the channel's name or id for an audience."""
        kind, _colon, target = audience.partition(":")
        return str(getattr(self._policies.now.channels, target)) if kind == "route" else target

    def resolve(self, audience: str) -> str:
        """Return the channel id for ``route:…``, ``channel:…`` or ``person:…``.

        Raises:
            Unreachable: the channel does not exist, or the bot is not a member.
            SlackApiError: Slack did not answer.
        """
        target = self.name_of(audience)
        if audience.startswith("person:"):
            return self._direct_message(target)
        if re.fullmatch(r"[CGD][A-Z0-9]{2,}", target):
            return target
        return self._by_name(target.lstrip("#"))

    def troubles(self) -> list[Text]:
        """Return the problems of the policy's channels, by name."""
        policy, found = self._policies.now, list[Text]()
        for route, name in policy.channels:
            if route not in IN_USE or not name:
                continue
            found += self._trouble(f"route:{route}", name)
        found += [trouble for name in policy.digest.channels for trouble in self._trouble(f"channel:{name}", name)]
        return found + self._mislaid(policy)

    def _mislaid(self, policy: Policy) -> list[Text]:
        """Return warnings for classified channels that do not exist, probably misspelled and thus unclassified."""
        found: list[Text] = []
        for name in policy.privacy.channels:
            try:
                self._look_at(self.resolve(f"channel:{name}"), name)
            except Unreachable:
                if name.lstrip("#") not in self._names:
                    found.append(secrecy_words.unknown(name))
            except (SlackApiError, OSError) as error:
                found.append(_not_said(name, error))
        return found

    def _too_open(self, channel: str, name: str) -> list[Text]:
        """Return the effect on confidential messages for a channel that may not carry them."""
        level, always = self.may_carry(channel), self._policies.now.privacy.masked
        if carries(level, masked(Secrecy.CONFIDENTIAL) if always else Secrecy.CONFIDENTIAL):
            return []
        if carries(level, masked(Secrecy.CONFIDENTIAL)):
            return [secrecy_words.goes_masked(name, level)]
        return [secrecy_words.waits(name, level, Secrecy.CONFIDENTIAL)]

    def _trouble(self, audience: str, name: str) -> list[Text]:
        try:
            channel = self.resolve(audience)
            self._look_at(channel, name)
            # well before the list of members is ten minutes old, so that no message has to wait for it
            return [] if self.unsafe(channel, keep=KEEP_MEMBERS / 2) else self._too_open(channel, name)
        except Unreachable as error:
            return [error.sentence]
        except (SlackApiError, OSError) as error:
            return [_not_said(name, error)]

    def why_not_name(self, name: str) -> Text | None:
        """Return the reason why the policy should not name this channel: missing, without the bot, or with outsiders."""
        try:
            channel = self.resolve(f"channel:{name}")
            self._look_at(channel, name)
            readers = self.unsafe(channel)
        except Unreachable as error:
            return error.sentence
        except (SlackApiError, OSError) as error:
            return _not_said(name, error)
        return None if readers is None else audience_words.not_here(readers)

    def _look_at(self, id: str, name: str) -> None:
        """Ask Slack for a channel that the policy names by id, as the list of names lacks it."""
        if id != name:
            return
        try:
            channel = self.audience.info(id)
        except SlackApiError as error:
            if error.response.get("error") == "channel_not_found":
                raise Unreachable(_("There is no channel {name} that I can see: create it, or invite me.").format(name=name)) from error
            raise
        if channel.get("is_member") is False:
            raise Unreachable(_("I am not in {name}: invite me with /invite.").format(name=name))

    def may_carry(self, channel: str) -> Secrecy:
        """Return the class that a channel may carry, by its name or id in the policy; the lower one if both are listed.

        Unlisted, the audit channel carries everything.

        Raises:
            Unreachable: the bot cannot see the channel.
            SlackApiError, OSError: Slack does not return the channel's name.
        """
        policy = self._policies.now
        names = {channel, self._called(channel)} if policy.privacy.channels else {channel}
        if listed := tuple(level for name, level in policy.privacy.channels.items() if name.lstrip("#") in names):
            return least(listed)
        # the policy's channel for the trail is for readers of the trail
        audit = policy.channels.audit.lstrip("#")
        return Secrecy.RESTRICTED if audit in names or self._names.get(audit, {}).get("id") == channel else policy.privacy.unlisted

    def _called(self, channel: str) -> str:
        """Return a channel's present name from Slack, as the list of names may predate a renaming."""
        try:
            return str(self.audience.info(channel).get("name") or channel)
        except SlackApiError as error:
            if unseen := _unseen(error, channel):
                raise unseen from error
            raise

    def unsafe(self, channel: str, *, keep: float = KEEP_MEMBERS) -> Readers | None:
        """Return a channel's readers other than full members; None if there are none.

        Raises:
            Unreachable: the bot cannot see the channel at this moment; later it may, with other readers.
            SlackApiError: Slack limits calls.
        """
        try:
            return self.audience.unsafe(channel, keep=keep)
        except SlackApiError as error:
            if unseen := _unseen(error, channel):
                raise unseen from error
            raise

    def watched(self) -> list[Text]:
        """Return the problems with readers of channels in use, as last found."""
        privacy = self._policies.now.privacy
        return [audience_words.trouble(name, readers, privacy) for name, readers in sorted(self.audience.found().values(), key=str)]

    def told(self, event: Mapping[str, Any]) -> str | None:
        """Apply an event about a channel; return its id if it is in use."""
        channel, kind = self.audience.told(event), str(event.get("type"))
        if kind in NAMING_NEWS or (kind in MEMBER_NEWS and self._is_me(event.get("user"))):
            self.forget()
        return channel if channel in self.audience.looked_at() else None

    def look(self, channel: str) -> bool:
        """Check a channel's readers for /risk status; return False if Slack limits calls."""
        try:
            self.unsafe(channel)
        except Unreachable:
            log.info("a channel is not there any more", extra={"channel": channel})
        except SlackApiError as error:
            log.info("a channel was not looked at", extra={"channel": channel, "error": error.response.get("error")})
            return False
        return True

    def look_again(self, *, before: float = float("inf")) -> None:
        """Check some channels again in turn, as problems may appear or disappear.

        Args:
            before: on the monotonic clock; channels checked since are skipped.
        """
        # Slack answers about 50 such calls a minute, and checks before posting have priority
        for channel in self.audience.looked_at(before=before)[:AT_ONCE]:
            if not self.look(channel):
                return

    def means(self, name: str, channel: str) -> bool:
        """Return True if a name or id in the policy means this channel."""
        try:
            return name == channel or self.resolve(f"channel:{name}") == channel
        except Unreachable:
            return False

    def why_not_post(self, channel: str) -> Text | None:
        """Return the reason why nothing can be posted to this channel for all readers; None if it can."""
        if no := self.why_not_share(channel):
            return no
        try:
            info = self.audience.info(channel)
        except (SlackApiError, OSError):
            return _("I cannot see this channel: invite me with /invite first.")
        if info.get("is_mpim"):
            return _("This is a conversation between people, not a channel.")
        return None if info.get("is_member") else _("I am not a member of this channel: invite me with /invite first.")

    def why_not_share(self, channel: str) -> Text | None:
        """Return the reason for not sharing customers' risk in a channel; None if allowed, or if posts wait anyway."""
        try:
            readers = self.unsafe(channel)
        except Unreachable:
            return None
        except SlackApiError as error:
            readers = Readers(Why.UNKNOWN, said=str(error.response.get("error")))
        return audience_words.not_here(readers) if readers else None

    def _is_me(self, user: object) -> bool:
        """Return True if a user is the bot, or if Slack does not tell the bot's id."""
        try:
            self._me = self._me or str(self._client.auth_test()["user_id"])
        except (SlackApiError, OSError):
            return True
        return user == self._me

    def forget(self) -> None:
        """Forget channel ids, so that Slack is asked again."""
        self._asked_at = float("-inf")

    def forget_all(self) -> None:
        """Forget names and readers, so that Slack is asked again."""
        self.forget()
        self.audience.forget_all()

    def _direct_message(self, user: str) -> str:
        if user not in self._direct:
            self._direct[user] = str(self._client.conversations_open(users=user)["channel"]["id"])
        return self._direct[user]

    def _by_name(self, name: str) -> str:
        with self._lock:
            age = self._clock.monotonic() - self._asked_at
            if age > KEEP or (age > RETRY and not self._usable(name)):
                self._names, self._asked_at = self._list(), self._clock.monotonic()
            channel = self._names.get(name)
        if channel is None:
            raise Unreachable(_("There is no channel #{name} that I can see: create it, or invite me.").format(name=name))
        if channel.get("is_member") is False:
            raise Unreachable(_("I am not in #{name}: invite me with /invite.").format(name=name))
        return str(channel["id"])

    def _usable(self, name: str) -> bool:
        return name in self._names and self._names[name].get("is_member") is not False

    def _list(self) -> dict[str, Mapping[str, Any]]:
        names: dict[str, Mapping[str, Any]] = {}
        cursor = ""
        while True:
            page = self._client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=500, cursor=cursor or None
            )
            found: list[Mapping[str, Any]] = page.get("channels", [])
            names |= {channel["name"]: channel for channel in found if channel.get("name")}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return names


def _unseen(error: SlackApiError, name: str) -> Unreachable | None:
    """Return the error for a channel that the bot cannot see, if Slack's answer means that."""
    if error.response.get("error") not in UNSEEN:
        return None
    return Unreachable(_("There is no channel {name} that I can see: create it, or invite me.").format(name=name))


def _not_said(name: str, error: SlackApiError | OSError) -> Text:
    why = error.response.get("error") if isinstance(error, SlackApiError) else type(error).__name__
    return _("Slack does not say whether channel {name} exists: {error}.").format(name=name, error=why)
