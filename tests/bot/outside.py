"""The world outside of the bot: a server that records its calls, and a socket that sends any bytes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playground.person import PATIENCE

TEAM = {"ok": True, "team_id": "T0PLAY", "user_id": "U0RISKBOT", "bot_id": "B0RISKBOT", "url": "https://x.slack.com/"}

# the answer to a client that asks before it sends a body
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class Sink(ThreadingHTTPServer):
    """Answers as Slack does to a bot that starts, and to nothing else; ``calls`` are the paths that were called.

    Args:
        moved: where every call that has no answer here is sent on to.
    """

    daemon_threads = True

    def __init__(self, moved: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[str] = []
        self.tokens: list[str | None] = []
        self.answers: dict[str, Any] = {"/api/auth.test": TEAM}
        self.moved = moved

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.calls.append(self.path)
        self.server.tokens.append(self.headers.get("Authorization"))
        if self.server.moved is not None and self.path not in self.server.answers:
            self.send_response(302)
            self.send_header("Location", self.server.moved)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = json.dumps(self.server.answers.get(self.path, {"ok": False, "error": "not_here"})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing down twice."""


@contextmanager
def sink(moved: str | None = None) -> Iterator[Sink]:
    """A sink that listens."""
    server = Sink(moved)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def say(port: int, *pieces: bytes, timeout: float = PATIENCE) -> int | None:
    """Say these bytes to a port; the status of the answer, None if the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while b"\r\n" not in answer.removeprefix(GO_ON) and (more := connection.recv(4096)):
                answer += more
        except ConnectionError:
            return None
    answer = answer.removeprefix(GO_ON)
    return int(answer.split(b" ", 2)[1]) if answer else None


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has closed it; it is given one more byte each time."""
    try:
        connection.sendall(b"x")
        connection.setblocking(False)
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    finally:
        connection.setblocking(True)
