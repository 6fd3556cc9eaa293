"""The line to the bot, which may change at run time: Socket Mode or HTTP, up or down."""

from __future__ import annotations

from aiohttp import web

from playground.transport.http_mode import HttpMode
from playground.transport.socket_mode import SocketMode
from playground.transport.transport import ACK_SECONDS, Ack, Envelope, Presence

MODES = ("socket", "http")


class Line:
    """One of the two transports at a time; ``down`` closes both, as an outage of Slack does.

    Raises:
        ValueError: there is no such mode.
    """

    def __init__(self, mode: str, bot_url: str, ack_seconds: float = ACK_SECONDS) -> None:
        _known(mode)
        self.mode = mode
        self.down = False
        self.presence = Presence()
        self.socket = SocketMode(ack_seconds, self.presence)
        self.http = HttpMode(bot_url, ack_seconds, self.presence)

    @property
    def via(self) -> str:
        """Return the present carrier for the wire log: WS or HTTP."""
        return "WS" if self.mode == "socket" else "HTTP"

    @property
    def takes_sockets(self) -> bool:
        return self.mode == "socket" and not self.down

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes; refuse it while sockets are not accepted."""
        if not self.takes_sockets:
            return web.json_response({"ok": False, "error": "link_disabled"}, status=503)
        return await self.socket.link(request)

    async def start(self) -> None:
        if self.mode == "http":
            await self.http.start()

    async def stop(self) -> None:
        await self.http.stop()
        await self.socket.stop()

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send once by the present mode and wait for the ack."""
        if self.down:
            return Ack(0.0, error="dispatch_failed", reason="connection_failed")
        return await (self.socket if self.mode == "socket" else self.http).deliver(envelope)

    async def switch(self, mode: str) -> None:
        """Deliver by the other mode from now on; sockets are informed that Socket Mode was turned off."""
        _known(mode)
        if mode == self.mode:
            return
        leaving, self.mode = self.mode, mode
        if leaving == "socket":
            await self.socket.disconnect("link_disabled")
        else:
            await self.http.stop()
        self.presence.set(False, "Waiting for the bot to come back by the other way.")
        await self._resume()

    async def turn(self, down: bool) -> None:
        """Close every connection and refuse new ones, or accept them again."""
        if down == self.down:
            return
        self.down = down
        if down:
            await self.http.stop()
            await self.socket.stop()
            self.presence.set(False, "Slack is down, because you switched it off.")
        else:
            self.presence.set(False, "Slack is back. The bot has not come back yet.")
            await self._resume()

    async def _resume(self) -> None:
        if self.mode == "http" and not self.down:
            await self.http.start()

    @property
    def connections(self) -> int | None:
        """Return the number of sockets that share the envelopes; None in HTTP mode, where it is unknown."""
        return self.socket.connections if self.mode == "socket" else None


def _known(mode: str) -> None:
    if mode not in MODES:
        raise ValueError(f"{mode!r} is not a transport; these are: {', '.join(MODES)}")
