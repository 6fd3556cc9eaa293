"""Socket Mode: up to ten sockets per app; each envelope goes to one of them, and any may send the ack."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from playground.shapes import Json
from playground.transport.transport import ACK_SECONDS, Ack, Envelope, Presence
from playground.workspace.seed import APP_ID

MOST_SOCKETS = 10
_HOST = "applink-playground"
_LARGEST_FRAME = 16 * 1024 * 1024
_CLOSE_SECONDS = 0.5
_GRACE_SECONDS = 0.1


@dataclass
class _Waiting:
    sent: float
    answer: asyncio.Future[Ack]


class SocketMode:
    """The server's side of Socket Mode."""

    def __init__(self, ack_seconds: float = ACK_SECONDS, presence: Presence | None = None) -> None:
        self.presence = presence or Presence()
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._wires: dict[web.WebSocketResponse, asyncio.BaseTransport | None] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._turn = itertools.count()

    async def stop(self) -> None:
        for socket in list(self._wires):
            await socket.close(code=1001, message=b"the workspace closes")

    def open_url(self, host: str) -> str:
        """Return a URL for one new socket; it works once."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return f"ws://{host}/link/?ticket={ticket}&app_id={APP_ID}"

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def link(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=404)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(compress=False, max_msg_size=_LARGEST_FRAME, timeout=_CLOSE_SECONDS)
        await socket.prepare(request)
        if len(self._sockets) >= MOST_SOCKETS:
            await self._refuse(socket)
            return socket
        self._wires[socket] = request.transport
        await self._serve(socket)
        return socket

    async def _refuse(self, socket: web.WebSocketResponse) -> None:
        await socket.send_json(self._greeting("disconnect", reason="too_many_websockets"))
        await socket.close()

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        self._sockets.append(socket)
        try:
            await socket.send_json(self._greeting("hello"))
            self._announce()
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._receive(str(frame.data))
        except ConnectionError:
            pass
        finally:
            self._retire(socket)
            del self._wires[socket]

    def _retire(self, socket: web.WebSocketResponse) -> None:
        """Send nothing more to a socket, but accept its remaining acks."""
        if socket in self._sockets:
            self._sockets.remove(socket)
            self._announce()

    def _greeting(self, kind: str, **more: str) -> Json:
        debug = {"host": _HOST, "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": kind,
            **more,
            "num_connections": len(self._sockets),
            "debug_info": debug,
            "connection_info": {"app_id": APP_ID},
        }

    def _announce(self) -> None:
        count = len(self._sockets)
        if count:
            self.presence.set(True, f"Connected by Socket Mode, {count} {'connection' if count == 1 else 'connections'}.")
        else:
            self.presence.lost("The bot is not connected any more.")

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every socket to reconnect, as Slack does every few hours, and close the old one.

        The reason ``warning`` comes before that and leaves the socket in use.
        """
        leaving = list(self._sockets)
        for socket in leaving:
            await socket.send_json(self._greeting("disconnect", reason=reason))
        if reason == "warning":
            return
        for socket in leaving:
            self._retire(socket)
        await asyncio.sleep(_GRACE_SECONDS)
        for socket in leaving:
            await socket.close()

    async def drop(self) -> None:
        """Cut every socket without notice, as a broken network does."""
        for wire in list(self._wires.values()):
            if isinstance(wire, asyncio.Transport):
                wire.abort()

    async def deliver(self, envelope: Envelope) -> Ack:
        """Send to the next socket in turn and wait for its ack."""
        started = time.perf_counter()
        id = str(uuid.uuid4())
        waiting = _Waiting(started, asyncio.get_running_loop().create_future())
        self._waiting[id] = waiting
        try:
            if not await self._send(id, envelope):
                return Ack(_since(started), error="dispatch_failed", reason="connection_failed")
            return await asyncio.wait_for(waiting.answer, self._ack_seconds)
        except TimeoutError:
            return Ack(_since(started), error="operation_timeout", reason="timeout")
        finally:
            del self._waiting[id]

    async def _send(self, id: str, envelope: Envelope) -> bool:
        frame: Json = {
            "envelope_id": id,
            "type": envelope.kind,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.answerable,
        }
        if envelope.kind == "events_api":
            frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
        text = json.dumps(frame, ensure_ascii=False)
        for _ in range(len(self._sockets)):
            socket = self._sockets[next(self._turn) % len(self._sockets)]
            try:
                await socket.send_str(text)
            except ConnectionError:
                continue
            return True
        return False

    def _receive(self, text: str) -> None:
        arrived = time.perf_counter()
        try:
            frame: Any = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(frame.get("envelope_id", "")) if isinstance(frame, dict) else None
        if waiting is not None and not waiting.answer.done():
            waiting.answer.set_result(Ack((arrived - waiting.sent) * 1000, frame.get("payload")))


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
