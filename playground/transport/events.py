"""The Events API: each event is sent until the bot acknowledges it, at most three more times."""

from __future__ import annotations

import asyncio
from typing import Any

from playground.manifest import Manifest
from playground.shapes import Json
from playground.transport.transport import RETRY_DELAYS, Ack, Envelope, Transport
from playground.transport.wire import TO_BOT, WireLog
from playground.workspace import seed
from playground.workspace.ids import Clock, new_id
from playground.workspace.seed import BOT_USER, Channel


class Post:
    """A sender of envelopes, which logs each in the wire log."""

    def __init__(self, transport: Transport, wire: WireLog, retry_delays: tuple[float, ...] = RETRY_DELAYS) -> None:
        self._transport = transport
        self._wire = wire
        self._retry_delays = retry_delays
        self._tasks: set[asyncio.Task[None]] = set()

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send once and wait; commands and interactions are never resent."""
        via = self._transport.via
        ack = await self._transport.deliver(envelope)
        error = ack.error or None
        self._wire.add(TO_BOT, envelope.what, ms=ack.ms, error=error, sent=envelope.payload, reply=ack.payload, via=via)
        return ack

    def deliver_later(self, envelope: Envelope) -> None:
        """Send in the background, and resend as Slack does while there is no ack."""
        task = asyncio.get_running_loop().create_task(self._insist(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _insist(self, envelope: Envelope) -> None:
        ack = await self.deliver(envelope)
        for attempt, delay in enumerate(self._retry_delays, start=1):
            if ack.ok or ack.no_retry:
                return
            await asyncio.sleep(delay)
            again = Envelope(envelope.kind, envelope.what, envelope.payload, attempt=attempt, reason=ack.reason)
            ack = await self.deliver(again)

    @property
    def pending(self) -> int:
        """Return the number of events in flight or waiting to be resent."""
        return len(self._tasks)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Events:
    """Conversion of changes in the workspace into the events to which the app subscribes."""

    def __init__(self, post: Post, manifest: Manifest, clock: Clock) -> None:
        self._post = post
        self._manifest = manifest
        self._clock = clock

    def send(self, subscription: str, event: Json) -> None:
        """Send one event if the app subscribes to it."""
        if subscription in self._manifest.events:
            self._post.deliver_later(Envelope("events_api", f"events_api {subscription}", _event_payload(event)))

    def on_change(self, what: str, channel: Channel, message: Json, before: Json | None) -> None:
        """Send the bot events about messages in its conversations; a listener of the workspace."""
        if BOT_USER not in channel.members or what == "touched":
            return
        subscription = {"public": "message.channels", "private": "message.groups", "im": "message.im"}[channel.kind]
        if what == "message":
            event = message_event(channel, message)
            self.send(subscription, event)
            if not channel.is_im and f"<@{BOT_USER}" in message["text"] and message.get("user") != BOT_USER:
                self.send("app_mention", {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"})
        else:
            self.send(subscription, self._edit_event(what, channel, message, before))

    def _edit_event(self, what: str, channel: Channel, message: Json, before: Json | None) -> Json:
        ts = self._clock.ts()
        event: Json = {"type": "message", "subtype": f"message_{what}", "hidden": True, "channel": channel.id, "previous_message": before}
        event |= {"message": message} if what == "changed" else {"deleted_ts": message["ts"]}
        return event | {"ts": ts, "event_ts": ts, "channel_type": channel.event_kind}

    def home_opened(self, user: str, channel: str, tab: str, view: Json | None) -> None:
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": self._clock.ts()}
        self.send("app_home_opened", event | ({"view": view} if view and tab == "home" else {}))

    def joined(self, channel: Channel, user: str, inviter: str = "") -> None:
        event: Json = {"type": "member_joined_channel", "user": user, "channel": channel.id, "team": seed.TEAM_ID}
        event |= {"channel_type": "C" if channel.kind == "public" else "G", "event_ts": self._clock.ts()}
        self.send("member_joined_channel", event | ({"inviter": inviter} if inviter else {}))

    def reaction(self, kind: str, user: str, name: str, channel: str, message: Json) -> None:
        item = {"type": "message", "channel": channel, "ts": message["ts"]}
        event = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.get("user", "")}
        self.send(kind, event | {"event_ts": self._clock.ts()})

    def file_shared(self, file_id: str, user: str, channel: str) -> None:
        event = {"type": "file_shared", "file_id": file_id, "user_id": user, "file": {"id": file_id}, "channel_id": channel}
        self.send("file_shared", event | {"event_ts": self._clock.ts()})


def message_event(channel: Channel, message: Json) -> Json:
    """Return a message as in an event: with its channel, and a person's words also as rich text."""
    event = {k: v for k, v in message.items() if k not in ("metadata", "reactions", "pinned_to")}
    if "blocks" not in event and message.get("user") != BOT_USER:
        event["blocks"] = [_rich_text(message["text"])]
    return event | {"channel": channel.id, "event_ts": message["ts"], "channel_type": channel.event_kind}


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": "words", "elements": [section]}


def _event_payload(event: Json) -> Json:
    authorization: dict[str, Any] = {
        "enterprise_id": None,
        "team_id": seed.TEAM_ID,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": seed.VERIFICATION_TOKEN,
        "team_id": seed.TEAM_ID,
        "context_team_id": seed.TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": seed.APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(event["event_ts"].partition(".")[0]),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{new_id('', 24)}",
    }
