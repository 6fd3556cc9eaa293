"""People, channels and messages: the state of the workspace."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from playground.shapes import Json
from playground.workspace import seed
from playground.workspace.ids import Clock, micros
from playground.workspace.seed import BOT_USER, Channel, Member
from playground.workspace.store import Store

Change = Callable[[str, Channel, Json, Json | None], None]
"""Called with "message", "changed" or "deleted", the channel, the message, and the message as it was before."""


class Workspace:
    """The workspace in memory, written through to its store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.members = seed.members()
        self.channels = seed.channels()
        self.listeners: list[Change] = []
        self._messages: dict[str, dict[str, Json]] = {}
        self._order: dict[str, list[int]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._ephemerals: dict[tuple[str, str], dict[str, Json]] = {}
        self._reads = store.reads()
        self._restore()
        self.clock = Clock(max((m["ts"] for box in self._messages.values() for m in box.values()), default="0.000000", key=micros))

    def _restore(self) -> None:
        for channel, user, present in self.store.members():
            if channel.startswith("D"):
                self.direct(user)
            elif channel in self.channels:
                (self.channels[channel].members.add if present else self.channels[channel].members.discard)(user)
        for channel, message in self.store.messages():
            self._keep(channel, message)

    def _keep(self, channel: str, message: Json) -> None:
        box = self._messages.setdefault(channel, {})
        if message["ts"] not in box:
            self._order.setdefault(channel, []).append(micros(message["ts"]))
            if message.get("thread_ts", message["ts"]) != message["ts"]:
                self._threads.setdefault((channel, message["thread_ts"]), []).append(message["ts"])
        box[message["ts"]] = message

    # people and channels

    def person(self, user: str) -> Member | None:
        """Return a person who can sit at the keyboard; None for anyone else."""
        member = self.members.get(user)
        return member if member and member.here else None

    def direct(self, user: str) -> Channel:
        """Return the direct conversation of a person with the bot, created when first needed."""
        id = "D" + user.removeprefix("U")
        if id not in self.channels:
            self.channels[id] = Channel(id, "directmessage", "im", members={user, BOT_USER}, person=user)
            self.store.save_member(id, user, True)
        return self.channels[id]

    def named(self, reference: str) -> Channel | None:
        """Return a channel by id, by name, or by name with a hash sign."""
        by_id = self.channels.get(reference)
        name = reference.removeprefix("#")
        return by_id or next((c for c in self.channels.values() if not c.is_im and c.name == name), None)

    def visible(self, user: str) -> list[Channel]:
        """Return the channels in a person's side bar, in the seed's order, their DM with the bot last."""
        rooms = [c for c in self.channels.values() if not c.is_im and user in c.members]
        return [*rooms, self.direct(user)]

    def join(self, channel: Channel, user: str, present: bool = True) -> None:
        (channel.members.add if present else channel.members.discard)(user)
        self.store.save_member(channel.id, user, present)

    # messages

    def post(self, channel: Channel, message: Json) -> Json:
        """Store a new message and inform everybody; a message without ``ts`` gets the next one."""
        message.setdefault("ts", self.clock.ts())
        self._keep(channel.id, message)
        self.store.save_message(channel.id, message)
        self._tell("message", channel, message, None)
        return message

    def change(self, channel: Channel, ts: str, changed: Json) -> Json:
        """Replace the message at ``ts`` by ``changed``."""
        before = self._messages[channel.id][ts]
        self._messages[channel.id][ts] = changed
        self.store.save_message(channel.id, changed)
        self._tell("changed", channel, changed, before)
        return changed

    def touch(self, channel: Channel, ts: str) -> None:
        """Save a message whose reactions or pins changed in place, and redraw it."""
        self.store.save_message(channel.id, self._messages[channel.id][ts])
        self._tell("touched", channel, self._messages[channel.id][ts], None)

    def delete(self, channel: Channel, ts: str) -> None:
        message = self._messages[channel.id].pop(ts)
        order = self._order[channel.id]
        del order[bisect_left(order, micros(ts))]
        self.store.delete_message(channel.id, ts)
        self._tell("deleted", channel, message, message)

    def _tell(self, what: str, channel: Channel, message: Json, before: Json | None) -> None:
        for listener in self.listeners:
            listener(what, channel, message, before)

    def forget(self) -> None:
        """Delete all messages; people stay in the channels that they joined."""
        for box in (self._messages, self._order, self._threads, self._ephemerals, self._reads):
            box.clear()
        self.store.forget()

    def message(self, channel: str, ts: str) -> Json | None:
        return self._messages.get(channel, {}).get(ts)

    def messages(self, channel: str) -> Iterator[Json]:
        """Yield every message of a channel, including replies, oldest first."""
        return iter(list(self._messages.get(channel, {}).values()))

    def replies(self, channel: str, ts: str) -> list[Json]:
        """Return the replies under a message, oldest first."""
        box = self._messages.get(channel, {})
        return [box[reply] for reply in self._threads.get((channel, ts), []) if reply in box]

    # ephemerals: seen by one person, never stored, gone with the process

    def whisper(self, channel: Channel, user: str, message: Json) -> Json:
        """Show a message to one person only."""
        message.setdefault("ts", self.clock.ts())
        self._ephemerals.setdefault((channel.id, user), {})[message["ts"]] = message
        return message

    def ephemeral(self, channel: str, user: str, ts: str) -> Json | None:
        return self._ephemerals.get((channel, user), {}).get(ts)

    def ephemerals(self, channel: str, user: str) -> list[Json]:
        return list(self._ephemerals.get((channel, user), {}).values())

    def forget_ephemeral(self, channel: str, user: str, ts: str) -> bool:
        return self._ephemerals.get((channel, user), {}).pop(ts, None) is not None

    # reading

    def read(self, user: str, channel: str) -> None:
        """Mark a channel as read by a person up to now."""
        ts = self.clock.ts()
        self._reads[user, channel] = ts
        self.store.save_read(user, channel, ts)

    def read_up_to(self, user: str, channel: str) -> str:
        """Return the time stamp up to which a person has read a channel; zero if never."""
        return self._reads.get((user, channel), "0.000000")

    def unread(self, user: str, channel: str) -> int:
        """Return the number of unread top-level messages by others."""
        seen = micros(self.read_up_to(user, channel))
        order = self._order.get(channel, [])
        box = list(self._messages.get(channel, {}).values())[bisect_left(order, seen) :]
        return sum(1 for m in box if m.get("user") != user and m.get("thread_ts", m["ts"]) == m["ts"])
