"""HTTP on PORT: Slack's requests in HTTP mode, and health in both modes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from waitress.server import create_server

from bot.metrics import DELIVERIES, INBOX
from storage import deliveries, inbox
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Probe:
    """What the health pages look at."""

    database: Database
    connected: Callable[[], bool]
    troubles: Callable[[], list[str]]


def create_app(probe: Probe, slack: Callable[[], Response] | None) -> Flask:
    """The Flask app; ``slack`` takes Slack's requests, None in Socket Mode."""
    app = Flask("riskbot")

    @app.get("/healthz")
    def alive() -> Response:
        return jsonify(ok=True)

    @app.get("/readyz")
    def ready() -> tuple[Response, int]:
        try:
            probe.database.check()
        except Exception as error:  # any failure of the store means not ready
            return jsonify(ok=False, why=f"the database does not answer: {type(error).__name__}"), 503
        if not probe.connected():
            return jsonify(ok=False, why="not connected to Slack"), 503
        return jsonify(ok=True, troubles=probe.troubles()), 200

    @app.get("/metrics")
    def metrics() -> Response:
        with probe.database.begin() as tx:
            for gauge, counts in ((DELIVERIES, deliveries.counts(tx)), (INBOX, inbox.counts(tx))):
                for state, count in counts.items():
                    gauge.labels(state).set(count)
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    if slack is not None:

        @app.post("/slack/events")
        def events() -> Response:
            # Bolt would answer a timestamp that is no number with a server error
            if not re.fullmatch(r"[0-9]{1,12}", request.headers.get("X-Slack-Request-Timestamp", "")):
                return Response('{"error":"invalid request"}', status=401, content_type="application/json")
            return slack()

    return app


class Server(Protocol):
    """What listens."""

    def run(self) -> None: ...

    def close(self) -> None: ...


def serve(app: Flask, port: int) -> Server:
    """A server that listens; ``run()`` serves, ``close()`` ends it."""
    server: Server = create_server(app, host="0.0.0.0", port=port, threads=16, ident="riskbot", max_request_body_size=1 << 20)
    return server
