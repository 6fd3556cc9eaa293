"""The HTTP server: waitress with a time limit for a whole request and a place for the next client when it is full."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from bot.receiving.signatures import BODY_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADER_BYTES = 16 << 10
# a body beyond this waits in a temporary file: a thousand clients cannot fill the memory
BODY_IN_MEMORY = 64 << 10
# for the database, Slack and everything else that the process opens
OTHER_FILES = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on connections and on time.

    Args:
        connections: open at the same time; a further one replaces the connection that has waited longest.
        whole_request: seconds for a request from its first byte to its last, and for its answer to be taken.
        idle: seconds that a connection may stay open without a request.
    """

    connections: int = 1000
    whole_request: float = 10.0
    idle: float = 75.0


class _Parser(HTTPRequestParser):
    """A parser that also refuses a malformed address, an endless length and two different lengths."""

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # not an address, or a length of thousands of digits
            raise ParsingError("Malformed request") from error
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Two lengths")


class _Garbled(ErrorTask):
    """The answer to a request that is malformed or too large."""

    def execute(self) -> None:
        request, server = cast("Any", self.request), cast("_Server", self.channel.server)
        server.refused(request.error.code, request.error.reason.lower())
        super().execute()


class _Channel(HTTPChannel):
    """A connection that records since when the server has waited for it."""

    parser_class = _Parser
    error_task_class = _Garbled
    began = 0.0

    def received(self, data: bytes) -> bool:
        before = self.request
        took = super().received(data)
        if before is None or self.request is not before:
            self.began = self.last_activity
        return took

    @property
    def at_work(self) -> bool:
        """Return True if a complete request is being answered."""
        return bool(self.requests)

    @property
    def under_way(self) -> bool:
        """Return True if a request is incomplete or an answer unread; otherwise the connection is idle."""
        return not self.began or self.request is not None or bool(self.total_outbufs_len)

    @property
    def waits_since(self) -> float:
        """Return the time when the present exchange began, or of the last activity on an idle connection."""
        return (self.began or self.creation_time) if self.under_way else self.last_activity


class _Server(TcpWSGIServer):
    """A server that closes overdue connections and, when it is full, the one that has waited longest."""

    channel_class = _Channel
    active_channels: dict[int, _Channel]  # type: ignore[assignment]
    limits: Limits
    refused: Callable[[int, str], None]

    def maintenance(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            patience = self.limits.whole_request if channel.under_way else self.limits.idle
            if channel.at_work or channel.waits_since > now - patience:
                continue
            if channel.under_way:
                self.refused(408, "not received in time")
            channel.will_close = True

    def handle_accept(self) -> None:
        # several at a time: each turn of the loop looks at all connections
        for _client in range(32):
            if len(self.active_channels) >= self.limits.connections:
                self._make_room()
            before = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == before:
                return

    def _make_room(self) -> None:
        """Close the connection that has waited longest."""
        waiting = [channel for channel in self.active_channels.values() if not channel.at_work]
        if waiting:
            self.refused(408, "connection closed to make room")
            min(waiting, key=lambda channel: channel.waits_since).handle_close()


def serve(
    app: WSGIApplication, host: str, port: int, *, refused: Callable[[int, str], None], threads: int = 16, limits: Limits = Limits()
) -> TcpWSGIServer:
    """Start to listen; ``run()`` serves, ``close()`` ends it.

    Args:
        refused: called with the status and the reason of each request that never reaches the app.

    Raises:
        OSError: the address or the port cannot be used.
    """
    # first, so that an unusable port leaves nothing behind
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    limits = replace(limits, connections=_possible(limits.connections))
    settings = Adjustments(
        sockets=[listener],
        threads=threads,
        ident="riskbot",
        # the limit above comes first; this one would stop listening
        connection_limit=limits.connections + 100,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=BODY_BYTES,
        inbuf_overflow=BODY_IN_MEMORY,
        cleanup_interval=1,
        # select() supports at most 1,024 descriptors
        asyncore_use_poll=True,
        log_socket_errors=False,
    )
    workers = ThreadedTaskDispatcher()
    workers.set_thread_count(threads)
    place = (listener.family, listener.type, listener.proto, listener.getsockname())
    server = _Server(app, {}, True, listener, workers, settings, place, bind_socket=False)
    server.limits, server.refused = limits, refused
    return server


def _possible(connections: int) -> int:
    """Raise the limit of open files as needed and return how many connections, with two files each, it allows."""
    files = 2 * connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < files:
        soft = files if hard < 0 else min(files, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft < 0 else max(min(connections, (soft - OTHER_FILES) // 2), 20)
