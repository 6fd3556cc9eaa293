"""``Playground``: the workspace for tests, in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from playground.core import Core, Settings, build
from playground.faults.faults import Faults
from playground.person import PATIENCE, Person
from playground.server import Server
from playground.settings import clean, settings_for
from playground.shapes import Json
from playground.transport.transport import ACK_SECONDS, RETRY_DELAYS
from playground.transport.wire import WireLog
from playground.workspace import seed

T = TypeVar("T")


class Playground:
    """A Slack workspace on localhost, as a context manager.

    Args:
        data_dir: the directory of its SQLite file; reusing it keeps the messages.
        port: 0 chooses a free one.
        rate_limits: answer 429 as Slack does; switch off for tests with many posts.
        transport: ``socket`` or ``http``.
        bot_url: the bot's address in HTTP mode, path included; may be set later by ``pg.bot_url = …``.
        manifest: the app's manifest, a file or a dictionary; without one the app has every right.
        tour: a file with three steps that the page suggests.
        ack_seconds, retry_delays: Slack's 3 s, and its pauses before an event is resent.
    """

    def __init__(
        self,
        data_dir: str | Path,
        port: int = 0,
        rate_limits: bool = True,
        transport: str = "socket",
        bot_url: str | None = None,
        *,
        manifest: str | Path | Json | None = None,
        ack_seconds: float = ACK_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        tour: Path | None = None,
    ) -> None:
        address = bot_url or "http://127.0.0.1:3000/slack/events"
        self._settings = Settings(Path(data_dir), transport, address, rate_limits, manifest, ack_seconds, retry_delays, tour)
        self._wanted_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="playground", daemon=True)
        self.bot_token, self.app_token, self.signing_secret = seed.BOT_TOKEN, seed.APP_TOKEN, seed.SIGNING_SECRET
        self.team_id, self.bot_user_id = seed.TEAM_ID, seed.BOT_USER
        self.port = 0
        self.core: Core
        self._server: Server

    def __enter__(self) -> Playground:
        self._thread.start()
        try:
            self.port = self.run(self._start())
        except BaseException:  # also when stopped: the loop runs in a thread that would never end; raised again
            self._end_loop()
            raise
        return self

    async def _start(self) -> int:
        self.core = build(self._settings)
        self._server = Server(self.core)
        return await self._server.start(self._wanted_port)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.run(self._server.stop())
        self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the workspace's own loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def happens(self, what: Callable[..., None], *about: object, **how: object) -> None:
        """Trigger an event of ``playground.happenings``, and return once the bot, if there is one, has been informed."""

        async def happen() -> None:
            what(self.core, *about, **how)

        self.run(happen())
        if self.bot_connected():
            self.wait_idle()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def faults(self) -> Faults:
        return self.core.faults

    @property
    def wire(self) -> WireLog:
        return self.core.wire

    @property
    def bot_url(self) -> str:
        """Return the bot's address in HTTP mode."""
        return self.core.transport.http.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self.core.transport.http.bot_url = url

    def person(self, name: str) -> Person:
        """Return a person at the keyboard, by handle (``ana``) or id (``U0ANA``)."""
        for member in self.core.workspace.members.values():
            if member.here and name.lower() in (member.handle, member.id.lower()):
                return Person(self.url, member.id)
        raise LookupError(f"there is no {name!r} in the playground")

    def bot_settings(self) -> dict[str, str]:
        """Return only the variables that connect a bot to this workspace."""
        return settings_for(self.url, self.core.transport.mode, self.bot_url)

    def bot_env(self) -> dict[str, str]:
        """Return a complete environment for a bot's process: this process's, cleaned, with the settings added."""
        return clean(os.environ) | self.bot_settings()

    def bot_connected(self) -> bool:
        return self.core.transport.presence.connected

    def wait_for_bot(self, timeout: float = PATIENCE) -> None:
        """Return once the bot is connected (socket) or answers (http).

        Raises:
            TimeoutError: the bot did not connect in time.
        """
        until = time.monotonic() + timeout
        while not self.bot_connected():
            if time.monotonic() > until:
                raise TimeoutError(f"The bot did not come within {timeout} s: {self.core.transport.presence.message}")
            time.sleep(0.01)

    def wait_idle(self, timeout: float = PATIENCE) -> None:
        """Wait until no delivery to the bot is pending.

        Raises:
            TimeoutError: a delivery is still pending.
        """
        until = time.monotonic() + timeout
        while self.core.post.pending:
            if time.monotonic() > until:
                raise TimeoutError(f"After {timeout} s the bot has still not acknowledged everything.")
            time.sleep(0.005)

    def switch_transport(self, mode: str) -> None:
        """Deliver by ``socket`` or ``http`` from now on; the bot must reconnect that way."""
        self.run(self.core.transport.switch(mode))

    def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Send ``disconnect`` to every socket, as Slack does before it restarts a host."""
        self.run(self.core.transport.socket.disconnect(reason))

    def drop_sockets(self) -> None:
        """Cut every socket without notice."""
        self.run(self.core.transport.socket.drop())
