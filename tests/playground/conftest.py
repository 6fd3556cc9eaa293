"""A running workspace, a bare caller of its Web API, and real Bolt apps that connect to it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from playground import Playground
from playground.person import PATIENCE

Json = dict[str, Any]

MANIFEST: Json = {
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [
            {"command": "/risk", "description": "Ask", "usage_hint": "[status | add-risk] CUSTOMER", "should_escape": True},
            {"command": "/plain", "description": "Unescaped", "should_escape": False},
        ],
        "shortcuts": [
            {"name": "New risk", "type": "global", "callback_id": "risk.new", "description": "Write down a risk"},
            {"name": "Keep", "type": "message", "callback_id": "message.keep", "description": "Keep it"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "channels:join",
                "channels:read",
                "chat:write",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "team:read",
                "users:read",
                "usergroups:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "member_joined_channel", "message.im"]}},
}


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def make(tmp_path) -> Iterator[Callable[..., Playground]]:
    """Start workspaces that stop with the test; rate limits are off unless asked for."""
    with ExitStack() as stack:

        def start(folder: str = "data", **settings: Any) -> Playground:
            return stack.enter_context(Playground(tmp_path / folder, **({"rate_limits": False} | settings)))

        yield start


@pytest.fixture
def pg(make) -> Playground:
    return make()


@dataclass
class Caller:
    """Calls the Web API with nothing between: any body, any header."""

    port: int
    token: str = "xoxb-playground"

    def raw(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def __call__(self, method: str, **arguments: Any) -> Json:
        headers = {"Content-Type": "application/json; charset=utf-8"} | self.authorization()
        return json.loads(self.raw("POST", f"/api/{method}", json.dumps(arguments).encode(), headers)[2])

    def form(self, method: str, **fields: str) -> Json:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | self.authorization()
        return json.loads(self.raw("POST", f"/api/{method}", urllib.parse.urlencode(fields).encode(), headers)[2])

    def post(self, url: str, body: Any) -> tuple[int, str]:
        """Post JSON to a whole address, a response URL for instance."""
        path = urllib.parse.urlsplit(url).path
        status, _, reply = self.raw("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return status, reply.decode()


@pytest.fixture
def api(pg) -> Caller:
    return Caller(pg.port)


@pytest.fixture
def caller() -> type[Caller]:
    return Caller


@dataclass
class Bot:
    """A real Bolt app connected to a workspace, and what it was told."""

    app: App
    bodies: list[Json] = field(default_factory=list)
    handler: SocketModeHandler | None = None

    def told(self, kind: str) -> list[Json]:
        """The bodies of one type, or the events of one type."""
        events = [body["event"] for body in self.bodies if "event" in body and body["event"]["type"] == kind]
        return events or [body for body in self.bodies if body.get("type") == kind]


def _bolt(pg: Playground) -> Bot:
    client = WebClient(pg.bot_token, base_url=pg.api_url, retry_handlers=[])
    bot = Bot(App(client=client, signing_secret=pg.signing_secret, process_before_response=True))

    @bot.app.middleware
    def record(body: Json, next: Callable[[], None]) -> None:
        bot.bodies.append(body)
        next()

    return bot


def _leave(pg: Playground, handler: SocketModeHandler) -> None:
    """Close the client; cut off and woken first, because it would wait out its seconds of listening."""
    handler.client.auto_reconnect_enabled = False
    pg.drop_sockets()
    handler.client.message_processor.event.set()
    handler.client.enqueue_message("{}")
    handler.close()


def _serve_http(app: App) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            reply = app.dispatch(BoltRequest(body=body, headers={k: [v] for k, v in self.headers.items()}))
            words = reply.body.encode()
            self.send_response(reply.status)
            for name, values in reply.headers.items():
                self.send_header(name, values[0])
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def bolt() -> Iterator[Callable[[Playground], Bot]]:
    """Make a Bolt app for a workspace and connect it the way the workspace delivers."""
    with ExitStack() as stack:

        def connect(pg: Playground) -> Bot:
            bot = _bolt(pg)
            if "SLACK_APP_TOKEN" in pg.bot_settings():
                bot.handler = SocketModeHandler(bot.app, pg.app_token)
                stack.callback(_leave, pg, bot.handler)
                bot.handler.connect()
            else:
                server = _serve_http(bot.app)
                thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
                thread.start()
                stack.callback(thread.join)
                stack.callback(server.server_close)
                stack.callback(server.shutdown)
                pg.bot_url = f"http://127.0.0.1:{server.server_port}/slack/events"
            pg.wait_for_bot()
            return bot

        yield connect


@pytest.fixture(params=["socket", "http"])
def either(request, make) -> Playground:
    """A workspace that delivers by Socket Mode, and once more by HTTP."""
    return make(transport=request.param, manifest=MANIFEST)


@pytest.fixture
def manifest() -> Json:
    return MANIFEST


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
