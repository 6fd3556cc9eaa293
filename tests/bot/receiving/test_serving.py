"""Clients that hold the server up: those that say nothing, those that say it slowly, and too many of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from bot.receiving.serving import Limits, serve
from playground.person import PATIENCE
from tests.bot.outside import is_closed, say
from tests.conftest import eventually

GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
HEADERS = b"POST / HTTP/1.1\r\nX-Slow: "
CHUNKS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def hello(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@contextmanager
def served(**limits: Any) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """A server: its port and its refusals."""
    refused: list[tuple[int, str]] = []
    server = serve(hello, "127.0.0.1", 0, refused=lambda status, why: refused.append((status, why)), threads=2, limits=Limits(**limits))
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield int(server.socket.getsockname()[1]), refused
    finally:
        server.close()


def opened(port: int, stack: ExitStack, begin: bytes = b"") -> socket.socket:
    """A connection that has said only this."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
    connection.sendall(begin)
    return connection


def test_requests_that_trickle_are_cut_off():
    with served(whole_request=0.5) as (port, refused), ExitStack() as stack:
        slow = [opened(port, stack, begin) for begin in (b"", HEADERS, POST, CHUNKS)]

        eventually(lambda: all(is_closed(connection) for connection in slow), timeout=PATIENCE)

    assert refused == [(408, "not received in time")] * 4


def test_a_connection_that_is_kept_open_after_an_answer_is_closed_when_it_stays_idle():
    with served(whole_request=30, idle=0.5) as (port, refused), ExitStack() as stack:
        kept = opened(port, stack, GET.replace(b"Connection: close\r\n", b""))
        assert kept.recv(15) == b"HTTP/1.1 200 OK"
        while kept.recv(4096):
            pass

    assert refused == []


def test_a_full_server_makes_room_for_the_next_client():
    with served(connections=20) as (port, refused), ExitStack() as stack:
        first = opened(port, stack, POST)
        for _client in range(60):
            opened(port, stack, POST)

        assert say(port, GET) == 200
        assert is_closed(first)
        assert (408, "connection closed to make room") in refused


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ],
    ids=["address", "length", "two lengths", "body", "header", "encoding"],
)
def test_what_is_no_http_is_refused_and_counted(request_: bytes, status: int):
    with served() as (port, refused):
        assert say(port, request_) == status

    assert [counted for counted, _why in refused] == [status]
