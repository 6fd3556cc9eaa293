"""The composition root: all parts of the workspace, created once and connected."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playground import manifest as manifests
from playground import tour as tours
from playground.block_kit.modals import Modals
from playground.child import Child
from playground.faults.faults import Faults
from playground.faults.rates import Rates
from playground.faults.weather import Weather
from playground.manifest import Manifest
from playground.shapes import Json
from playground.tour import Step
from playground.transport.events import Events, Post
from playground.transport.line import Line
from playground.transport.tickets import ResponseUrl, Tickets
from playground.transport.transport import ACK_SECONDS, RETRY_DELAYS
from playground.transport.wire import WireEntry, WireLog
from playground.workspace import messages
from playground.workspace.seed import Channel
from playground.workspace.store import Store
from playground.workspace.stream import Stream
from playground.workspace.workspace import Workspace


@dataclass(frozen=True)
class Settings:
    """The settings of a workspace."""

    data_dir: Path
    transport: str = "socket"
    bot_url: str = "http://127.0.0.1:3000/slack/events"
    rate_limits: bool = True
    manifest: str | Path | Json | None = None
    ack_seconds: float = ACK_SECONDS
    retry_delays: tuple[float, ...] = RETRY_DELAYS
    tour: Path | None = None
    # without Slack's newer blocks
    older: bool = False


@dataclass
class Core:
    """All objects that routes need. ``host`` is set once the port is known."""

    settings: Settings
    store: Store
    workspace: Workspace
    manifest: Manifest
    tour: tuple[Step, ...]
    transport: Line
    post: Post
    events: Events
    modals: Modals
    tickets: Tickets
    stream: Stream
    wire: WireLog
    faults: Faults
    weather: Weather
    rates: Rates
    files: dict[str, Json]
    host: str = "127.0.0.1:0"
    bot: Child | None = None
    typed_states: dict[tuple[str, str, str], Json] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def response_url(self, kind: str, ticket: ResponseUrl) -> str:
        """Return a new response URL; ``kind`` is commands, actions or app, as in Slack's own addresses."""
        return self.url(f"/{kind}/{self.tickets.response_url(ticket)}")

    def whisper(self, channel: Channel, user: str, message: Json) -> Json:
        """Show an ephemeral message and draw it."""
        kept = self.workspace.whisper(channel, user, message)
        shown = messages.for_page(self.workspace, channel, kept, ephemeral=True)
        self.stream.publish({"type": "message", "channel": channel.id, "message": shown}, {user})
        return kept

    async def start(self) -> None:
        await self.transport.start()

    async def stop(self) -> None:
        self.stream.shut()
        await self.post.stop()
        await self.transport.stop()
        self.store.close()


def build(settings: Settings) -> Core:
    """Connect the parts without starting anything."""
    manifest = manifests.read(settings.manifest)
    store = Store(settings.data_dir)
    workspace, stream, wire = Workspace(store), Stream(), WireLog()
    transport = Line(settings.transport, settings.bot_url, settings.ack_seconds)
    post = Post(transport, wire, settings.retry_delays)
    core = Core(
        settings=settings,
        store=store,
        workspace=workspace,
        manifest=manifest,
        tour=tours.read(settings.tour),
        transport=transport,
        post=post,
        events=Events(post, manifest, workspace.clock),
        modals=Modals(lambda user: _views_changed(core, user), lambda user: _home_changed(core, user)),
        tickets=Tickets(),
        stream=stream,
        wire=wire,
        faults=Faults(),
        weather=Weather(older=settings.older),
        rates=Rates(settings.rate_limits),
        files={file["id"]: file for file in store.files()},
    )
    workspace.listeners += [lambda *change: _draw(core, *change), core.events.on_change]
    wire.listeners.append(lambda entry: _log(core, entry))
    transport.presence.listeners.append(lambda: stream.publish({"type": "bot", **bot_state(core)}))
    return core


def bot_state(core: Core) -> Json:
    """Return the bot's presence, as the page shows it."""
    presence = core.transport.presence
    return {"connected": presence.connected, "message": presence.message, "connections": core.transport.connections}


def controls_state(core: Core) -> Json:
    """Return the state of the controls, as the page shows them."""
    return {"transport": core.transport.mode, "faults": core.weather.public(), "own_bot": core.bot is not None}


def shown_views(core: Core, user: str) -> list[Json]:
    """Return a person's open modals, bottom first, as the page draws them."""
    return [messages.with_pictures(view.public()) for view in core.modals.stack(user)]


def shown_home(core: Core, user: str) -> Json | None:
    home = core.modals.home(user)
    return messages.with_pictures(home.public()) if home else None


def _views_changed(core: Core, user: str) -> None:
    core.stream.publish({"type": "view", "views": shown_views(core, user)}, {user})


def _home_changed(core: Core, user: str) -> None:
    core.stream.publish({"type": "home", "view": shown_home(core, user)}, {user})


def _log(core: Core, entry: WireEntry) -> None:
    core.stream.publish({"type": "wire", "entry": entry.public()})


def _draw(core: Core, what: str, channel: Channel, message: Json, before: Json | None) -> None:
    """Send a change of a message, and of its thread, to every page that may see it."""
    if what == "deleted":
        core.stream.publish({"type": "deleted", "channel": channel.id, "ts": message["ts"]}, channel.members)
    else:
        kind = "message" if what == "message" else "changed"
        shown = messages.for_page(core.workspace, channel, message)
        core.stream.publish({"type": kind, "channel": channel.id, "message": shown}, channel.members)
    parent = core.workspace.message(channel.id, str(message.get("thread_ts", message["ts"])))
    if parent is not None and parent["ts"] != message["ts"]:
        shown = messages.for_page(core.workspace, channel, parent)
        core.stream.publish({"type": "changed", "channel": channel.id, "message": shown}, channel.members)
    for user in core.stream.listening() & channel.members if what in ("message", "deleted") else ():
        core.stream.publish({"type": "unread", "channel": channel.id, "unread": core.workspace.unread(user, channel.id)}, {user})
