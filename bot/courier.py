"""The only one that posts: it claims messages from the outbox, sends each once, and looks before it tries again."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channels import Channels, Unreachable
from bot.clock import Clock
from bot.deletions import Deletions
from bot.files import picture_block
from bot.people import People
from bot.policy_in_force import PolicyBook
from bot.secrecy import goes_masked
from bot.slack import TIMEOUT, Fate, fate
from commands.kit import secrecy_words
from commands.kit.access import outside
from commands.kit.blocks import fit, note
from commands.kit.contract import Message, Refused
from commands.kit.i18n import Reader, reading, supported_locale
from commands.kit.registry import registry
from risk_engine.policy import Policy
from storage import deliveries
from storage.database import Busy, Database
from storage.deliveries import Delivery, Opening, Operation, State

log = logging.getLogger(__name__)

EVENT_TYPE = "riskbot_delivery"
# answers that somebody has asked to be brought somewhere
ASKED_FOR = ("shared", "figures")


@dataclass(frozen=True, slots=True)
class Pace:
    """The courier's seconds; the promises about duplicates hold under these."""

    lease: timedelta = timedelta(seconds=120)
    settle: timedelta = timedelta(seconds=5)
    margin: timedelta = timedelta(seconds=900)
    cure: timedelta = timedelta(seconds=30)
    poll: float = 0.5
    between_posts: float = 1.0


