"""The HTTP routes: Slack's requests in HTTP mode, and health in both modes."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.exceptions import HTTPException

from bot import gauges
from bot.clock import Clock
from bot.receiving.complaints import Complaints
from bot.receiving.signatures import BODY_BYTES, Gate, Refused, Verified, is_ssl_check
from storage.database import Database, Gone
from storage.sight import EVERYTHING

log = logging.getLogger(__name__)
EVENTS = "/slack/events"


@dataclass(frozen=True, slots=True)
class Probe:
    """The state that the health pages show."""

    database: Database
    connected: Callable[[], bool]
    troubles: Callable[[], list[str]]
    # reasons why the bot cannot work; it is ready only without any
    obstacles: Callable[[], list[str]] = list


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of ``/readyz`` and ``/metrics``.

    Args:
        public: whether other machines reach this port, so that these pages need a token.
        token: the bearer token to ask for; None if the settings have none.
    """

    public: bool
    token: bytes | None

    def check(self, authorization: str) -> None:
        """Let the request pass.

        Raises:
            Refused: it has no token or a wrong one.
        """
        if self.token is None:
            if self.public:
                raise Refused(403, "Set RISKBOT_HEALTH_TOKEN and send it as a bearer token, or set RISKBOT_HEALTH_PORT.")
        elif not hmac.compare_digest(b"Bearer " + self.token, authorization.encode("utf-8", "replace")):
            raise Refused(401, "This page needs RISKBOT_HEALTH_TOKEN as a bearer token.")


@dataclass(frozen=True, slots=True)
class HttpApp:
    """The entrance for Slack: the gate, and Bolt behind it."""

    gate: Gate
    take: Callable[[Verified], Response]


def create_app(probe: Probe, *, door: HttpApp | None = None, readers: Readers | None, complaints: Complaints) -> Flask:
    """Return the Flask app of one port.

    Args:
        door: the entrance for Slack's requests; None in Socket Mode.
        readers: the readers of the pages beyond ``/healthz``; None where they are on another port.
    """
    # no folder of files, and no address that leads to another
    app = Flask("riskbot", static_folder=None)
    app.url_map.merge_slashes = False
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, PROVIDE_AUTOMATIC_OPTIONS=False)

    @app.get("/healthz")
    def alive() -> Response:
        return jsonify(ok=True)

    if readers is not None:
        _add_pages(app, probe, readers)
    if door is not None:
        _add_door(app, door)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int, dict[str, str]]:
        complaints.note(error.status, error.why)
        if request.path == EVENTS:
            # strangers are not told the reason
            return jsonify(error="invalid request"), error.status, {}
        return jsonify(error=error.why), error.status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def elsewhere(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 400
        complaints.note(status, error.name.lower())
        return jsonify(error=error.name.lower()), status

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[Response, int]:
        complaints.note(500, type(error).__name__)
        if request.path != EVENTS:
            # there, the message of the error could quote an unverified body
            log.error("a page failed", exc_info=error)
        return jsonify(error="fault"), 500

    return app


def _add_pages(app: Flask, probe: Probe, readers: Readers) -> None:
    @app.get("/readyz")
    def ready() -> tuple[Response, int]:
        readers.check(request.headers.get("Authorization", ""))
        try:
            probe.database.check()
        except Gone as error:
            return jsonify(ok=False, why=str(error)), 503
        except Exception as error:  # any failure of the store means not ready
            return jsonify(ok=False, why=f"the database does not answer: {type(error).__name__}"), 503
        if not probe.connected():
            return jsonify(ok=False, why="not connected to Slack"), 503
        if obstacles := probe.obstacles():
            return jsonify(ok=False, why=" ".join(obstacles), troubles=probe.troubles()), 503
        return jsonify(ok=True, troubles=probe.troubles()), 200

    @app.get("/metrics")
    def metrics() -> Response:
        readers.check(request.headers.get("Authorization", ""))
        with probe.database.begin(EVERYTHING) as tx:
            gauges.read(tx, now=Clock().now())
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _add_door(app: Flask, door: HttpApp) -> None:
    @app.post(EVENTS)
    def events() -> Response:
        body = request.get_data(cache=False)
        if is_ssl_check(body):
            return Response(status=200)
        return door.take(door.gate.verify(request.headers, body))
