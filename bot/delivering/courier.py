"""The courier, the only sender: it claims messages from the outbox, sends each once, and checks before a retry."""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.delivering import posting
from bot.delivering.block_forms import BlockForms
from bot.delivering.channels import Channels, Unreachable
from bot.delivering.deletions import Deletions
from bot.delivering.news import News, Readership
from bot.delivering.secrecy import goes_masked
from bot.policy_in_force import PolicyBook
from bot.slack.call_outcomes import fate
from bot.slack.client import TIMEOUT
from bot.slack.people import People
from commands.delivery import fallback, secrecy_words
from commands.delivery.slack_answers import DOUBT, NO_ANSWER, UNWRITABLE, Fate, trouble
from commands.kit import directory
from commands.kit.access.access import Outside
from commands.kit.blocks import fit, note
from commands.kit.contract import Message, Refused
from commands.kit.i18n import Reader, reading, supported_locale
from commands.kit.registry import registry
from risk_engine.policy.policy import Policy
from storage.database import Busy, Database, Tx
from storage.delivery import deliveries
from storage.delivery.deliveries import Delivery, DeliveryState, Opening, Operation
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)

# answers requested for a place
ASKED_FOR = ("shared", "figures")
TOO_LATE = "its time was over before it was sent"
READ_BY_OTHERS = "the readers of the channel have changed"


@dataclass(frozen=True, slots=True)
class Pace:
    """The courier's intervals, on which the guarantees about duplicates depend.

    Attributes:
        longest: the longest interval between two attempts for a message in doubt.
        gives_up: the time after which a message in doubt is given up, from the beginning of the doubt.
        for_good: the time after which a closed destination counts as permanently closed.
    """

    lease: timedelta = timedelta(seconds=120)
    settle: timedelta = timedelta(seconds=5)
    margin: timedelta = timedelta(seconds=900)
    cure: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=10)
    gives_up: timedelta = timedelta(hours=24)
    for_good: timedelta = timedelta(minutes=10)
    poll: float = 0.5
    between_posts: float = 1.0

    def pause(self, age: timedelta) -> timedelta:
        """Return the next wait of a message in doubt: a quarter of its age, within bounds."""
        return min(max(age / 4, self.settle), self.longest)


@dataclass
class _NotNow(Exception):
    """A written message may not be shown any more; an outcome of None leaves it to the next claim."""

    outcome: dict[str, Any] | None


class Unwritable(Exception):
    """A message cannot be rendered because of a fault of the product."""