@dataclass
class Courier:
    """Carries messages one at a time; any number of couriers may share a database."""

    database: Database
    client: WebClient
    channels: Channels
    people: People
    policies: PolicyBook
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    # channel or audience → the monotonic second until which it is left alone
    _resting: dict[str, float] = field(default_factory=dict)
    _channel_of: dict[str, str] = field(default_factory=dict)
    # audience → why its messages wait, as it was last logged
    _told: dict[str, str] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.deletions = Deletions(self.database, self.client, self.clock, lambda: self.policies.now.privacy.messages_days, self.owner)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to carry."""
        self._wake.set()

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join(TIMEOUT + 2)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                carried = self.step()
                carried = self.deletions.step() or carried
            except Busy:
                carried = False
            except Exception:  # the courier outlives whatever one message does; its lease lapses and it is tried again
                log.exception("the courier stumbled")
                carried = False
            if not carried:
                self._wake.wait(self.pace.poll)
                self._wake.clear()

    def step(self) -> bool:
        """Carry one message if one is due; says whether one was."""
        resting = self._asleep()
        with self.database.begin() as tx:
            if not deliveries.anything_due(tx, now=self.clock.now(), resting=resting):
                return False
        with self.database.begin(write=True) as tx:
            delivery = deliveries.claim(tx, owner=self.owner, now=self.clock.now(), lease=self.pace.lease, resting=resting)
        if delivery is None:
            return False
        outcome = self._carry(delivery) if not self._too_late(delivery) else self._sent(None, None, "its time was over before it was sent")
        if outcome is not None:
            with self.database.begin(write=True) as tx:
                deliveries.finish(tx, delivery, owner=self.owner, **outcome)
        return True

    def _too_late(self, delivery: Delivery) -> bool:
        """Whether it would have to be deleted at once; one that may be there already is looked for, so that it can be."""
        return delivery.expires_at is not None and delivery.expires_at <= self.clock.now() and delivery.attempt == 1

    def _asleep(self) -> list[str]:
        """Audiences to leave alone: those of a channel that was just written to, and those that cannot be reached."""
        now = self.clock.monotonic()
        self._resting = {target: until for target, until in self._resting.items() if until > now}
        return [audience for audience, channel in self._channel_of.items() if channel in self._resting or audience in self._resting]

    def _rest(self, target: str, seconds: float) -> None:
        self._resting[target] = self.clock.monotonic() + seconds

    def _carry(self, delivery: Delivery) -> dict[str, Any] | None:
        """Send one message; the columns to write, or None to leave the claim to lapse."""
        try:
            channel = self._channel_of[delivery.audience] = self.channels.resolve(delivery.audience)
            opening, message = self._write(delivery, channel)
        except Refused as error:
            return {"state": State.DEAD.value, "error": str(error)}
        except Unreachable as error:
            return self._waits(delivery, str(error))
        except (Busy, SlackApiError, OSError) as error:
            # nothing was on its way yet, whatever went wrong
            return self._not_yet(delivery, error)
        except Exception as error:  # a message that cannot be written would hold up its thread for ever
            log.exception("a message could not be written", extra={"delivery": delivery.key, "notice": delivery.notice})
            return {"state": State.DEAD.value, "error": type(error).__name__}
        try:
            return self._send(delivery, channel, opening, message)
        except Exception as error:  # every error of the network or of Slack has a meaning for the message
            return self._failed(delivery, error)

    def _not_yet(self, delivery: Delivery, error: Exception) -> dict[str, Any]:
        what, name, seconds = fate(error)
        if what is Fate.CURABLE:
            return self._waits(delivery, name)
        return self._again(delivery, timedelta(seconds=max(seconds, 1.0)), name)

    def _waits(self, delivery: Delivery, why: str) -> dict[str, Any]:
        """Somebody has to mend something first; its audience is left alone so long."""
        if self._told.get(delivery.audience) != why:
            # once, not every time that it is tried again
            log.warning("messages wait", extra={"delivery": delivery.key, "audience": delivery.audience, "error": why})
            self._told[delivery.audience] = why
        self._channel_of.setdefault(delivery.audience, delivery.audience)
        self._rest(delivery.audience, self.pace.cure.total_seconds())
        self.channels.forget()
        return self._again(delivery, self.pace.cure, why)

    def _send(self, delivery: Delivery, channel: str, opening: Opening | None, message: Message | None) -> dict[str, Any] | None:
        if message is None or (delivery.operation is Operation.UPDATE and opening is None):
            return self._sent(None, None, "nothing to say")
        if delivery.operation is Operation.UPDATE and opening is not None:
            self.client.chat_update(channel=opening.channel, ts=opening.ts, text=message.text, blocks=fit(message.blocks))
            return self._sent(opening.channel, opening.ts)
        thread = opening.ts if opening and delivery.operation is Operation.REPLY else delivery.facts.get("thread_ts")
        if delivery.attempt > 1 and (found := self._posted_before(delivery, channel, thread)):
            return self._sent(channel, found, "found in the channel")
        if message.picture is not None:
            message = Message(message.text, [*message.blocks, picture_block(self.client, message.picture)])
        if delivery.lease_until - self.clock.now() < timedelta(seconds=TIMEOUT):
            # too little of the lease is left: somebody else may claim the message while it is under way
            return None
        response = self._posted(self._post(delivery, channel, message, thread))
        self._rest(channel, self.pace.between_posts)
        self._told.pop(delivery.audience, None)
        return self._sent(str(response.get("channel") or channel), str(response["ts"]))

    def _posted(self, post: dict[str, Any]) -> Mapping[str, Any]:
        """Post; if Slack takes the blocks amiss, the gist alone, since an alert without its table is better than none."""
        try:
            return self.client.chat_postMessage(**post).data  # type: ignore[return-value]
        except SlackApiError as error:
            if error.response.get("error") not in {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}:
                raise
            log.error(
                "Slack refuses the blocks of a message",
                extra={"delivery": post["metadata"]["event_payload"]["id"], "why": str(error)[:300]},
            )
            return self.client.chat_postMessage(**{**post, "blocks": None}).data  # type: ignore[return-value]

    def _write(self, delivery: Delivery, channel: str) -> tuple[Opening | None, Message | None]:
        """The message as it reads now, and the one that it belongs to."""
        in_force = self.policies.now
        policy, reader = self.people.with_groups(in_force), self._reader(delivery, in_force)
        with self.database.begin() as tx:
            opening = None if delivery.operation is Operation.POST else deliveries.opening_message(tx, delivery.thread)
        if opening is not None and opening.deleted:
            # there is nothing left to rewrite, and news under it stand on their own
            opening = None
        # a message is rewritten where it stands, which need not be where it would be posted today
        stands = opening.channel if opening is not None and delivery.operation is Operation.UPDATE else channel
        reader = replace(reader, masked=goes_masked(delivery, stands, self.channels, in_force))
        with self.database.begin() as tx, reading(reader):
            if delivery.notice in ASKED_FOR and self._has_left(delivery.facts["by"]):
                return opening, None
            message = registry().notices[delivery.notice].render(delivery.facts, policy, tx)
            if message is not None and message.blocks and reader.masked and not in_force.privacy.masked:
                message = replace(message, blocks=[*fit(message.blocks, most=49), note(secrecy_words.LEFT_OUT)])
            return opening, message

    def _has_left(self, person: str) -> bool:
        """Whether somebody is not let in any more whose answer this is; while Slack does not say, they are."""
        user = self.people.user(person)
        return user is not None and outside(user, team=None, home_team=str(user.get("team_id"))) is not None

    def _reader(self, delivery: Delivery, policy: Policy) -> Reader:
        kind, _colon, target = delivery.audience.partition(":")
        if kind == "person":
            return self.people.person(target).reader
        if "reader" in delivery.facts:
            return self.people.person(delivery.facts["reader"]).reader
        return Reader(supported_locale(self._language(delivery, policy)), delivery.facts.get("zone", policy.digest.timezone), many=True)

    def _language(self, delivery: Delivery, policy: Policy) -> str:
        """The channel's own, by whichever of its name and id the policy knows it; else the default."""
        language, target = policy.language, self.channels.name_of(delivery.audience)
        if target in language.channels:
            return language.channels[target]
        channel = self._channel_of.get(delivery.audience, target)
        return next((tag for name, tag in language.channels.items() if self.channels.means(name, channel)), language.default)

    def _post(self, delivery: Delivery, channel: str, message: Message, thread: str | None) -> dict[str, Any]:
        return {
            "channel": channel,
            "text": message.text,
            "blocks": fit(message.blocks) or None,
            "thread_ts": thread,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": delivery.key}},
            "client_msg_id": str(uuid.uuid5(uuid.NAMESPACE_URL, delivery.key)),
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "parse": "none",
        }

    def _posted_before(self, delivery: Delivery, channel: str, thread: str | None) -> str | None:
        """The timestamp of this message if an earlier attempt got through; raises if Slack does not let us look."""
        oldest = str((delivery.first_try_at - self.pace.margin).timestamp())
        cursor: str | None = None
        while True:
            look: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": 200, "cursor": cursor, "include_all_metadata": True}
            page: Mapping[str, Any] = (
                self.client.conversations_replies(**look, ts=thread) if thread else self.client.conversations_history(**look)
            ).data  # type: ignore[assignment]
            for message in page.get("messages", []):
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("id") == delivery.key:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    def _failed(self, delivery: Delivery, error: Exception) -> dict[str, Any] | None:
        what, name, seconds = fate(error)
        if what is Fate.CURABLE:
            return self._waits(delivery, name)
        log.warning(
            "a message was not sent", extra={"delivery": delivery.key, "audience": delivery.audience, "error": name, "fate": what.name}
        )
        match what:
            case Fate.UNHEARD:
                return {"error": name}
            case Fate.UNCERTAIN:
                return {"lease_until": self.clock.now() + self.pace.settle, "error": name}
            case Fate.HOPELESS if delivery.operation is Operation.UPDATE:
                # the message was deleted, or is too old to be rewritten: what it would say now stands elsewhere
                return self._sent(None, None, name)
            case Fate.HOPELESS:
                return {"state": State.DEAD.value, "error": name}
            case Fate.LIMITED:
                self._rest(self._channel_of.get(delivery.audience, delivery.audience), seconds)
                return self._again(delivery, timedelta(seconds=seconds), name)
            case _:
                return self._again(delivery, timedelta(seconds=seconds), name)

    def _again(self, delivery: Delivery, wait: timedelta, error: str) -> dict[str, Any]:
        """Certainly not posted: the attempt does not count."""
        return {"state": State.PENDING.value, "attempt": delivery.attempt - 1, "due_at": self.clock.now() + wait, "error": error}

    def _sent(self, channel: str | None, ts: str | None, note: str | None = None) -> dict[str, Any]:
        return {"state": State.SENT.value, "channel": channel, "ts": ts, "sent_at": self.clock.now(), "error": note, "lease_until": None}