@dataclass
class Courier:
    """A courier that sends one message at a time; any number of couriers may share a database."""

    database: Database
    client: WebClient
    channels: Channels
    people: People
    policies: PolicyBook
    clock: Clock
    pace: Pace = field(default_factory=Pace)
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    # channel or audience → the monotonic second until which it is skipped
    _resting: dict[str, float] = field(default_factory=dict)
    _channel_of: dict[str, str] = field(default_factory=dict)
    # audience → the last logged reason for waiting
    _told: dict[str, str] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.forms = BlockForms(self.database, self.client, self.clock)
        self.news = News(self.database, self.people, self.channels, self.clock)
        self.deletions = Deletions(self.database, self.client, self.clock, lambda: self.policies.now.privacy.messages_days, self.owner)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Wake the courier, as there may be messages to send."""
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
            except Exception:  # the courier survives any failure of a message; its lease lapses, and it is retried
                log.exception("the courier stumbled")
                carried = False
            if not carried:
                self._wake.wait(self.pace.poll)
                self._wake.clear()

    def step(self) -> bool:
        """Send one due message; return True if there was one."""
        resting = self._asleep()
        with self.database.begin(EVERYTHING) as tx:
            if not deliveries.anything_due(tx, now=self.clock.now(), resting=resting):
                return False
        with self.database.begin(EVERYTHING, write=True) as tx:
            self.news.catch_up(tx)
            delivery = deliveries.claim(tx, owner=self.owner, now=self.clock.now(), lease=self.pace.lease, resting=resting)
        if delivery is None:
            return False
        outcome = self._carry(delivery) if not self._too_late(delivery) else self._sent(None, None, TOO_LATE)
        if outcome is not None:
            self._put_down(delivery, outcome)
        return True

    def _put_down(self, delivery: Delivery, outcome: dict[str, Any]) -> None:
        """Record the outcome of a claim; a message given up goes to the fallback channel in one transaction."""
        policy = self.policies.now
        with self.database.begin(EVERYTHING, write=True) as tx:
            written = deliveries.finish(tx, delivery, owner=self.owner, **outcome)
            if written and outcome.get("state") == DeliveryState.DEAD.value:
                fallback.enqueue(tx, delivery, outcome["error"], policy, at=self.clock.now())

    def _too_late(self, delivery: Delivery) -> bool:
        """Return True if it would have to be deleted at once; a possibly posted one is still searched for."""
        return delivery.expires_at is not None and delivery.expires_at <= self.clock.now() and delivery.attempt == 1

    def _asleep(self) -> list[str]:
        """Return audiences to skip: those just written to, and unreachable ones."""
        now = self.clock.monotonic()
        self._resting = {target: until for target, until in self._resting.items() if until > now}
        return [audience for audience, channel in self._channel_of.items() if channel in self._resting or audience in self._resting]

    def _rest(self, target: str, seconds: float) -> None:
        self._resting[target] = self.clock.monotonic() + seconds

    def _carry(self, delivery: Delivery) -> dict[str, Any] | None:
        """Send one message; return the columns to write, or None to let the claim lapse."""
        try:
            channel = self._channel_of[delivery.audience] = self.channels.resolve(delivery.audience)
            opening, message, readers = self._write(delivery, channel)
        except Refused as error:
            return self._dead(delivery, str(error))
        except Unreachable as error:
            patience = self.pace.for_good if error.closed else self._patience(delivery)
            return self._waits(delivery, str(error), held=error.held, patience=patience)
        except Unwritable:
            # it would block its thread for ever
            log.exception("a message could not be written", extra={"delivery": delivery.key, "notice": delivery.notice})
            return self._dead(delivery, UNWRITABLE)
        except Exception as error:  # nothing was sent yet
            return self._not_yet(delivery, error)
        try:
            return self._send(delivery, channel, opening, message, readers)
        except _NotNow as held_back:
            return held_back.outcome
        except Exception as error:  # every error of the network or of Slack has a meaning for the message
            return self._failed(delivery, error)

    # --- failures --------------------------------------------------------------------------------------------

    def _not_yet(self, delivery: Delivery, error: Exception) -> dict[str, Any]:
        """Handle a failure before anything was sent."""
        if isinstance(error, Busy):
            return self._again(delivery, timedelta(seconds=1), "the database is busy")
        what, name, seconds = fate(error)
        if what in (Fate.UNCERTAIN, Fate.UNHEARD):
            age, begun = self._in_trouble(delivery, NO_ANSWER)
            if age >= self.pace.gives_up:
                return self._dead(delivery, name)
            return {**self._again(delivery, self.pace.pause(age), name), "since": begun}
        return self._refused(delivery, what, name, seconds)

    def _failed(self, delivery: Delivery, error: Exception) -> dict[str, Any]:
        """Handle a failed call that may have delivered the message."""
        what, name, seconds = fate(error)
        log.log(
            logging.INFO if what in (Fate.CURABLE, Fate.SHUT_OUT) else logging.WARNING,
            "a message was not sent",
            extra={"delivery": delivery.key, "audience": delivery.audience, "error": name, "fate": what.name, "kind": type(error).__name__},
        )
        if what in (Fate.UNCERTAIN, Fate.UNHEARD):
            return self._in_doubt(delivery, name, heard=what is Fate.UNCERTAIN)
        return self._refused(delivery, what, name, seconds)

    def _in_doubt(self, delivery: Delivery, name: str, *, heard: bool) -> dict[str, Any]:
        """Let the claim of a possibly posted message lapse, later each time; the next claimant checks first."""
        age, begun = self._in_trouble(delivery, NO_ANSWER)
        if age >= self.pace.gives_up + self.pace.longest:
            # even the last check failed
            return self._dead(delivery, name)
        until = self.clock.now() + self.pace.pause(age)
        return {"lease_until": until if heard else max(until, delivery.lease_until), "error": name, "held": False, "since": begun}

    def _in_trouble(self, delivery: Delivery, error: str) -> tuple[timedelta, datetime]:
        """Return duration and beginning of the present kind of trouble; earlier waits do not count."""
        now, kind = self.clock.now(), trouble(error)
        if kind != self._trouble_before(delivery, kind):
            return timedelta(), now
        begun = delivery.since or delivery.first_try_at
        if kind is DOUBT and delivery.attempt > 1:
            begun = max(begun, delivery.first_try_at)
        return now - begun, begun

    @staticmethod
    def _trouble_before(delivery: Delivery, kind: Fate | str) -> Fate | str | None:
        """Return the trouble of the previous attempt; None without one."""
        if delivery.error:
            return trouble(delivery.error)
        if delivery.attempt > 1:
            # a process died during its first attempt
            return DOUBT
        # a reply has waited behind its thread's first message for this destination, and its wait continues
        return kind if delivery.operation is Operation.REPLY and kind is not DOUBT else None

    def _refused(self, delivery: Delivery, what: Fate, name: str, seconds: float) -> dict[str, Any]:
        """Handle a refusal after which the message is certainly not posted."""
        match what:
            case Fate.LATER:
                return self._again(delivery, timedelta(seconds=seconds), name)
            case Fate.LIMITED:
                self._rest(self._channel_of.setdefault(delivery.audience, delivery.audience), seconds)
                return self._again(delivery, timedelta(seconds=seconds), name)
            case Fate.SHUT_OUT:
                return self._waits(delivery, name)
            case Fate.CURABLE:
                return self._waits(delivery, name, patience=self._patience(delivery))
            case Fate.CLOSED:
                return self._waits(delivery, name, patience=self.pace.for_good)
            case Fate.GONE if delivery.operation is Operation.UPDATE:
                # the message's present contents are posted elsewhere
                return self._sent(None, None, name)
            case _:
                return self._dead(delivery, name)

    def _patience(self, delivery: Delivery) -> timedelta | None:
        """Return the time allowed for repairing a channel: unlimited, unless an alert can go elsewhere."""
        return self.pace.for_good if fallback.applies(delivery, self.policies.now) else None

    def _waits(self, delivery: Delivery, why: str, *, held: bool = False, patience: timedelta | None = None) -> dict[str, Any]:
        """Let messages wait for a repair, skip their audience meanwhile, and give up when patience ends."""
        age, begun = self._in_trouble(delivery, why)
        if not held and patience is not None and age >= patience:
            return self._dead(delivery, why)
        if self._told.get(delivery.audience) != why:
            # once, not for every attempt
            log.warning("messages wait", extra={"delivery": delivery.key, "audience": delivery.audience, "error": why})
            self._told[delivery.audience] = why
        self._channel_of.setdefault(delivery.audience, delivery.audience)
        self._rest(delivery.audience, self.pace.cure.total_seconds())
        self.channels.forget()
        outcome = self._again(delivery, self.pace.cure, why, held=held)
        return outcome if patience is None else {**outcome, "since": begun}

    def _again(self, delivery: Delivery, wait: timedelta, error: str, *, held: bool = False) -> dict[str, Any]:
        """Schedule another attempt for a message that is certainly not posted; the attempt does not count."""
        outcome = {
            "state": DeliveryState.PENDING.value,
            "attempt": delivery.attempt - 1,
            "due_at": self.clock.now() + wait,
            "error": error,
            "held": held,
        }
        return outcome if delivery.attempt > 1 else {**outcome, "first_try_at": None}

    def _dead(self, delivery: Delivery, error: str) -> dict[str, Any]:
        log.error("a message was given up", extra={"delivery": delivery.key, "audience": delivery.audience, "error": error})
        return {"state": DeliveryState.DEAD.value, "error": error, "held": False, "lease_until": None}

    # --- successes ------------------------------------------------------------------------------------------------

    def _send(
        self, delivery: Delivery, channel: str, opening: Opening | None, message: Message | None, readers: Readership
    ) -> dict[str, Any] | None:
        if message is None or (delivery.operation is Operation.UPDATE and opening is None):
            return self._sent(None, None, "nothing to say")
        if delivery.operation is Operation.UPDATE and opening is not None:
            return self._rewrite(delivery, opening, message, readers)
        thread = opening.ts if opening and delivery.operation is Operation.REPLY else delivery.facts.get("thread_ts")
        if delivery.attempt > 1 and (found := posting.posted_before(self.client, delivery, channel, thread, margin=self.pace.margin)):
            return self._sent(channel, found, "found in the channel")
        if delivery.attempt > 1 and self._in_trouble(delivery, NO_ANSWER)[0] >= self.pace.gives_up:
            return self._dead(delivery, delivery.error or NO_ANSWER)
        if delivery.expires_at is not None and delivery.expires_at <= self.clock.now():
            return self._sent(None, None, TOO_LATE)
        self._rest(channel, self.pace.between_posts)
        where = posting.post(self.client, self.forms, delivery, channel, message, thread, still=lambda: self._still(delivery, readers))
        self._told.pop(delivery.audience, None)
        return self._sent(*where)

    def _still(self, delivery: Delivery, readers: Readership) -> None:
        """Check, immediately before each call that shows a message, that it may still be shown; raise _NotNow otherwise."""
        if delivery.lease_until - self.clock.now() < timedelta(seconds=TIMEOUT):
            # too little of the lease is left: another courier might claim the message while it is being sent
            raise _NotNow(None)
        if self.news.have_changed(readers):
            raise _NotNow(self._again(delivery, timedelta(seconds=1), READ_BY_OTHERS))

    def _rewrite(self, delivery: Delivery, opening: Opening, message: Message, readers: Readership) -> dict[str, Any]:
        """Update a thread's first message, which is safe to repeat."""
        if self._in_trouble(delivery, NO_ANSWER)[0] >= self.pace.gives_up:
            return self._dead(delivery, delivery.error or NO_ANSWER)
        posting.rewrite(self.client, self.forms, delivery, opening, message, still=lambda: self._still(delivery, readers))
        return self._sent(opening.channel, opening.ts)

    def _write(self, delivery: Delivery, channel: str) -> tuple[Opening | None, Message | None, Readership]:
        """Return the message as it reads now, its thread's opening, and its readers."""
        if delivery.notice not in registry().notices:
            raise Unwritable(delivery.notice)
        in_force = self.policies.now
        policy, reader = self.people.with_groups(in_force), self._reader(delivery, in_force)
        with self.database.begin(EVERYTHING) as tx:
            opening = None if delivery.operation is Operation.POST else deliveries.opening_message(tx, delivery.thread)
        if opening is not None and opening.deleted:
            # there is nothing left to update, and replies stand on their own
            opening = None
        # a message is updated in its channel, which may differ from today's destination
        stands = opening.channel if opening is not None and delivery.operation is Operation.UPDATE else channel
        readers = self.news.readership(stands)
        reader = replace(reader, masked=goes_masked(delivery, stands, self.channels, in_force))
        named = self.people.named()
        with self.database.begin(EVERYTHING) as tx, reading(reader), directory.knowing(named):
            if delivery.notice in ASKED_FOR and self._has_left(delivery.facts["by"]):
                return opening, None, readers
            message = self._rendered(delivery, policy, tx)
            if message is not None and message.blocks and reader.masked and not in_force.privacy.masked:
                message = replace(message, blocks=[*fit(message.blocks, most=49), note(secrecy_words.LEFT_OUT)])
            return opening, message, readers

    @staticmethod
    def _rendered(delivery: Delivery, policy: Policy, tx: Tx) -> Message | None:
        try:
            message = registry().notices[delivery.notice].render(delivery.facts, policy, tx)
            return fallback.marked(message, delivery.facts, policy) if message is not None else None
        except (Busy, Refused):
            raise
        except Exception as error:  # another attempt would fail alike
            raise Unwritable(delivery.notice) from error

    def _has_left(self, person: str) -> bool:
        """Return True if the addressee has lost access; while Slack gives no answer, they have not."""
        return self.people.why_outside(person) not in {None, Outside.UNKNOWN}

    def _reader(self, delivery: Delivery, policy: Policy) -> Reader:
        kind, _colon, target = delivery.audience.partition(":")
        if kind == "person":
            return self.people.person(target).reader
        if "reader" in delivery.facts:
            return self.people.person(delivery.facts["reader"]).reader
        zone = delivery.facts.get("zone", policy.digest.timezone)
        # until the destination is known
        return Reader(supported_locale(self._language(delivery, policy)), zone, many=True, masked=True)

    def _language(self, delivery: Delivery, policy: Policy) -> str:
        """Return the channel's language, by its name or id in the policy; else the default."""
        language, target = policy.language, self.channels.name_of(delivery.audience)
        if target in language.channels:
            return language.channels[target]
        channel = self._channel_of.get(delivery.audience, target)
        return next((tag for name, tag in language.channels.items() if self.channels.means(name, channel)), language.default)

    def _sent(self, channel: str | None, ts: str | None, note: str | None = None) -> dict[str, Any]:
        return {
            "state": DeliveryState.SENT.value,
            "channel": channel,
            "ts": ts,
            "sent_at": self.clock.now(),
            "error": note,
            "lease_until": None,
        }
